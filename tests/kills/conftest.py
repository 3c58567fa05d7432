"""The platform that runs, seen by the clients of tests/e2e; scratch folders; and what a run that was cut off left."""
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "e2e"))

from clients.dns import PowerDns  # noqa: E402
from clients.kube import Kube  # noqa: E402
from clients.wait import until  # noqa: E402
from lives import settings as berthd_settings  # noqa: E402
from lives.life import PREFIX  # noqa: E402
from lives.state import Planes  # noqa: E402

SCRATCH = "berth-kills-"
GONE_S = 180


@pytest.fixture(scope="session")
def planes():
    kube = Kube()
    return Planes(kube, PowerDns(kube))


def clean(planes):
    """Daemons end with the test's process, so it leaves objects and files alone."""
    namespaces, zones = planes.leftovers(PREFIX)
    for customer in {n.removeprefix("cust-") for n in namespaces} | {z.removeprefix("p-").split(".")[0] for z in zones}:
        planes.remove(customer)
    until("nothing of an earlier run is left", lambda: planes.leftovers(PREFIX) == ([], []), GONE_S)


@pytest.fixture(scope="session")
def settings(planes):
    for old in Path(tempfile.gettempdir()).glob(f"{SCRATCH}*"):
        shutil.rmtree(old)
    clean(planes)
    folder = Path(tempfile.mkdtemp(prefix=SCRATCH))
    yield berthd_settings.prepare(planes.kube, folder)
    clean(planes)
    shutil.rmtree(folder)

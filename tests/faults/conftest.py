"""The platform that runs, seen by the clients of tests/e2e and the daemons of tests/kills; scratch folders; and what a run that was
cut off left."""
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS / "e2e"), str(TESTS / "kills")]

from clients.dns import PowerDns  # noqa: E402
from clients.kube import Kube  # noqa: E402
from clients.place import KUBECONFIG  # noqa: E402
from lives import settings as berthd_settings  # noqa: E402
from lives.state import Planes  # noqa: E402
from wire.proxy import Proxy  # noqa: E402
from wire.world import PREFIX, World  # noqa: E402

SCRATCH = "berth-faults-"


@pytest.fixture(scope="session")
def planes():
    kube = Kube()
    return Planes(kube, PowerDns(kube))


def clean(planes):
    """Daemons end with the test's process, so a run that was cut off leaves objects and files alone. Their end is not waited for: each
    run has ids of its own."""
    namespaces, zones = planes.leftovers(PREFIX)
    for customer in {n.removeprefix("cust-") for n in namespaces} | {z.removeprefix("p-").split(".")[0] for z in zones}:
        planes.remove(customer)


@pytest.fixture(scope="session")
def settings(planes):
    for old in Path(tempfile.gettempdir()).glob(f"{SCRATCH}*"):
        shutil.rmtree(old)
    clean(planes)
    folder = Path(tempfile.mkdtemp(prefix=SCRATCH))
    yield berthd_settings.prepare(planes.kube, folder)
    clean(planes)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def proxy(settings, planes):
    made = Proxy(settings.folder, str(planes.kube.http.base_url), KUBECONFIG.parent / "pki/ca.crt", berthd_settings.NODE_NETNS)
    yield made
    made.stop()


@pytest.fixture(scope="module")
def world(settings, planes, proxy):
    with World(settings, planes, proxy, settings.folder) as made:
        yield made

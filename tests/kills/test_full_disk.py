"""The disk of a berthd is full: what it cannot keep it refuses, and says why; what it accepted before is neither lost nor
forgotten, and is carried out when there is room again, without anybody's help."""
import secrets
import shutil
import subprocess
import tempfile
from pathlib import Path

import httpx
import pytest

from clients.archives import TAR, tar
from clients.refused import refused
from clients.wait import until
from lives.daemon import Daemon, free_port
from lives.life import PREFIX
from lives.settings import environment, platform_of

FOLDER = "berth-full-"
DISK_MIB, TOO_MUCH_MIB, SPARE_KIB = 8, 9, 512
FULL = 507
CPU = {"small": "550m", "medium": "2050m"}  # as the quota of the plan has it
LEASE_S = 60  # a pass whose end could not be written is made again when its lease is over


class SmallDisk:
    """A file system of a few MiB, in memory."""

    def __init__(self, folder):
        self.folder, self.ballast = folder, folder / "ballast"

    def __enter__(self):
        self.folder.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m", "tmpfs", self.folder], check=True)
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", self.folder], check=True)

    def fill(self):
        """But for the room of some changes."""
        with self.ballast.open("wb") as file:
            file.write(bytes(shutil.disk_usage(self.folder).free - SPARE_KIB * 1024))

    def make_room(self):
        self.ballast.unlink()


class Platform:
    """An api and a reconciler with their data on that disk, and a client."""

    def __init__(self, settings, disk, logs):
        self.customer = f"{PREFIX}x{secrets.token_hex(3)}"
        self.disk = disk
        shutil.copy(settings.empty_database, disk.folder / "berth.db")
        port = free_port()
        env = environment(settings, self.customer, disk.folder, port)
        self.daemons = [Daemon(settings.berthd, command, env, logs) for command in ("api", "reconcile")]
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1", timeout=30, verify=False)  # one without TLS

    def start(self):
        for daemon in self.daemons:
            daemon.start()
        until("the api answers", lambda: self.http.get("/openapi.json").status_code == 200, 20)

    def kill(self):
        for daemon in self.daemons:
            daemon.kill()

    def __enter__(self):
        self.start()
        token = (self.disk.folder / "admin-token").read_text().strip()
        self.http.headers["Authorization"] = f"Bearer {token}"
        return self

    def __exit__(self, *_):
        self.kill()

    def check_lives(self):
        for daemon in self.daemons:
            assert not daemon.died(), f"berthd {daemon.command} ended: {daemon.log_tail()}"

    def get(self, path):
        answer = self.http.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def accept(self, method, path, **kwargs):
        answer = self.http.request(method, path, **kwargs)
        assert answer.status_code == 202, answer.text
        return answer.json()

    def state(self, accepted):
        return self.get(f"/operations/{accepted['operation']['id']}")["state"]

    def until_done(self, accepted, timeout):
        def done():
            operation = self.get(f"/operations/{accepted['operation']['id']}")
            assert operation["state"] == "done", operation
            return True

        until(f"operation {accepted['operation']['id']}", done, timeout)

    def spool(self):
        return sorted(f.name for f in (self.disk.folder / "spool").iterdir())


@pytest.fixture
def platform(settings, planes):
    for old in Path(tempfile.gettempdir()).glob(f"{FOLDER}*"):  # of a run that was cut off
        subprocess.run(["umount", "-l", old / "disk"], check=False, stderr=subprocess.DEVNULL)
        shutil.rmtree(old)
    folder = Path(tempfile.mkdtemp(prefix=FOLDER))
    with SmallDisk(folder / "disk") as disk:
        made = Platform(settings, disk, folder)
        try:
            with made:
                yield made
        finally:
            planes.remove(made.customer)
    shutil.rmtree(folder)


@pytest.fixture
def site(platform):
    """A customer with a site of no pods, whose every step is done."""
    name = platform.customer
    platform.accept("POST", "/customers", json={"id": name, "plan": "small"})
    accepted = platform.accept("POST", "/sites", json={"customerId": name, "hostnames": [f"{name}.{platform_of(name)}"],
                                                       "replicas": 0})
    platform.until_done(accepted, 60)
    return accepted["site"]["id"]


def test_an_upload_that_does_not_fit_is_refused_and_leaves_no_trace(platform, site):
    """Invariant: an upload that the spool has no room for is answered 507, nothing of it is kept, and the room that it took is
    free for the next one."""
    def upload(mebibytes):
        data = tar({"index.html": "x" * (mebibytes << 20)})
        return platform.http.post(f"/sites/{site}/releases", content=data, headers={"Content-Type": TAR})

    refused(upload(TOO_MUCH_MIB), FULL)
    assert platform.spool() == []
    assert platform.get(f"/sites/{site}/releases")["items"] == []
    assert platform.get("/operations")["items"][0]["kind"] != "site.deploy"
    answer = upload(1)
    assert answer.status_code == 202, answer.text
    assert platform.spool() == [answer.json()["release"]["sha256"]]
    platform.check_lives()


def change_until_full(platform):
    """Changes the customer until there is no room for a change: (what was accepted, with its answer; the refusal)."""
    accepted = []

    def change():
        wanted = {"plan": ("medium", "small")[len(accepted) % 2], "name": f"change {len(accepted)}"}
        answer = platform.http.patch(f"/customers/{platform.customer}", json=wanted)
        if answer.status_code == 202:
            accepted.append((wanted, answer.json()))
        return answer if answer.status_code != 202 else None

    refusal = until("a change is refused", change, 60, 0)
    # Less may still fit. A question is the least that is ever written; one that fits may find no reconciler that can take it.
    question = f"/customers/{platform.customer}/diff"
    until("a question is refused", lambda: platform.http.post(question, timeout=2).status_code == FULL, 60, 0)
    return accepted, refusal


def test_a_full_disk_refuses_changes_and_loses_none_that_was_accepted(planes, platform, site):
    """Invariant: without room every change is refused with 507, every read is answered, both programs live on; with room
    again all that was ever accepted is done, and nothing that was refused is."""
    name = platform.customer
    platform.disk.fill()
    accepted, refusal = change_until_full(platform)
    refused(refusal, FULL)
    assert accepted, "nothing was accepted: the case shows less than it should"
    wanted = accepted[-1][0]

    refused(platform.http.post("/customers", json={"id": f"{name}b", "plan": "small"}), FULL)
    refused(platform.http.delete(f"/customers/{name}", params={"purge": "true"}), FULL)
    refused(platform.http.post(f"/customers/{name}/diff"), FULL)
    refused(platform.http.post(f"/sites/{site}/releases", content=tar({"index.html": "x"}),
                               headers={"Content-Type": TAR}), FULL)

    seen = platform.get(f"/customers/{name}")
    assert {field: seen[field] for field in wanted} == wanted
    assert seen["state"] == "active"
    assert [c["id"] for c in platform.get("/customers")["items"]] == [name]
    assert platform.get(f"/customers/{name}/conditions")["items"]
    assert platform.get(f"/sites/{site}")["replicas"] == 0
    assert {platform.state(answer) for _, answer in accepted} <= {"accepted", "running", "done"}
    assert platform.spool() == []
    platform.check_lives()

    platform.disk.make_room()
    for _, answer in accepted:
        platform.until_done(answer, LEASE_S + 30)
    quota = planes.kube.get("ResourceQuota", "tenant-quota", f"cust-{name}")
    assert quota["spec"]["hard"]["requests.cpu"] == CPU[wanted["plan"]]
    done = platform.accept("PATCH", f"/customers/{name}", json={"name": "there is room"})
    platform.until_done(done, 60)
    assert platform.http.post(f"/customers/{name}/diff").json() == {"changes": []}
    assert [c["id"] for c in platform.get("/customers")["items"]] == [name]
    platform.check_lives()


def test_programs_that_are_killed_start_on_a_full_disk(platform, site):
    """Invariant: started without room, both programs run, reads are answered with what was accepted last, changes are refused,
    and with room they are accepted again."""
    name = platform.customer
    platform.disk.fill()
    accepted, _ = change_until_full(platform)
    platform.kill()
    platform.start()
    seen = platform.get(f"/customers/{name}")
    assert {field: seen[field] for field in accepted[-1][0]} == accepted[-1][0]
    # The log that was recovered may have room for some more.
    more, refusal = change_until_full(platform)
    refused(refusal, FULL)
    assert platform.get(f"/customers/{name}")["name"] == (more or accepted)[-1][0]["name"]
    platform.check_lives()
    platform.disk.make_room()
    platform.accept("PATCH", f"/customers/{name}", json={"name": "there is room"})
    platform.check_lives()

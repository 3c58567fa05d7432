"""`berthd api` on PostgreSQL servers that fail: what was answered 2xx is there, once; what was not is answered with a reason, and is
safe to repeat by its Idempotency-Key; and when the database is back, so is the API, without anybody's help."""
import http.client
import os
import secrets
import shutil
import signal
import subprocess
import threading
import time
from contextlib import contextmanager

import pytest
from berth import start, wait_for
from commit_proxy import CommitProxy
from conftest import Postgres, unprivileged
from database import OnServer

CLIENTS = 4
GIVE_UP_S = 60
PAUSE_S = 0.05
UNKNOWN = {503}  # perhaps it was done, perhaps not
DISK_MIB, SPARE_KIB = 96, 64


class Routed(OnServer):
    """The database at another address than its server's own, with these parameters."""

    def __init__(self, server, hosts, parameters=""):
        super().__init__(server)
        self.url = f"postgresql://admin@{hosts}/{self.name}?sslmode=disable{parameters}"


@pytest.fixture
def server(scratch):
    server = Postgres(scratch / f"faults-{secrets.token_hex(4)}")
    yield server
    server.server.stop(signal.SIGKILL)


@contextmanager
def berthd(scratch, database):
    api = start(scratch / f"api-{secrets.token_hex(4)}", database, answer_looks=False)
    try:
        yield api
        assert api.server.process.poll() is None, api.log.read_text()[-2000:]
    finally:
        api.stop()


def create(api, name):
    """Makes a customer as a client does that repeats what it does not know the end of: (the answer, those before it)."""
    before, end = [], time.monotonic() + GIVE_UP_S
    while True:
        answer = api.ask("POST", "/customers", {"id": name, "plan": "small"}, token=api.admin,
                         headers={"Idempotency-Key": f"make-{name}"})
        if answer.status not in UNKNOWN or time.monotonic() > end:
            return answer, before
        before.append(answer)
        time.sleep(PAUSE_S)


class Clients:
    """Some that create customers all the time, for as long as the block."""

    def __init__(self, api):
        self.api, self.stopping, self.lock = api, threading.Event(), threading.Lock()
        self.acknowledged, self.unknown, self.wrong = {}, 0, []
        self.threads = [threading.Thread(target=self._work, args=[n]) for n in range(CLIENTS)]

    def _work(self, number):
        i = 0
        while not self.stopping.is_set():
            name, i = f"c{number}-{i}", i + 1
            try:
                answer, before = create(self.api, name)
            except (OSError, http.client.HTTPException) as e:
                self.wrong.append(f"{name}: {e!r}")
                return
            with self.lock:
                self.unknown += len(before)
                if answer.status == 202:
                    self.acknowledged[name] = answer.json["operation"]["id"]
                else:
                    self.wrong.append(f"{name}: {answer.status} {answer.text}")
                    return

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def wait_for_more(self, count=10):
        target = len(self.acknowledged) + count
        wait_for(lambda: len(self.acknowledged) >= target or self.wrong, GIVE_UP_S)
        assert not self.wrong, self.wrong


def check_history(api, database, acknowledged):
    """Nothing that was acknowledged is lost, nothing is there twice, and the audit log is whole."""
    rows = database.sql("SELECT customer, id FROM operation WHERE kind = 'customer.create' ORDER BY seq")
    assert {name: operation for name, operation in rows} == acknowledged
    assert len(rows) == len(acknowledged), "an operation is there twice"
    assert {r[0] for r in database.sql("SELECT id FROM customer")} == set(acknowledged)
    audited = [r[0] for r in database.sql("SELECT customer FROM audit WHERE action = 'customer.create'")]
    assert sorted(audited) == sorted(acknowledged)
    verdict = api.good("GET", "/audit/verify", token=api.admin)
    assert verdict.json["whole"] is True, verdict.text


@pytest.mark.parametrize("when", ["before", "after"])
def test_the_connection_is_cut_in_the_middle_of_a_commit(scratch, server, when):
    """The client is told that the end is not known; by its key the repeat makes the change once, and answers the operation that is
    there."""
    proxy = CommitProxy(server.port)
    database = Routed(server, f"127.0.0.1:{proxy.port}")
    with berthd(scratch, database) as api:
        acknowledged = {}
        for i in range(10):
            name = f"cut{i}"
            proxy.cut_next(when)
            answer, before = create(api, name)
            assert answer.status == 202 and len(before) >= 1, (answer.text, before)
            problem = before[0].json
            assert "not known" in problem["detail"] and "Idempotency-Key" in problem["detail"], problem
            assert before[0].headers["Retry-After"]
            acknowledged[name] = answer.json["operation"]["id"]
        assert proxy.cuts == [when] * 10
        check_history(api, database, acknowledged)
    proxy.stop()


def test_a_new_customer_is_two_ways_to_the_server_after_the_token(scratch, server):
    """BEGIN, the lock, the audit's head and the row; the rest with COMMIT. A connection's first time prepares its statements."""
    proxy = CommitProxy(server.port)
    with berthd(scratch, Routed(server, f"127.0.0.1:{proxy.port}")) as api:
        for i in range(20):
            api.good("POST", "/customers", {"id": f"way{i}", "plan": "small"}, token=api.admin)
    proxy.stop()
    assert proxy.ways.count(2) >= 15 and min(proxy.ways) == 2, proxy.ways


def test_the_server_is_killed_under_load(scratch, server):
    """SIGKILL of the postmaster and all its backends, three times: the API says 503 meanwhile, and goes on by itself."""
    database = OnServer(server)
    with berthd(scratch, database) as api, Clients(api) as clients:
        for _ in range(3):
            clients.wait_for_more()
            kill_all(server)
            wait_for(lambda: api.ask("GET", "/customers", token=api.admin).status == 503, 20)
            server.start()
            clients.wait_for_more()
        clients.stopping.set()
        for thread in clients.threads:
            thread.join()
        assert not clients.wrong and clients.unknown > 0
        check_history(api, database, clients.acknowledged)


def kill_all(server):
    """The postmaster by SIGKILL; its children end when they notice, and the next start waits for them."""
    postmaster = server.server.process.pid
    children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(postmaster)], text=True, stdout=subprocess.PIPE).stdout.split()
    server.server.stop(signal.SIGKILL)
    for pid in children:
        subprocess.run(["kill", "-KILL", pid], check=False, stderr=subprocess.DEVNULL)
    wait_for(lambda: not any(subprocess.run(["kill", "-0", pid], stderr=subprocess.DEVNULL).returncode == 0 for pid in children))


def test_a_standby_is_promoted_under_load(scratch):
    """The primary is killed and its synchronous standby promoted: the API goes on by the address that names both, and every customer
    that was answered 202 is there."""
    primary = Postgres(scratch / "api-primary", synchronous_standby_names="*", synchronous_commit="local")
    standby = Postgres(scratch / "api-standby", primary)
    try:
        hosts = f"127.0.0.1:{primary.port},127.0.0.1:{standby.port}"
        database = Routed(primary, hosts, "&target_session_attrs=read-write")
        primary.sql("postgres", f"ALTER DATABASE {database.name} SET synchronous_commit = on")
        wait_for(lambda: standby.sql("postgres", f"SELECT count(*) FROM pg_database WHERE datname = '{database.name}'") == "1", 30)
        with berthd(scratch, database) as api, Clients(api) as clients:
            clients.wait_for_more(20)
            kill_all(primary)
            standby.tool("pg_ctl", "-D", standby.data, "promote")
            standby.sql("postgres", "ALTER SYSTEM SET synchronous_standby_names = ''")
            standby.sql("postgres", "SELECT pg_reload_conf()")
            clients.wait_for_more(20)
            clients.stopping.set()
            for thread in clients.threads:
                thread.join()
            assert not clients.wrong and clients.unknown > 0
            database.server = standby
            check_history(api, database, clients.acknowledged)
    finally:
        standby.server.stop(signal.SIGKILL)
        primary.server.stop(signal.SIGKILL)


class SmallDisk:
    """A file system of some MiB in memory, for a server's files."""

    def __init__(self, folder):
        self.folder, self.ballast = folder, folder / "ballast"

    def __enter__(self):
        self.folder.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m,mode=0777", "tmpfs", self.folder], check=True)
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", self.folder], check=True)

    def fill(self):
        with self.ballast.open("wb") as file:
            left = shutil.disk_usage(self.folder).free - SPARE_KIB * 1024
            while left > 0:
                left -= file.write(bytes(min(left, 1 << 20)))

    def make_room(self):
        self.ballast.unlink()


@pytest.mark.parametrize("place", ["data", "log"])
def test_the_database_s_disk_is_full(scratch, place):
    """Without room for its data PostgreSQL refuses, and so does the API, with 507; without room for its log it ends, and the API says
    503. Reads of the first kind go on. With room again (and the server started, as its supervisor does) changes are accepted, and
    all that was acknowledged is there."""
    folder = scratch / f"full-{place}"
    with SmallDisk(folder) as disk:
        log, data = scratch / f"wal-{place}", disk.folder / "data"
        if place == "log":
            log, data = disk.folder / "wal", scratch / f"data-{place}"
        log.mkdir()
        shutil.chown(log, *[unprivileged().get(k, os.geteuid()) for k in ("user", "group")])
        server = Postgres(data, initdb=["--wal-segsize=1", "--waldir", log], min_wal_size="2MB", max_wal_size="4MB",
                          wal_recycle="off", autovacuum="off")
        try:
            database = OnServer(server)
            with berthd(scratch, database) as api:
                fill_until_refused(api, disk, server, place)
                disk.make_room()
                wait_for(lambda: server.ready() or server.server.process.poll() is not None, 30)
                if server.server.process.poll() is not None:
                    server.start()
                acknowledged = {r[1]: r[0] for r in database.sql("SELECT id, customer FROM operation WHERE kind = 'customer.create'")}
                assert set(api.made) <= set(acknowledged)
                answer, _ = create(api, "room")
                assert answer.status == 202, answer.text
                check_history(api, database, acknowledged | {"room": answer.json["operation"]["id"]})
        finally:
            server.server.stop(signal.SIGKILL)
    shutil.rmtree(scratch / (f"wal-{place}" if place == "data" else f"data-{place}"), ignore_errors=True)


def fill_until_refused(api, disk, server, place):
    api.made = []
    answer, _ = create(api, "first")
    assert answer.status == 202
    disk.fill()
    if place == "log":  # in one go: every change writes little
        with pytest.raises(AssertionError):
            server.sql("postgres", "CREATE TABLE much AS SELECT repeat('x', 1000) FROM generate_series(1, 100000)")
    refusal, end = None, time.monotonic() + GIVE_UP_S
    while refusal is None:
        assert time.monotonic() < end, "nothing was refused"
        name = f"full{len(api.made)}"
        answer = api.ask("POST", "/customers", {"id": name, "plan": "small", "name": "n" * 60}, token=api.admin)
        if answer.status == 202:
            api.made.append(name)
        else:
            refusal = answer
    assert refusal.status == {"data": 507, "log": 503}[place], refusal.text
    assert refusal.headers["Content-Type"] == "application/problem+json" and refusal.json["detail"], refusal.text
    if place == "data":
        seen = api.good("GET", "/customers/first", token=api.admin)
        assert seen.json["id"] == "first"

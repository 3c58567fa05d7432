"""The store on real PostgreSQL servers: the same unit tests as on SQLite, and what only several processes and servers can show."""
import os
import re
import secrets
import signal
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import STORE_TESTS, Postgres, run
from test_powerdns import cmocka

MIGRATIONS = sorted(p.stem for p in (Path(__file__).resolve().parents[2] / "src/store/migrations").glob("*.sql"))


def url(server, database):
    return f"postgresql://admin@127.0.0.1:{server.port}/{database}"


@pytest.fixture
def database(postgres_server):
    """An empty database; gives its name."""
    name = f"store_{secrets.token_hex(6)}"
    postgres_server.sql("postgres", f"CREATE DATABASE {name}")
    return name


@pytest.fixture
def store(programs):
    """Runs component_store; start() in the background."""
    def call(*words):
        return run(programs / "component_store", *words)

    def start(*words, **options):
        return subprocess.Popen([str(programs / "component_store"), *map(str, words)], text=True, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, **options)
    call.start, call.words = start, [programs / "component_store"]
    return call


@pytest.fixture
def berthd(programs, tmp_path):
    def call(address, *words):
        done = subprocess.run([programs.parents[1] / "src/berthd", *words], text=True, capture_output=True,
                              env=os.environ | {"BERTH_DATABASE": str(address), "BERTH_DATA_DIR": str(tmp_path)})
        return done.returncode, done.stdout.strip(), done.stderr
    return call


def lines_of(process):
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out.split()


@pytest.mark.parametrize("name", STORE_TESTS)
def test_unit_tests_hold_on_postgres(postgres_server, programs, name):
    """The programs that `make check` runs on SQLite pass on PostgreSQL, over a socket, unchanged."""
    cmocka(programs.parent / f"unit/test_{name}", BERTH_TEST_DATABASE=postgres_server.socket_url("DATABASE"))


def test_all_of_the_store_s_tests_are_among_them():
    """They are found by what they include, which a new fixture might hide."""
    unit = Path(__file__).resolve().parents[1] / "unit"
    assert {file.stem.removeprefix("test_") for file in unit.glob("test_store*.c")} <= set(STORE_TESTS)


def test_processes_never_claim_the_same(postgres_server, database, store):
    """Each due customer is claimed by exactly one of the processes that claim at once."""
    address = url(postgres_server, database)
    store(address, "fill", 200)
    claimers = [store.start(address, "claim", f"owner{i}") for i in range(4)]
    claimed = [lines_of(c) for c in claimers]
    assert sorted(sum(claimed, [])) == sorted(f"c{i}" for i in range(200))
    assert sum(1 for c in claimed if c) > 1, "they did not run side by side"


def test_a_reader_by_number_misses_no_event(postgres_server, database, store):
    """Whoever reads events past the last number that it knows gets every one, while other processes commit at once."""
    address = url(postgres_server, database)
    store(address, "fill", 40)
    reader = store.start(address, "follow", 600)
    writers = [store.start(address, "pass", 200) for _ in range(3)]
    for w in writers:
        lines_of(w)
    read = [int(n) for n in lines_of(reader)]
    assert len(read) == 600 and read == sorted(set(read))
    assert read == [int(n) for n in postgres_server.sql(database, "SELECT seq FROM event ORDER BY seq").split()]


def test_leases_are_on_the_database_s_clock(postgres_server, database, store, berthd):
    """A host whose clock is an hour apart from the database's holds a lease of the same length, and looks again when it said."""
    address = url(postgres_server, database)
    store(address, "fill", 1)
    postgres_server.sql(database, f"""CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS
        'SELECT pg_catalog.clock_timestamp() - interval ''1 hour''';
        ALTER DATABASE {database} SET search_path = public, pg_catalog""")
    before = time.time() * 1000
    left, again = (int(n) for n in store(address, "lease").split())
    assert 50_000 < left <= 60_000 and 5_000 < again <= 10_000
    due = int(postgres_server.sql(database, "SELECT due_ms FROM customer"))
    assert abs(due - (before + 10_000 - 3_600_000)) < 30_000


def test_only_one_of_two_migrations_migrates(postgres_server, database, berthd, programs):
    """Processes that migrate at once all end well, and each migration is there once."""
    env = os.environ | {"BERTH_DATABASE": url(postgres_server, database), "BERTH_DATA_DIR": "/tmp"}
    both = [subprocess.Popen([programs.parents[1] / "src/berthd", "migrate"], env=env, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True) for _ in range(4)]
    for one in both:
        out, _ = one.communicate(timeout=60)
        assert one.returncode == 0, out
    assert postgres_server.sql(database, "SELECT version FROM schema_version") == str(len(MIGRATIONS))
    assert postgres_server.sql(database, "SELECT count(*) FROM plan") == "3"


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_migrate_check_tells_and_changes_nothing(postgres_server, database, berthd, tmp_path, kind):
    """`migrate --check`: 0 and "current"; 1 and the missing numbers, or that the schema is newer; and no change either way."""
    address = tmp_path / "berth.db" if kind == "sqlite" else url(postgres_server, database)

    def sql(statement):
        if kind == "sqlite":
            run("python3", "-c", "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()",
                address, statement)
        else:
            postgres_server.sql(database, statement)

    for _ in range(2):
        code, out, _err = berthd(address, "migrate", "--check")
        assert code == 1 and ("no database yet" in out if kind == "sqlite" else out == "missing: " + ", ".join(MIGRATIONS))
    assert berthd(address, "migrate")[0] == 0
    assert berthd(address, "migrate", "--check")[:2] == (0, "current")
    sql(f"UPDATE schema_version SET version = {len(MIGRATIONS) - 1}")
    for _ in range(2):
        assert berthd(address, "migrate", "--check")[:2] == (1, f"missing: {MIGRATIONS[-1]}")
    sql("UPDATE schema_version SET version = 9999")
    code, out, _err = berthd(address, "migrate", "--check")
    assert code == 1 and "9999" in out and "newer" in out
    code, _out, err = berthd(address, "migrate")  # never backwards
    assert code == 1 and "9999" in err
    assert berthd(address, "migrate", "--chekc")[0] == 2


def test_a_password_is_in_no_output(postgres_server, berthd):
    """However a URL is wrong, or the server refuses, the password in it is not printed or logged."""
    for address in (f"postgres://nobody:hunter2@127.0.0.1:{postgres_server.port}/nothing", "postgres://a:hunter2@[::1/x",
                    "postgresql://a:hunter2@127.0.0.1:1/x", "mysql://a:hunter2@127.0.0.1/x"):
        for words in (["migrate"], ["migrate", "--check"]):
            code, out, err = berthd(address, *words)
            assert code == 1 and err and "hunter2" not in out + err, err


@contextmanager
def writing(store, address):
    """A client that changes c0 all the time, for as long as the block; `told` is what it printed, once that is over."""
    log = Path(f"/tmp/berth-writer-{secrets.token_hex(6)}")
    with open(log, "w") as out:
        process = subprocess.Popen([*store.words, address, "write", "op"], stdin=subprocess.PIPE, stdout=out, stderr=out)
    told = {"log": log}
    try:
        yield told
    finally:
        process.stdin.close()
        try:
            code = process.wait(60)
        finally:
            process.kill()
            told["text"] = log.read_text()
            log.unlink()
    assert code == 0 and not re.search("^failed", told["text"], re.M), told["text"][-2000:]


def done_count(told):
    return told["log"].read_text().count("done ")


def wait_for_more(told, count=20, seconds=60):
    target, end = done_count(told) + count, time.monotonic() + seconds
    while done_count(told) < target:
        assert time.monotonic() < end, told["log"].read_text()[-2000:]
        time.sleep(0.02)


def check_history(server, database, told):
    """All that was acknowledged is there, once; and the generation counts the operations, so none is half there."""
    acknowledged = re.findall(r"^done (\S+)", told["text"], re.M)
    there = server.sql(database, "SELECT id FROM operation ORDER BY seq").split()
    assert len(acknowledged) == len(set(acknowledged)) and set(acknowledged) <= set(there)
    assert len(there) - len(acknowledged) <= 1, "more than the last one is unacknowledged"
    assert server.sql(database, "SELECT generation FROM customer WHERE id = 'c0'") == str(1 + len(there))


def test_lost_connections_lose_nothing(postgres_server, database, store):
    """Connections are killed all the time: a client that repeats what was answered "unavailable" by its key ends with each
    change made once, and the process lives."""
    address = url(postgres_server, database)
    store(address, "fill", 1)
    with writing(store, address) as told:
        for _ in range(25):
            wait_for_more(told, 3)
            postgres_server.sql("postgres", f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'")
    assert "again" in told["text"]
    check_history(postgres_server, database, told)


def test_a_deadlock_is_tried_again(postgres_server, database, store):
    """A transaction that the database gives up for somebody else's is run again: its caller does not notice."""
    address = url(postgres_server, database)
    store(address, "fill", 1)
    words = [postgres_server.bin / "psql", "-X", "-q", "-A", "-t", "-d", f"{postgres_server.dsn} dbname={database}"]
    other = subprocess.Popen(words, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    other.stdin.write("SET deadlock_timeout = '20s'; BEGIN; UPDATE customer SET name = name RETURNING 'held';\n")
    other.stdin.flush()
    assert other.stdout.readline().strip() == "held"
    claimer = store.start(address, "claim", "one")
    waiting = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{database}' AND wait_event_type = 'Lock'"
    end = time.monotonic() + 20
    while postgres_server.sql("postgres", waiting) != "1":
        assert time.monotonic() < end and claimer.poll() is None
    other.stdin.write("SELECT pg_advisory_xact_lock(CAST(objid AS bigint)) FROM pg_locks WHERE locktype = 'advisory'; ROLLBACK;\n")
    other.stdin.close()
    assert other.wait(20) == 0 and lines_of(claimer) == ["c0"]
    end = time.monotonic() + 10
    while postgres_server.sql("postgres", f"SELECT deadlocks FROM pg_stat_database WHERE datname = '{database}'") != "1":
        assert time.monotonic() < end, "there was no deadlock"
        time.sleep(0.1)


def test_whoever_stops_within_a_change_loses_the_lock(postgres_server, database, store):
    """A process that stops while it holds the writers' lock: others are UNAVAILABLE for some seconds and then write on, and its
    own change is not made."""
    address = url(postgres_server, database)
    store(address, "fill", 1)
    holder = store.start(address, "hold")
    assert holder.stdout.readline().strip() == "held"
    with writing(store, address) as told:
        wait_for_more(told, 1)
    assert re.search(r"^again op-0 UNAVAILABLE: .*lock timeout", told["text"], re.M)
    assert lines_of(holder) == ["UNAVAILABLE"]
    check_history(postgres_server, database, told)


def test_a_service_file_leads_to_the_database(postgres_server, database, store, tmp_path, monkeypatch):
    """Host, user and password may stand in a file of libpq's, and in no argument: this is how the pod is given them."""
    file = tmp_path / "service"
    file.write_text(f"[berth]\nhost=127.0.0.1\nport={postgres_server.port}\nuser=admin\ndbname={database}\npassword=hunter2\n")
    monkeypatch.setenv("PGSERVICEFILE", str(file))
    store("postgresql:///?service=berth", "fill", 1)
    assert postgres_server.sql(database, "SELECT count(*) FROM customer") == "1"


def test_a_commit_without_an_answer_is_told_as_unknown(scratch, store):
    """The connection is killed while COMMIT waits: the answer is UNAVAILABLE and "not known", the change is there, and the repeat
    finds it by its key."""
    server = Postgres(scratch / "commit")
    try:
        server.sql("postgres", "CREATE DATABASE store")
        store(url(server, "store"), "fill", 1)
        with writing(store, url(server, "store")) as told:
            wait_for_more(told, 3)
            server.sql("postgres", "ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
            server.sql("postgres", "SELECT pg_reload_conf()")
            waiting = "FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND datname = 'store'"
            end = time.monotonic() + 30
            while server.sql("postgres", f"SELECT count(*) {waiting}") != "1":
                assert time.monotonic() < end
                time.sleep(0.05)
            server.sql("postgres", f"SET synchronous_commit = local; SELECT pg_terminate_backend(pid) {waiting}")
            server.sql("postgres", "ALTER SYSTEM RESET synchronous_standby_names")
            server.sql("postgres", "SELECT pg_reload_conf()")
            wait_for_more(told, 3)
        unknown = re.findall(r"^again (\S+) UNAVAILABLE: .*not known", told["text"], re.M)
        assert unknown and f"done {unknown[0]} before" in told["text"], told["text"][-2000:]
        check_history(server, "store", told)
    finally:
        server.server.stop(signal.SIGINT)


def test_a_promoted_standby_carries_on(scratch, store):
    """The primary is killed and its synchronous standby promoted: nothing that was acknowledged is lost, and the same process
    writes on, by the address that names both."""
    primary = Postgres(scratch / "primary", synchronous_standby_names="*", synchronous_commit="local")
    standby = Postgres(scratch / "standby", primary)
    try:
        primary.sql("postgres", "CREATE DATABASE store")
        primary.sql("postgres", "ALTER DATABASE store SET synchronous_commit = on")
        while standby.sql("postgres", "SELECT count(*) FROM pg_database WHERE datname = 'store'") != "1":
            time.sleep(0.05)
        # the standby's port comes first, and is passed over while it takes no writes
        address = f"postgresql://admin@127.0.0.1:{standby.port},127.0.0.1:{primary.port}/store"
        store(address, "fill", 1)
        with writing(store, address) as told:
            wait_for_more(told)
            primary.server.stop(signal.SIGKILL)
            standby.tool("pg_ctl", "-D", standby.data, "promote")
            standby.sql("postgres", "ALTER SYSTEM SET synchronous_standby_names = ''")
            standby.sql("postgres", "SELECT pg_reload_conf()")
            wait_for_more(told)
        assert "again" in told["text"]
        check_history(standby, "store", told)
    finally:
        standby.server.stop(signal.SIGINT)
        primary.server.stop(signal.SIGKILL)

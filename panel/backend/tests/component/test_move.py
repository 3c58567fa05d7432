"""`berthd migrate --from FILE`: an installation in SQLite is moved to a real PostgreSQL server, whole or not at all."""
import re
import subprocess

import pytest
from berth import PASSWORD, start
from conftest import psql
from database import OnServer


def tables_of(berth):
    return [t for (t,) in berth.sql("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]


def rows_in(berth, target):
    """Every row of every table as texts; a value may hold the ends of lines."""
    def select(table):
        printed = psql(f"{target.server.dsn} dbname={target.name}", "-F", "\x1f", "-R", "\x1e", "-c", f"SELECT * FROM {table}")
        return [row.split("\x1f") for row in printed.removesuffix("\n").split("\x1e") if row]
    return {t: sorted(select(t)) for t in tables_of(berth)}


def rows_before(berth):
    return {t: sorted(berth.database.sql(f"SELECT * FROM {t}")) for t in tables_of(berth)}


def move(berth, target, path=None):
    done = subprocess.run([berth.program, "migrate", "--from", str(path or berth.database.path)], text=True, capture_output=True,
                          env=berth.environment | {"BERTH_DATABASE": target.url}, timeout=120)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def installation(scratch, request):
    """Of all kinds of rows some; stopped."""
    berth = start(scratch / f"move-{request.node.name}")
    try:
        for i in range(30):
            berth.good("POST", "/customers", {"id": f"c{i:02}", "plan": "small", "name": f"Näme \"{i}\" \\ ' 漢字"},
                       token=berth.admin, headers={"Idempotency-Key": f"key-{i}"})
        berth.good("POST", "/domains", {"customerId": "c00", "domain": "c00.localhost"}, token=berth.admin)
        berth.good("PUT", "/domains/c00.localhost/records/@/TXT", {"values": ['"a \\"quoted\\" text"']}, token=berth.admin)
        berth.good("DELETE", "/plans/large", token=berth.admin)
        berth.user("anna@example.com", "owner", ["c00"])
        berth.token(berth.admin)
        berth.good("POST", "/customers/bulk", {"filter": {"all": True}, "change": {"action": "reconcile"}}, token=berth.admin)
        berth.sql("INSERT INTO event (at_ms, customer, type, reason, object, message) VALUES (1, 'c00', 'Normal', 'x', 'y', ?)", "a\nb\tc\\ \"")
        berth.sql("INSERT INTO event (at_ms, customer, type, reason, object, message) VALUES (1, 'c00', 'Normal', 'x', 'y', 'gone')")
        berth.sql("DELETE FROM event WHERE message = 'gone'")
    finally:
        berth.stop()
    return berth


def test_all_is_moved(installation, postgres_server):
    """The same rows, the same audit chain, the same sign-ins; and what is made afterwards goes on behind them."""
    berth, target = installation, OnServer(postgres_server)
    before = rows_before(berth)
    last = int(berth.database.sql("SELECT seq FROM sqlite_sequence WHERE name = 'event'")[0][0])
    code, out, error = move(berth, target)
    assert code == 0, error
    assert rows_in(berth, target) == before == rows_before(berth)
    counts = dict(re.findall(r"^(\w+) +(\d+)$", out, re.M))
    assert {t: len(rows) for t, rows in before.items() if t != "schema_version"} == {t: int(n) for t, n in counts.items()}
    assert f"moved {sum(map(int, counts.values()))} rows of {len(counts)} tables" in out and "the audit log is whole: " in out
    berth.database, berth.environment = target, berth.environment | {"BERTH_DATABASE": target.url}
    berth.start_api()
    try:
        assert berth.good("GET", "/audit/verify", token=berth.admin).json["whole"]
        assert berth.sign_in("anna@example.com", PASSWORD).status < 300
        assert berth.ask("GET", "/plans/large", token=berth.admin).status == 404
        berth.good("POST", "/customers", {"id": "later", "plan": "small"}, token=berth.admin)
        assert berth.good("GET", "/audit/verify", token=berth.admin).json["whole"]
        target.sql("INSERT INTO event (at_ms, customer, type, reason, object, message) VALUES (2, 'c00', 'Normal', 'x', 'y', 'z')")
        assert int(target.sql("SELECT max(seq) FROM event")[0][0]) == last + 1
    finally:
        berth.server.stop()


def test_only_into_an_empty_database(installation, postgres_server):
    berth, target = installation, OnServer(postgres_server)
    assert move(berth, target)[0] == 0
    before = rows_in(berth, target)
    code, _, error = move(berth, target)
    assert code == 1 and "is not empty" in error and "nothing was changed" in error
    assert rows_in(berth, target) == before


def test_not_while_it_is_in_use(installation, postgres_server):
    berth, target = installation, OnServer(postgres_server)
    berth.start_api()
    try:
        code, _, error = move(berth, target)
    finally:
        berth.server.stop()
    assert code == 1 and "is in use" in error
    assert target.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [["0"]]
    assert move(berth, target)[0] == 0


def test_only_what_is_current(installation, postgres_server):
    berth, target = installation, OnServer(postgres_server)
    berth.sql("UPDATE schema_version SET version = version - 1")
    code, _, error = move(berth, target)
    assert code == 1 and "run `berthd migrate`" in error
    berth.sql("UPDATE schema_version SET version = version + 2")
    code, _, error = move(berth, target)
    assert code == 1 and "newer than this program" in error
    code, _, error = move(berth, target, berth.folder / "not-there")
    assert code == 1 and "not-there" in error and not (berth.folder / "not-there").exists()
    code, _, error = move(berth, berth.database)
    assert code == 1 and "must be the URL" in error
    assert target.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [["0"]]


def test_all_or_nothing(installation, postgres_server):
    """A row that the target refuses, or an end in the middle: nothing of it is there, and the next attempt moves all."""
    berth, target = installation, OnServer(postgres_server)
    environment = berth.environment | {"BERTH_DATABASE": target.url}
    assert subprocess.run([berth.program, "migrate"], env=environment).returncode == 0  # as a first start would
    target.sql("ALTER TABLE bulk_item ADD CONSTRAINT refused CHECK (object <> 'c29')")
    code, _, error = move(berth, target)
    assert code == 1 and "table bulk_item, row " in error
    assert target.sql("SELECT count(*) FROM customer") == [["0"]] and target.sql("SELECT count(*) FROM plan") == [["3"]]
    target.sql("ALTER TABLE bulk_item DROP CONSTRAINT refused")
    killed = subprocess.run([berth.program, "migrate", "--from", str(berth.database.path)],
                            env=environment | {"BERTH_CRASH_AT": "store move before#1"}, capture_output=True)
    assert killed.returncode == -9, killed
    assert target.sql("SELECT count(*) FROM customer") == [["0"]]
    assert move(berth, target)[0] == 0
    assert rows_in(berth, target) == rows_before(berth)


def test_a_broken_audit_log_is_told(installation, postgres_server):
    berth, target = installation, OnServer(postgres_server)
    berth.sql("UPDATE audit SET actor = 'nobody' WHERE seq = 3")
    code, out, error = move(berth, target)
    assert code == 0 and "the audit log is broken at row 3, as it was before" in out, error

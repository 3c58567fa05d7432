"""Our client of PowerDNS, the zones that we keep there, and the notice of changes, against the real PowerDNS and PostgreSQL."""
import os
import re
from pathlib import Path

import pytest
from conftest import DNS, psql, run

SCHEMAS = ["/usr/share/pdns-backend-pgsql/schema/schema.pgsql.sql", "/usr/share/doc/pdns-backend-pgsql/schema.pgsql.sql"]


def cmocka(program, **environment):
    """Runs a program of cmocka tests, all of which must pass."""
    out = run(program, env=os.environ | {name: str(value) for name, value in environment.items()})
    passed = re.search(r"\[  PASSED  \] (\d+) test", out)
    assert passed and int(passed[1]) > 0, out


def test_client_and_zones(powerdns, programs):
    url, key, dns = powerdns
    cmocka(programs / "component_pdns", BERTH_TEST_PDNS_URL=url, BERTH_TEST_PDNS_KEY=key, BERTH_TEST_PDNS_DNS=dns)


def test_records_keep_their_spelling(powerdns, programs):
    url, key, _ = powerdns
    cmocka(programs / "component_record", BERTH_TEST_PDNS_URL=url, BERTH_TEST_PDNS_KEY=key)


def test_changes_by_hand_are_noticed(dns_database, programs):
    dsn, listen = dns_database
    cmocka(programs / "component_zonewatch", BERTH_TEST_DSN=dsn, BERTH_TEST_LISTEN_FILE=listen)


def test_schema_is_the_package_s():
    """PowerDNS's own schema is theirs: ours is the package's file to the byte (the same file in 4.7, Debian 12, and 4.9, Debian 13)."""
    theirs = [Path(p) for p in SCHEMAS if Path(p).exists()]
    assert theirs, "apt install pdns-backend-pgsql"
    assert (DNS / "powerdns-schema.pgsql.sql").read_bytes() == theirs[0].read_bytes()


def test_notice_leaves_their_tables_alone(dns_database, postgres):
    """Beside PowerDNS's own schema our file adds a function, triggers and a role, and changes no column, index or key."""
    psql(f"{postgres} dbname=postgres", "-c", "CREATE DATABASE plain")
    plain = f"{postgres} dbname=plain"
    psql(plain, "--single-transaction", "-f", DNS / "powerdns-schema.pgsql.sql")
    questions = {
        "columns": "SELECT table_name, column_name, data_type, column_default, is_nullable FROM information_schema.columns "
                   "WHERE table_schema = 'public' ORDER BY 1, 2",
        "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
        "constraints": "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint "
                       "WHERE connamespace = 'public'::regnamespace AND contype <> 't' ORDER BY 1, 2",
        "grants": "SELECT relname, relacl FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1",
    }
    for what, question in questions.items():
        assert psql(dns_database[0], "-c", question) == psql(plain, "-c", question), what
    triggers = psql(dns_database[0], "-c", "SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1")
    assert set(triggers.split()) == {f"{table}|{name}" for table in ("domains", "records", "comments", "cryptokeys", "domainmetadata")
                                     for name in ("berth_zone_changed", "berth_zones_emptied")}


@pytest.mark.parametrize("statement, zones", [
    ("UPDATE records SET ttl = 60 WHERE name = 'www.a.example'", ["a.example"]),
    ("UPDATE records SET ttl = 60", ["a.example", "b.example"]),
    ("DELETE FROM records WHERE name = 'www.b.example'", ["b.example"]),
    ("INSERT INTO domains (name, type) VALUES ('c.example', 'NATIVE')", ["c.example"]),
    ("UPDATE domains SET notified_serial = 7", []),
    ("DELETE FROM domains WHERE name = 'a.example'", ["a.example"]),
    ("UPDATE domains SET name = 'c.example' WHERE name = 'a.example'", ["a.example", "c.example"]),
    ("UPDATE records SET domain_id = (SELECT id FROM domains WHERE name = 'b.example') WHERE name = 'www.a.example'",
     ["a.example", "b.example"]),
    ("UPDATE comments SET account = 'somebody' WHERE name = 'www.a.example'", ["a.example"]),
    ("DELETE FROM comments", ["a.example", "b.example"]),
    ("INSERT INTO cryptokeys (domain_id, flags, active, content) SELECT id, 257, true, '' FROM domains WHERE name = 'a.example'",
     ["a.example"]),
    ("INSERT INTO domainmetadata (domain_id, kind, content) SELECT id, 'NSEC3PARAM', '1 0 0 -' FROM domains WHERE name = 'b.example'",
     ["b.example"]),
    ("TRUNCATE records", ["*"]),
    ("TRUNCATE domains CASCADE", ["*"]),
])
def test_what_the_trigger_says(dns_database, statement, zones):
    """A change of records or of the list of zones is notified with the zone's name alone, which zonewatch.c reads; PowerDNS's
    bookkeeping is not."""
    prepare = """
        DELETE FROM domains;
        INSERT INTO domains (name, type) VALUES ('a.example', 'NATIVE'), ('b.example', 'NATIVE');
        INSERT INTO records (domain_id, name, type, content, ttl) SELECT id, 'www.' || name, 'A', '192.0.2.7', 300 FROM domains;
        INSERT INTO comments (domain_id, name, type, modified_at, account, comment) SELECT id, 'www.' || name, 'A', 1, 'berth', ''
          FROM domains;
    """
    psql(dns_database[0], "-c", prepare)
    out = psql(dns_database[0], input=f"LISTEN berth_zone;\n{statement};\nSELECT 1;\n")
    heard = re.findall(r'notification "berth_zone" with payload "([^"]*)"', out)
    assert sorted(set(heard)) == zones, out

"""Our client of the mail database, the step mail and the watch, against real servers: MariaDB, and the MySQL that BERTH_TEST_MYSQLD
names."""
import os
import re
import signal
import subprocess
import time

import pytest
from mailserver import MYSQLD, MailServer, authority, certificate, program

KINDS = {"mariadb": (), "mysql": MYSQLD}


@pytest.fixture(scope="module")
def authorities(scratch):
    folder = scratch / "tls"
    folder.mkdir()
    return {name: authority(folder, name) for name in ("platform", "other")}


@pytest.fixture(scope="module", params=KINDS)
def server(request, scratch, authorities):
    if request.param == "mysql" and not MYSQLD:
        pytest.skip("no MySQL: tests/mysql.sh could not fetch one")
    made = MailServer(scratch / request.param, certificate(scratch / "tls", "localhost", authorities["platform"]), KINDS[request.param])
    yield made
    made.stop()


@pytest.fixture(scope="module")
def plain(scratch):
    """A server that speaks no TLS."""
    made = MailServer(scratch / "plain", None)
    yield made
    made.stop()


@pytest.fixture
def environment(server, authorities):
    server.sql("SET @berth_writes = 1; DELETE FROM mail_customers; DELETE FROM mail_removed; DELETE FROM mail_changes", "mail")
    return server.environment(authorities["platform"][0])


@pytest.mark.parametrize("name", ["mailstep", "maildb"])
def test_rows_changes_and_trouble(server, plain, environment, authorities, programs, name):
    status, out = program(programs / f"component_{name}", environment, BERTH_TEST_MAILDB_OTHER_CA=str(authorities["other"][0]),
                          BERTH_TEST_MAILDB_PLAIN_URL=plain.url, BERTH_TEST_MAILDB_PLAIN_PASSWORD=str(plain.password_file))
    passed = re.search(r"\[  PASSED  \] (\d+) test", out)
    assert status == 0 and passed and int(passed[1]) > 5, out


def test_the_password_never_goes_out_in_the_clear(server, environment):
    """A user of the database without TLS is refused by the server itself."""
    words = ["mariadb", "--no-defaults", "-h", "127.0.0.1", "-P", str(server.port), "-u", "berthd", f"-p{server.password}", "mail", "-e", "SELECT 1"]
    done = subprocess.run([*words, "--skip-ssl"], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode != 0 and "Access denied" in done.stdout, done.stdout


def undisturbed(server, environment, programs, word, tmp_path):
    """(names of the points passed, rows at the end)"""
    log = tmp_path / f"{word}.log"
    status, out = program(programs / "component_maildb", environment, word, BERTH_CRASH_LOG=str(log))
    assert status == 0, out
    return log.read_text().splitlines(), server.rows()


@pytest.mark.parametrize("word", ["step", "remove"])
def test_killed_at_every_point(server, environment, programs, tmp_path, word):
    """SIGKILL before and after each request and commit: nothing is half written, and the next pass ends as an undisturbed one."""
    def begin():
        server.sql("SET @berth_writes = 1; DELETE FROM mail_customers; DELETE FROM mail_removed", "mail")
        if word == "remove":
            assert program(programs / "component_maildb", environment, "step")[0] == 0

    begin()
    before = server.rows()
    points, after = undisturbed(server, environment, programs, word, tmp_path)
    assert before != after and {"maildb COMMIT one before", "maildb COMMIT one after", "maildb READ one before"} <= set(points)
    for number in range(1, len(points) + 1):
        begin()
        status, out = program(programs / "component_maildb", environment, word, BERTH_CRASH_AT=str(number))
        assert status == -signal.SIGKILL, (points[number - 1], out)
        assert server.rows() in (before, after), points[number - 1]
        status, out = program(programs / "component_maildb", environment, word)
        assert status == 0 and server.rows() == after, (points[number - 1], out)


def users(server):
    return int(server.sql("SELECT COUNT(*) FROM virtual_users", "mail"))


@pytest.mark.parametrize("when", ["before", "after"])
def test_server_killed_in_the_middle_of_a_transaction(server, environment, programs, when):
    """The client stands before (after) its COMMIT when the server dies by SIGKILL: none of the rows is there (all are), and the
    pass after the restart makes it right."""
    stopped = subprocess.Popen([programs / "component_maildb", "step"], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               env=os.environ | environment | {"BERTH_STOP_AT": f"maildb COMMIT one {when}#1"})
    end = time.monotonic() + 30
    while os.waitpid(stopped.pid, os.WNOHANG | os.WUNTRACED) == (0, 0):
        assert time.monotonic() < end
        time.sleep(0.02)
    server.kill()
    os.kill(stopped.pid, signal.SIGCONT)
    out = stopped.communicate(timeout=60)[0]
    assert out.startswith("UNAVAILABLE the mail database"), out
    server.start()
    assert users(server) == (0 if when == "before" else 3)
    status, out = program(programs / "component_maildb", environment, "step")
    assert status == 0 and users(server) == 3, out


def test_readers_cannot_write(server):
    """The grants that the mail servers have: they read, and whoever removes files may only work off what is to be removed."""
    server.sql(f"CREATE USER IF NOT EXISTS dovecot@'%' IDENTIFIED BY '{server.password}'; GRANT SELECT ON mail.* TO dovecot@'%';"
               "GRANT DELETE ON mail.mail_removed TO dovecot@'%'; INSERT INTO mail.mail_removed (domain, local) VALUES ('x.example', 'y')")

    def as_dovecot(statement):
        return subprocess.run(["mariadb", "--no-defaults", "-S", server.folder / "socket", "-u", "dovecot", f"-p{server.password}", "mail"],
                              input=statement, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    at = as_dovecot("SELECT at FROM mail_removed WHERE domain = 'x.example'").stdout.split("\n")[1]
    assert as_dovecot(f"DELETE FROM mail_removed WHERE domain = 'x.example' AND local = 'y' AND at = '{at}'").returncode == 0
    assert server.sql("SELECT COUNT(*) FROM mail_removed WHERE domain = 'x.example'", "mail").strip() == "0"
    assert as_dovecot("DELETE FROM virtual_users").returncode != 0

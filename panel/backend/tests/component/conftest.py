"""Real servers for the component tests: PostgreSQL and PowerDNS, on loopback ports of their own, in a scratch folder, ended by
process id. Needs the Debian packages that cluster/packages.txt names under `# tests`."""
import fcntl
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import pytest

BACKEND = Path(__file__).resolve().parents[2]
REPOSITORY = BACKEND.parents[1]
DNS = REPOSITORY / "k8s/dns"


def has_store(file):
    """Does it include tests/unit/database.h, perhaps by a fixture?"""
    included = re.findall(r'^#include "([\w.]+)"', file.read_text(), re.M)
    return any(name == "database.h" or (file.parent / name).exists() and has_store(file.parent / name) for name in included)


# The unit tests that have a store: they run on PostgreSQL too. Those of the command line test what asks the API, not what it stores.
STORE_TESTS = sorted(file.stem.removeprefix("test_") for file in (BACKEND / "tests/unit").glob("test_*.c")
                     if has_store(file) and not file.name.startswith("test_cli_"))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def run(*words, **options):
    """Runs a command; when it fails, what it printed is the reason."""
    done = subprocess.run([str(w) for w in words], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    assert done.returncode == 0, f"{words}: {done.returncode}\n{done.stdout}"
    return done.stdout


class Server:
    """A process that is started, waited for, and ended."""

    def __init__(self, words, log, ready, **options):
        self.log = Path(log)
        with open(self.log, "w") as out:
            self.process = subprocess.Popen([str(w) for w in words], stdin=subprocess.DEVNULL, stdout=out, stderr=out, **options)
        end = time.monotonic() + 30
        while not ready():
            assert self.process.poll() is None and time.monotonic() < end, f"{words[0]} did not start:\n{self.log.read_text()}"
            time.sleep(0.05)

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def answers(port):
    with socket.socket() as s:
        s.settimeout(1)
        return s.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="session")
def scratch():
    """A folder below /tmp that other users may enter, since PostgreSQL refuses to run as root."""
    folder = Path(f"/tmp/berth-component-{secrets.token_hex(6)}")
    folder.mkdir(mode=0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def postgres_bin():
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(p.parts[-3]))
    assert found, "PostgreSQL is not here: apt install postgresql"
    return found[-1].parent


def unprivileged():
    """What makes a child run as `nobody`, when this is root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


class Postgres:
    """A PostgreSQL server in a folder of its own, which is made by initdb, or from another server for a standby."""

    clean = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}

    def __init__(self, data, primary=None, initdb=(), **settings):
        self.bin, self.data, self.port, self.settings = postgres_bin(), data, free_port(), settings
        data.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(data, nobody.pw_uid, nobody.pw_gid)
        if primary:
            self.tool("pg_basebackup", "-D", data, "-d", f"{primary.dsn} application_name=standby", "-R", "-c", "fast", "--no-sync")
        else:  # a locale in which names are not in the order of their bytes, as a server in the field has
            self.tool("initdb", "-D", data, "-U", "admin", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale-provider=icu",
                      "--icu-locale=en-US", *initdb)
        self.start()

    def tool(self, name, *words):
        return run(self.bin / name, *words, cwd="/", env=self.clean, **unprivileged())

    def start(self):
        settings = [word for name, value in self.settings.items() for word in ("-c", f"{name}={value}")]
        self.server = Server([self.bin / "postgres", "-D", self.data, "-p", self.port, "-h", "127.0.0.1", "-k", self.data, "-F",
                              *settings], f"{self.data}.log", self.ready, cwd="/", env=self.clean, **unprivileged())

    def ready(self):
        return subprocess.run([self.bin / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]).returncode == 0

    @property
    def dsn(self):
        return f"host=127.0.0.1 port={self.port} user=admin"

    def socket_url(self, database):
        return f"postgresql://admin@/{database}?host={quote(str(self.data), safe='')}&port={self.port}"

    def sql(self, database, statement):
        return psql(f"{self.dsn} dbname={database}", "-c", statement).strip()


@pytest.fixture(scope="session")
def postgres_server(scratch):
    """A server for the tests of the store."""
    postgres = Postgres(scratch / "postgres")
    yield postgres
    postgres.server.stop(signal.SIGINT)


@pytest.fixture(scope="session")
def postgres(postgres_server):
    """The superuser's libpq connection string without a database."""
    return postgres_server.dsn


def psql(dsn, *options, **more):
    return run(postgres_bin() / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", dsn, *options, **more)


@pytest.fixture(scope="session")
def dns_database(postgres, scratch):
    """PowerDNS's database, made as the schema Job makes it; gives the superuser's connection and the listener's file."""
    dsn, password = f"{postgres} dbname=pdns", secrets.token_hex(8)
    psql(f"{postgres} dbname=postgres", "-c", "CREATE DATABASE pdns")
    psql(dsn, "--single-transaction", "-f", DNS / "powerdns-schema.pgsql.sql")
    for _ in range(2):  # again changes nothing
        psql(dsn, "--single-transaction", "-v", f"listen_password={password}", "-f", DNS / "berth-notify.pgsql.sql")
    listen = scratch / "listen"
    listen.write_text(dsn.replace("user=admin", f"user=berth_listen password={password}") + "\n")
    return dsn, listen


@pytest.fixture(scope="session")
def powerdns(dns_database, scratch):
    """PowerDNS with the settings of k8s/system/dns-system, but for addresses; gives (API URL, key file, host:port for DNS)."""
    dns, web, key = free_port(), free_port(), secrets.token_hex(16)
    at = dict(re.findall(r"(\w+)=(\S+)", dns_database[0]))
    settings = dict(re.findall(r"^([a-z0-9-]+)=(.*)$", (REPOSITORY / "k8s/system/dns-system/pdns.conf").read_text(), re.M))
    settings |= {"gpgsql-host": at["host"], "gpgsql-port": at["port"], "gpgsql-user": at["user"], "gpgsql-dbname": at["dbname"],
                 "local-address": "127.0.0.1", "local-port": dns, "socket-dir": scratch, "webserver-address": "127.0.0.1",
                 "webserver-port": web, "api-key": key}
    config = scratch / "pdns"
    config.mkdir()
    (config / "pdns.conf").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    (scratch / "key").write_text(key)
    server = Server(["pdns_server", f"--config-dir={config}", "--daemon=no", "--guardian=no"], scratch / "pdns.log",
                    lambda: answers(web) and answers(dns))
    yield f"http://127.0.0.1:{web}", scratch / "key", f"127.0.0.1:{dns}"
    server.stop()


def built(*targets):
    """Builds berthd, berth and more, beneath the sanitizers; gives the folder of the build. Of the processes that share the tests one builds
    at a time."""
    folder = Path(os.environ.get("BERTH_COMPONENT_BUILD", BACKEND / "build-component"))
    with open(f"{folder}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "build.ninja").exists():
            run("meson", "setup", folder, BACKEND, "-Db_sanitize=address,undefined")
        run("ninja", "-C", folder, "src/berthd", "src/berth", *targets)
    return folder


@pytest.fixture(scope="session")
def programs():
    """The folder of the C programs of this folder, which are built, and those of the unit tests."""
    return built(*(f"tests/component/component_{name}" for name in ("pdns", "record", "zonewatch", "maildb", "mailstep", "store")),
                 *(f"tests/unit/test_{name}" for name in STORE_TESTS)) / "tests/component"


@pytest.fixture(scope="module")
def resolver():
    """The world's DNS."""
    from resolver import Resolver  # here: tests/kills loads this file by its path, for its servers

    resolver = Resolver()
    yield resolver
    resolver.stop()

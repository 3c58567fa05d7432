"""Real servers for the component tests: PostgreSQL and PowerDNS, on loopback ports of their own, in a scratch folder, ended by
process id. Needs the Debian packages that cluster/packages.txt names under `# tests`."""
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

import pytest

BACKEND = Path(__file__).resolve().parents[2]
REPOSITORY = BACKEND.parents[1]
DNS = REPOSITORY / "k8s/dns"


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


@pytest.fixture(scope="session")
def postgres(scratch):
    """A cluster of its own; gives the superuser's libpq connection string without a database."""
    bin_dir, data, port = postgres_bin(), scratch / "postgres", free_port()
    user = {}
    data.mkdir(mode=0o700)
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(data, nobody.pw_uid, nobody.pw_gid)
        user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    clean = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    run(bin_dir / "initdb", "-D", data, "-U", "admin", "-A", "trust", "--no-sync", "-E", "UTF8", cwd="/", env=clean, **user)
    server = Server([bin_dir / "postgres", "-D", data, "-p", port, "-h", "127.0.0.1", "-k", "", "-F"], scratch / "postgres.log",
                    lambda: subprocess.run([bin_dir / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]).returncode == 0, cwd="/",
                    env=clean, **user)
    yield f"host=127.0.0.1 port={port} user=admin"
    server.stop(signal.SIGINT)


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


@pytest.fixture(scope="session")
def programs():
    """Builds the C programs of this folder beneath the sanitizers; gives the folder that they are in."""
    folder = Path(os.environ.get("BERTH_COMPONENT_BUILD", BACKEND / "build-component"))
    if not (folder / "build.ninja").exists():
        run("meson", "setup", folder, BACKEND, "-Db_sanitize=address,undefined")
    run("ninja", "-C", folder, "tests/component/component_pdns", "tests/component/component_record", "tests/component/component_zonewatch")
    return folder / "tests/component"

"""The two databases of a berthd of the benchmark's own, each with what the same work costs without berthd: SQLite by Python's module,
PostgreSQL by pgbench, which is a C program over libpq. Both write as durably as berthd's do."""
import os
import pwd
import re
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time
from contextlib import closing
from pathlib import Path

PAYLOAD = "x" * 400  # about what one accepted change writes


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Sqlite:
    name = "SQLite"

    def __init__(self, folder):
        self.path = self.url = str(folder / "berth.db")
        self.bench = str(folder / "bench.db")

    def stop(self):
        pass

    def sql(self, statement):
        with closing(sqlite3.connect(self.path, timeout=30, isolation_level=None)) as db:
            return db.execute(statement).fetchall()

    def columns(self):
        return [r[1] for r in self.sql("PRAGMA table_info(customer)")]

    numbers = "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) SELECT i FROM n)"

    def commits(self, count):
        """Seconds of each of `count` transactions of one row, on the same file system."""
        times = []
        with closing(sqlite3.connect(self.bench, isolation_level=None)) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            db.execute("CREATE TABLE IF NOT EXISTS bench (id INTEGER PRIMARY KEY, text TEXT)")
            for _ in range(count):
                begin = time.perf_counter()
                db.execute("BEGIN IMMEDIATE")
                db.execute("INSERT INTO bench (text) VALUES (?)", [PAYLOAD])
                db.execute("COMMIT")
                times.append(time.perf_counter() - begin)
        return times

    def mailboxes(self, domain, together=False):
        """Seconds of each of the transactions that write the mailboxes of a domain of the store, a row each or all of them, into a table
        like theirs."""
        rows, times = self.sql(f"SELECT * FROM mailbox WHERE domain = '{domain}'"), []
        with closing(sqlite3.connect(self.bench, isolation_level=None)) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = FULL")
            if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'mailbox'").fetchall():
                for (statement,) in self.sql("SELECT sql FROM sqlite_master WHERE tbl_name = 'mailbox' AND sql IS NOT NULL"):
                    db.execute(statement)
            for part in [rows] if together else [[row] for row in rows]:
                begin = time.perf_counter()
                db.execute("BEGIN IMMEDIATE")
                db.executemany(f"INSERT INTO mailbox VALUES ({', '.join('?' * len(part[0]))})", part)
                db.execute("COMMIT")
                times.append(time.perf_counter() - begin)
        return times

    def queries(self, sql, count):
        times = []
        with closing(sqlite3.connect(self.path, timeout=30)) as db:
            for _ in range(count):
                begin = time.perf_counter()
                db.execute(sql).fetchall()
                times.append(time.perf_counter() - begin)
        return times


class Postgres:
    """A server of its own, with its defaults for durability."""
    name = "PostgreSQL"

    def __init__(self, _folder):
        self.bin = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))[-1]
        self.folder = Path(tempfile.mkdtemp(prefix="berth-bench-pg-"))
        self.port = free_port()
        self.user = {}
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            nobody = pwd.getpwnam("nobody")
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
            self.user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        self.data = self.folder / "data"
        self.tool("initdb", "-D", self.data, "-U", "admin", "-A", "trust", "-E", "UTF8")
        with open(self.folder / "log", "w") as log:
            self.process = subprocess.Popen([self.bin / "postgres", "-D", self.data, "-p", str(self.port), "-h", "127.0.0.1", "-k", self.folder,
                                             "-c", "max_connections=200"], stdout=log, stderr=log, cwd="/", **self.user)
        self.at = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "admin"]
        self.url = f"postgresql://admin@127.0.0.1:{self.port}/berth"
        end = time.monotonic() + 60
        while subprocess.run([self.bin / "pg_isready", "-q", *self.at]).returncode:
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"PostgreSQL does not start; see {self.folder}/log")
            time.sleep(0.1)
        self.tool("createdb", *self.at, "berth")

    def tool(self, name, *words):
        return subprocess.run([self.bin / name, *map(str, words)], check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd="/",
                              **self.user).stdout

    def stop(self):
        self.process.send_signal(2)  # fast shutdown
        self.process.wait(60)
        shutil.rmtree(self.folder)

    def sql(self, statement):
        out = self.tool("psql", *self.at, "-XqAtc", statement, "berth")
        return [line.split("|") for line in out.splitlines()]

    def columns(self):
        return [r[0] for r in self.sql("SELECT column_name FROM information_schema.columns WHERE table_name = 'customer' ORDER BY ordinal_position")]

    numbers = "generate_series(1, {}) AS n(i)"

    def _pgbench(self, script, clients, *words):
        file = self.folder / "script.sql"
        file.write_text(script)
        file.chmod(0o644)
        return self.tool("pgbench", *self.at, "-n", "-M", "prepared", "-c", clients, "-j", min(clients, 2), "-f", file, *words, "berth")

    def _times(self, script, count):
        prefix = self.folder / "times"
        self._pgbench(script, 1, "-t", count, "-l", f"--log-prefix={prefix}")
        files = list(self.folder.glob("times.*"))
        lines = [line for f in files for line in f.read_text().splitlines()]
        for f in files:
            f.unlink()
        return [int(line.split()[2]) / 1e6 for line in lines]

    def commits(self, count):
        self.sql("CREATE TABLE IF NOT EXISTS bench (id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, text TEXT)")
        return self._times(f"BEGIN;\nINSERT INTO bench (text) VALUES ('{PAYLOAD}');\nCOMMIT;\n", count)

    def mailboxes(self, domain, together=False):
        columns = [r[0] for r in self.sql("SELECT column_name FROM information_schema.columns WHERE table_name = 'mailbox' ORDER BY ordinal_position")]
        literals = " || ', ' || ".join("$$'m' || nextval('bench_local')$$" if c == "local" else f"quote_literal({c})" for c in columns)
        self.sql("CREATE TABLE IF NOT EXISTS bench_mailbox (LIKE mailbox INCLUDING ALL)")
        self.sql("CREATE SEQUENCE IF NOT EXISTS bench_local")
        of_domain = f"FROM mailbox WHERE domain = '{domain}'"
        count = int(self.sql(f"SELECT count(*) {of_domain}")[0][0])
        if not together:
            values = ", ".join("'m' || nextval('bench_local')" if c == "local" else c for c in columns)
            return self._times(f"BEGIN;\nINSERT INTO bench_mailbox SELECT {values} FROM mailbox WHERE local = 'box0';\nCOMMIT;\n", count)
        insert = f"INSERT INTO bench_mailbox VALUES ({self.tool('psql', *self.at, '-XqAtc', f'SELECT {literals} {of_domain} LIMIT 1', 'berth').strip()});\n"
        return self._times(f"BEGIN;\n{insert * count}COMMIT;\n", 2)[1:]  # the first time prepares the statements

    def queries(self, sql, count):
        return self._times(f"{sql};\n", count)

    def rate(self, sql, clients, seconds):
        """Transactions a second."""
        return float(re.search(r"tps = ([\d.]+)", self._pgbench(f"{sql};\n", clients, "-T", seconds))[1])

"""Figures of the API and its store, without any plane: how long an accepted change takes, a page of a long list, and how many reads
a second; on SQLite and on PostgreSQL, each beside what the database alone takes in the same run."""
import http.client
import json
import os
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from database import Postgres, Sqlite, free_port
from figure import figure, p99
from local import BERTHD, ROOT

POSTS = int(os.environ.get("BENCH_POSTS", "1000"))
MAILBOXES = int(os.environ.get("BENCH_MAILBOXES", "1000"))
IMPORTS = int(os.environ.get("BENCH_IMPORTS", "5"))
CUSTOMERS = int(os.environ.get("BENCH_CUSTOMERS", "10000"))
READ_S = int(os.environ.get("BENCH_READ_S", "10"))
CLIENTS, PAGE = 64, 50
CACHE = Path(os.environ.get("BERTH_CACHE", Path.home() / ".cache/berth"))
READER = CACHE / "bench-reader"

# What berthd asks for a customer, and for a page of them when no filter is given (store/store_customer.c).
COLUMNS = ("c.id, c.uid, c.name, c.plan, c.cluster, c.state, c.suspend_reason, c.generation, c.observed, c.ready, c.created_ms, c.updated_ms, "
           "c.trashed_ms, c.erase_ms, (SELECT count(*) FROM site s WHERE s.customer = c.id), (SELECT count(*) FROM domain d WHERE d.customer = c.id)")
ONE = f"SELECT {COLUMNS} FROM customer c WHERE c.id = 'bench{CUSTOMERS // 2}'"
LIST = f"SELECT {COLUMNS} FROM customer c WHERE c.id > '{{}}' ORDER BY c.id LIMIT {PAGE + 1}"


class Api:
    """`berthd api` on a database of its own, and one client that keeps its connection."""

    def __init__(self, folder, database):
        self.folder, self.port = folder, free_port()
        env = os.environ | {"BERTH_DATABASE": database.url, "BERTH_DATA_DIR": str(folder), "BERTH_LISTEN": f"127.0.0.1:{self.port}",
                            "BERTH_OPENAPI": str(ROOT / "docs/openapi.yaml"), "BERTH_PUBLIC_URL": "https://panel.bench.localhost",
                            "BERTH_PLATFORM_DOMAIN": "bench.localhost", "BERTH_NAMESERVERS": "ns1.bench.localhost",
                            "BERTH_MAIL_HOST": "mail.bench.localhost", "BERTH_LOG_LEVEL": "warn"}
        subprocess.run([BERTHD, "migrate"], env=env, check=True, stdout=subprocess.DEVNULL)
        with open(folder / "log", "w") as log:
            self.process = subprocess.Popen([BERTHD, "api"], env=env, stdout=log, stderr=log)
        self.http = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        end = time.monotonic() + 30
        while True:
            try:
                self.token = (folder / "admin-token").read_text().strip()
                self.get("/plans")
                return
            except (OSError, http.client.HTTPException):
                self.http.close()
                if self.process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"berthd api does not start: {(folder / 'log').read_text()}") from None
                time.sleep(0.1)

    def stop(self):
        self.process.terminate()
        self.process.wait(30)

    def ask(self, method, path, body=None, want=200, connection=None):
        """The seconds that it took, and the answer."""
        connection, begin = connection or self.http, time.perf_counter()
        connection.request(method, f"/api/v1{path}", None if body is None else json.dumps(body),
                           {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"})
        answer = connection.getresponse()
        data, seconds = answer.read(), time.perf_counter() - begin
        if answer.status != want:
            raise RuntimeError(f"{method} {path}: {answer.status} {data[:300]}")
        return seconds, json.loads(data)

    def get(self, path):
        return self.ask("GET", path)


@contextmanager
def running(kind):
    """(database, api)"""
    folder = Path(tempfile.mkdtemp(prefix="berth-bench-"))
    database = kind(folder)
    try:
        api = Api(folder, database)
        try:
            yield database, api
        finally:
            api.stop()
    finally:
        database.stop()
        shutil.rmtree(folder)


def post(_names):
    for kind in (Sqlite, Postgres):
        with running(kind) as (database, api):
            reference = p99(database.commits(POSTS))
            ours = p99([api.ask("POST", "/customers", {"id": f"post{i}", "plan": "small"}, 202)[0] for i in range(POSTS)])
            figure(f"POST /customers on {database.name}, p99, beside one commit", ours, reference, 2, "lower", "ms", POSTS)


def mailboxes(_names):
    """With hashes that were made elsewhere: a password costs some 30 ms of Argon2id, beside which nothing else would be seen."""
    hashed = "{ARGON2ID}$argon2id$v=19$m=19456,t=2,p=1$" + "a" * 22 + "$" + "b" * 43
    for kind in (Sqlite, Postgres):
        with running(kind) as (database, api):
            api.ask("POST", "/plans", {"id": "bench", "cpu": "1", "memory": "1Gi", "storage": "1Gi", "domains": IMPORTS + 1,
                                       "mailboxes": MAILBOXES * (IMPORTS + 1)}, 201)

            def made(domain):
                api.ask("POST", "/domains", {"customerId": "bench", "plan": "bench", "domain": domain, "mail": True}, 202)
                return [{"address": f"box{i}@{domain}", "passwordHash": hashed, "name": f"Box {i}"} for i in range(MAILBOXES)]

            single, moved = "mail.bench.example", [f"moved{n}.bench.example" for n in range(IMPORTS)]
            ours = sum(api.ask("POST", "/mailboxes", box, 202)[0] for box in made(single))
            figure(f"{MAILBOXES} mailboxes by the API on {database.name}, beside the same rows by one SQL client", ours,
                   sum(database.mailboxes(single)), 3, "lower", "s", MAILBOXES)
            imports = median(api.ask("POST", "/mailboxes/import", {"items": made(domain)}, 202)[0] for domain in moved)
            alone = median(database.mailboxes(domain, together=True)[0] for domain in moved)
            figure(f"{MAILBOXES} mailboxes by one import on {database.name}, beside the same rows by one SQL client in one transaction", imports,
                   alone, 3, "lower", "s", IMPORTS)


def fill(database, api):
    """CUSTOMERS of them, as one that the API made."""
    api.ask("POST", "/customers", {"id": "bench", "plan": "small"}, 202)
    columns = database.columns()
    values = ["'bench' || i" if c in ("id", "uid") else "0" if c == "due_ms" else c for c in columns]
    database.sql(f"INSERT INTO customer ({', '.join(columns)}) SELECT {', '.join(values)} FROM customer, {database.numbers.format(CUSTOMERS)} "
                 "WHERE id = 'bench'")
    if database.name == "PostgreSQL":
        database.sql("ANALYZE")


def lists(_names):
    for kind in (Sqlite, Postgres):
        with running(kind) as (database, api):
            fill(database, api)
            pages, path = [], f"/customers?limit={PAGE}"
            while path:
                seconds, answer = api.get(path)
                pages.append(seconds)
                path = answer.get("nextCursor") and f"/customers?limit={PAGE}&cursor={answer['nextCursor']}"
            if len(pages) < CUSTOMERS // PAGE:
                raise RuntimeError(f"{len(pages)} pages of {CUSTOMERS} customers")
            reference = p99(database.queries(LIST.format("bench5"), len(pages)))
            figure(f"page of {PAGE} of {CUSTOMERS} customers on {database.name}, p99, beside the query alone", p99(pages), reference, 2, "lower",
                   "ms", len(pages))


def reads(_names):
    subprocess.run(["cc", "-std=gnu17", "-O2", "-o", READER, ROOT / "bench/reader.c", "-lcurl", "-lpthread"], check=True)
    with running(Postgres) as (database, api):  # SQLite's queries cross no process: there is nothing to compare with
        fill(database, api)
        url = f"http://127.0.0.1:{api.port}/api/v1/customers/bench{CUSTOMERS // 2}"
        done = subprocess.run([READER, url, api.token, str(CLIENTS), str(READ_S)], text=True, stdout=subprocess.PIPE)
        if done.returncode:
            raise RuntimeError("reads were refused")
        figure(f"reads a second of {CLIENTS} clients on {database.name}, beside the same query by libpq alone", float(done.stdout),
               database.rate(ONE, CLIENTS, READ_S), 0.5, "higher", "1/s", 1)

"""A real `berthd api` on a port of its own with a fresh database, and requests to it. No reconciler and no plane: looks are
answered here."""
import contextlib
import http.client
import json
import os
import secrets
import sqlite3
import threading
import time

from conftest import REPOSITORY, Server, answers, built, free_port, run
from database import File

PASSWORD = "correct horse battery"
PANEL = "https://panel.berth.localhost:8443"


class Answer:
    def __init__(self, status, headers, text):
        self.status, self.headers, self.text = status, headers, text
        self.json = json.loads(text) if text and "json" in headers.get("Content-Type", "") else {}

    def pointers(self):
        return [e["pointer"] for e in self.json.get("errors", [])]


class Berth:
    def __init__(self, folder, program, database, settings, answer_looks=True):
        self.port, self.database, self.program, self.folder = free_port(), database, program, folder
        self.keys = folder / "secrets-keys"
        self.looked = {"changes": [], "records": []}  # what is answered to whoever asks the reconciler to look
        self.write_keys(new_key("first"))
        self.environment = os.environ | {
            "BERTH_DATABASE": self.database.url, "BERTH_DATA_DIR": str(folder), "BERTH_LISTEN": f"127.0.0.1:{self.port}",
            "BERTH_OPENAPI": str(REPOSITORY / "docs/openapi.yaml"), "BERTH_PUBLIC_URL": PANEL,
            "BERTH_PLATFORM_DOMAIN": "berth.localhost", "BERTH_NAMESERVERS": "ns1.berth.localhost",
            "BERTH_MAIL_HOST": "mail.berth.localhost",
            "BERTH_SECRETS_KEY_FILE": str(self.keys)} | settings
        run(program, "migrate", env=self.environment)
        self.log = folder / "berthd.log"
        self.server = self._serve({})
        self.admin = (folder / "admin-token").read_text()
        self.stopping = threading.Event()
        self.looks = threading.Thread(target=self._answer_looks)
        if answer_looks:
            self.looks.start()

    def _serve(self, more):
        return Server([self.program, "api"], self.log, lambda: answers(self.port), env=self.environment | more)

    def restart(self, **more):
        """With this in its environment."""
        self.server.stop()
        self.server = self._serve(more)

    def start_api(self):
        self.server = self._serve({})

    def write_keys(self, *lines, mode=0o600):
        self.keys.unlink(missing_ok=True)
        self.keys.touch(mode=mode)
        self.keys.chmod(mode)
        self.keys.write_text("".join(f"{line}\n" for line in lines))

    def sql(self, statement, *values):
        """On an SQLite file: the rows as they are, with values bound."""
        with contextlib.closing(sqlite3.connect(self.database.path, timeout=10)) as db, db:
            return db.execute(statement, values).fetchall()

    def _answer_looks(self):
        waiting = "WHERE state = 'accepted' AND kind IN ('plan', 'diff', 'records', 'proof', 'mail-check')"
        while not self.stopping.wait(0.02):
            if self.database.sql(f"SELECT 1 FROM operation {waiting}"):
                result = json.dumps(self.looked).replace("'", "''")
                self.database.sql(f"UPDATE operation SET state = 'done', result = '{result}', finished_ms = 1 {waiting}")

    def stop(self):
        self.stopping.set()
        if self.looks.is_alive():
            self.looks.join()
        self.server.stop()

    def ask(self, method, path, body=None, token=None, headers=None, **more):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = dict(headers or {})
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
            body = body if isinstance(body, (bytes, str)) else json.dumps(body)
        connection.request(method, more.get("prefix", "/api/v1") + path, body, headers)
        answer = connection.getresponse()
        stream = answer.getheader("Content-Type") == "text/event-stream"
        out = Answer(answer.status, answer.headers, "" if stream else answer.read().decode())
        connection.close()
        return out

    def good(self, *words, **options):
        answer = self.ask(*words, **options)
        assert answer.status < 300, (words, answer.status, answer.text)
        return answer

    # --- people ---

    def user(self, email, role, customers=(), token=None):
        """A user with PASSWORD; gives the answer to its making."""
        made = self.good("POST", "/users", {"email": email, "role": role, "customers": list(customers)}, token=token or self.admin)
        link = made.json["link"]
        assert link.startswith(f"{PANEL}/redeem/#")
        self.good("POST", "/session/redeem", {"token": link.split("#")[1], "password": PASSWORD})
        return made.json["user"]

    def sign_in(self, email, password=PASSWORD, address=None, **more):
        headers = {"X-Forwarded-For": address} if address else {}
        return self.ask("POST", "/session", {"email": email, "password": password, "asToken": True, **more}, headers=headers)

    def token(self, by, **fields):
        return self.good("POST", "/tokens", {"name": "test", "scopes": ["read", "write"], **fields}, token=by).json

    def snapshot(self):
        """All rows that a refused request must leave as they are."""
        tables = ("account", "account_customer", "token", "link", "customer", "site", "domain", "mailbox", "mail_alias", "plan", "audit", "operation",
                  "totp", "recovery_code", "secret", "outbox")
        return {t: self.database.sql(f"SELECT * FROM {t} ORDER BY 1, 2") for t in tables}


def new_key(name):
    """A line of the file of keys."""
    return f"{name} {secrets.token_hex(32)}"


def start(folder, database=None, answer_looks=True, **settings):
    """database: an SQLite file when there is none."""
    folder.mkdir(exist_ok=True)
    return Berth(folder, f"{built()}/src/berthd", database or File(folder), settings, answer_looks)


def wait_for(ready, seconds=10):
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end
        time.sleep(0.1)

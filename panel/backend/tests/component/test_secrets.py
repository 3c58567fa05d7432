"""The keys of secrets: a new key in front, rotated, the old one taken out; and each way that it can go wrong. And that no secret
is in a log, a metric, an answer or the database."""
import contextlib
import http.server
import json
import os
import sqlite3
import subprocess
import threading

import pytest
import totp
from berth import PASSWORD, new_key, start, wait_for
from conftest import REPOSITORY, Server, free_port, run
from test_mail import Relay
from test_spool import http as ask_at

FIRST, SECOND, OTHER_FIRST = new_key("first"), new_key("second"), new_key("first")


@pytest.fixture
def berth(scratch, request):
    berth = start(scratch / f"secrets-{request.node.name}")
    berth.write_keys(FIRST)
    berth.restart()
    yield berth
    berth.stop()


def guarded(berth, name):
    """A user with a second factor; gives the user and its secret."""
    user = berth.user(f"{name}@x.example", "reseller")
    token = berth.sign_in(user["email"]).json["token"]
    return user, totp.enable(berth, user["id"], token, PASSWORD)[0]


def signs_in(berth, user, secret):
    totp.forget_steps(berth, user["id"])
    return berth.sign_in(user["email"], code=totp.code(secret))


def status(berth):
    answer = berth.good("GET", "/secrets", token=berth.admin).json
    return {key["id"]: (key["state"], key["secrets"]) for key in answer["items"]}, answer


def rotate(berth, query=""):
    return berth.good("POST", f"/secrets/rotate{query}", token=berth.admin).json


def boxes(berth):
    return berth.sql("SELECT kind, owner, key_id, box FROM secret ORDER BY kind, owner")


def cli(berth, *words, code=0):
    program = os.path.join(os.path.dirname(berth.program), "berth")
    environment = {"PATH": os.environ["PATH"], "BERTH_SERVER": f"http://127.0.0.1:{berth.port}", "BERTH_TOKEN": berth.admin}
    done = subprocess.run([program, *words], env=environment, text=True, capture_output=True, stdin=subprocess.DEVNULL)
    assert done.returncode == code, (words, done.stdout, done.stderr)
    return done.stdout + done.stderr


def test_the_whole_way(berth):
    """As docs/operations/runbook.md has it."""
    users = [guarded(berth, f"u{n}") for n in range(3)]
    assert status(berth)[0] == {"first": ("newest", 3)}
    berth.write_keys(SECOND, FIRST)
    berth.restart()
    keys, answer = status(berth)
    assert keys == {"second": ("newest", 0), "first": ("older", 3)} and answer["toRotate"] == 3
    assert signs_in(berth, *users[0]).status == 200  # old boxes are read
    users.append(guarded(berth, "u3"))  # new ones are made by the new key
    assert status(berth)[0] == {"second": ("newest", 1), "first": ("older", 3)}
    before = boxes(berth)
    dry = rotate(berth, "?dryRun=true")
    assert dry["rotated"] == 3 and dry["items"][1]["secrets"] == 0 and boxes(berth) == before
    assert "3 of 4 secrets would be encrypted anew" in cli(berth, "secrets", "rotate", "--dry-run") and boxes(berth) == before
    out = cli(berth, "secrets", "rotate")
    assert "3 of 4 secrets were encrypted anew" in out and "second" in out
    assert rotate(berth)["rotated"] == 0
    assert {row[2] for row in boxes(berth)} == {"second"}
    berth.write_keys(SECOND)
    berth.restart()
    assert status(berth)[0] == {"second": ("newest", 4)} and "second" in cli(berth, "secrets", "status")
    assert [signs_in(berth, *user).status for user in users] == [200] * 4
    assert berth.sql("SELECT actor, subject FROM audit WHERE action = 'secrets.rotate'") == [("admin", "second")] * 2


def test_a_key_that_was_removed_too_early(berth):
    user, secret = guarded(berth, "anna")
    berth.write_keys(SECOND)
    berth.restart()
    assert '"key":"first"' in berth.log.read_text() and "is missing in BERTH_SECRETS_KEY_FILE" in berth.log.read_text()
    answer = signs_in(berth, user, secret)
    assert answer.status == 503 and "'first'" in answer.json["detail"] and "BERTH_SECRETS_KEY_FILE" in answer.json["detail"]
    keys, answer = status(berth)
    assert keys == {"second": ("newest", 0), "first": ("missing", 1)} and answer["unreadable"] == 1
    assert answer["faults"][0]["owner"] == user["id"] and answer["faults"][0]["key"] == "first"
    before = boxes(berth)
    done = rotate(berth)
    assert done["rotated"] == 0 and done["unreadable"] == 1 and boxes(berth) == before
    assert "1 of 1 secrets cannot be read" in cli(berth, "secrets", "rotate", code=1)
    assert "missing" in cli(berth, "secrets", "status", code=1)
    berth.write_keys(SECOND, FIRST)  # put back: nothing was lost
    berth.restart()
    assert signs_in(berth, user, secret).status == 200 and rotate(berth)["rotated"] == 1


def test_another_key_of_the_same_id(berth):
    user, secret = guarded(berth, "anna")
    berth.write_keys(OTHER_FIRST)
    berth.restart()
    answer = signs_in(berth, user, secret)
    assert answer.status == 500 and "another key of that id" in berth.log.read_text()
    keys, answer = status(berth)
    assert keys == {"first": ("newest", 1)} and "another key of that id" in answer["faults"][0]["reason"]
    assert rotate(berth)["unreadable"] == 1
    berth.write_keys(FIRST)
    berth.restart()
    assert signs_in(berth, user, secret).status == 200


def test_a_changed_and_a_moved_box(berth):
    """Who writes into the database cannot give a user another one's second factor."""
    (anna, anna_secret), (eve, eve_secret), (fred, fred_secret) = (guarded(berth, name) for name in ("anna", "eve", "fred"))
    berth.sql("UPDATE secret SET box = (SELECT box FROM secret WHERE owner = ?) WHERE owner = ?", eve["id"], anna["id"])
    berth.sql("UPDATE secret SET box = substr(box, 1, length(box) - 4) || 'AAAA' WHERE owner = ?", fred["id"])
    assert signs_in(berth, anna, eve_secret).status == 500 and signs_in(berth, fred, fred_secret).status == 500
    assert signs_in(berth, eve, eve_secret).status == 200
    assert {fault["owner"] for fault in status(berth)[1]["faults"]} == {anna["id"], fred["id"]}
    berth.write_keys(SECOND, FIRST)
    berth.restart()
    done = rotate(berth)  # one that cannot be read holds up no other
    assert (done["rotated"], done["unreadable"]) == (1, 2)
    berth.good("DELETE", f"/users/{anna['id']}/totp", token=berth.admin)  # and can be enrolled again
    berth.sql("DELETE FROM attempt")
    token = berth.sign_in(anna["email"]).json["token"]
    secret = totp.enable(berth, anna["id"], token, PASSWORD)[0]
    assert signs_in(berth, anna, secret).status == 200


@pytest.mark.parametrize("lines, mode, words", [
    ([], 0o600, "holds no key"), (["first 1234"], 0o600, "64 hex digits"), ([FIRST, FIRST], 0o600, "two keys"), ([FIRST], 0o644, "chmod"),
])
def test_a_bad_file_ends_the_start(berth, lines, mode, words):
    berth.write_keys(*lines, mode=mode)
    done = subprocess.run([berth.program, "api"], env=berth.environment | {"BERTH_LISTEN": f"127.0.0.1:{free_port()}"}, text=True, capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=30)
    assert done.returncode == 1 and words in done.stderr and str(berth.keys) in done.stderr
    assert FIRST.split()[1] not in done.stderr


def test_a_file_that_is_not_there(berth):
    berth.keys.unlink()
    done = subprocess.run([berth.program, "api"], env=berth.environment, text=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=30)
    assert done.returncode == 1 and "BERTH_SECRETS_KEY_FILE" in done.stderr and "no such file" in done.stderr
    berth.write_keys(FIRST)


def test_without_a_file(berth):
    guarded(berth, "anna")
    berth.environment = berth.environment | {"BERTH_SECRETS_KEY_FILE": ""}
    berth.restart()
    assert status(berth)[0] == {"first": ("missing", 1)}
    answer = berth.ask("POST", "/secrets/rotate", token=berth.admin)
    assert answer.status == 503 and "BERTH_SECRETS_KEY_FILE" in answer.json["detail"]


def test_for_admins_only(berth):
    user, _ = guarded(berth, "anna")
    token = berth.good("POST", "/users", {"email": "b@x.example", "role": "reseller"}, token=berth.admin).json["link"]
    berth.good("POST", "/session/redeem", {"token": token.split("#")[1], "password": PASSWORD})
    token = berth.sign_in("b@x.example").json["token"]
    assert berth.ask("GET", "/secrets", token=token).status == berth.ask("POST", "/secrets/rotate", token=token).status == 403
    assert berth.ask("POST", "/secrets/rotate", {"key": "x"}, token=berth.admin).status == 422


# --- no secret anywhere ---

class Watched:
    """Asks, and keeps every answer, so that it can be searched for secrets. What an endpoint answers once is taken out of that one."""

    def __init__(self, berth):
        self.berth, self.texts = berth, []

    def ask(self, *words, once=(), **options):
        answer = self.berth.ask(*words, **options)
        text = answer.text + str(answer.headers.items())
        for pointer in once:
            for value in answer.json[pointer] if isinstance(answer.json[pointer], list) else [answer.json[pointer]]:
                text = text.replace(value, "")
        self.texts.append((words[:2], text))
        return answer


class Plane:
    """The API server, PowerDNS and an S3 server in one, which refuses everything; `heard` has the headers of all requests."""

    def __init__(self):
        self.heard = heard = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                heard.append(f"{self.path} {self.headers}")
                self.send_error(403)

            do_PUT = do_POST = do_PATCH = do_DELETE = do_GET

            def log_message(self, *_words):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


# What the files that the settings name hold, with the secret in place of {}.
FILES = {
    "BERTH_PDNS_KEY_FILE": "{}", "BERTH_PDNS_LISTEN_FILE": "host=127.0.0.1 port=1 dbname=pdns user=listens password={}\n",
    "BERTH_SMTP_CREDENTIALS_FILE": "user\n{}\n", "BERTH_SPOOL_SECRET_FILE": "{}\n", "BERTH_MAIL_PASSWORD_FILE": "{}\n",
    "BERTH_FETCH_KEY_FILE": "{}\n", "BERTH_DKIM_TOKEN_FILE": "{}\n",
}


class Leaky:
    """An api, and a reconciler that starts later, which hold a recognisable secret from every file that they read one from."""

    def __init__(self, folder, stack):
        folder.mkdir()
        self.secrets = {name: f"{name}-of-the-leak-test" for name in (*FILES, "BERTH_KUBECONFIG")}
        self.plane, port = Plane(), free_port()
        stack.callback(self.plane.stop)
        self.relay = Relay(port, None, starttls=False)
        stack.callback(self.relay.stop)
        kubeconfig = {"current-context": "c", "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
                      "clusters": [{"name": "c", "cluster": {"server": self.plane.url}}],
                      "users": [{"name": "u", "user": {"token": self.secrets["BERTH_KUBECONFIG"]}}]}
        texts = {name: text.format(self.secrets[name]) for name, text in FILES.items()} | {"BERTH_KUBECONFIG": json.dumps(kubeconfig)}
        for name, text in (texts | {"key-id": "key-id"}).items():
            (folder / name).touch(mode=0o600)
            (folder / name).write_text(text)
        self.internal = free_port()
        self.berth = start(
            folder, BERTH_LOG_LEVEL="debug", BERTH_SMTP_URL=f"smtp://127.0.0.1:{port}", BERTH_SMTP_FROM="berth@berth.localhost",
            BERTH_SPOOL=f"{self.plane.url}/bucket", BERTH_SPOOL_KEY_ID_FILE=str(folder / "key-id"), BERTH_PDNS_URL=self.plane.url,
            BERTH_PDNS_DNS="127.0.0.1:1", BERTH_MAIL_URL="mysql://berthd@127.0.0.1:1/mail", BERTH_INGRESS_ADDRESS="192.0.2.1",
            BERTH_INGRESS_PROBE="127.0.0.1:1", BERTH_IMAGE_STATIC="x", BERTH_IMAGE_HELPER="x", BERTH_WORKERS="1",
            BERTH_INTERNAL_LISTEN=f"127.0.0.1:{self.internal}", BERTH_INTERNAL_URL="http://127.0.0.1:1",
            BERTH_TEMPLATES=str(REPOSITORY / "k8s/tenants/templates"), **{name: str(folder / name) for name in texts})
        stack.callback(self.berth.stop)
        self.log, self.stack = folder / "reconcile.log", stack

    def reconcile(self):
        """Until it has used all of its secrets, or read those that it would send over TLS alone."""
        server = Server([self.berth.program, "reconcile"], self.log, lambda: '"ready"' in self.log.read_text(), env=self.berth.environment)
        self.stack.callback(server.stop)
        for name in ("BERTH_PDNS_KEY_FILE", "BERTH_KUBECONFIG"):
            wait_for(lambda: self.secrets[name] in "".join(self.plane.heard), 30)
        wait_for(lambda: any(s["user"] == ["user", self.secrets["BERTH_SMTP_CREDENTIALS_FILE"]] for s in self.relay.sessions), 30)
        for told in ("zones cannot be watched", "the mail database cannot be watched"):
            wait_for(lambda: told in self.log.read_text(), 30)
        wait_for(lambda: self.berth.sql("SELECT 1 FROM condition WHERE status = 'false' AND message <> ''"), 30)

    def ask_internal(self, path, **headers):
        return ask_at("GET", f"http://127.0.0.1:{self.internal}/{path}", **headers)[1].decode()


@pytest.fixture
def leaky(scratch):
    with contextlib.ExitStack() as stack:
        yield Leaky(scratch / "leak", stack)


def test_no_secret_leaks(leaky):
    """Recognisable secrets of every kind; good and bad requests; then every answer, the logs at their finest, the metrics, and the
    bytes of the database, its journal too, are searched."""
    berth, folder = leaky.berth, leaky.berth.folder
    key = berth.keys.read_text().split()[1]
    w = Watched(berth)
    secrets = {"admin's token": berth.admin, "key of secrets": key} | leaky.secrets
    secrets |= {"password": "password-of-the-leak-test", "wrong password": "wrong-password-of-the-leak-test"}

    def once_named(name):
        return {"Idempotency-Key": name}

    made = w.ask("POST", "/users", {"email": "leak@x.example", "role": "admin"}, token=berth.admin, headers=once_named("user"), once=["link"])
    secrets["link"] = made.json["link"].split("#")[1]
    w.ask("POST", "/users", {"email": "leak@x.example", "role": "admin"}, token=berth.admin, headers=once_named("user"))
    w.ask("POST", "/session/redeem", {"token": secrets["link"], "password": "short"})
    w.ask("POST", "/session/redeem", {"token": secrets["link"], "password": secrets["password"], "more": secrets["link"]})
    assert w.ask("POST", "/session/redeem", {"token": secrets["link"], "password": secrets["password"]}, headers=once_named("redeem")).status == 204
    w.ask("POST", "/session/redeem", {"token": secrets["link"], "password": secrets["password"]}, headers=once_named("redeem"))
    for body in ({"email": "leak@x.example", "password": secrets["wrong password"]},
                 {"email": secrets["wrong password"], "password": secrets["password"]},
                 {"token": secrets["link"]}, {"token": secrets["password"] + " "}):
        assert w.ask("POST", "/session", body).status in (401, 422)
    for raw in (f'{{"password": "{secrets["password"]}"', f'{{"password": "{secrets["password"]}", "password": 1}}'):
        assert w.ask("POST", "/session", raw).status == 400
    signed = w.ask("POST", "/session", {"email": "leak@x.example", "password": secrets["password"], "asToken": True}, once=["token"])
    secrets["session's token"] = token = signed.json["token"]
    api_token = w.ask("POST", "/tokens", {"name": "x", "scopes": ["read"]}, token=token, headers=once_named("token"), once=["secret"])
    secrets["API token"] = api_token.json["secret"]
    w.ask("POST", "/tokens", {"name": "x", "scopes": ["read"]}, token=token, headers=once_named("token"))
    begun = w.ask("POST", "/session/totp", {"password": secrets["password"]}, token=token, headers=once_named("totp"), once=["uri", "secret"])
    secrets["secret of the second factor"] = begun.json["secret"]
    assert "secret" not in w.ask("POST", "/session/totp", {"password": secrets["password"]}, token=token, headers=once_named("totp")).json
    w.ask("POST", "/session/totp/confirm", {"code": totp.wrong(begun.json["secret"])}, token=token)
    code = totp.code(begun.json["secret"])
    confirmed = w.ask("POST", "/session/totp/confirm", {"code": code}, token=token, headers=once_named("confirm"), once=["recoveryCodes"])
    secrets |= {f"recovery code {i}": c for i, c in enumerate(confirmed.json["recoveryCodes"])}
    w.ask("POST", "/session", {"email": "leak@x.example", "password": secrets["password"], "code": secrets["recovery code 0"] + "x"})
    assert w.ask("POST", "/session", {"email": "leak@x.example", "password": secrets["password"], "code": secrets["recovery code 0"], "asToken": True},
                 once=["token"]).status == 200
    w.ask("PUT", "/session/password", {"current": secrets["wrong password"], "password": secrets["password"]}, token=token)
    mailed = w.ask("POST", "/users", {"email": "waits@x.example", "role": "reseller"}, token=berth.admin, once=["link"])
    assert mailed.json["mailed"]
    secrets["link that waits for its mail"] = mailed.json["link"].split("#")[1]
    secrets["mailbox's password"], imported = "mailbox-password-of-the-leak-test", "{SHA512-CRYPT}$6$leaktest$" + "a" * 86
    user = {"local": "one", "password": secrets["mailbox's password"]}
    box = {"address": "two@leak.localhost", "password": secrets["mailbox's password"]}
    for query in ("?dryRun=true", ""):
        assert w.ask("POST", "/domains" + query, {"customerId": "leak", "domain": "leak.localhost", "mailUsers": [user]}, token=berth.admin,
                     headers=once_named("domain")).status in (200, 202)
    for query in ("?dryRun=true", "", ""):
        assert w.ask("POST", "/mailboxes" + query, box, token=berth.admin, headers=once_named("mailbox")).status in (200, 202)
        assert w.ask("PATCH", "/mailboxes/one@leak.localhost" + query, {"passwordHash": imported}, token=berth.admin).status in (200, 202)
    w.ask("POST", "/mailboxes", box | {"more": secrets["mailbox's password"]}, token=berth.admin)
    w.ask("POST", "/mailboxes", box | {"password": secrets["mailbox's password"], "passwordHash": imported}, token=berth.admin)
    w.ask("PATCH", "/mailboxes/one@leak.localhost", {"passwordHash": imported + "$"}, token=berth.admin)
    site = berth.good("GET", "/sites?q=leak.localhost", token=berth.admin).json["items"][0]["id"]
    assert w.ask("POST", f"/sites/{site}/releases", b"x", token=berth.admin, headers={"Content-Type": "application/x-tar"}).status == 503
    leaky.reconcile()
    vault = secrets["BERTH_DKIM_TOKEN_FILE"]
    inside = {"metrics": leaky.ask_internal("metrics")}
    for given, answered in ((vault, "no key"), (vault + "x", "permission denied")):
        inside[answered] = leaky.ask_internal("v1/dkim/leak.localhost", X_Vault_Token=given)
        assert answered in inside[answered]
    for path in ("/customers/leak/conditions", "/domains/leak.localhost/records"):
        w.ask("GET", path, token=berth.admin)
    for path in ("/mailboxes", "/mailboxes/one@leak.localhost", "/users", "/users/leak@x.example", "/tokens", "/session", "/session/totp", "/secrets", "/audit", "/operations", "/events", "/customers"):
        assert w.ask("GET", path, token=berth.admin).status == 200
        w.ask("GET", path, token=secrets["wrong password"])
        w.ask("DELETE", path + "/" + secrets["API token"][:20], token=token)
    w.ask("POST", "/secrets/rotate", token=berth.admin)
    w.ask("GET", "/metrics", prefix="")
    places = {str(words): text for words, text in w.texts} | inside
    places |= {path.name: path.read_bytes().decode(errors="replace") for path in folder.glob("berth.db*")}
    leaky.stack.close()
    places["log"] = berth.log.read_text()  # after the end: a request's line is written after its answer
    places["reconciler's log"] = leaky.log.read_text()
    places["database"] = berth.database.path.read_bytes().decode(errors="replace")
    places["dump"] = "\n".join(sqlite3.connect(berth.database.path).iterdump())
    found = [f"{name} in {place}" for name, secret in secrets.items() for place, text in places.items() if secret in text]
    assert not found
    # A mailbox's hash is in the database, for the mail servers, and nowhere else.
    assert not [place for place, text in places.items() if (imported in text or "$argon2id$" in text and "one" in text) and "berth.db" not in place
                and place not in ("database", "dump")]
    assert imported in places["dump"] and "{ARGON2ID}$argon2id$" in places["dump"]
    assert len(secrets) > 20 and len(w.texts) > 50 and "v1:first:" in places["dump"] and '"level":"debug"' in places["log"]

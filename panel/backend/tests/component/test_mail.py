"""One-time links by mail: a real `berthd reconcile` with a real SMTP relay over STARTTLS, that refuses, fails and goes away."""
import base64
import re
import signal
import socket
import ssl
import subprocess
import threading
import time

import pytest
from berth import PANEL, PASSWORD, start, wait_for
from conftest import REPOSITORY, Server, free_port, run

USER, SECRET = "relay-user", "relay password of mine"


class Relay:
    """An SMTP server (RFC 5321) with STARTTLS and AUTH PLAIN; `answers` are given to what would be taken: "250", "550", None to
    hang up after the message."""

    def __init__(self, port, tls, address="127.0.0.1", starttls=True):
        self.tls, self.starttls, self.taken, self.sessions, self.answers = tls, starttls, [], [], []
        self.listener = socket.create_server((address, port))
        self.thread = threading.Thread(target=self._accept)
        self.thread.start()

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.listener.close()

    def _accept(self):
        while True:
            try:
                connection = self.listener.accept()[0]
            except OSError:
                return
            connection.settimeout(20)
            try:
                self._serve(connection)
            except (OSError, ssl.SSLError):
                pass
            finally:
                connection.close()

    def _serve(self, connection):
        lines, session = connection.makefile("rwb"), {"tls": False, "user": None, "to": []}
        self.sessions.append(session)

        def say(text):
            lines.write(f"{text}\r\n".encode())
            lines.flush()

        say("220 relay")
        while line := lines.readline().decode().strip():
            verb = line.upper()
            if verb.startswith("EHLO"):
                session["ehlo"] = line[5:]
                say("250-relay")
                if self.starttls and not session["tls"]:
                    say("250-STARTTLS")
                say("250 AUTH PLAIN")
            elif verb == "STARTTLS":
                say("220 go on")
                connection = self.tls.wrap_socket(connection, server_side=True)
                lines, session["tls"] = connection.makefile("rwb"), True
            elif verb.startswith("AUTH"):
                word = line.split()[2] if len(line.split()) > 2 else None
                if not word:
                    say("334 ")
                    word = lines.readline().decode().strip()
                session["user"] = base64.b64decode(word).decode().split("\0")[1:]
                say("235 welcome" if session["user"] == [USER, SECRET] else "535 who are you?")
            elif verb.startswith("MAIL"):
                session["from"] = line
                say("250 ok")
            elif verb.startswith("RCPT"):
                session["to"].append(line)
                say("250 ok")
            elif verb == "DATA":
                say("354 go on")
                message = b""
                while not message.endswith(b"\r\n.\r\n"):
                    message += lines.read(1)
                answer = self.answers.pop(0) if self.answers else "250"
                if answer is None:
                    return
                if answer.startswith("250"):
                    self.taken.append((session, message.decode()[:-3]))
                say(f"{answer} so be it")
            elif verb == "QUIT":
                say("221 bye")
                return
            else:
                say("502 no")


@pytest.fixture(scope="module")
def tls(scratch):
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", scratch / "relay.key", "-out", scratch / "relay.crt",
        "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(scratch / "relay.crt", scratch / "relay.key")
    return context


class Installation:
    def __init__(self, folder, port, ca):
        folder.mkdir()
        (folder / "credentials").touch(mode=0o600)
        (folder / "credentials").write_text(f"{USER}\n{SECRET}\n")
        (folder / "kubeconfig").write_text(
            '{"apiVersion": "v1", "current-context": "x", "clusters": [{"name": "x", "cluster": {"server": "http://127.0.0.1:1"}}], '
            '"users": [{"name": "x", "user": {"token": "x"}}], "contexts": [{"name": "x", "context": {"cluster": "x", "user": "x"}}]}')
        (folder / "pdns-key").write_text("pdns-key-of-the-test")
        self.internal = free_port()
        self.berth = start(folder, BERTH_SMTP_URL=f"smtp://127.0.0.1:{port}", BERTH_SMTP_FROM="Berth <berth@berth.localhost>",
                           BERTH_SMTP_CREDENTIALS_FILE=str(folder / "credentials"), BERTH_SMTP_CA=str(ca), BERTH_LOG_LEVEL="debug",
                           BERTH_KUBECONFIG=str(folder / "kubeconfig"), BERTH_PDNS_URL="http://127.0.0.1:1",
                           BERTH_PDNS_KEY_FILE=str(folder / "pdns-key"), BERTH_PDNS_DNS="127.0.0.1:1",
                           BERTH_INGRESS_ADDRESS="192.0.2.1", BERTH_INGRESS_PROBE="127.0.0.1:1", BERTH_IMAGE_STATIC="x",
                           BERTH_IMAGE_HELPER="x", BERTH_INTERNAL_LISTEN=f"127.0.0.1:{self.internal}",
                           BERTH_INTERNAL_URL="http://127.0.0.1:1", BERTH_WORKERS="1",
                           BERTH_TEMPLATES=str(REPOSITORY / "k8s/tenants/templates"))
        self.log = folder / "reconcile.log"
        self.reconciler = None

    def reconcile(self, **more):
        self.reconciler = Server([self.berth.program, "reconcile"], self.log, lambda: '"ready"' in self.log.read_text(),
                                 env=self.berth.environment | more)

    def stop(self, how=signal.SIGTERM):
        if self.reconciler:
            self.reconciler.stop(how)
        self.reconciler = None

    def invite(self, name):
        answer = self.berth.good("POST", "/users", {"email": f"{name}@x.example", "role": "reseller"}, token=self.berth.admin).json
        assert answer["mailed"]
        return answer["link"]

    def waiting(self):
        return self.berth.sql("SELECT count(*) FROM outbox")[0][0]

    def due_now(self):
        self.berth.sql("UPDATE outbox SET due_ms = 0")


@pytest.fixture(scope="module")
def place(scratch, tls):
    port = free_port()
    installation = Installation(scratch / "mail", port, scratch / "relay.crt")
    yield installation, port
    installation.stop()
    installation.berth.stop()


@pytest.fixture
def relay(place, tls):
    relay = Relay(place[1], tls)
    yield relay
    relay.stop()
    place[0].stop()


def link_in(message):
    return re.search(rf"^{re.escape(PANEL)}/redeem/#\S+(?=\r$)", message, re.M)[0]


def test_an_invitation_arrives_and_is_redeemed(place, relay):
    installation, _ = place
    link = installation.invite("anna")
    boxes = installation.berth.sql("SELECT box FROM secret WHERE kind = 'mail'")
    assert len(boxes) == 1 and boxes[0][0].startswith("v1:first:")
    installation.reconcile()
    wait_for(lambda: relay.taken and not installation.waiting())
    session, message = relay.taken[0]
    assert session["tls"] and session["user"] == [USER, SECRET] and session["ehlo"] == "berth.localhost"
    assert session["from"].startswith("MAIL FROM:<berth@berth.localhost>") and session["to"] == ["RCPT TO:<anna@x.example>"]
    head, _, text = message.partition("\r\n\r\n")
    assert "Subject: Your account at berth.localhost" in head and "To: <anna@x.example>" in head and "Auto-Submitted" in head
    assert link_in(text) == link and "\n" not in text.replace("\r\n", "")
    installation.berth.good("POST", "/session/redeem", {"token": link_in(text).split("#")[1], "password": PASSWORD})
    assert installation.berth.sign_in("anna@x.example").status == 200
    assert installation.berth.sql("SELECT count(*) FROM secret WHERE kind = 'mail'") == [(0,)]
    installation.berth.good("POST", "/users/anna@x.example/link", token=installation.berth.admin)
    wait_for(lambda: len(relay.taken) == 2)
    assert "Subject: Set a new password at" in relay.taken[1][1]


def test_what_is_refused_or_lost_is_sent_again(place, relay):
    """A refusal for now, one for good, and a relay that hangs up after the message: it may have it, so it is sent again."""
    installation, _ = place
    relay.answers = ["451", "550", None]
    link = installation.invite("berta")
    installation.reconcile()
    for attempt in range(1, 4):
        wait_for(lambda: installation.berth.sql("SELECT attempts FROM outbox") == [(attempt,)])
        wait_for(lambda: f"attempt {attempt}" in installation.log.read_text())
        assert installation.berth.sql("SELECT due_ms FROM outbox")[0][0] > (time.time() + 5) * 1000  # not at once
        installation.due_now()
    wait_for(lambda: not installation.waiting())
    assert [link_in(message) for _, message in relay.taken] == [link]
    log = installation.log.read_text()
    assert "451" in log and "550" in log and link.split("#")[1] not in log and SECRET not in log


def test_a_crash_after_sending_sends_again_with_the_same_id(place, relay):
    installation, _ = place
    installation.invite("carla")
    process = subprocess.run([installation.berth.program, "reconcile"], stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
                             env=installation.berth.environment | {"BERTH_CRASH_AT": "smtp mail after#1"})
    assert process.returncode == -signal.SIGKILL and len(relay.taken) == 1 and installation.waiting() == 1
    installation.due_now()
    installation.reconcile()
    wait_for(lambda: not installation.waiting())
    ids = [re.search(r"Message-ID: (\S+)", message)[1] for _, message in relay.taken]
    assert len(ids) == 2 and ids[0] == ids[1]


def test_a_relay_that_is_away(place, tls):
    installation, port = place
    link = installation.invite("dora")
    installation.reconcile()
    wait_for(lambda: "mail was not sent" in installation.log.read_text())
    assert installation.waiting() == 1
    relay = Relay(port, tls)
    try:
        installation.due_now()
        wait_for(lambda: not installation.waiting())
        assert link_in(relay.taken[0][1]) == link
    finally:
        relay.stop()
        installation.stop()


def test_wrong_credentials_are_told_and_mended(place, relay):
    installation, _ = place
    path = installation.berth.folder / "credentials"
    path.write_text(f"{USER}\nanother password\n")
    installation.invite("emma")
    installation.reconcile()
    wait_for(lambda: "mail was not sent" in installation.log.read_text())
    assert "another password" not in installation.log.read_text() and not relay.taken
    path.write_text(f"{USER}\n{SECRET}\n")
    installation.due_now()
    wait_for(lambda: not installation.waiting())


def test_a_newer_link_takes_the_place_of_the_mail(place, relay):
    installation, _ = place
    first = installation.invite("frida")
    second = installation.berth.good("POST", "/users/frida@x.example/link", token=installation.berth.admin).json["link"]
    installation.reconcile()
    wait_for(lambda: not installation.waiting())
    assert [link_in(message) for _, message in relay.taken] == [second] != [first]


def test_who_is_deleted_gets_none(place, relay):
    installation, _ = place
    installation.invite("gerda")
    installation.berth.good("DELETE", "/users/gerda@x.example", token=installation.berth.admin)
    assert installation.waiting() == 0 and installation.berth.sql("SELECT count(*) FROM secret WHERE kind = 'mail'") == [(0,)]


def test_a_foreign_certificate_is_not_believed(place, relay, scratch):
    """The password goes only to who proves to be the relay."""
    installation, _ = place
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "/dev/null", "-out", scratch / "other.crt", "-days", "2",
        "-subj", "/CN=other")
    installation.invite("hanna")
    installation.reconcile(BERTH_SMTP_CA=str(scratch / "other.crt"))
    wait_for(lambda: "mail was not sent" in installation.log.read_text())
    assert not relay.taken and all(session["user"] is None for session in relay.sessions)
    installation.stop()
    installation.due_now()
    installation.reconcile()
    wait_for(lambda: not installation.waiting())


def test_without_tls_nothing_is_sent_to_another_machine(place, tls):
    """The relay's address is not loopback here, and it offers no STARTTLS."""
    installation, _ = place
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.connect(("192.0.2.1", 9))  # nothing is sent: it says which address of ours would be used
        address = s.getsockname()[0]
    port = free_port()
    relay = Relay(port, tls, address, starttls=False)
    installation.invite("ines")
    installation.reconcile(BERTH_SMTP_URL=f"smtp://{address}:{port}")
    try:
        wait_for(lambda: "mail was not sent" in installation.log.read_text())
    finally:
        relay.stop()
        installation.stop()
    assert not relay.taken and relay.sessions and all("from" not in s and s["user"] is None for s in relay.sessions)
    installation.berth.sql("DELETE FROM outbox")


@pytest.mark.parametrize("settings, words", [
    ({"BERTH_SMTP_URL": "relay.example"}, "BERTH_SMTP_URL"), ({"BERTH_SMTP_FROM": ""}, "BERTH_SMTP_FROM"),
    ({"BERTH_SMTP_CREDENTIALS_FILE": "/nowhere"}, "BERTH_SMTP_CREDENTIALS_FILE"), ({"BERTH_SECRETS_KEY_FILE": ""}, "BERTH_SECRETS_KEY_FILE"),
])
def test_bad_settings_end_the_start(place, settings, words):
    done = subprocess.run([place[0].berth.program, "reconcile"], env=place[0].berth.environment | settings, text=True, capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=30)
    assert done.returncode == 1 and words in done.stderr

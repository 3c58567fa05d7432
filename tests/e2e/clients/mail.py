"""The mail servers, as mail programs use them: SMTP, submission, IMAP, POP3. At the node's address and real ports, so that the
servers see the client's own address; TLS is verified by the printed CA file and the servers' name, never without."""

import email
import email.policy
import imaplib
import poplib
import re
import smtplib
import socket
import time
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from datetime import datetime, timezone

from .place import NODE_ADDRESS, tls_context
from .wait import until

MAIL_HOST = "mail.berth.localhost"
SMTP, SUBMISSIONS, SUBMISSION, IMAPS, POP3S, SIEVE = 25, 465, 587, 993, 995, 4190
OUTSIDE = "client.e2e.localhost"  # what a server of somebody else calls itself
DELIVERED_S = 120
GREYLIST_S = 90  # a stranger is let in after a few seconds here
TIMEOUT_S = 60
GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"


def connect(port, timeout=TIMEOUT_S, source=None):
    """From an address of this machine's, when source names one."""
    return socket.create_connection((NODE_ADDRESS, port), timeout, (source, 0) if source else None)


class _AtTheNode:
    """What smtplib's classes connect by: the node's address, and the servers' own name for TLS."""

    def __init__(self, port, **kwargs):
        super().__init__(timeout=TIMEOUT_S, local_hostname=OUTSIDE, **kwargs)
        self._host = MAIL_HOST
        self.connect(NODE_ADDRESS, port)


class Smtp(_AtTheNode, smtplib.SMTP):
    """Port 25 or 587; TLS when starttls() is called."""

    def secure(self):
        self.starttls(context=tls_context())
        self.ehlo()
        return self


class SmtpTls(_AtTheNode, smtplib.SMTP_SSL):
    def __init__(self, port=SUBMISSIONS, **kwargs):
        super().__init__(port, context=tls_context(), **kwargs)


def submission(address, password, port=SUBMISSION, source=None):
    """A connection that is signed in; from an address of this machine's, when source names one."""
    at = {"source_address": (source, 0)} if source else {}
    smtp = SmtpTls(**at) if port == SUBMISSIONS else Smtp(port, **at).secure()
    smtp.login(address, password)
    return smtp


def message(sender, to, subject="Hello", body="Nothing special.\n", **headers):
    made = EmailMessage(policy=email.policy.SMTP)
    made["From"], made["To"], made["Subject"] = sender, to, subject
    made["Date"], made["Message-ID"] = format_datetime(datetime.now(timezone.utc)), make_msgid(domain="e2e.localhost")
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(body)
    return made


def refusal(smtp, sender, recipient, content):
    """(code, text) of the refusal of a message, at whatever point it comes; fails when it is taken."""
    try:
        smtp.sendmail(sender, [recipient], content if isinstance(content, (str, bytes)) else bytes(content))
    except smtplib.SMTPRecipientsRefused as e:
        return answer_of(*e.recipients[recipient])
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as e:
        return answer_of(e.smtp_code, e.smtp_error)
    raise AssertionError(f"mail from {sender} to {recipient} was taken")


def answer_of(code, text):
    return code, text.decode() if isinstance(text, bytes) else text


def send_from_outside(sender, recipient, content):
    """As a server of somebody else sends: port 25, and again later when told to. Returns the temporary answers on the way."""
    told, end = [], time.monotonic() + GREYLIST_S
    while True:
        with Smtp(SMTP) as smtp:
            try:
                smtp.sendmail(sender, [recipient], content if isinstance(content, bytes) else bytes(content))
                return told
            except (smtplib.SMTPDataError, smtplib.SMTPRecipientsRefused) as e:
                code, text = e.recipients[recipient] if isinstance(e, smtplib.SMTPRecipientsRefused) else (e.smtp_code, e.smtp_error)
                told.append(answer_of(code, text))
                assert 400 <= code < 500 and time.monotonic() < end, told
        time.sleep(1)


class _ImapTls(imaplib.IMAP4_SSL):
    def __init__(self, source):
        self.source = source
        super().__init__(MAIL_HOST, IMAPS, ssl_context=tls_context())

    def _create_socket(self, timeout):
        return self.ssl_context.wrap_socket(connect(IMAPS, source=self.source), server_hostname=MAIL_HOST)


class _Pop3Tls(poplib.POP3_SSL):
    def _create_socket(self, timeout):
        return self.context.wrap_socket(connect(POP3S), server_hostname=MAIL_HOST)


class Imap:
    """A mailbox that is read; a context manager. From an address of this machine's, when source names one."""

    def __init__(self, address, password, source=None):
        self.imap = _ImapTls(source)
        self.imap.login(address, password)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.imap.logout()

    def _ok(self, answer):
        kind, data = answer
        assert kind == "OK", data
        return data

    def folders(self):
        """Name to flags."""
        rows = [row.decode() for row in self._ok(self.imap.list())]
        return {re.split(r' "?/"? ', r)[1].strip('"'): r.split(")")[0].lstrip("(") for r in rows}

    def _fetch(self, folder, what):
        """Of each message of a folder, as bytes; none when there is no such folder."""
        kind, _ = self.imap.select(f'"{folder}"', readonly=True)
        if kind != "OK":
            return []
        numbers = self._ok(self.imap.search(None, "ALL"))[0].split()
        if not numbers:
            return []
        rows = self._ok(self.imap.fetch(b",".join(numbers).decode(), f"({what})"))
        return [row[1] for row in rows if isinstance(row, tuple)]

    def raw(self, folder="INBOX"):
        """All messages of a folder, as bytes; none when there is no such folder."""
        return self._fetch(folder, "BODY.PEEK[]")

    def message_ids(self, folder="INBOX"):
        found = self._fetch(folder, "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]")
        return [text.decode().partition(":")[2].strip() for text in found]

    def move(self, message_id, source, target):
        self._ok(self.imap.select(f'"{source}"'))
        number = self._ok(self.imap.search(None, "HEADER", "Message-ID", f'"{message_id}"'))[0]
        assert number, f"{message_id} is not in {source}"
        self._ok(self.imap._simple_command("MOVE", number.decode(), f'"{target}"'))

    def quota(self):
        """(used, limit) in KiB."""
        kind, data = self.imap.getquotaroot("INBOX")
        assert kind == "OK", data
        found = re.search(rb"STORAGE (\d+) (\d+)", data[1][0])
        assert found, data
        return int(found[1]), int(found[2])


def received(address, password, message_id, folder="INBOX", timeout=DELIVERED_S):
    """The raw message, when it has come."""

    def probe():
        with Imap(address, password) as imap:
            return [m for m in imap.raw(folder) if parsed(m)["Message-ID"] == message_id]

    return until(f"{message_id} in {folder} of {address}", probe, timeout, pause=0.5)[0]


def parsed(raw):
    return email.message_from_bytes(raw, policy=email.policy.default)


def authentication(raw):
    """What our own server found: method to (result, the whole of what it says of it)."""
    ours = [h for h in parsed(raw).get_all("Authentication-Results", []) if h.split(";")[0].strip() == MAIL_HOST]
    assert len(ours) == 1, ours
    parts = [" ".join(p.split()) for p in ours[0].split(";")[1:]]
    return {p.partition("=")[0]: (p.partition("=")[2].split(" ")[0], p) for p in parts if "=" in p}


def pop3(address, password):
    pop = _Pop3Tls(MAIL_HOST, POP3S, context=tls_context(), timeout=TIMEOUT_S)
    pop.user(address)
    pop.pass_(password)
    return pop

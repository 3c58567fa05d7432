"""Odd messages: each is refused or delivered whole, no server dies of it, and the next message goes its way."""

import re
from datetime import datetime, timezone

import pytest

from clients import mail
from clients.killing import containers_of
from clients.wait import until

SERVERS = ["postfix", "dovecot", "mysql", "rspamd", "valkey"]
# what Postfix, Dovecot and Rspamd say of a program of theirs that has crashed
CRASHED = re.compile(r"killed (?:by|with) signal \d+|terminated abnormally|\bPanic:|Segmentation fault|cannot allocate memory|Out of memory", re.IGNORECASE)
MIB = 1024 * 1024
LARGEST = 50 * MIB  # message_size_limit
FIELDS = ["Message-ID", "From", "To", "Subject", "Date"]


@pytest.fixture(scope="module", autouse=True)
def servers_live(kube):
    """None was started again, and none of their programs has crashed."""

    def pods():
        return {name: kube.pods("mail-system", f"app.kubernetes.io/name={name}")[0] for name in SERVERS}

    begin, before = datetime.now(timezone.utc).isoformat(timespec="seconds"), pods()
    yield
    after = pods()
    assert {n: containers_of(p) for n, p in after.items()} == {n: containers_of(p) for n, p in before.items()}
    for pod in after.values():
        said = kube.kubectl("-n", "mail-system", "logs", pod["metadata"]["name"], f"--since-time={begin}").stdout
        assert not CRASHED.search(said), CRASHED.search(said)


class Writer:
    """Of one mailbox, by a connection that is kept: neither the messages nor the sign-ins of other tests are counted with these."""

    def __init__(self, box):
        self.box, self.smtp = box, None

    def head(self, recipient, subject):
        """(Message-ID, the header fields that every message has)"""
        made = mail.message(self.box.address, recipient.address, subject=subject)
        return made["Message-ID"], b"".join(f"{name}: {made[name]}\r\n".encode() for name in FIELDS)

    def connection(self):
        try:
            self.smtp.noop()
        except (AttributeError, mail.smtplib.SMTPServerDisconnected):
            self.smtp = mail.submission(self.box.address, self.box.password)
        return self.smtp

    def submitted(self, recipient, content):
        """Whether it was taken; else it was refused for good."""
        try:
            return self.connection().sendmail(self.box.address, [recipient.address], content) == {}
        except mail.smtplib.SMTPDataError as e:
            assert 500 <= e.smtp_code < 600, e
            return False


@pytest.fixture(scope="module")
def writer(mailboxes, people):
    return Writer(mailboxes.create(people.ours.domain, "odd"))


@pytest.fixture(scope="module")
def carl(mailboxes, people):
    """A mailbox of its own: other tests read theirs with Python's parser, which not every one of these messages leaves alive."""
    return mailboxes.create(people.theirs.domain, "odd")


def arrived(box, message_id):
    """The message, in whichever folder."""

    def probe():
        with mail.Imap(box.address, box.password) as imap:
            for folder in ("INBOX", "Junk"):
                ids = imap.message_ids(folder)
                if message_id in ids:
                    return imap.raw(folder)[ids.index(message_id)]
        return None

    return until(f"{message_id} has come", probe, mail.DELIVERED_S, pause=0.5)


def the_next_one_comes(writer, carl):
    message_id, head = writer.head(carl, "the next")
    assert writer.submitted(carl, head + b"\r\nhello\r\n")
    arrived(carl, message_id)


def nested(levels):
    return b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (i, i) for i in range(levels)) + b"\r\nhello\r\n"


MALFORMED = {
    "no boundary": b"Content-Type: multipart/mixed\r\n\r\n--x\r\nhello\r\n",
    "boundary that never ends": b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n',
    "boundary within boundary": b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\nContent-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\n--x--\r\n--x--\r\n',
    "boundary of 10 KB": b'Content-Type: multipart/mixed; boundary="' + b"x" * 900 + b"\r\n " + b"y" * 900 + b'"\r\n\r\n--' + b"x" * 990 + b"\r\nhello\r\n",
    "ten thousand boundaries": b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n' + b"--x\r\n\r\n" * 10_000 + b"--x--\r\n",
    "a hundred levels": nested(100),
    "ten thousand levels": nested(10_000),
    "messages within messages": b"Content-Type: message/rfc822\r\n\r\n" * 1_000 + b"hello\r\n",
    "wrong base64": b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!! not base64 ====\r\n",
    "unknown encoding": b"Content-Type: text/plain\r\nContent-Transfer-Encoding: x-nonsense\r\n\r\nhello\r\n",
    "unknown charset": b"Content-Type: text/plain; charset=no-such-thing\r\n\r\nhello \xff\xfe\r\n",
    "a header of 60 KB": b"X-Long: " + b"x" * 900 + b"\r\n " + b"\r\n ".join([b"y" * 900] * 64) + b"\r\n\r\nhello\r\n",
    "a hundred thousand headers": b"".join(b"X-%d: y\r\n" % i for i in range(100_000)) + b"\r\nhello\r\n",
    "three thousand recipients in Cc": b"Cc: " + b",\r\n ".join(b"a%d@x.example" % i for i in range(3_000)) + b"\r\n\r\nhello\r\n",
    "bytes above 127 in a header": b"X-Odd: \xff\xfe\xc3\r\n\r\nhello\r\n",
    "bytes above 127 in a header's name": b"X-\xe4\xf6\xfc: y\r\n\r\nhello\r\n",
    "a header without a colon": b"this is no header\r\n\r\nhello\r\n",
    "a header that begins with a space": b" folded onto nothing\r\n\r\nhello\r\n",
    "a broken encoded word": b"X-Word: =?utf-8?B?!!!?= =?no-such?Q?=ZZ?= =?utf-8?Q?\r\n\r\nhello\r\n",
    "NUL bytes": b"\r\nbefore\x00after\x00\r\n",
    "bytes of every kind": b"Content-Type: application/octet-stream\r\n\r\n" + bytes(b for b in range(256) if b not in (0, 10, 13)) + b"\r\n",
    "no body": b"",
}


def as_read(content):
    """But for NUL, in whose place IMAP has another byte (RFC 3501, 4.3.1)."""
    return content.replace(b"\x00", b"").replace(b"\x80", b"")


@pytest.mark.parametrize("what", MALFORMED)
def test_a_malformed_message_is_delivered_whole_or_refused(writer, carl, what):
    message_id, head = writer.head(carl, what)
    if writer.submitted(carl, head + MALFORMED[what]):
        came = arrived(carl, message_id)
        # between the two parts are the header fields of our own servers
        assert all(part in as_read(came) for part in as_read(MALFORMED[what]).split(b"\r\n\r\n", 1)), came[-2000:]
    the_next_one_comes(writer, carl)


def test_a_line_of_a_megabyte_is_delivered_or_refused(writer, carl):
    """What is longer than the protocol allows is broken into several lines on its way; nothing else of it changes."""
    line = b"x" * MIB
    message_id, head = writer.head(carl, "one line")
    if writer.submitted(carl, head + b"\r\n" + line + b"\r\n"):
        body = arrived(carl, message_id).partition(b"\r\n\r\n")[2]
        assert re.sub(rb"\s", b"", body) == line
    the_next_one_comes(writer, carl)


# --- size ---


def test_two_hundred_megabytes_are_refused_also_when_nobody_has_said_so_before(writer, carl):
    smtp, sender = writer.connection(), writer.box.address
    assert [smtp.mail(sender)[0], smtp.rcpt(carl.address)[0], smtp.docmd("DATA")[0]] == [250, 250, 354]
    line = b"y" * 76 + b"\r\n"
    smtp.send(writer.head(carl, "much too large")[1] + b"\r\n" + line * (200 * MIB // len(line)) + b".\r\n")
    code, text = smtp.getreply()
    assert code == 552, text
    # the same connection goes on
    assert smtp.send_message(mail.message(sender, carl.address)) == {}


def test_the_largest_message_is_delivered_whole(mailboxes, people, writer):
    """Whatever the servers put above it themselves."""
    box = mailboxes.create(people.theirs.domain, "large")
    message_id, head = writer.head(box, "the largest")
    body = (b"y" * 76 + b"\r\n") * ((LARGEST - len(head) - 4096) // 78)
    assert writer.submitted(box, head + b"\r\n" + body)
    raw = mail.received(box.address, box.password, message_id, timeout=2 * mail.DELIVERED_S)
    assert raw.endswith(b"\r\n\r\n" + body), f"{len(raw)} bytes"
    mailboxes.delete(box)

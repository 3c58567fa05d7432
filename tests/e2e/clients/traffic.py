"""Mail by many connections at once while something breaks, with a ledger of it: what was answered 250 is delivered in the end, or comes
back to its sender."""

import re
import smtplib
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from email.utils import formatdate, make_msgid

from . import mail
from .wait import until

CONNECTIONS = 40
AGAIN_S, LOOK_S = 1, 3
ID_IN_TEXT = re.compile(rb"^Message-ID:\s*(<[^>\r\n]+>)", re.IGNORECASE | re.MULTILINE)
MAILBOX, AWAY, BACK = "to a mailbox", "to another server", "back to its sender"


@dataclass
class Sent:
    """One message. An attempt without an answer may have been taken: it is sent again under the same id, and may then come twice."""

    box: object
    to: str
    way: str
    id: str = field(default_factory=lambda: make_msgid(domain="e2e.localhost"))
    accepted: bool = False
    unanswered: int = 0

    def text(self):
        return (f"From: {self.box.address}\r\nTo: {self.to}\r\nSubject: {self.way}\r\nDate: {formatdate()}\r\nMessage-ID: {self.id}\r\n\r\n"
                "Nothing special.\r\n").encode()


class _Sender(threading.Thread):
    """One connection at a time; each message until it is answered 250."""

    def __init__(self, messages, source, allowed):
        super().__init__(daemon=True)
        self.messages, self.source, self.allowed = messages, source, allowed
        self.taken, self.told, self.refused = 0, Counter(), []
        self.smtp, self.box, self.end = None, None, 0

    def run(self):
        for sent in self.messages:
            if not self.allowed.acquire(timeout=max(0, self.end - time.monotonic())):
                break
            while time.monotonic() < self.end and not self._send(sent):
                time.sleep(AGAIN_S)
        self._leave()

    def _be(self, box):
        """Signed in as the box."""
        if self.smtp is None or self.box is not box:
            self._leave()
            self.smtp, self.box = mail.submission(box.address, box.password, source=self.source), box

    def _leave(self):
        if self.smtp:
            self.smtp.close()
        self.smtp = None

    def _send(self, sent):
        content = False
        try:
            self._be(sent.box)
            code, text = self.smtp.mail(sent.box.address)
            if code == 250:
                code, text = self.smtp.rcpt(sent.to)
            if code == 250:
                content = True
                code, text = self.smtp.data(sent.text())
        except smtplib.SMTPResponseException as e:
            code, text = e.smtp_code, e.smtp_error
        except (OSError, smtplib.SMTPException):
            sent.unanswered += content
            self._leave()
            return False
        if code == 250:
            sent.accepted = True
            self.taken += 1
            return True
        self.told[code] += 1
        if code >= 500:
            self.refused.append(f"{code} {text}")
        self._go_on(code)
        return False

    def _go_on(self, code):
        """On the same connection, if it is one still."""
        try:
            if code == 421 or self.smtp.rset()[0] != 250:
                self._leave()
        except (AttributeError, OSError, smtplib.SMTPException):
            self._leave()


class Traffic:
    """messages: of Sent. sources: addresses of machines that the connections come from, in turn. So many are sent as were allowed."""

    def __init__(self, messages, sources):
        self.messages, self.allowed = messages, threading.Semaphore(0)
        of_box = defaultdict(list)
        for sent in messages:
            of_box[sent.box.address].append(sent)
        shares = [[] for _ in range(min(CONNECTIONS, len(of_box)))]
        for i, share in enumerate(of_box.values()):
            shares[i % len(shares)] += share
        self.senders = [_Sender(share, sources[i % len(sources)], self.allowed) for i, share in enumerate(shares)]

    def start(self, seconds):
        self.begin = time.monotonic()
        for sender in self.senders:
            sender.end = self.begin + seconds
            sender.start()

    def allow(self, count=None):
        """So many more; all when it is left out."""
        self.allowed.release(count or len(self.messages))

    @property
    def accepted(self):
        return sum(s.taken for s in self.senders)

    @property
    def told(self):
        """Answer to how often it was given in place of 250."""
        return sum((s.told for s in self.senders), Counter())

    def until_accepted(self, count, seconds):
        def probe():
            assert self.accepted >= count, f"{self.accepted} of {len(self.messages)} were taken, and told was {dict(self.told)}"
            return True

        until(f"{count} messages are taken", probe, seconds)

    def join(self):
        """Returns the seconds that it took. All must have been taken, and none refused for good."""
        for sender in self.senders:
            sender.join(max(1, sender.end - time.monotonic()) + 2 * mail.TIMEOUT_S)
        refused = [r for s in self.senders for r in s.refused]
        assert refused == [], "a fault is never answered by a refusal"
        assert self.accepted == len(self.messages), f"{self.accepted} of {len(self.messages)} were taken, and told was {dict(self.told)}"
        return time.monotonic() - self.begin

    def until_all_there(self, kube, recipients, sink, seconds):
        """Until each message is where it should be; returns how many came more often than they were sent without an answer."""
        ways = {MAILBOX: lambda: _ids(recipients), AWAY: lambda: sink.ids() if sink else Counter(), BACK: self._came_back}

        def arrived():
            # what Postfix has put off comes when the queue is run, without waiting for its turn
            kube.kubectl("-n", "mail-system", "exec", "postfix-0", "--", "postqueue", "-f", check=False)
            found = {}
            for way in {m.way for m in self.messages}:
                found[way] = ways[way]()
                lost = [m.id for m in self.messages if m.way == way and m.accepted and not found[way][m.id]]
                assert not lost, f"{len(lost)} that were to go {way} are not there, {lost[0]} for one"
            return found

        found = until("every message that was taken", arrived, seconds, pause=LOOK_S)
        return sum(max(0, found[m.way][m.id] - 1 - m.unanswered) for m in self.messages if m.way != BACK)

    def _came_back(self):
        """The ids of messages that mailboxes of senders have back."""
        found = Counter()
        for box in {m.box.address: m.box for m in self.messages if m.way == BACK}.values():
            with mail.Imap(box.address, box.password) as imap:
                found.update(i.decode() for raw in imap.raw() for i in ID_IN_TEXT.findall(raw))
        return found


def _ids(boxes):
    found = Counter()
    for box in boxes:
        with mail.Imap(box.address, box.password) as imap:
            for folder in ("INBOX", "Junk"):
                found.update(imap.message_ids(folder))
    return found

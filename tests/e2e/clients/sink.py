"""A mail server of somebody else's: what Postfix brings it is kept, and it answers as a test wants. It is beside the node, where the
local overlay's policy lets Postfix go."""

import re
import socket
import ssl
import threading
from collections import Counter
from dataclasses import dataclass, field

from . import dns as nameserver
from .wait import until

PORT = 25
ADDRESS = "10.77.0.1"
TAKEN_S = 180
MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>\r\n]+>)", re.IGNORECASE | re.MULTILINE)


@dataclass
class Taken:
    """One message, with what was said of it; `peer` is the address that it came from."""

    peer: str
    helo: str = ""
    sender: str = ""
    recipients: list = field(default_factory=list)
    content: bytes = b""
    secure: bool = False
    login: str = ""


class Sink:
    """A context manager. `refuse`: what a recipient begins with, to the answer that it gets in place of 250; tls: a context, for a
    server that wants STARTTLS and the sign-in `login` (what follows the word AUTH)."""

    def __init__(self, address=ADDRESS, tls=None, login=None):
        self.address, self.tls, self.login = address, tls, login
        self.taken, self.refuse, self.failures = [], {}, []

    def __enter__(self):
        self.listener = socket.create_server((self.address, PORT), backlog=128)
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join(10)
        self.listener.close()

    def of(self, message_id):
        """The message, when it has come."""
        wanted = message_id.encode()
        return until(f"{message_id} at the other server", lambda: [t for t in self.taken if wanted in t.content], TAKEN_S, pause=0.3)[0]

    def to(self, recipient):
        """The newest message to somebody, when there is one."""
        return until(f"mail to {recipient}", lambda: [t for t in self.taken if recipient in t.recipients], TAKEN_S, pause=0.3)[-1]

    def ids(self):
        """Message-ID to how often it came."""
        return Counter(m[1].decode() for m in (MESSAGE_ID.search(t.content) for t in self.taken) if m)

    def _accept(self):
        while True:
            try:
                connection, (peer, *_) = self.listener.accept()
            except OSError:
                return
            connection.settimeout(60)
            threading.Thread(target=self._serve, args=(connection, peer), daemon=True).start()

    def _serve(self, connection, peer):
        try:
            with connection:
                self._talk(connection, Taken(peer))
        except (OSError, ssl.SSLError) as e:
            self.failures.append(str(e))

    def _talk(self, connection, now):
        lines = connection.makefile("rwb")

        def say(text):
            lines.write(f"{text}\r\n".encode())
            lines.flush()

        say("220 sink.example ESMTP")
        while line := lines.readline():
            word, _, rest = line.decode(errors="replace").strip().partition(" ")
            word = word.upper()
            if word in ("EHLO", "HELO"):
                now.helo = rest
                offers = [] if not self.tls else ["AUTH PLAIN"] if now.secure else ["STARTTLS"]
                for offer in ["sink.example", "8BITMIME", *offers]:
                    say(f"250-{offer}")
                say("250 SIZE 60000000")
            elif word == "STARTTLS":
                say("220 go on")
                connection = self.tls.wrap_socket(connection, server_side=True)
                lines, now.secure = connection.makefile("rwb"), True
            elif word == "AUTH":
                now.login = rest
                say("235 hello" if rest == self.login else "535 5.7.8 no")
            elif word == "MAIL":
                now.sender, now.recipients = rest.partition("<")[2].partition(">")[0], []
                say("530 5.7.0 sign in first" if self.login and now.login != self.login else "250 ok")
            elif word == "RCPT":
                recipient = rest.partition("<")[2].partition(">")[0]
                answer = next((a for begin, a in self.refuse.items() if recipient.startswith(begin)), "250 ok")
                if answer.startswith("250"):
                    now.recipients.append(recipient)
                say(answer)
            elif word == "DATA":
                say("354 go on")
                content = []
                while (part := lines.readline()) != b".\r\n":
                    if not part:
                        return  # who leaves before the end has sent nothing
                    content.append(part[1:] if part.startswith(b".") else part)
                now.content = b"".join(content)
                self.taken.append(Taken(**vars(now)))
                say("250 kept")
            elif word == "QUIT":
                say("221 bye")
                return
            else:
                say("250 ok")


def spf(peer, sender):
    """What an SPF check (RFC 7208) finds, of the mechanisms that Berth writes: mx, ip4 without a prefix, all."""
    records = [v for v in nameserver.values(sender.rpartition("@")[2], "TXT") if v.startswith('"v=spf1')]
    if len(records) != 1:
        return "none" if not records else "permerror"
    domain = sender.rpartition("@")[2]
    for term in records[0].strip('"').split()[1:]:
        if term == "mx":
            hosts = [v.split()[1].rstrip(".") for v in nameserver.values(domain, "MX")]
            matches = any(peer in nameserver.values(host, "A") for host in hosts)
        else:
            matches = term in ("-all", f"ip4:{peer}")
        if matches:
            return "fail" if term.startswith("-") else "pass"
    return "neutral"

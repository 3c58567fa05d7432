"""The mail servers are killed one after the other while messages flow: what was answered 250 is delivered, all of it."""

import smtplib
import threading
import time
from collections import Counter

import pytest

from clients import mail
from clients.wait import until

MESSAGES, SENDERS = 300, 3
PARTS = ["postfix", "dovecot", "mysql", "rspamd", "valkey"]
BETWEEN_S = 4
SEND_S, ARRIVE_S, BACK_S = 180, 180, 120
AGAIN_S = 1


class Sender(threading.Thread):
    """Sends its share, each until it is answered 250. An attempt that ended without an answer may have been taken: it is sent again
    under the same Message-ID, and may then come twice."""

    def __init__(self, box, recipient, count, end):
        super().__init__(daemon=True)
        self.box, self.recipient, self.end = box, recipient, end
        self.messages = [mail.message(box.address, recipient.address, subject=f"no {i}") for i in range(count)]
        self.accepted, self.unanswered, self.refused = [], Counter(), []
        self.smtp = None

    def run(self):
        for made in self.messages:
            while time.monotonic() < self.end and not self._send(made):
                time.sleep(AGAIN_S)

    def _send(self, made):
        try:
            if self.smtp is None:
                self.smtp = mail.submission(self.box.address, self.box.password)
            self.smtp.send_message(made)
        except smtplib.SMTPResponseException as e:
            return self._told(e.smtp_code, e)
        except smtplib.SMTPRecipientsRefused as e:
            return self._told(max(code for code, _ in e.recipients.values()), e)
        except (OSError, smtplib.SMTPException):
            self.unanswered[made["Message-ID"]] += 1
            self.smtp = None
            return False
        self.accepted.append(made["Message-ID"])
        return True

    def _told(self, code, error):
        self.smtp = None
        if 500 <= code < 600 and code != 521:
            self.refused.append(str(error))
        return False


def pod_of(kube, part):
    pods = kube.pods("mail-system", f"app.kubernetes.io/name={part}")
    return pods[0] if pods else None


def is_ready(pod):
    return pod and any(c["type"] == "Ready" and c["status"] == "True" for c in pod["status"].get("conditions", []))


def kill(kube, part):
    pod = until(f"{part} runs", lambda: pod_of(kube, part), BACK_S)
    kube.delete("Pod", pod["metadata"]["name"], "mail-system", grace=0)

    def another():
        now = pod_of(kube, part)
        return now and now["metadata"]["uid"] != pod["metadata"]["uid"] and is_ready(now)

    until(f"{part} is back", another, BACK_S, pause=0.5)


@pytest.fixture
def reader(mailboxes, people):
    return mailboxes.create(people.theirs.domain, "survivor")


def test_no_message_is_lost_whatever_is_killed(kube, people, reader):
    end = time.monotonic() + SEND_S
    senders = [Sender(box, reader, MESSAGES // SENDERS, end) for box in (people.anna, people.ben, people.carl)]
    for sender in senders:
        sender.start()
    for part in PARTS:
        time.sleep(BETWEEN_S)
        kill(kube, part)
    for sender in senders:
        sender.join(max(1, end - time.monotonic()) + mail.TIMEOUT_S)
    accepted = [m for s in senders for m in s.accepted]
    assert [r for s in senders for r in s.refused] == [], "a fault is never answered by a refusal"
    assert len(accepted) == MESSAGES, f"{len(accepted)} of {MESSAGES} were taken in {SEND_S} s"

    def arrived():
        # what Postfix has put off comes when the queue is run, without waiting for its turn
        kube.kubectl("-n", "mail-system", "exec", pod_of(kube, "postfix")["metadata"]["name"], "--", "postqueue", "-f", check=False)
        with mail.Imap(reader.address, reader.password) as imap:
            found = Counter(imap.message_ids())
        lost = set(accepted) - set(found)
        assert not lost, f"{len(lost)} of {len(accepted)} are not there"
        return found

    found = until("every message that was taken", arrived, ARRIVE_S, pause=3)
    unanswered = sum((s.unanswered for s in senders), Counter())
    twice = {m: n for m, n in found.items() if n > 1 + unanswered[m]}
    # the mailbox's server may die between storing a message and saying so: as many as it works on at one moment
    assert sum(n - 1 for n in twice.values()) <= 20, f"{len(twice)} messages came twice without need"

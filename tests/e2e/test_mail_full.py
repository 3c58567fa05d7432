"""A volume of the mail servers is full while mail comes: senders are told to come again, or it waits in the queue; nothing that was
answered 250 is lost or sent back, and all of it is delivered when there is room again."""

import re
from itertools import cycle

import pytest

from clients import mail, node
from clients.crowd import Crowd
from clients.smalldisk import SmallDisk
from clients.traffic import MAILBOX, Sent, Traffic
from clients.wait import until

MESSAGES, SENDERS, READERS = 300, 10, 5
BEFORE = MESSAGES // 4  # are taken before the volume is full
SEND_S, ARRIVE_S, SEEN_S = 180, 120, 60
MACHINES = 4
QUEUE, MAIL, DATABASE, COUNTERS = "postfix", "dovecot", "mysql", "valkey"
VOLUMES = {QUEUE: "queue-postfix-0", MAIL: "mail-dovecot-0", DATABASE: "data-mysql-0", COUNTERS: "data-valkey-0"}
SPARE_MIB = 64

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def crowd(api, tenants, mailboxes):
    made = Crowd(api, tenants, mailboxes, "mail-full", SENDERS, READERS)
    yield made
    made.leave()


@pytest.fixture
def disk(kube, request):
    # what Postfix wants to be free at the least is beside that
    kept = int(kube.shell("mail-system", "postfix-0", "postconf -h queue_minfree")) >> 20 if request.param == QUEUE else 0
    with SmallDisk(kube, request.param, VOLUMES[request.param], SPARE_MIB + 2 * kept) as small:
        yield small


def is_told_to_come_again(traffic, _kube):
    return any(400 <= code < 500 for code in traffic.told)


def waits_in_the_queue(_traffic, kube):
    """And why: what Dovecot says of a volume without room."""
    listed = kube.shell("mail-system", "postfix-0", "postqueue -p")
    return re.search(r"dovecot.*said: 4\d\d ", listed.replace("\n", " "))


def takes_no_rows(_traffic, kube):
    sql = "CREATE OR REPLACE TABLE mail.e2e_full (b LONGBLOB); INSERT INTO mail.e2e_full VALUES (REPEAT('x', 4000000)); DROP TABLE mail.e2e_full"
    said = kube.shell("mail-system", "mysql-0", f'mariadb --no-defaults --socket=/run/mysqld/mysqld.sock --user=mysql --skip-ssl -e "{sql}"')
    return "full" in said or "No space" in said


def counts_nothing(_traffic, kube):
    """What it would count and remember: mail goes on without."""
    return "MISCONF" in kube.shell("mail-system", "valkey-0", "valkey-cli SET e2e_full $(head -c 40000 /dev/zero | tr '\\0' x) EX 60")


SEEN = {QUEUE: is_told_to_come_again, MAIL: waits_in_the_queue, DATABASE: takes_no_rows, COUNTERS: counts_nothing}


@pytest.mark.parametrize("disk", SEEN, indirect=True)
def test_nothing_is_lost_while_a_volume_is_full(kube, crowd, disk):
    boxes, to = cycle(crowd.senders), cycle(crowd.readers)
    messages = [Sent(next(boxes), next(to).address, MAILBOX) for _ in range(MESSAGES)]
    with node.neighbours(MACHINES) as machines:
        traffic = Traffic(messages, machines)
        traffic.start(SEND_S)
        traffic.allow()
        traffic.until_accepted(BEFORE, SEND_S)
        disk.fill()
        until(f"the volume of {disk.part} is seen to be full", lambda: SEEN[disk.part](traffic, kube), SEEN_S, pause=1)
        disk.make_room()
        traffic.join()
    assert traffic.until_all_there(kube, crowd.readers, None, ARRIVE_S) == 0, "a message came twice"
    came = [raw for box in crowd.senders for raw in inbox(box)]
    assert came == [], f"sent back: {came[0][:2000]!r}"


def inbox(box):
    with mail.Imap(box.address, box.password) as imap:
        return imap.raw()


def signed_in(box):
    """When the port leads to the pod that has just come."""

    def probe():
        try:
            return mail.submission(box.address, box.password)
        except (OSError, mail.smtplib.SMTPException) as e:
            raise AssertionError(f"not signed in: {e}") from e

    return until("Postfix answers", probe, SEEN_S, pause=0.5)


@pytest.mark.parametrize("disk", [QUEUE], indirect=True)
def test_a_message_whose_room_goes_while_it_is_sent_is_asked_to_come_again(crowd, disk):
    """There was room when its sender was asked for, and is none when its content comes."""
    sender, reader = crowd.senders[0], crowd.readers[0]
    made = mail.message(sender.address, reader.address, body="a long line of text\n" * 100_000)
    smtp = signed_in(sender)
    assert [smtp.mail(sender.address)[0], smtp.rcpt(reader.address)[0], smtp.docmd("DATA")[0]] == [250, 250, 354]
    disk.fill()
    smtp.send(made.as_bytes() + b"\r\n.\r\n")
    code, text = smtp.getreply()
    assert 400 <= code < 500, (code, text)
    assert smtp.mail(sender.address)[0] in (421, 452)  # it may end the connection too
    smtp.close()
    disk.make_room()
    smtp = signed_in(sender)
    assert smtp.sendmail(sender.address, [reader.address], made.as_bytes()) == {}
    smtp.quit()
    mail.received(reader.address, reader.password, made["Message-ID"])
    with mail.Imap(reader.address, reader.password) as imap:
        assert imap.message_ids().count(made["Message-ID"]) == 1

"""The mail servers and berthd are killed again and again while messages flow: what was answered 250 is delivered, all of it, or comes
back to its sender. BERTH_MAIL_KILLS: how many messages."""

import os
from itertools import cycle

import pytest

from clients import node
from clients.crowd import Crowd
from clients.killing import Killer
from clients.sink import Sink
from clients.traffic import AWAY, BACK, MAILBOX, Sent, Traffic
from clients.wait import until

MESSAGES = int(os.environ.get("BERTH_MAIL_KILLS", "1500"))
PARTS = ["postfix", "dovecot", "mysql", "rspamd", "valkey", "berthd"]
ROUNDS = max(2, MESSAGES // 2000)
SEND_S, ARRIVE_S = 420 + MESSAGES // 5, 240
READERS = 10
OF_BOX, OF_CUSTOMER = 120, 4000  # messages: well below the limits of an hour, since what is sent again counts too
MACHINES = 10  # the senders', since Postfix bounds what one address may do
# Of each round of messages: most to mailboxes, some to another server, and a few to somebody whom that server does not know.
WAYS = [MAILBOX] * 40 + [AWAY] * 9 + [BACK]
# Who delivers is killed between a delivery and saying so: as many come twice as it works on at one moment
# (lmtp_destination_concurrency_limit, and the same for another server).
AT_ONCE = 20


@pytest.fixture(scope="module")
def crowd(api, tenants, mailboxes):
    made = Crowd(api, tenants, mailboxes, "mail-kills", -(-MESSAGES // OF_BOX), READERS, 2 + MESSAGES // OF_CUSTOMER)
    yield made
    made.leave()


@pytest.fixture
def machines():
    with node.neighbours(MACHINES + 1) as addresses:
        yield addresses


@pytest.fixture
def sink(machines):
    with Sink(machines[-1]) as running:
        running.refuse["refused"] = "550 5.1.1 there is nobody of this name"
        yield running


@pytest.fixture
def elsewhere(api, tenants, machines):
    """A domain whose mail is somebody else's."""
    tenant = tenants.make()
    for name, rdtype, value in ((f"mx.{tenant.domain}", "A", machines[-1]), (tenant.domain, "MX", f"10 mx.{tenant.domain}.")):
        api.change("PUT", f"/domains/{tenant.domain}/records/{name}/{rdtype}", json={"values": [value]})
    yield tenant.domain
    tenants.leave(tenant.id)


def messages(crowd, elsewhere):
    ways, boxes, to = cycle(WAYS), cycle(crowd.senders), cycle(crowd.readers)
    where = {MAILBOX: lambda _: next(to).address, AWAY: lambda i: f"somebody{i}@{elsewhere}", BACK: lambda i: f"refused{i}@{elsewhere}"}
    made = []
    for i in range(MESSAGES):
        way = next(ways)
        # what comes back is looked for in few mailboxes
        made.append(Sent(crowd.senders[i // len(WAYS) % min(5, len(crowd.senders))] if way == BACK else next(boxes), where[way](i), way))
    return made


@pytest.mark.timeout(SEND_S + ARRIVE_S + 300)
def test_no_message_is_lost_whatever_is_killed(api, kube, capsys, crowd, sink, elsewhere, machines):
    traffic, killer = Traffic(messages(crowd, elsewhere), machines[:-1]), Killer(kube)
    turns = [(part, turn) for turn in range(ROUNDS) for part in PARTS]
    traffic.start(SEND_S)
    share = MESSAGES // len(turns)
    for i, (part, turn) in enumerate(turns):
        # a share for each kill, so that all of them come while mail is sent, however fast that is
        traffic.allow(share)
        traffic.until_accepted(share * i + share // 4, SEND_S)
        killer.kill(part, replaced=turn % 2 == 1)
    traffic.allow()
    until("the platform answers", lambda: api.get("/plans"), ARRIVE_S)
    seconds = traffic.join()
    assert dict(killer.kills) == {part: ROUNDS for part in PARTS}
    twice = traffic.until_all_there(kube, crowd.readers, sink, ARRIVE_S)
    with capsys.disabled():
        print(f"\n{MESSAGES} messages taken in {seconds:.0f} s through {sum(killer.kills.values())} kills; answers in place of 250: "
              f"{dict(traffic.told)}; without an answer: {sum(m.unanswered for m in traffic.messages)}; lost: 0; twice: {twice}")
    assert twice <= AT_ONCE * (killer.kills["postfix"] + killer.kills["dovecot"]), f"{twice} messages came twice without need"

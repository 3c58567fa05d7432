"""What is forwarded to somebody else's server: with a sender of the platform's, so that SPF speaks for it there, and by which what cannot
be delivered comes back to who wrote."""

import pytest

from clients import mail
from clients.sieve import ManageSieve
from clients.sink import ADDRESS, Sink, spf

SRS = "@srs.berth.localhost"


@pytest.fixture(scope="module")
def sink():
    with Sink() as one:
        yield one


@pytest.fixture(scope="module")
def elsewhere(api, tenants):
    """A domain whose mail is at the other server, and whose SPF allows that alone."""
    tenant = tenants.make()
    for name, kind, value in ((tenant.domain, "MX", f"10 mx.{tenant.domain}."), (f"mx.{tenant.domain}", "A", ADDRESS),
                              (tenant.domain, "TXT", f'"v=spf1 ip4:{ADDRESS} -all"')):
        api.change("PUT", f"/domains/{tenant.domain}/records/{name}/{kind}", json={"values": [value]})
    yield tenant.domain
    tenants.leave(tenant.id)


def forwarded(people, mailboxes, sink, elsewhere, local):
    """A message of somebody elsewhere to an address here, whose mail goes on elsewhere; and the message, as it came there."""
    writer = f"writer@{elsewhere}"
    address = mailboxes.alias(people.ours.domain, local, f"{local}@{elsewhere}")
    made = mail.message(writer, address)
    mail.send_from_outside(writer, address, made)
    return writer, made, sink.of(made["Message-ID"])


def test_an_alias_that_leads_elsewhere_passes_spf_there(people, mailboxes, sink, elsewhere):
    writer, made, taken = forwarded(people, mailboxes, sink, elsewhere, "onward")
    assert taken.recipients == [f"onward@{elsewhere}"]
    assert taken.sender.startswith("SRS0=") and taken.sender.endswith(f"={elsewhere}=writer{SRS}"), taken.sender
    assert spf(taken.peer, taken.sender) == "pass", taken.peer
    assert spf(taken.peer, writer) == "fail", "else there would be nothing to rewrite"
    got = mail.parsed(taken.content)
    assert got["From"] == writer and got["To"] == made["To"]
    assert got["ARC-Seal"], "its seal is still there"


def test_a_sender_of_ours_is_not_rewritten(people, mailboxes, sink, elsewhere):
    address = mailboxes.alias(people.ours.domain, "ours-onward", f"ours@{elsewhere}")
    made = mail.message(people.carl.address, address)
    with mail.submission(people.carl.address, people.carl.password) as smtp:
        assert smtp.send_message(made) == {}
    taken = sink.of(made["Message-ID"])
    assert taken.sender == people.carl.address
    assert spf(taken.peer, taken.sender) == "pass"


def test_mail_of_strangers_to_our_mailboxes_keeps_its_sender(people, elsewhere):
    writer = f"writer@{elsewhere}"
    made = mail.message(writer, people.anna.address)
    mail.send_from_outside(writer, people.anna.address, made)
    raw = mail.received(people.anna.address, people.anna.password, made["Message-ID"])
    assert mail.parsed(raw)["Return-Path"] == f"<{writer}>"


def test_what_comes_back_to_a_rewritten_sender_goes_to_who_wrote(people, mailboxes, sink, elsewhere):
    writer, _, taken = forwarded(people, mailboxes, sink, elsewhere, "returns")
    notice = mail.message("MAILER-DAEMON@mx.example", taken.sender, subject="Not delivered")
    mail.send_from_outside("", taken.sender, notice)
    back = sink.of(notice["Message-ID"])
    assert (back.sender, back.recipients) == ("", [writer])


def test_who_wrote_is_told_when_the_next_server_refuses(people, mailboxes, sink, elsewhere):
    sink.refuse[f"gone@{elsewhere}"] = "550 5.1.1 nobody of that name"
    writer = f"teller@{elsewhere}"
    address = mailboxes.alias(people.ours.domain, "goes-nowhere", f"gone@{elsewhere}")
    mail.send_from_outside(writer, address, mail.message(writer, address))
    told = sink.to(writer)
    assert told.sender == "" and mail.parsed(told.content).get_content_type() == "multipart/report"
    assert b"nobody of that name" in told.content


def test_a_forged_sender_is_nobody_here(people, mailboxes, sink, elsewhere):
    _, _, taken = forwarded(people, mailboxes, sink, elsewhere, "forged")
    kind, sign, rest = taken.sender.split("=", 2)
    wrong = "AAAA" if sign != "AAAA" else "BBBB"
    others = [f"{kind}={wrong}={rest}", taken.sender.replace("=writer@", "=victim@"), f"SRS0=x{SRS}", f"somebody{SRS}"]
    for address in others:
        with mail.Smtp(mail.SMTP) as smtp:
            code, text = mail.refusal(smtp, "", address, mail.message("MAILER-DAEMON@mx.example", address))
        assert code == 550, (address, text)


def test_what_sieve_redirects_leaves_in_the_mailboxs_name(people, mailboxes, sink, elsewhere):
    box = mailboxes.create(people.ours.domain, "redirects-away")
    with ManageSieve(box.address, box.password) as sieve:
        sieve.install("away", f'redirect "redirected@{elsewhere}";\n')
    writer = f"writer@{elsewhere}"
    made = mail.message(writer, box.address)
    mail.send_from_outside(writer, box.address, made)
    taken = sink.of(made["Message-ID"])
    assert taken.sender == box.address
    assert spf(taken.peer, taken.sender) == "pass"

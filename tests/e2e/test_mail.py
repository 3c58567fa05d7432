"""Mail between two customers and from outside: submitted, signed, checked, delivered and read by real clients."""

import re

import pytest

from clients import dkim, mail, node
from clients import dns as nameserver
from clients.place import NODE_ADDRESS


def submit(sender, recipient, port=mail.SUBMISSION, **fields):
    """A message from one mailbox to another address; its Message-ID."""
    made = mail.message(sender.address, getattr(recipient, "address", recipient), **fields)
    with mail.submission(sender.address, sender.password, port) as smtp:
        assert smtp.send_message(made) == {}
    return made["Message-ID"]


# --- the way of a message ---


@pytest.mark.parametrize("port", [mail.SUBMISSION, mail.SUBMISSIONS])
def test_a_message_is_submitted_signed_delivered_and_read(people, port):
    sent = submit(people.anna, people.carl, port, subject="Grüße", body="Schöne Grüße\n")
    raw = mail.received(people.carl.address, people.carl.password, sent)
    dkim.verify(raw, people.ours.domain)
    got = mail.parsed(raw)
    assert got["Subject"] == "Grüße" and got.get_content().strip() == "Schöne Grüße"
    assert mail.authentication(raw)["auth"] == ("pass", f"auth=pass smtp.auth={people.anna.address} smtp.mailfrom={people.anna.address}")


def test_what_only_the_servers_know_is_not_delivered(people):
    """Neither the sender's address at home, nor what Postfix tells Rspamd."""
    raw = mail.received(people.carl.address, people.carl.password, submit(people.anna, people.carl))
    assert not [h for h in mail.parsed(raw).keys() if h.lower().startswith("x-berth-")]
    assert not [h for h in mail.parsed(raw).get_all("Received") if "10.77.0.1" in re.findall(r"[\d.]+", str(h))]


def test_nobody_else_gets_it(people):
    sent = submit(people.anna, people.carl)
    mail.received(people.carl.address, people.carl.password, sent)
    with mail.Imap(people.ben.address, people.ben.password) as imap:
        assert sent not in imap.message_ids()


def test_pop3_reads_it_too(people):
    sent = submit(people.anna, people.ben, subject="by POP3")
    mail.received(people.ben.address, people.ben.password, sent)
    pop = mail.pop3(people.ben.address, people.ben.password)
    count = pop.stat()[0]
    texts = [b"\r\n".join(pop.retr(i + 1)[1]) for i in range(count)]
    pop.quit()
    assert sent in [mail.parsed(text)["Message-ID"] for text in texts]


def test_a_mailbox_has_the_usual_folders(people):
    with mail.Imap(people.anna.address, people.anna.password) as imap:
        folders = imap.folders()
    for name in ("Drafts", "Sent", "Junk", "Trash", "Archive"):
        assert f"\\{name}" in folders[name], folders


# --- what the world sees: the same message on port 25 ---


def signed_copy(people):
    """A message from anna as the platform would send it to the world: with its signatures."""
    return mail.received(people.ben.address, people.ben.password, submit(people.anna, people.ben))


def test_spf_dkim_and_dmarc_pass_for_what_the_platform_sends(people):
    """From the mail host's own address, which the domain's SPF record names by its MX, to a server that checks: ours."""
    assert nameserver.values(people.ours.domain, "MX") == [f"10 {mail.MAIL_HOST}."]
    assert nameserver.values(mail.MAIL_HOST, "A") == [NODE_ADDRESS]
    raw = signed_copy(people)
    with node.network():
        mail.send_from_outside(people.anna.address, people.carl.address, raw)
    found = mail.authentication(mail.received(people.carl.address, people.carl.password, mail.parsed(raw)["Message-ID"]))
    assert {method: found[method][0] for method in ("spf", "dkim", "dmarc")} == {"spf": "pass", "dkim": "pass", "dmarc": "pass"}
    assert f"header.from={people.ours.domain}" in found["dmarc"][1]
    assert f"smtp.mailfrom={people.anna.address}" in found["spf"][1]


def test_a_signature_holds_where_spf_does_not(people):
    """Sent on by somebody else's server, as a forwarder does."""
    raw = signed_copy(people)
    mail.send_from_outside(people.anna.address, people.carl.address, raw)
    found = wherever(people.carl, mail.parsed(raw)["Message-ID"])
    assert {method: found[method][0] for method in ("spf", "dkim", "dmarc")} == {"spf": "fail", "dkim": "pass", "dmarc": "pass"}


def test_a_changed_message_does_not_pass(people):
    raw = signed_copy(people).replace(b"Nothing special.", b"Send money now.")
    mail.send_from_outside(people.anna.address, people.carl.address, raw)
    found = wherever(people.carl, mail.parsed(raw)["Message-ID"])
    assert found["dkim"][0] == "fail" and found["dmarc"][0] == "fail"


def test_a_customers_address_forged_from_outside_does_not_pass(people):
    made = mail.message(people.anna.address, people.carl.address)
    mail.send_from_outside(people.anna.address, people.carl.address, made)
    found = wherever(people.carl, made["Message-ID"])
    assert (found["spf"][0], found["dkim"][0], found["dmarc"][0]) == ("fail", "none", "fail")


def wherever(box, message_id):
    """What our server found of a message that may be taken for junk."""

    def probe():
        with mail.Imap(box.address, box.password) as imap:
            return [m for f in ("INBOX", "Junk") for m in imap.raw(f) if mail.parsed(m)["Message-ID"] == message_id]

    return mail.authentication(mail.until(f"{message_id} at {box.address}", probe, mail.DELIVERED_S, pause=0.5)[0])


def test_what_a_sender_says_of_itself_is_not_believed(people):
    """Results and spam limits under our names are no more than text of the sender's."""
    made = mail.message(people.anna.address, people.carl.address, Authentication_Results=f"{mail.MAIL_HOST}; dmarc=pass header.from=x.example",
                        X_Berth_Spam="1000 2000", X_Spam="No")
    mail.send_from_outside(people.anna.address, people.carl.address, made)
    assert wherever(people.carl, made["Message-ID"])["dmarc"][0] == "fail"


# --- greylisting ---


def test_a_stranger_is_asked_to_come_again_and_is_then_known(people):
    sender = f"stranger@{people.theirs.domain}"
    told = mail.send_from_outside(sender, people.anna.address, mail.message(sender, people.anna.address))
    assert told and all(code == 451 and "again later" in text for code, text in told), told
    again = mail.message(sender, people.anna.address, subject="and another one")
    assert mail.send_from_outside(sender, people.anna.address, again) == []


def test_who_signed_in_is_never_asked_to_come_again(people):
    for i in range(3):
        submit(people.carl, people.anna, subject=f"never seen before {i}")

"""Odd names: what may be an address, what leads in a circle, and what a catch-all bears."""

import pytest

from clients import mail
from clients.refused import post, refused

LONGEST = "x" * 64


@pytest.fixture(scope="module")
def domain(people):
    return people.ours.domain


def write(sender, recipient, **fields):
    made = mail.message(sender.address, recipient, **fields)
    with mail.submission(sender.address, sender.password) as smtp:
        assert smtp.send_message(made) == {}
    return made["Message-ID"]


# --- addresses ---


@pytest.mark.parametrize("local", ["a.b-c_d", "7", "_x", LONGEST], ids=["signs", "digit", "underscore", "64 bytes"])
def test_a_mailbox_may_have_this_name(mailboxes, people, domain, local):
    box = mailboxes.create(domain, local)
    mail.received(box.address, box.password, write(people.carl, box.address))
    mailboxes.delete(box)


REFUSED = {
    "quotes": '"a b"',
    "plus": "a+b",
    "unicode": "jürgen",
    "65 bytes": "x" * 65,
    "two dots": "a..b",
    "dot first": ".a",
    "dot last": "a.",
    "dash first": "-a",
    "capital": "Anna2",
    "slash": "a/b",
    "percent": "a%b",
    "line": "a\nb",
    "nothing": "",
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_mailbox_may_not_have_this_name(api, domain, what):
    refused(post(api, "/mailboxes", {"address": f"{REFUSED[what]}@{domain}"}), 422, "/address")


def test_no_text_of_the_api_holds_a_nul(api, domain):
    assert "\\u0000" in refused(post(api, "/mailboxes", {"address": f"a\x00b@{domain}"}), 400)["detail"]


def test_one_address_is_one_thing(api, mailboxes, people, domain):
    assert refused(post(api, "/mailboxes", {"address": people.anna.address}), 409)["detail"]
    assert refused(post(api, "/aliases", {"address": people.anna.address, "targets": [people.ben.address]}), 409)["detail"]
    alias = mailboxes.alias(domain, "only", people.ben.address)
    assert refused(post(api, "/mailboxes", {"address": alias}), 409)["detail"]


def test_a_domain_that_is_not_here_has_no_mailboxes(api):
    answer = post(api, "/mailboxes", {"address": "anna@elsewhere.example"})
    assert answer.status_code in (404, 422), answer.text


def test_aliases_do_not_lead_in_a_circle(api, mailboxes, people, domain):
    """Not by themselves, and not over another one."""
    itself = f"self@{domain}"
    refused(post(api, "/aliases", {"address": itself, "targets": [itself]}), 422, "/targets/0")
    first = mailboxes.alias(domain, "first", people.anna.address)
    second = mailboxes.alias(domain, "second", first)
    answer = api.http.patch(f"/api/v1/aliases/{first}", json={"targets": [second]})
    refused(answer, 422, "/targets")
    mail.received(people.anna.address, people.anna.password, write(people.carl, second))


def test_a_catch_all_leads_to_its_own_customer_alone(api, people, domain):
    for target in (people.carl.address, "somebody@elsewhere.example"):
        refused(post(api, "/aliases", {"address": f"*@{domain}", "targets": [target]}), 422, "/targets")


def test_forwarders_in_a_circle_end(mailboxes, people, domain):
    """Two mailboxes, each of which forwards to the other and keeps: each has the message, and not for ever again."""
    left, right = mailboxes.create(domain, "left"), mailboxes.create(domain, "right")
    mailboxes.change(left, forwards=[right.address], keep=True)
    answer = mailboxes.api.http.patch(f"/api/v1/mailboxes/{right.address}", json={"forwards": [left.address], "keep": True})
    if answer.status_code == 202:
        mailboxes.api.done(answer.json())
    else:
        refused(answer, 422, "/forwards")
    sent = write(people.carl, left.address)
    for box in (left, right):
        mail.received(box.address, box.password, sent)
        with mail.Imap(box.address, box.password) as imap:
            assert imap.message_ids().count(sent) == 1
    for box in (left, right):
        mailboxes.change(box, forwards=[])


def test_a_storm_of_names_reaches_the_catch_all_once_a_message(mailboxes, people):
    theirs = people.theirs.domain
    box = mailboxes.create(theirs, "storm")
    mailboxes.alias(theirs, "*", box.address)
    made = mail.message(people.anna.address, f"many@{theirs}")
    with mail.submission(people.anna.address, people.anna.password) as smtp:
        assert smtp.sendmail(people.anna.address, [f"nobody{i}@{theirs}" for i in range(50)], made.as_bytes()) == {}
    mail.received(box.address, box.password, made["Message-ID"])
    with mail.Imap(box.address, box.password) as imap:
        assert imap.message_ids().count(made["Message-ID"]) == 1
    mailboxes.unalias(theirs, "*")


# --- on the wire ---


@pytest.mark.parametrize("recipient", ['"an na"@{d}', "j\u00fcrgen@{d}", "x" * 65 + "@{d}", "anna\x00@{d}", "@{d}", "anna@@{d}"])
def test_a_recipient_that_is_no_address_is_refused(people, domain, recipient):
    with mail.Smtp(mail.SMTP) as smtp:
        smtp.ehlo()
        assert smtp.docmd("MAIL", f"FROM:<{people.anna.address}> SMTPUTF8" if not recipient.isascii() else f"FROM:<{people.anna.address}>")[0] == 250
        smtp.send(f"RCPT TO:<{recipient.format(d=domain)}>\r\n".encode())
        code, text = smtp.getreply()
    assert 500 <= code < 600, (code, text)


@pytest.mark.parametrize("form", ['"{l}"@{d}', '{l}@{D}', '"{l}+x"@{d}'], ids=["quotes", "capitals", "quotes and plus"])
def test_another_way_to_write_an_address_is_the_same_address(people, form):
    box = people.carl
    recipient = form.format(l=box.local, d=box.domain, D=box.domain.upper())
    mail.received(box.address, box.password, write(people.anna, recipient))


@pytest.mark.parametrize("sender", ['"an na"@{d}', "j\u00fcrgen@{d}", "x" * 65 + "@{d}", "{l}", "x" * 1_500 + "@{d}"])
def test_a_sender_that_is_not_ones_own_is_refused_whatever_it_looks_like(people, sender):
    anna = people.anna
    with mail.submission(anna.address, anna.password) as smtp:
        smtp.send(f"MAIL FROM:<{sender.format(l=anna.local, d=anna.domain)}>\r\n".encode())
        answers = [smtp.getreply()]
        if answers[-1][0] == 250:
            answers.append(smtp.docmd("RCPT", f"TO:<{people.carl.address}>"))
    assert 500 <= answers[-1][0] < 600, answers


def test_who_guesses_names_is_told_so_and_stops_nobody(people):
    """Each guess is refused, a connection that makes many is ended, and mail of others goes on meanwhile."""
    told, ended = 0, 0
    for i in range(3):
        with mail.Smtp(mail.SMTP) as smtp:
            smtp.ehlo()
            assert smtp.docmd("MAIL", f"FROM:<{people.anna.address}>")[0] == 250
            for j in range(100):
                code, text = smtp.docmd("RCPT", f"TO:<guess{i}-{j}@{people.theirs.domain}>")
                if code == 421:
                    ended += 1
                    break
                assert code == 550, text
                told += 1
        if i == 1:
            mail.received(people.carl.address, people.carl.password, write(people.anna, people.carl.address))
    assert told >= 30 and ended == 3, (told, ended)

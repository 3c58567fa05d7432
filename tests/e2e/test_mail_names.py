"""Odd names and odd messages: what may be an address, what leads in a circle, and what no message can break."""

import pytest

from clients import mail
from clients.refused import post, refused
from clients.wait import until

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


MALFORMED = {
    "no boundary": b"Content-Type: multipart/mixed\r\n\r\n--x\r\nhello\r\n",
    "boundary that never ends": b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n',
    "a hundred levels": b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (i, i) for i in range(100)) + b"\r\nhello\r\n",
    "wrong base64": b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!! not base64 ====\r\n",
    "unknown charset": b"Content-Type: text/plain; charset=no-such-thing\r\n\r\nhello \xff\xfe\r\n",
    "a header of 60 KB": b"X-Long: " + b"x" * 900 + b"\r\n " + b"\r\n ".join([b"y" * 900] * 64) + b"\r\n\r\nhello\r\n",
    "bytes of every kind": b"Content-Type: application/octet-stream\r\n\r\n" + bytes(b for b in range(256) if b not in (0, 10, 13)) + b"\r\n",
}


@pytest.mark.parametrize("what", MALFORMED)
def test_a_malformed_message_is_delivered_as_it_is_or_refused(people, what):
    """Neither server stumbles: it is answered, and the next message goes its way."""
    made = mail.message(people.anna.address, people.carl.address, subject=what)
    head = b"".join(line + b"\r\n" for line in made.as_bytes().split(b"\r\n") if line.split(b":")[0] in (b"From", b"To", b"Subject", b"Date", b"Message-ID"))
    with mail.submission(people.anna.address, people.anna.password) as smtp:
        try:
            taken = smtp.sendmail(people.anna.address, [people.carl.address], head + MALFORMED[what]) == {}
        except mail.smtplib.SMTPDataError as e:
            assert 500 <= e.smtp_code < 600, e
            taken = False
    if taken:
        def found():
            with mail.Imap(people.carl.address, people.carl.password) as imap:
                return [f for f in ("INBOX", "Junk") if made["Message-ID"] in imap.message_ids(f)]

        until(f"{what} has come", found, mail.DELIVERED_S, pause=0.5)
    mail.received(people.carl.address, people.carl.password, write(people.anna, people.carl.address, subject="the next"))

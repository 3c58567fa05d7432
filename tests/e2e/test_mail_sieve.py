"""What a mailbox's Sieve script sends (answers, redirects) is held to what the mailbox itself may send: its own names, its
signature, its limits of an hour, and nothing while the customer is suspended. What comes is received all the same."""

import pytest

from clients import dkim, mail, node
from clients.sieve import ManageSieve
from clients.wait import until

ELSEWHERE = "boss@bank.example"


@pytest.fixture(scope="module")
def domain(people):
    return people.ours.domain


def install(box, script):
    with ManageSieve(box.address, box.password) as sieve:
        sieve.install("mine", script)


def write(sender, recipient, **fields):
    made = mail.message(sender.address, recipient, **fields)
    with mail.submission(sender.address, sender.password) as smtp:
        assert smtp.send_message(made) == {}
    return made["Message-ID"]


def messages(box, subject):
    """All of one subject, wherever they lie."""
    with mail.Imap(box.address, box.password) as imap:
        found = [m for f in ("INBOX", "Junk") for m in imap.raw(f)]
    return [m for m in found if mail.parsed(m)["Subject"] == subject]


def answer(box, subject):
    return until(f"'{subject}' at {box.address}", lambda: messages(box, subject), mail.DELIVERED_S, pause=0.5)[0]


def vacation(subject, options="", reason="Away."):
    return f'require "vacation";\nvacation :days 1 :subject "{subject}" {options} "{reason}";\n'


# --- answers ---


def test_an_answer_is_signed_and_passes_as_the_mailboxs_own(mailboxes, people, domain):
    box = mailboxes.create(domain, "answers")
    mailboxes.change(box, autoReply={"on": True, "subject": "answers", "text": "Back on Monday.\n"})
    write(people.carl, box.address)
    raw = answer(people.carl, "answers")
    dkim.verify(raw, domain)
    got = mail.parsed(raw)
    assert got["From"] == box.address and got["Return-Path"] == f"<{box.address}>"
    assert not [h for h in got.keys() if h.lower().startswith("x-berth-")]


def test_an_answer_may_come_from_an_alias(mailboxes, people, domain):
    """Of another domain of the customer's too; so may what a program submits."""
    box = mailboxes.create(domain, "aliased")
    alias = mailboxes.alias(domain, "aliases", box.address)
    mailboxes.change(box, autoReply={"on": True, "subject": "aliased", "text": "Back on Monday.\n"})
    write(people.carl, alias)
    raw = answer(people.carl, "aliased")
    assert mail.parsed(raw)["From"] == alias
    dkim.verify(raw, domain)
    made = mail.message(alias, people.carl.address)
    with mail.submission(box.address, box.password) as smtp:
        assert smtp.sendmail(box.address, [people.carl.address], made.as_bytes()) == {}


def test_a_message_cannot_say_who_answers(mailboxes, people, domain):
    """ORCPT is the sender's to choose."""
    box = mailboxes.create(domain, "told")
    install(box, vacation("told", f':addresses "{ELSEWHERE}"'))
    made = mail.message(people.carl.address, ELSEWHERE)
    with mail.submission(people.carl.address, people.carl.password) as smtp:
        smtp.sendmail(people.carl.address, [box.address], made.as_bytes(), rcpt_options=[f"ORCPT=rfc822;{ELSEWHERE}", "NOTIFY=NEVER"])
    mail.received(box.address, box.password, made["Message-ID"])
    honest(people, box, "told")


def honest(people, box, subject):
    """A script that may be answered by is, and is the only one that was: carl has one message of that subject, from the mailbox."""
    install(box, vacation(subject, ':handle "honest"'))
    write(people.carl, box.address)
    assert mail.parsed(answer(people.carl, subject))["From"] == box.address
    assert len(messages(people.carl, subject)) == 1


# options of the action, and its text
PLAIN = "Content-Type: text/plain\r\n\r\nAway."
FORGED = {
    "a stranger": (':from "boss@bank.example"', "Away."),
    "another customer": (':from "{carl}"', "Away."),
    "a colleague": (':from "Ben <{ben}>"', "Away."),
    "a second header": (":mime", "From: boss@bank.example\r\n" + PLAIN),
    "a redirect": (':from "boss@bank.example" :mime', "X-Sieve: x\r\nX-Sieve-Redirected-From: {own}\r\n" + PLAIN),
    "addresses of its own": (':from "boss@bank.example" :mime', "X-Berth-Sender: x 9 9 {own} boss@bank.example\r\n" + PLAIN),
}


@pytest.mark.parametrize("what", FORGED)
def test_no_script_answers_as_somebody_else(mailboxes, people, domain, what):
    """The message is received, the answer dropped."""
    number = list(FORGED).index(what)
    box = mailboxes.create(domain, f"forger{number}")
    names = {"carl": people.carl.address, "ben": people.ben.address, "own": box.address}
    install(box, vacation(f"forged {number}", *(part.format(**names) for part in FORGED[what])))
    sent = write(people.carl, box.address)
    mail.received(box.address, box.password, sent)
    honest(people, box, f"forged {number}")


@pytest.mark.parametrize("extension", ["enotify", "reject", "ereject", "editheader"])
def test_what_would_write_to_anybody_is_no_extension(mailboxes, people, domain, extension):
    with ManageSieve(people.ben.address, people.ben.password) as sieve, pytest.raises(AssertionError, match=extension):
        sieve.install("refused", f'require "{extension}";\nkeep;\n')


# --- redirects ---


@pytest.fixture(scope="module")
def redirecting(mailboxes, people, domain):
    """A mailbox that sends all that comes on to carl."""
    box = mailboxes.create(domain, "redirects")
    install(box, f'redirect "{people.carl.address}";\n')
    return box


def test_what_is_redirected_keeps_its_author_and_is_not_signed(people, redirecting):
    """From where the sender's SPF allows it, or it would be junk, which is not redirected."""
    sender = f"stranger@{people.theirs.domain}"
    made = mail.message(sender, redirecting.address, subject="redirected")
    with node.network():
        mail.send_from_outside(sender, redirecting.address, made)
    raw = answer(people.carl, "redirected")
    got = mail.parsed(raw)
    assert (got["From"], got["Message-ID"]) == (sender, made["Message-ID"])
    assert got["Return-Path"] == f"<{redirecting.address}>"
    assert dkim.signatures(raw) == []


def test_a_signature_survives_the_redirect(people, redirecting):
    write(people.anna, redirecting.address, subject="signed and redirected")
    dkim.verify(answer(people.carl, "signed and redirected"), people.ours.domain)


def test_a_bounce_is_not_redirected_but_kept(people, redirecting):
    made = mail.message(f"MAILER-DAEMON@{people.theirs.domain}", redirecting.address, subject="returned")
    mail.send_from_outside("", redirecting.address, made)
    kept = until("it is kept", lambda: messages(redirecting, "returned"), mail.DELIVERED_S, pause=0.5)
    assert mail.parsed(kept[0])["Message-ID"] == made["Message-ID"]


# --- how much ---


def use_up(people, box):
    """Submits until the limit of an hour is reached."""
    many = [people.ben.address.replace("@", f"+{i}@") for i in range(25)]
    with mail.submission(box.address, box.password) as smtp, pytest.raises(mail.smtplib.SMTPDataError, match="an hour"):
        for turn in range(20):
            smtp.sendmail(box.address, many, mail.message(box.address, people.ben.address, subject=f"many {turn}").as_bytes())
    # what is left of it, one at a time
    with mail.submission(box.address, box.password) as smtp, pytest.raises(mail.smtplib.SMTPDataError):
        for _ in range(30):
            smtp.send_message(mail.message(box.address, people.ben.address, subject="the last"))


def test_answers_and_redirects_end_at_the_limit(mailboxes, people):
    """Over it the answer is dropped, and what would be redirected is kept: nothing that comes waits."""
    box = mailboxes.create(people.theirs.domain, "spent")
    install(box, vacation("spent"))
    use_up(people, box)
    sent = write(people.carl, box.address)
    mail.received(box.address, box.password, sent)
    install(box, f'redirect "{people.carl.address}";\n')
    write(people.anna, box.address, subject="kept at the limit")
    until("it is kept", lambda: messages(box, "kept at the limit"), mail.DELIVERED_S, pause=0.5)
    assert messages(people.carl, "spent") == [] and messages(people.carl, "kept at the limit") == []


def test_a_redirect_takes_from_what_may_be_submitted(mailboxes, people):
    """Two hundred that come and go on leave nothing to submit. (One sign-in: how many there are in a minute is limited too.)"""
    box = mailboxes.create(people.theirs.domain, "counted")
    install(box, 'require "copy";\n' + "".join(f'redirect :copy "{people.carl.address.replace("@", f"+{i}@")}";\n' for i in range(4)))
    with mail.submission(people.anna.address, people.anna.password) as smtp:
        for i in range(60):
            assert smtp.send_message(mail.message(people.anna.address, box.address, subject=f"counted {i}")) == {}
    with mail.submission(box.address, box.password) as smtp:

        def over():
            try:
                smtp.send_message(mail.message(box.address, people.ben.address))
            except mail.smtplib.SMTPDataError as e:
                return b"an hour" in e.smtp_error

        until("the limit is reached", over, mail.DELIVERED_S, pause=1)


# --- suspended ---


def test_a_suspended_customers_scripts_send_nothing(api, tenants, mailboxes, people):
    tenant = tenants.make()
    try:
        mailboxes.switch_on(tenant.domain)
        away, on = mailboxes.create(tenant.domain, "away"), mailboxes.create(tenant.domain, "on")
        mailboxes.change(away, autoReply={"on": True, "subject": "suspended", "text": "Away.\n"})
        install(on, f'redirect "{people.carl.address}";\n')
        api.change("POST", f"/customers/{tenant.id}/suspend")
        for box in (away, on):
            mail.received(box.address, box.password, write(people.carl, box.address, subject="to a suspended one"))
        assert messages(people.carl, "suspended") == [] and messages(people.carl, "to a suspended one") == []
        api.change("POST", f"/customers/{tenant.id}/resume")
        write(people.carl, away.address)
        dkim.verify(answer(people.carl, "suspended"), tenant.domain)
    finally:
        tenants.leave(tenant.id)

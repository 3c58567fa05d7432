"""Which way mail takes once it is here: aliases, catch-all, forwarders, plus addresses, auto-replies, Sieve, quota, junk."""

import base64

import pytest

from clients import mail
from clients.sieve import ManageSieve
from clients.wait import until

KIB = 1024


@pytest.fixture(scope="module")
def domain(people):
    return people.ours.domain


def write(people, recipient, **fields):
    """From carl, the other customer; the Message-ID."""
    made = mail.message(people.carl.address, recipient, **fields)
    with mail.submission(people.carl.address, people.carl.password) as smtp:
        assert smtp.send_message(made) == {}
    return made["Message-ID"]


def gets(box, message_id, folder="INBOX"):
    return mail.received(box.address, box.password, message_id, folder)


def has(box, message_id):
    with mail.Imap(box.address, box.password) as imap:
        return sum(imap.message_ids(f).count(message_id) for f in imap.folders())


# --- addresses ---


def test_an_alias_delivers_to_each_of_its_targets_once(mailboxes, people, domain):
    team = mailboxes.alias(domain, "team", people.anna.address, people.ben.address)
    sent = write(people, team)
    gets(people.anna, sent), gets(people.ben, sent)
    assert (has(people.anna, sent), has(people.ben, sent)) == (1, 1)


def test_an_alias_may_be_written_from_by_who_gets_its_mail(mailboxes, people, domain):
    sales = mailboxes.alias(domain, "sales", people.anna.address)
    with mail.submission(people.anna.address, people.anna.password) as smtp:
        made = mail.message(sales, people.carl.address)
        assert smtp.send_message(made) == {}
    gets(people.carl, made["Message-ID"])
    with mail.submission(people.ben.address, people.ben.password) as smtp:
        assert mail.refusal(smtp, sales, people.carl.address, mail.message(sales, people.carl.address))[0] == 553


def test_the_catch_all_gets_what_is_nobodys_and_nothing_else(mailboxes, people):
    theirs = people.theirs.domain
    everything = mailboxes.create(theirs, "everything")
    with mail.Smtp(mail.SMTP) as smtp:
        unknown = f"whoever@{theirs}"
        assert mail.refusal(smtp, people.anna.address, unknown, mail.message(people.anna.address, unknown))[0] == 550
    mailboxes.alias(theirs, "*", everything.address)
    sent = write_as(people.anna, f"whoever@{theirs}")
    gets(everything, sent)
    to_carl = write_as(people.anna, people.carl.address)
    gets(people.carl, to_carl)
    assert has(everything, to_carl) == 0
    mailboxes.unalias(theirs, "*")


def write_as(sender, recipient, **fields):
    made = mail.message(sender.address, recipient, **fields)
    with mail.submission(sender.address, sender.password) as smtp:
        assert smtp.send_message(made) == {}
    return made["Message-ID"]


def test_a_mailbox_forwards_and_keeps_or_does_not_keep(mailboxes, people, domain):
    keeps = mailboxes.create(domain, "keeps", forwards=[people.anna.address], keep=True)
    passes = mailboxes.create(domain, "passes", forwards=[people.anna.address], keep=False)
    kept, passed = write(people, keeps.address), write(people, passes.address)
    gets(people.anna, kept), gets(people.anna, passed), gets(keeps, kept)
    assert has(passes, passed) == 0


def test_mail_to_another_customer_is_forwarded_with_a_seal(mailboxes, people, domain):
    """What came in from outside is sealed before it goes on (ARC): a verifier of the seal's own trusts it."""
    import dkim as library

    from clients.dkim import txt

    away = mailboxes.create(domain, "away", forwards=[people.carl.address], keep=False)
    sender = f"stranger@{people.theirs.domain}"
    made = mail.message(sender, away.address)
    mail.send_from_outside(sender, away.address, made)
    raw = wherever(people.carl, made["Message-ID"])
    validation, sets, reason = library.ARC(raw).verify(dnsfunc=txt)
    assert validation == library.CV_Pass, reason
    assert [s["as-domain"].decode() for s in sets] == [domain]


def wherever(box, message_id):
    def probe():
        with mail.Imap(box.address, box.password) as imap:
            return [m for f in ("INBOX", "Junk") for m in imap.raw(f) if mail.parsed(m)["Message-ID"] == message_id]

    return until(f"{message_id} at {box.address}", probe, mail.DELIVERED_S, pause=0.5)[0]


def test_what_follows_a_plus_is_the_mailboxs_own(people):
    plus = people.anna.address.replace("@", "+lists@")
    sent = write(people, plus)
    raw = gets(people.anna, sent)
    assert mail.parsed(raw)["To"] == plus


def test_case_does_not_matter(people):
    sent = write(people, people.anna.address.upper())
    gets(people.anna, sent)


# --- what a mailbox answers and sorts ---


def test_an_auto_reply_is_sent_once_and_never_to_machines(mailboxes, people, domain):
    box = mailboxes.create(domain, "gone")
    mailboxes.change(box, autoReply={"on": True, "subject": "I am away", "text": "Back on Monday.\n"})
    for i in range(2):
        sent = write(people, box.address, subject=f"question {i}")
        gets(box, sent)
    quiet = write(people, box.address, subject="from a list", Precedence="bulk", List_Id="<list.example>", Auto_Submitted="auto-generated")
    gets(box, quiet)

    def answers():
        with mail.Imap(people.carl.address, people.carl.password) as imap:
            found = [mail.parsed(m) for f in ("INBOX", "Junk") for m in imap.raw(f)]
        return [m for m in found if box.address in str(m["From"])]

    found = until("an answer of the mailbox", answers, mail.DELIVERED_S, pause=0.5)
    assert [m["Subject"] for m in found] == ["I am away"]
    assert found[0]["Auto-Submitted"].startswith("auto-replied") and "Back on Monday." in found[0].get_content()
    mailboxes.change(box, autoReply={"on": False, "subject": "", "text": ""})


def test_a_sieve_script_of_the_owner_files_mail(mailboxes, people, domain):
    box = mailboxes.create(domain, "sorts")
    with ManageSieve(box.address, box.password) as sieve:
        sieve.install("mine", 'require ["fileinto", "mailbox"];\nif header :contains "Subject" "invoice" { fileinto :create "Invoices"; }\n')
        with pytest.raises(AssertionError, match="line 1"):
            sieve.install("wrong", "if header :nonsense {}\n")
        with pytest.raises(AssertionError, match="enotify"):  # it would write to anybody as anybody
            sieve.install("tells", 'require "enotify";\nnotify :from "boss@shop.example" "mailto:anybody@shop.example";\n')
    filed, other = write(people, box.address, subject="your invoice"), write(people, box.address, subject="something else")
    gets(box, filed, "Invoices")
    gets(box, other)


# --- quota and junk ---


def test_a_full_mailbox_is_said_to_be_full_before_the_message_is_taken(mailboxes, people, domain):
    box = mailboxes.create(domain, "small", quota=mailboxes.SMALLEST)
    with mail.Imap(box.address, box.password) as imap:
        _, limit = imap.quota()
    part = base64.encodebytes(bytes(400 * KIB)).decode()
    taken = 0
    while True:
        with mail.submission(people.carl.address, people.carl.password) as smtp:
            made = mail.message(people.carl.address, box.address, subject=f"no {taken}", body=part)
            try:
                smtp.send_message(made)
            except mail.smtplib.SMTPRecipientsRefused as e:
                code, text = mail.answer_of(*e.recipients[box.address])
                break
        taken += 1
        gets(box, made["Message-ID"])
        assert taken * 400 < 3 * limit, "it is never full"
    assert code == 552 and "full" in text, text
    with mail.Imap(box.address, box.password) as imap:
        used, _ = imap.quota()
        assert used >= limit
        subjects = [mail.parsed(m)["Subject"] for m in imap.raw()]
    assert any("quota" in s.lower() or "full" in s.lower() for s in subjects if not s.startswith("no ")), subjects


@pytest.fixture
def learned(kube):
    """How many messages Rspamd has learned since it started."""
    password = base64.b64decode(kube.get("Secret", "rspamd-vault", "mail-system")["data"]["controller-password"]).decode()

    def count():
        pod = kube.pods("mail-system", "app.kubernetes.io/name=rspamd")[0]["metadata"]["name"]
        answer = kube.http.get(f"/api/v1/namespaces/mail-system/pods/http:{pod}:11334/proxy/stat", headers={"Password": password})
        assert answer.status_code == 200, answer.text
        return answer.json()["learned"]

    return count


def test_what_is_moved_to_junk_and_out_of_it_is_learned(people, learned):
    words = " ".join(f"pills{i} cheap{i * 7}" for i in range(60))
    sent = write(people, people.anna.address, subject="cheap pills", body=words + "\n")
    gets(people.anna, sent)
    before = learned()
    with mail.Imap(people.anna.address, people.anna.password) as imap:
        imap.move(sent, "INBOX", "Junk")
    until("it is learned as spam", lambda: learned() == before + 1, 30, pause=0.5)
    with mail.Imap(people.anna.address, people.anna.password) as imap:
        imap.move(sent, "Junk", "INBOX")
    until("it is learned as none", lambda: learned() == before + 2, 30, pause=0.5)


def test_what_rspamd_takes_for_spam_goes_to_junk(people):
    """From a server without a name, in the name of somebody who says that it may not: bad, but not bad enough to be refused."""
    made = mail.message(people.anna.address, people.carl.address, subject="You have won")
    mail.send_from_outside(people.anna.address, people.carl.address, made)
    assert mail.parsed(gets(people.carl, made["Message-ID"], "Junk"))["X-Spam"] == "Yes"


def test_a_customer_says_what_is_junk_and_what_is_refused(api, people):
    """The same kind of message as above, under other limits of its recipient's customer."""
    customer = f"/customers/{people.theirs.id}"

    def forged(subject):
        return mail.message(people.anna.address, people.carl.address, subject=subject)

    try:
        api.change("PATCH", customer, json={"spam": {"junk": 60, "reject": 90}})
        let_in = forged("You have won, and may know")
        mail.send_from_outside(people.anna.address, people.carl.address, let_in)
        gets(people.carl, let_in["Message-ID"])
        api.change("PATCH", customer, json={"spam": {"junk": 1, "reject": 2}})
        with mail.Smtp(mail.SMTP) as smtp:
            code, text = mail.refusal(smtp, people.anna.address, people.carl.address, forged("You have won, and may not know"))
        assert code == 554 and "taken for spam" in text, text
    finally:
        api.change("PATCH", customer, json={"spam": {"junk": 6, "reject": 15}})

"""What the mail servers refuse, and that the refusal says why: no relay, no forged sender, no password in the clear."""

import smtplib
import socket
import time

import pytest

from clients import mail
from clients.killing import Killer
from clients.place import NODE_ADDRESS
from clients.visitor import pod_target, reachable, until_denied, visitor_pod
from clients.wait import until

ELSEWHERE = "somebody@elsewhere.example"
GUESSES = 6  # of two AUTH commands each: Dovecot's own penalty of an address would be at its most
FAILURE_DELAY_S = 2


@pytest.fixture
def anna(people):
    return people.anna


# --- signing in ---


def test_no_password_is_taken_without_tls(anna):
    with mail.Smtp(mail.SUBMISSION) as smtp:
        smtp.ehlo()
        assert not smtp.has_extn("auth")
        assert smtp.docmd("AUTH", "PLAIN AHgAeA==")[0] in (503, 530, 538)
        assert smtp.docmd("MAIL", f"FROM:<{anna.address}>")[0] == 530
    with mail.Smtp(mail.SMTP).secure() as smtp:
        assert not smtp.has_extn("auth"), "port 25 is for servers, with or without TLS"


@pytest.mark.parametrize("port", [mail.SUBMISSION, mail.SUBMISSIONS])
def test_a_wrong_password_signs_nobody_in(anna, port):
    for address, password in ((anna.address, "wrong"), (f"nobody@{anna.domain}", "wrong"), (anna.local, anna.password)):
        with pytest.raises(smtplib.SMTPAuthenticationError) as refused:
            mail.submission(address, password, port)
        assert refused.value.smtp_code == 535


def test_imap_and_pop3_take_no_wrong_password(anna):
    with pytest.raises(mail.imaplib.IMAP4.error):
        mail.Imap(anna.address, "wrong")
    with pytest.raises(mail.poplib.error_proto):
        mail.pop3(anna.address, "wrong")


def test_who_knows_the_password_is_not_locked_out_by_who_guesses_beside_him(anna):
    """The same address, as an office or a mobile network has one for many: no wait grows, and nobody is told to come again."""
    began = time.monotonic()
    for guess in range(GUESSES):
        with pytest.raises(smtplib.SMTPAuthenticationError) as refused:
            mail.submission(anna.address, f"guess {guess}")
        assert refused.value.smtp_code == 535
    assert time.monotonic() - began > GUESSES * FAILURE_DELAY_S, "each guess waits"
    mail.submission(anna.address, anna.password).quit()
    with mail.Imap(anna.address, anna.password) as imap:
        assert "INBOX" in imap.folders()


def test_mail_is_read_over_tls_alone():
    """The ports of IMAP and POP3 without TLS are not served."""
    for port in (143, 110):
        with pytest.raises(OSError):
            socket.create_connection((NODE_ADDRESS, port), 3)


# --- relaying ---

RELAYS = [
    "{elsewhere}",
    "somebody%elsewhere.example@{domain}",
    '"somebody@elsewhere.example"@{domain}',
    "@{domain}:somebody@elsewhere.example",
    "elsewhere.example!somebody@{domain}",
    "somebody@[10.244.0.1]",
]


@pytest.mark.parametrize("form", RELAYS)
def test_nothing_is_relayed_for_who_did_not_sign_in(anna, form):
    recipient = form.format(elsewhere=ELSEWHERE, domain=anna.domain)
    for sender in (anna.address, f"somebody@{mail.MAIL_HOST}", ""):
        with mail.Smtp(mail.SMTP) as smtp:
            smtp.ehlo()
            answers = [smtp.docmd("MAIL", f"FROM:<{sender}>"), smtp.docmd("RCPT", f"TO:<{recipient}>")]
            assert 500 <= max(code for code, _ in answers) < 600, answers


def test_a_customers_pod_cannot_relay(kube, people):
    """Its policy lets it reach submission and no more, and there it must sign in as everybody."""
    pod = visitor_pod(kube, people.theirs, "relay", {"app": "relay"})
    submission = pod_target(kube, "mail-system", "postfix", mail.SUBMISSION)
    until("the pod reaches submission", lambda: reachable(kube, people.theirs.namespace, pod, [submission]) == {submission})
    inside = [pod_target(kube, "mail-system", name, port) for name, port in (
        ("postfix", mail.SMTP), ("postfix", 2525), ("dovecot", 24), ("dovecot", 12345), ("rspamd", 11332), ("rspamd", 11334), ("valkey", 6379),
        ("mysql", 3306))]
    until_denied(kube, people.theirs.namespace, pod, inside)
    host, _, port = submission.partition(":")
    # the server wants to be listened to before it is spoken to
    ask = f"exec 3<>/dev/tcp/{host}/{port}; read -r -u 3 _; printf 'EHLO pod.example\\r\\n' >&3; sleep 1; " \
          f"printf 'MAIL FROM:<{people.carl.address}>\\r\\n' >&3; sleep 1; printf 'QUIT\\r\\n' >&3; cat <&3"
    assert "530 5.7.0" in kube.shell(people.theirs.namespace, pod, ask)


# --- whose sender ---


def test_the_envelope_must_be_ones_own(people):
    for sender in (people.ben.address, people.carl.address, f"nobody@{people.ours.domain}", ELSEWHERE):
        with mail.submission(people.anna.address, people.anna.password) as smtp:
            code, text = mail.refusal(smtp, sender, people.carl.address, mail.message(sender, people.carl.address))
        assert code == 553 and "not owned by user" in text, text


FORGED = {
    "another customer": "{carl}",
    "a colleague": "{ben}",
    "a name that is not here": "ceo@bank.example",
    "two addresses": "{anna}, {ben}",
    "a group": "friends: {anna}, {carl};",
    "an address in the name, then another": '"{anna}" <{carl}>',
}


@pytest.mark.parametrize("what", FORGED)
def test_the_from_that_people_see_must_be_ones_own(people, what):
    names = {n: getattr(people, n).address for n in ("anna", "ben", "carl")}
    content = mail.message(people.anna.address, people.carl.address).as_bytes()
    forged = content.replace(f"From: {people.anna.address}".encode(), f"From: {FORGED[what].format(**names)}".encode())
    assert forged != content
    with mail.submission(people.anna.address, people.anna.password) as smtp:
        code, text = mail.refusal(smtp, people.anna.address, people.carl.address, forged)
    assert code == 554 and text.startswith("5.7.1") and "From" in text, text


@pytest.mark.parametrize("count", [0, 2])
def test_one_from_is_wanted(people, count):
    content = mail.message(people.anna.address, people.carl.address).as_bytes()
    line = f"From: {people.anna.address}\r\n".encode()
    with mail.submission(people.anna.address, people.anna.password) as smtp:
        code, text = mail.refusal(smtp, people.anna.address, people.carl.address, content.replace(line, line * count))
    assert (code, text) == (554, "5.7.1 one header From with one address is wanted")


def test_a_from_with_a_space_before_the_colon_is_one_too(people):
    content = mail.message(people.anna.address, people.carl.address).as_bytes()
    forged = content.replace(b"Subject:", f"From : {people.carl.address}\r\nSubject:".encode(), 1)
    with mail.submission(people.anna.address, people.anna.password) as smtp:
        code, text = mail.refusal(smtp, people.anna.address, people.carl.address, forged)
    assert (code, text) == (554, "5.7.1 one header From with one address is wanted")


# --- content ---


def test_gtube_is_refused_from_outside_and_from_inside(people):
    spam = mail.message(people.anna.address, people.carl.address, body=mail.GTUBE + "\n")
    with mail.Smtp(mail.SMTP) as smtp:
        code, text = mail.refusal(smtp, people.anna.address, people.carl.address, spam)
    assert code == 554, text
    with mail.submission(people.anna.address, people.anna.password) as smtp:
        assert mail.refusal(smtp, people.anna.address, people.carl.address, spam)[0] == 554


def raw_dialog(lines, data):
    """Answers to commands, then to the bytes as they are."""
    answers = []
    with mail.connect(mail.SMTP) as s, s.makefile("rb") as answer:
        answers.append(answer.readline())
        for line in lines:
            s.sendall(line.encode() + b"\r\n")
            answers.append(answer.readline())
            while answers[-1][3:4] == b"-":
                answers[-1] = answer.readline()
        s.sendall(data)
        answers.append(answer.readline())
    return answers


@pytest.mark.parametrize("end", [b"\n.\n", b"\n.\r\n", b"\r\n.\n"])
def test_a_bare_newline_ends_no_message(people, end):
    """SMTP smuggling: what one server takes for the end of a message and the next does not."""
    head = f"From: {people.anna.address}\r\nSubject: one\r\n\r\none".encode()
    smuggled = f"MAIL FROM:<{people.anna.address}>\r\nRCPT TO:<{people.carl.address}>\r\nDATA\r\nSubject: two\r\n\r\ntwo\r\n.\r\n".encode()
    answers = raw_dialog(["EHLO client.example", f"MAIL FROM:<{people.anna.address}>", f"RCPT TO:<{people.carl.address}>", "DATA"],
                         head + end + smuggled)
    assert answers[-2].startswith(b"354") and answers[-1][:3] in (b"521", b"550") and b"bare <LF>" in answers[-1], answers


def test_a_message_that_is_too_large_is_refused(people):
    with mail.submission(people.anna.address, people.anna.password) as smtp:
        code, text = smtp.docmd("MAIL", f"FROM:<{people.anna.address}> SIZE=209715200")
    assert code == 552, text


# --- how much ---


def test_who_submits_more_than_the_limit_of_an_hour_is_asked_to_wait(mailboxes, people):
    """A recipient counts as a message, and the limit is the mailbox's own: others go on."""
    busy = mailboxes.create(people.ours.domain, "busy")
    many = [people.carl.address.replace("@", f"+{i}@") for i in range(100)]
    for turn in range(20):
        made = mail.message(busy.address, people.carl.address, subject=f"newsletter {turn}")
        with mail.submission(busy.address, busy.password) as smtp:
            try:
                assert smtp.sendmail(busy.address, many, made.as_bytes()) == {}
            except smtplib.SMTPDataError as e:
                code, text = mail.answer_of(e.smtp_code, e.smtp_error)
                break
    else:
        raise AssertionError("2000 messages were taken within a minute")
    assert turn > 0 and code == 451 and "an hour" in text, text
    with mail.submission(people.anna.address, people.anna.password) as smtp:
        assert smtp.send_message(mail.message(people.anna.address, people.ben.address)) == {}


# --- recipients ---


def test_an_unknown_recipient_is_refused_at_once(people):
    unknown = f"nobody@{people.theirs.domain}"
    with mail.Smtp(mail.SMTP) as smtp:
        code, text = mail.refusal(smtp, people.anna.address, unknown, mail.message(people.anna.address, unknown))
    assert code == 550 and text.startswith("5.1.1"), text
    with mail.submission(people.anna.address, people.anna.password) as smtp:
        assert mail.refusal(smtp, people.anna.address, unknown, mail.message(people.anna.address, unknown))[0] == 550


def test_a_domain_that_does_not_exist_is_told_at_once(people):
    """Not tried for days: who mistyped it is there to hear of it."""
    nowhere = f"somebody@mistyped.{people.theirs.domain}"
    with mail.submission(people.anna.address, people.anna.password) as smtp:
        code, text = mail.refusal(smtp, people.anna.address, nowhere, mail.message(people.anna.address, nowhere))
    assert code == 550 and text.startswith("5.1.2"), text


# --- customers and mailboxes that come and go ---


def test_who_submits_more_bytes_than_the_limit_of_an_hour_is_asked_to_wait(kube, mailboxes, people):
    """Some 100 kB are left, as if the others had gone before; and they are the mailbox's own."""
    large = mailboxes.create(people.ours.domain, "large")
    hour = int(time.time()) // 3600
    for slot in (hour, hour + 1):
        kube.shell("mail-system", "valkey-0", f"valkey-cli SET berth_mailbox_bytes:{large.address}:{slot} 499900000 EX 7200")
    body = "x" * 70 + "\r\n"
    with mail.submission(large.address, large.password) as smtp:
        assert smtp.send_message(mail.message(large.address, people.carl.address, body=body * 1000)) == {}
        code, text = mail.refusal(smtp, large.address, people.carl.address, mail.message(large.address, people.carl.address, body=body * 1000))
    assert code == 451 and "500 MB an hour of your mailbox" in text, text
    with mail.submission(people.anna.address, people.anna.password) as smtp:
        assert smtp.send_message(mail.message(people.anna.address, people.ben.address, body=body * 1000)) == {}


def test_the_mailboxes_of_a_customer_have_a_limit_together(kube, tenants, mailboxes, people):
    """Two are left of it, as if others had sent the rest: whichever mailbox sends, the third waits, and another customer's does not.
    Valkey, which counts, is another pod by now than when Rspamd began."""
    Killer(kube).kill("valkey", replaced=True)
    tenant = tenants.make()
    try:
        mailboxes.switch_on(tenant.domain)
        boxes = mailboxes.create_many(f"{local}@{tenant.domain}" for local in ("one", "two"))
        limit, hour = hourly_limit(kube, tenant.id), int(time.time()) // 3600
        for slot in (hour, hour + 1):
            kube.shell("mail-system", "valkey-0", f"valkey-cli SET berth_customer:{tenant.id}:{slot} {limit - len(boxes)} EX 7200")
        for box in boxes:
            with mail.submission(box.address, box.password) as smtp:
                assert smtp.send_message(mail.message(box.address, people.carl.address)) == {}
        for box in boxes:
            with mail.submission(box.address, box.password) as smtp:
                code, text = mail.refusal(smtp, box.address, people.carl.address, mail.message(box.address, people.carl.address))
            assert code == 451 and f"{limit} messages an hour of your organisation" in text, text
        with mail.submission(people.anna.address, people.anna.password) as smtp:
            assert smtp.send_message(mail.message(people.anna.address, people.ben.address)) == {}
    finally:
        tenants.leave(tenant.id)


def hourly_limit(kube, customer):
    """What is in the mail database for it."""
    sql = f"SELECT hourly_limit FROM mail.mail_customers WHERE id = '{customer}'"
    said = kube.shell("mail-system", "mysql-0", f'mariadb --no-defaults --socket=/run/mysqld/mysqld.sock --user=mysql --skip-ssl -N -B -e "{sql}"')
    return int(said)


def test_a_suspended_customer_receives_and_does_not_send(api, tenants, mailboxes, people):
    tenant = tenants.make()
    try:
        mailboxes.switch_on(tenant.domain)
        box = mailboxes.create(tenant.domain, "dora")
        api.change("POST", f"/customers/{tenant.id}/suspend")
        with mail.submission(box.address, box.password) as smtp:
            code, text = mail.refusal(smtp, box.address, people.anna.address, mail.message(box.address, people.anna.address))
        assert 500 <= code < 600 and "suspended" in text, text
        made = mail.message(people.anna.address, box.address)
        with mail.submission(people.anna.address, people.anna.password) as smtp:
            smtp.send_message(made)
        mail.received(box.address, box.password, made["Message-ID"])
        api.change("POST", f"/customers/{tenant.id}/resume")
        with mail.submission(box.address, box.password) as smtp:
            assert smtp.send_message(mail.message(box.address, people.anna.address)) == {}
    finally:
        tenants.leave(tenant.id)


def test_a_deleted_mailbox_leaves_nothing_to_the_next_of_its_name(mailboxes, people):
    first = mailboxes.create(people.ours.domain, "emil")
    made = mail.message(people.anna.address, first.address)
    with mail.submission(people.anna.address, people.anna.password) as smtp:
        smtp.send_message(made)
    mail.received(first.address, first.password, made["Message-ID"])
    still = mail.submission(first.address, first.password)
    mailboxes.delete(first)
    # signed in before, and with a sender that nobody owns
    assert mail.refusal(still, "", people.anna.address, mail.message(first.address, people.anna.address))[0] == 554
    with pytest.raises(mail.imaplib.IMAP4.error):
        mail.Imap(first.address, first.password)
    with pytest.raises(smtplib.SMTPAuthenticationError):
        mail.submission(first.address, first.password)
    with mail.submission(people.anna.address, people.anna.password) as smtp:
        assert mail.refusal(smtp, people.anna.address, first.address, made)[0] == 550
    second = mailboxes.create(people.ours.domain, "emil")
    with pytest.raises(mail.imaplib.IMAP4.error):
        mail.Imap(first.address, first.password)
    with mail.Imap(second.address, second.password) as imap:
        assert [m for f in imap.folders() for m in imap.message_ids(f)] == []

"""Mail of a customer in the trash: nothing comes and nobody signs in, until it is restored with all that it had, or erased with it."""

import pytest

from clients import mail
from clients.wait import until

VHOSTS = "/var/mail/vhosts"
HOLDS_S = 60  # until a change is with all of the servers


@pytest.fixture
def box(tenants, mailboxes):
    tenant = tenants.make()
    mailboxes.switch_on(tenant.domain)
    yield mailboxes.create(tenant.domain, "kept")
    tenants.leave(tenant.id)


@pytest.fixture
def customer(box):
    return box.domain.partition(".")[0]


def write(people, box):
    made = mail.message(people.anna.address, box.address)
    with mail.submission(people.anna.address, people.anna.password) as smtp:
        assert smtp.send_message(made) == {}
    return made["Message-ID"]


def refusals(people, box):
    """From outside, and from one of our own."""
    for smtp in (mail.Smtp(mail.SMTP), mail.submission(people.anna.address, people.anna.password)):
        with smtp:
            yield mail.refusal(smtp, people.anna.address, box.address, mail.message(people.anna.address, box.address))


def is_refused(people, box):
    outside, inside = refusals(people, box)
    assert 500 <= outside[0] < 600, outside
    assert inside[0] == 550 and "Nobody receives mail at this domain" in inside[1], inside
    return True


def signs_nobody_in(box):
    for sign_in in (mail.Imap, mail.pop3, mail.submission):
        try:
            sign_in(box.address, box.password)
        except (mail.imaplib.IMAP4.error, mail.poplib.error_proto, mail.smtplib.SMTPAuthenticationError) as e:
            said = str(e)
            assert "AUTHENTICATIONFAILED" in said or "[AUTH]" in said or "535" in said, said
        else:
            return False
    return True


def folders(kube, box):
    """What there is on the volume of Dovecot's: the folder of the domain, and the mailboxes in it."""
    return kube.shell("mail-system", "dovecot-0", f"[ ! -e {VHOSTS}/{box.domain} ] || find {VHOSTS}/{box.domain} -maxdepth 1 -printf '%P\\n'").split()


def test_mail_of_the_trash_comes_back_or_goes_for_good(api, kube, tenants, people, box, customer):
    first = write(people, box)
    mail.received(box.address, box.password, first)
    session = mail.Imap(box.address, box.password).imap
    api.change("DELETE", f"/customers/{customer}")
    until("mail to it is refused", lambda: is_refused(people, box), HOLDS_S, pause=1)
    until("nobody signs in", lambda: signs_nobody_in(box), HOLDS_S, pause=1)
    until("who was signed in is signed out", lambda: is_over(session), HOLDS_S, pause=0.5)
    assert folders(kube, box) == [box.local], "the files stay"
    api.change("POST", f"/customers/{customer}/restore")
    assert mail.received(box.address, box.password, first)
    second = write(people, box)
    mail.received(box.address, box.password, second)
    with mail.submission(box.address, box.password) as smtp:
        assert smtp.send_message(mail.message(box.address, people.anna.address)) == {}
    api.change("DELETE", f"/customers/{customer}")
    assert folders(kube, box) == [box.local]
    tenants.purge(customer)
    until("its files are gone", lambda: kube.shell("mail-system", "dovecot-0", f"ls {VHOSTS}") and folders(kube, box) == [], HOLDS_S, pause=1)
    outside, inside = refusals(people, box)
    # the domain is nobody's: our name servers refuse to speak of it, where those above would say that it does not exist
    assert 500 <= outside[0] < 600 and "Domain not found" in inside[1], (outside, inside)
    assert signs_nobody_in(box)


def is_over(session):
    try:
        session.noop()
    except (mail.imaplib.IMAP4.abort, OSError):
        return True
    return False

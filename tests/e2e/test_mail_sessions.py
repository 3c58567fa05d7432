"""Who is signed in is signed out when the password changes, or nobody may sign in any more."""

import pytest

from clients import mail
from clients.mailboxes import new_password
from clients.wait import until

OVER_S = 90


def is_over(ask):
    """Does the server end the session? `ask` says something in it."""

    def probe():
        try:
            ask()
        except (mail.imaplib.IMAP4.abort, mail.poplib.error_proto, OSError, EOFError):
            return True
        return False

    return probe


@pytest.fixture
def sessions(mailboxes, people):
    """(mailbox, what asks in its IMAP session, in its POP3 session)."""

    def opened(local):
        box = mailboxes.create(people.ours.domain, local)
        imap, pop = mail.Imap(box.address, box.password).imap, mail.pop3(box.address, box.password)
        imap.noop(), pop.noop()
        return box, imap.noop, pop.noop

    return opened


def test_a_new_password_ends_sessions(mailboxes, people, sessions):
    box, imap, pop = sessions("stolen")
    with mail.Imap(people.ben.address, people.ben.password) as others:
        mailboxes.change(box, password=new_password())
        until("the session of IMAP is over", is_over(imap), OVER_S, pause=0.5)
        until("the session of POP3 is over", is_over(pop), OVER_S, pause=0.5)
        assert others.imap.noop()[0] == "OK"


def test_a_mailbox_that_is_switched_off_has_no_sessions(mailboxes, sessions):
    box, imap, pop = sessions("leaver")
    mailboxes.change(box, active=False)
    until("the session of IMAP is over", is_over(imap), OVER_S, pause=0.5)
    until("the session of POP3 is over", is_over(pop), OVER_S, pause=0.5)
    with pytest.raises(mail.imaplib.IMAP4.error):
        mail.Imap(box.address, box.password)


def test_what_else_changes_ends_no_session(mailboxes, sessions):
    box, imap, _ = sessions("stays")
    mailboxes.change(box, name="Somebody", quota="2Gi", autoReply={"on": True, "subject": "", "text": "Away.\n"})
    other, ended, _ = sessions("ended")
    mailboxes.change(other, password=new_password())
    until("the other session is over", is_over(ended), OVER_S, pause=0.5)
    assert imap()[0] == "OK"

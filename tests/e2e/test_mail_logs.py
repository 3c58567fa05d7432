"""Whose connection it is: the logs of Postfix and of Dovecot have the client's own address, by which abuse is traced and stopped."""

import re

import pytest

from clients import mail, node
from clients.wait import until

LOGGED_S = 30


@pytest.fixture
def stranger():
    """Another machine's address."""
    with node.neighbours(1) as addresses:
        yield addresses[0]


def logged(kube, pod, container, *patterns):
    """Lines of a log, one for each pattern, when it has them all."""

    def probe():
        text = kube.kubectl("-n", "mail-system", "logs", pod, "-c", container, "--since=5m").stdout
        found = [re.search(f"^.*{p}.*$", text, re.M) for p in patterns]
        return all(found) and [f[0] for f in found]

    return until(f"{pod} has logged {patterns}", probe, LOGGED_S, pause=0.5)


def test_who_submits_and_who_reads_is_logged_with_their_own_address(kube, people, stranger):
    anna, at = people.anna, re.escape(stranger)
    made = mail.message(anna.address, people.carl.address)
    with mail.submission(anna.address, anna.password, source=stranger) as smtp:
        assert smtp.send_message(made) == {}
    with mail.Imap(anna.address, anna.password, source=stranger) as imap:
        assert "INBOX" in imap.folders()
    logged(kube, "postfix-0", "postfix", rf"client=\S*\[{at}\], sasl_method=PLAIN, sasl_username={re.escape(anna.address)}")
    logged(kube, "dovecot-0", "dovecot", rf"user=<{re.escape(anna.address)}>.*rip={at},")


def test_who_guesses_passwords_is_logged_with_their_own_address(kube, people, stranger):
    anna, at = people.anna, re.escape(stranger)
    with pytest.raises(mail.smtplib.SMTPAuthenticationError):
        mail.submission(anna.address, "wrong", source=stranger)
    with pytest.raises(mail.imaplib.IMAP4.error):
        mail.Imap(anna.address, "wrong", source=stranger)
    logged(kube, "postfix-0", "postfix", rf"\[{at}\]: SASL \S+ authentication failed.*sasl_username={re.escape(anna.address)}")
    logged(kube, "dovecot-0", "dovecot", rf"auth failed.*user=<{re.escape(anna.address)}>.*rip={at},")


def test_another_server_is_logged_with_its_own_address(kube, people, stranger):
    """On port 25, where it is refused as well."""
    sender, recipient, at = people.carl.address, "somebody@elsewhere.example", re.escape(stranger)
    with mail.Smtp(mail.SMTP, source_address=(stranger, 0)) as smtp:
        code, text = mail.refusal(smtp, sender, recipient, mail.message(sender, recipient))
    assert code == 554 and "Relay access denied" in text, text
    logged(kube, "postfix-0", "postfix", rf"reject: RCPT from \S*\[{at}\]: 554 5\.7\.1 .*from=<{re.escape(sender)}>")

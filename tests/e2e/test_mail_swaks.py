"""A mail program that is not Python's submits by both ports, with the servers' certificate checked; and what it must not do is refused."""

from email.utils import make_msgid

import pytest
from cryptography import x509

from clients import dkim, mail
from clients.certificates import issued
from clients.swaks import AUTH_REFUSED, DONE, FROM_THE_START, RECIPIENT_REFUSED, SENDER_REFUSED, STARTTLS, TLS_FAILED, swaks

SUBMISSION = pytest.mark.parametrize(("port", "tls"), [(mail.SUBMISSION, STARTTLS), (mail.SUBMISSIONS, FROM_THE_START)], ids=["587", "465"])


def sends(sender, recipient, signed_in_as=None):
    """The header's name is written as swaks writes it, or there would be two."""
    names = ["--from", sender, "--to", recipient, "--header", f"Message-Id: {make_msgid(domain='e2e.localhost')}"]
    return names + (["--auth", "PLAIN", "--auth-user", signed_in_as] if signed_in_as else [])


@SUBMISSION
def test_a_message_is_submitted_read_and_its_signature_verifies(tmp_path, people, port, tls):
    anna, carl = people.anna, people.carl
    what = sends(anna.address, carl.address, anna.address)
    seen = tmp_path / "server.pem"
    talk = swaks(tmp_path, port, *tls, *what, "--body", "by swaks", "--tls-get-peer-cert", seen, password=anna.password)
    assert talk.code == DONE, talk.text
    # its versions before 20240103 check who signed the certificate, and not whose it is
    names = x509.load_pem_x509_certificate(seen.read_bytes()).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert mail.MAIL_HOST in names.get_values_for_type(x509.DNSName)
    raw = mail.received(carl.address, carl.password, what[5].removeprefix("Message-Id: "))
    dkim.verify(raw, people.ours.domain)
    assert mail.parsed(raw).get_content().strip() == "by swaks"


@SUBMISSION
def test_it_says_nothing_to_a_server_that_another_authority_speaks_for(tmp_path, people, port, tls):
    """So that the checks above are known to be made."""
    other = tmp_path / "other.pem"
    other.write_bytes(issued(mail.MAIL_HOST).root)
    talk = swaks(tmp_path, port, *tls, *sends(people.anna.address, people.carl.address, people.anna.address), password=people.anna.password, ca=other)
    assert talk.code == TLS_FAILED and "MAIL FROM" not in talk.text, talk.text


@SUBMISSION
def test_who_has_not_signed_in_submits_nothing(tmp_path, people, port, tls):
    """TLS alone lets nobody in, whoever is written to."""
    for recipient in (people.carl.address, people.anna.address, "somebody@elsewhere.example"):
        talk = swaks(tmp_path, port, *tls, *sends(people.anna.address, recipient))
        assert talk.code in (SENDER_REFUSED, RECIPIENT_REFUSED), talk.text
        assert [a for a in talk.answers() if a.startswith(("530 ", "554 5.7.1 "))], talk.text


@SUBMISSION
def test_a_wrong_password_is_refused(tmp_path, people, port, tls):
    talk = swaks(tmp_path, port, *tls, *sends(people.anna.address, people.carl.address, people.anna.address), password="wrong")
    assert talk.code == AUTH_REFUSED and [a for a in talk.answers() if a.startswith("535 5.7.8 ")], talk.text
    assert "MAIL FROM" not in talk.text


@SUBMISSION
def test_a_foreign_sender_is_refused(tmp_path, people, port, tls):
    for sender in (people.ben.address, people.carl.address, "somebody@elsewhere.example"):
        talk = swaks(tmp_path, port, *tls, *sends(sender, people.carl.address, people.anna.address), password=people.anna.password)
        assert talk.code in (SENDER_REFUSED, RECIPIENT_REFUSED), talk.text
        assert [a for a in talk.answers() if a.startswith("553 5.7.1 ") and "not owned by user" in a], talk.text


@pytest.mark.parametrize("tls", [(), STARTTLS], ids=["plain", "tls"])
def test_nothing_is_relayed_from_outside(tmp_path, people, tls):
    talk = swaks(tmp_path, mail.SMTP, *tls, *sends(people.anna.address, "somebody@elsewhere.example"))
    assert talk.code == RECIPIENT_REFUSED, talk.text
    assert [a for a in talk.answers() if a.startswith("554 5.7.1 ") and a.endswith("Relay access denied")], talk.text

"""The mail servers' certificate is replaced while they run: each presents the new one soon, without a restart."""

import base64
import contextlib
import ssl

import pytest

from clients import mail
from clients.certificates import issued
from clients.killing import containers_of
from clients.place import tls_context
from clients.wait import until

# the kubelet writes what has changed of a Secret within seconds, or two minutes when it has missed it; the servers look every 15 seconds
PRESENTED_S = 300
NAMESPACE, SECRET = "mail-system", "mail-tls"
PARTS = ("postfix-0", "dovecot-0")


def implicit(port):
    def presented(context):
        with mail.connect(port) as plain, context.wrap_socket(plain, server_hostname=mail.MAIL_HOST):
            return True

    return presented


def starttls(port):
    def presented(context):
        with mail.Smtp(port) as smtp:
            return smtp.starttls(context=context)[0] == 220

    return presented


PORTS = {mail.SMTP: starttls(mail.SMTP), mail.SUBMISSION: starttls(mail.SUBMISSION),
         **{port: implicit(port) for port in (mail.SUBMISSIONS, mail.IMAPS, mail.POP3S)}}


def presents(port, context):
    """Does the server there have a certificate that the context trusts, for its name?"""
    try:
        return PORTS[port](context)
    except ssl.SSLCertVerificationError:
        return False


def until_presented(context):
    for port in PORTS:
        until(f"port {port} presents the certificate", lambda p=port: presents(p, context), PRESENTED_S, pause=1)


@contextlib.contextmanager
def replaced(kube, made):
    """The certificate of the Secret is another one until the block ends. What has come to be there meanwhile, by Traefik's renewal, stays."""
    data = {k: base64.b64encode(v).decode() for k, v in {"tls.crt": made.certificate, "tls.key": made.key}.items()}
    before = kube.get("Secret", SECRET, NAMESPACE)["data"]
    try:
        kube.patch("Secret", SECRET, NAMESPACE, {"data": data})
        yield
    finally:
        if kube.get("Secret", SECRET, NAMESPACE)["data"] == data:
            kube.patch("Secret", SECRET, NAMESPACE, {"data": before})


@pytest.mark.timeout(3 * PRESENTED_S)
def test_a_new_certificate_is_presented_without_a_restart(kube, people):
    anna, made = people.anna, issued(mail.MAIL_HOST)
    ours, other = tls_context(), ssl.create_default_context(cadata=made.root.decode())

    def containers():
        return [containers_of(kube.get("Pod", name, NAMESPACE)) for name in PARTS]

    assert all(presents(port, ours) and not presents(port, other) for port in PORTS)
    before = containers()
    with replaced(kube, made):
        until_presented(other)
        assert not any(presents(port, ours) for port in PORTS)
    until_presented(ours)
    assert containers() == before
    # Dovecot has started its parts again, and no process of Postfix's asks those of before
    with mail.submission(anna.address, anna.password, mail.SUBMISSIONS) as smtp:
        sent = mail.message(anna.address, people.carl.address)
        assert smtp.send_message(sent) == {}
    mail.received(people.carl.address, people.carl.password, sent["Message-ID"])

"""What an installation sets of its mail: a smarthost, no POP3, who its postmaster is. Set, looked at, and put back."""

import base64
import contextlib
import ssl

import pytest

from clients import dns as nameserver
from clients import mail
from clients.certificates import issued
from clients.sink import ADDRESS, Sink, spf
from clients.wait import until

PLATFORM = "berth.localhost"
USER, PASSWORD = "relay-user", "relay password of mine"
PLAIN = base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode()


@contextlib.contextmanager
def settings(kube, mail_data, berthd_data):
    """The ConfigMaps of the mail servers and of berthd with other values, until the block ends."""
    parts = [("mail-system", "mail", mail_data, ["statefulset/postfix", "statefulset/dovecot"]),
             ("panel-system", "berthd", berthd_data, ["deployment/berthd"])]
    before = [{key: kube.get("ConfigMap", name, namespace)["data"].get(key) for key in data} for namespace, name, data, _ in parts]

    def put(values):
        for (namespace, name, _, _), data in zip(parts, values):
            kube.patch("ConfigMap", name, namespace, {"data": data})
        for what in ("restart", "status"):
            for namespace, _, _, programs in parts:
                for program in programs:
                    kube.kubectl("-n", namespace, "rollout", what, program, timeout=180)

    try:
        put([data for _, _, data, _ in parts])
        yield
    finally:
        put(before)


def reconciled(api, tenant):
    api.change("POST", f"/customers/{tenant.id}/reconcile")


# --- who is responsible (RFC 2142) ---


def write(people, recipient, **fields):
    made = mail.message(people.carl.address, recipient, **fields)
    with mail.submission(people.carl.address, people.carl.password) as smtp:
        assert smtp.send_message(made) == {}
    return made["Message-ID"]


@pytest.fixture(scope="module")
def shop(tenants, mailboxes):
    """(domain, its first mailbox, another)"""
    tenant = tenants.make()
    mailboxes.switch_on(tenant.domain)
    yield tenant.domain, mailboxes.create(tenant.domain, "first"), mailboxes.create(tenant.domain, "second")
    tenants.leave(tenant.id)


@pytest.mark.parametrize("name", ["postmaster", "abuse"])
def test_a_domains_first_mailbox_is_responsible_until_somebody_else_is(mailboxes, people, shop, name):
    """Then an alias of that name says otherwise."""
    domain, first, second = shop
    address = f"{name}@{domain}"
    sent = write(people, address)
    mail.received(first.address, first.password, sent)
    mailboxes.alias(domain, name, second.address)
    sent = write(people, address)
    mail.received(second.address, second.password, sent)
    with mail.Imap(first.address, first.password) as imap:
        assert sent not in imap.message_ids()


class Smarthost:
    """Where all mail to others goes, once it is set: it takes what is signed in, by TLS with a certificate that the secret vouches for.
    `other` is the same with another name's certificate."""

    def __init__(self, domain, folder):
        self.domain, self.name = domain, f"smart.{domain}"
        self.tls, root = certificate(folder, self.name)
        self.other, other_root = certificate(folder, "smart.elsewhere.example")
        encoded = {"credentials": f"{USER}:{PASSWORD}".encode(), "ca.crt": root + other_root}
        self.secret = {"metadata": {"name": "mail-relay"}, "type": "Opaque", "data": {k: base64.b64encode(v).decode() for k, v in encoded.items()}}


@pytest.fixture(scope="module")
def changed(kube, api, tenants, people, tmp_path_factory):
    """Without POP3, with anna as the platform's postmaster, and with a smarthost: all at once, since programs are started again for it."""
    relay = tenants.make()
    host = Smarthost(relay.domain, tmp_path_factory.mktemp("smarthost"))
    api.change("PUT", f"/domains/{relay.domain}/records/{host.name}/A", json={"values": [ADDRESS]})
    kube.create("Secret", host.secret, "mail-system")
    mail_data = {"MAIL_POP3": "no", "MAIL_POSTMASTER": people.anna.address, "MAIL_RELAYHOST": f"[{host.name}]:25"}
    berthd_data = {"BERTH_MAIL_POP3": "no", "BERTH_POSTMASTER": people.anna.address, "BERTH_MAIL_SPF": f"ip4:{ADDRESS}"}
    try:
        with settings(kube, mail_data, berthd_data):
            until("the platform answers", lambda: api.get("/plans"))
            reconciled(api, people.ours)
            yield host
    finally:
        kube.delete("Secret", "mail-relay", "mail-system")
        until("the platform answers", lambda: api.get("/plans"))
        reconciled(api, people.ours)
    tenants.leave(relay.id)


def test_the_platforms_postmaster_gets_its_mail(changed, people):
    nameserver.until_values(PLATFORM, "MX", [f"10 {mail.MAIL_HOST}."])
    assert nameserver.values(f"_smtp._tls.{people.ours.domain}", "TXT") == [f'"v=TLSRPTv1; rua=mailto:postmaster@{PLATFORM}"']
    for address in (f"postmaster@{PLATFORM}", f"abuse@{mail.MAIL_HOST}", f"hostmaster@{PLATFORM}"):
        made = mail.message(people.carl.address, address, subject=f"to {address}")
        mail.send_from_outside(people.carl.address, address, made)
        raw = until(f"it is at {people.anna.address}", lambda m=made: at(people.anna, m["Message-ID"]), mail.DELIVERED_S, pause=0.5)
        assert mail.parsed(raw)["To"] == address
    with mail.Smtp(mail.SMTP) as smtp:
        nobody = f"nobody@{PLATFORM}"
        assert mail.refusal(smtp, people.carl.address, nobody, mail.message(people.carl.address, nobody))[0] == 550


def at(box, message_id):
    """A message that may be taken for junk; None."""
    with mail.Imap(box.address, box.password) as imap:
        return next((m for f in ("INBOX", "Junk") for m in imap.raw(f) if mail.parsed(m)["Message-ID"] == message_id), None)


def test_of_a_domain_without_mailboxes_too(changed, api, tenants, mailboxes, people):
    empty = tenants.make()
    mailboxes.switch_on(empty.domain)
    sent = write(people, f"abuse@{empty.domain}")
    mail.received(people.anna.address, people.anna.password, sent)
    tenants.leave(empty.id)


# --- POP3 ---


def test_without_pop3_its_port_refuses_and_the_records_say_so(changed, api, people):
    with pytest.raises(OSError):
        mail.pop3(people.anna.address, people.anna.password)
    with mail.Imap(people.anna.address, people.anna.password) as imap:
        assert "Junk" in imap.folders()
    name = f"_pop3s._tcp.{people.ours.domain}"
    nameserver.until_values(name, "SRV", ["0 0 0 ."])
    found = [r for r in api.call("POST", f"/domains/{people.ours.domain}/mail/check", 200).json()["records"] if r["name"] == name]
    assert [(r["ok"], r["value"]) for r in found] == [(True, "0 0 0 .")], found


# --- a smarthost ---


def certificate(folder, name):
    """A context for a server of that name, and the root that vouches for it, as PEM."""
    made = issued(name)
    file = folder / f"{name}.pem"
    file.write_bytes(made.key + made.certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context, made.root


def test_a_smarthost_takes_all_mail_when_it_is_the_one_that_was_set(changed, kube, api, people):
    """By TLS with a certificate that is checked, and signed in; domains' SPF names it. One with another name's certificate gets nothing."""
    nameserver.until_values(people.ours.domain, "TXT", [f'"v=spf1 mx ip4:{ADDRESS} -all"'])
    assert spf(ADDRESS, people.anna.address) == "pass"
    checked = api.call("POST", f"/domains/{people.ours.domain}/mail/check", 200).json()
    assert [r["ok"] for r in checked["records"] if r["value"].startswith("v=spf1")] == [True], checked
    made = mail.message(people.anna.address, f"somebody@{changed.domain}")
    with Sink(tls=changed.other, login=f"PLAIN {PLAIN}") as other:
        with mail.submission(people.anna.address, people.anna.password) as smtp:
            assert smtp.send_message(made) == {}
        until("it waits", lambda: "not trusted" in (q := kube.shell("mail-system", "postfix-0", "postqueue -p")) or "not verified" in q)
        assert other.taken == []
    with Sink(tls=changed.tls, login=f"PLAIN {PLAIN}") as sink:
        kube.shell("mail-system", "postfix-0", "postqueue -f")
        taken = sink.of(made["Message-ID"])
    assert taken.secure and taken.login == f"PLAIN {PLAIN}" and taken.sender == people.anna.address

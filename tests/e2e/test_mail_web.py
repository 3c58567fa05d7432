"""What domains with mail serve by themselves: the MTA-STS policy, as a sending server fetches it, and the settings that Thunderbird and
Outlook ask for, with which one really signs in."""

import imaplib
import smtplib
import socket
import time
import xml.etree.ElementTree as xml
from types import SimpleNamespace

import httpx
import pytest

from clients import dns, mail
from clients.place import HTTPS_PORT, LOOPBACK, NODE_ADDRESS, tls_context
from clients.wait import until

SERVED_S = 120  # a certificate is made meanwhile
TESTING_S, MAX_AGE_S = 20, 30  # of the local overlay
POLICY = "/.well-known/mta-sts.txt"
CONFIG = "/mail/config-v1.1.xml"
OUTLOOK = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"


@pytest.fixture(scope="module")
def shop(tenants, mailboxes):
    tenant = tenants.make(plan="medium")
    mailboxes.switch_on(tenant.domain)
    box = mailboxes.create(tenant.domain, "anna")
    yield SimpleNamespace(tenant=tenant, domain=tenant.domain, box=box)
    tenants.leave(tenant.id)


def fetch(host, path, **kwargs):
    """By a new connection, with the platform's CA and the host's name verified."""
    return httpx.request(kwargs.pop("method", "GET"), f"https://{host}:{HTTPS_PORT}{path}", verify=tls_context(), timeout=20, **kwargs)


def policy_of(domain):
    """The policy's fields; mx is a list."""
    answer = fetch(f"mta-sts.{domain}", POLICY)
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/plain"), answer.text
    assert answer.text.endswith("\r\n")
    fields = [line.split(": ", 1) for line in answer.text.split("\r\n") if line]
    assert fields[0] == ["version", "STSv1"]
    return {**{k: v for k, v in fields if k != "mx"}, "mx": [v for k, v in fields if k == "mx"]}


def id_of(domain):
    """Of the record, as a sender reads it; None: there is none."""
    texts = [t.strip('"') for t in dns.values(f"_mta-sts.{domain}", "TXT")]
    assert len(texts) <= 1, texts
    if not texts:
        return None
    tags = dict(part.strip().split("=", 1) for part in texts[0].split(";") if part.strip())
    assert tags["v"] == "STSv1"
    return tags["id"]


def condition(api, domain):
    found = [c for c in api.get(f"/domains/{domain}")["conditions"] if c["type"] == "mailweb"]
    assert len(found) == 1, found
    return found[0]


def test_the_policy_is_served_and_enforced_in_time(api, shop):
    """A sender reads the record first: whatever its id is, the policy that is fetched after it is that one or a newer one."""
    modes = []  # (id of the record, mode of the policy), as they change

    def enforced():
        found = id_of(shop.domain)
        if found is None:
            return False
        seen = (found, policy_of(shop.domain)["mode"])
        if not modes or modes[-1] != seen:
            modes.append(seen)
        return len({i for i, _ in modes}) == 2

    until("the policy is told of, tested, and enforced", enforced, SERVED_S + TESTING_S, pause=0.3)
    assert [m for _, m in modes] in (["testing", "enforce"], ["testing", "enforce", "enforce"]), modes
    policy = policy_of(shop.domain)
    assert policy["mx"] == [mail.MAIL_HOST] and int(policy["max_age"]) == MAX_AGE_S
    assert dns.values(shop.domain, "MX") == [f"10 {mail.MAIL_HOST}."]
    until("the domain says so", lambda: api.get(f"/domains/{shop.domain}")["mtaSts"] == "enforce")
    seen = until("all is seen fine", lambda: condition(api, shop.domain)["status"] == "true" and condition(api, shop.domain))
    assert seen["reason"] == "Enforced", seen
    events = api.all("/events", customer=shop.tenant.id)
    assert [e["message"].split("(")[1] for e in events if e["reason"] == "MtaSts"] in (
        ["MTA-STS testing)", "MTA-STS enforce)"], ["MTA-STS enforce)", "MTA-STS testing)"])


def test_the_mail_hosts_certificate_is_what_the_policy_promises():
    """As a sender that enforces: port 25, STARTTLS, and the certificate must name the MX."""
    with mail.Smtp(mail.SMTP) as smtp:
        assert smtp.secure().ehlo()[0] == 250


def test_one_certificate_for_all_names_of_a_domain(shop):
    def names():
        context = tls_context()
        with socket.create_connection((LOOPBACK, HTTPS_PORT), 20) as plain, context.wrap_socket(plain, server_hostname=f"mta-sts.{shop.domain}") as tls:
            return {value for kind, value in tls.getpeercert()["subjectAltName"] if kind == "DNS"}

    wanted = {f"{label}.{shop.domain}" for label in ("mta-sts", "autoconfig", "autodiscover")}
    assert until("the certificate", lambda: names() == wanted and wanted, SERVED_S) == wanted


# --- mail programs ---


def sign_in(kind, host, port, security, user, password):
    """By what a mail program was told, and nothing else."""
    context = tls_context()
    plain = socket.create_connection((NODE_ADDRESS, port), mail.TIMEOUT_S)
    if kind == "imap":

        class Imap(imaplib.IMAP4_SSL):
            def _create_socket(self, timeout):
                return context.wrap_socket(plain, server_hostname=host)

        assert security == "SSL"
        with Imap(host, port, ssl_context=context) as imap:
            assert imap.login(user, password)[0] == "OK"
            assert imap.select("INBOX")[0] == "OK"
        return

    class Smtp(smtplib.SMTP):
        def _get_socket(self, *_):
            return context.wrap_socket(plain, server_hostname=host) if security == "SSL" else plain

    with Smtp(timeout=mail.TIMEOUT_S, local_hostname=mail.OUTSIDE) as smtp:
        smtp._host = host
        smtp.connect(host, port)
        if security != "SSL":
            smtp.starttls(context=context)
        smtp.login(user, password)
        made = mail.message(user, user)
        assert smtp.send_message(made) == {}
    mail.received(user, password, made["Message-ID"])


def test_thunderbird_finds_its_settings_and_they_are_good(shop):
    """What Thunderbird does with an address: the config file, its first server of each kind, the placeholder replaced."""
    address = shop.box.address
    answer = until("the config file", lambda: fetch(f"autoconfig.{shop.domain}", CONFIG, params={"emailaddress": address}), SERVED_S)
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/xml")
    provider = xml.fromstring(answer.text).find("emailProvider")
    assert provider.find("domain").text == shop.domain
    incoming = {s.get("type"): s for s in provider.findall("incomingServer")}
    assert list(incoming) == ["imap", "pop3"]
    outgoing = provider.findall("outgoingServer")
    assert [s.find("socketType").text for s in outgoing] == ["SSL", "STARTTLS"]
    for kind, server in (("imap", incoming["imap"]), *(("smtp", s) for s in outgoing)):
        user = server.find("username").text.replace("%EMAILADDRESS%", address)
        sign_in(kind, server.find("hostname").text, int(server.find("port").text), server.find("socketType").text, user, shop.box.password)


def outlook(shop, address, schema=OUTLOOK, path="/autodiscover/autodiscover.xml"):
    body = (
        '<?xml version="1.0" encoding="utf-8"?><Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006">'
        f"<Request><EMailAddress>{address}</EMailAddress><AcceptableResponseSchema>{schema}</AcceptableResponseSchema></Request></Autodiscover>"
    )
    answer = fetch(f"autodiscover.{shop.domain}", path, method="POST", content=body, headers={"Content-Type": "text/xml"})
    assert answer.status_code == 200, answer.text
    return xml.fromstring(answer.text)


def code_of(answer):
    return [e.text for e in answer.iter() if e.tag.endswith("ErrorCode")]


def test_outlook_finds_its_settings_and_they_are_good(shop):
    for path in ("/autodiscover/autodiscover.xml", "/Autodiscover/Autodiscover.xml"):
        answer = until("Outlook's answer", lambda p=path: outlook(shop, shop.box.address, path=p), SERVED_S)
        protocols = [{e.tag.partition("}")[2]: e.text for e in p} for p in answer.iter(f"{{{OUTLOOK}}}Protocol")]
        assert [p["Type"] for p in protocols] == ["IMAP", "POP3", "SMTP", "SMTP"]
    for p in protocols:
        if p["Type"] != "POP3":
            security = "SSL" if p["Encryption"] == "SSL" else "STARTTLS"
            sign_in(p["Type"].lower(), p["Server"], int(p["Port"]), security, p["LoginName"], shop.box.password)


def test_outlooks_service_record_leads_there(shop):
    assert dns.values(f"_autodiscover._tcp.{shop.domain}", "SRV") == [f"0 1 443 autodiscover.{shop.domain}."]


@pytest.mark.parametrize("address", ["x@elsewhere.example", "&lt;b&gt;@{}", "", "../../etc/passwd"])
def test_no_settings_for_what_is_no_address_of_the_domain(shop, address):
    assert code_of(outlook(shop, address.format(shop.domain))) == ["500"]


def test_other_schemas_are_refused(shop):
    assert code_of(outlook(shop, shop.box.address, "http://schemas.microsoft.com/exchange/autodiscover/mobilesync/responseschema/2006")) == ["601"]
    assert code_of(xml.fromstring(fetch(f"autodiscover.{shop.domain}", "/autodiscover/autodiscover.xml").text)) == ["600"]


def test_whether_there_is_a_mailbox_is_not_told(shop):
    texts = [xml.tostring(outlook(shop, f"{local}@{shop.domain}")).replace(local.encode(), b"") for local in ("anna", "nobody")]
    assert texts[0] == texts[1]


# --- what is nobody's, or somebody else's ---


@pytest.mark.parametrize("host", ["mta-sts.elsewhere.example", "mta-sts.berth.localhost", "autoconfig.", "192.0.2.1", "mta-sts.{}.evil.example"])
def test_a_host_that_is_not_here_is_refused(shop, host):
    for path in (POLICY, CONFIG):
        answer = fetch(f"mta-sts.{shop.domain}", path, headers={"Host": host.format(shop.domain)})
        assert answer.status_code in (400, 404), (answer.status_code, answer.text)


def test_a_domain_without_mail_serves_nothing(shop, tenants):
    other = tenants.make()
    for label, path in (("mta-sts", POLICY), ("autoconfig", CONFIG), ("autodiscover", "/autodiscover/autodiscover.xml")):
        assert fetch(f"mta-sts.{shop.domain}", path, headers={"Host": f"{label}.{other.domain}"}).status_code == 404
        assert dns.values(f"{label}.{other.domain}", "CNAME") == []
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        fetch(f"mta-sts.{other.domain}", POLICY)
    tenants.leave(other.id)


def test_which_domains_there_are_is_not_told(shop):
    for host in (f"mta-sts.{shop.domain}", f"autoconfig.{shop.domain}"):
        for path in ("/routes", POLICY + "/../../routes", "//routes"):
            answer = fetch(host, path)
            assert answer.status_code >= 400 and "routers" not in answer.text, answer.text


# --- what others do, and what becomes of it ---


def test_a_record_that_is_taken_away_is_put_back(pdns, shop):
    for label, rdtype in ((f"mta-sts.{shop.domain}", "CNAME"), (f"_mta-sts.{shop.domain}", "TXT")):
        before = until(f"{label} is there", lambda n=label, t=rdtype: dns.values(n, t), SERVED_S)
        pdns.remove(shop.domain, label, rdtype)
        dns.until_values(label, rdtype, before)


def test_the_check_says_that_all_is_right(berth, shop):
    told = until("all is right", lambda: berth("mail", "check", shop.domain, "-o", "json"), SERVED_S, pause=2).json()
    assert {s["name"] for s in told["services"]} >= {f"https://mta-sts.{shop.domain}{POLICY}", f"https://autoconfig.{shop.domain}{CONFIG}"}
    assert told["ok"] and all(s["ok"] for s in told["services"])


def test_the_check_says_what_is_wrong(api, berth, pdns, shop):
    """A record of the customer's own takes the name elsewhere, where nobody is."""
    name = f"autodiscover.{shop.domain}"
    api.change("PUT", f"/domains/{shop.domain}/records/{name}/A", json={"ttl": 60, "values": ["192.0.2.99"]})
    told = until("it is told", lambda: [r for r in berth("mail", "check", shop.domain, "-o", "json", code=1).json()["records"] if r["name"] == name and not r["ok"]], pause=1)
    assert "192.0.2.99" in told[0]["problem"], told
    until("the condition says whose it is", lambda: f"{name} is the customer's own" in condition(api, shop.domain)["message"], pause=1)
    api.change("DELETE", f"/domains/{shop.domain}/records/{name}/A")
    dns.until_values(name, "CNAME", [f"{mail.MAIL_HOST}."])


def test_a_suspended_customer_still_has_its_policy(api, shop):
    api.change("POST", f"/customers/{shop.tenant.id}/suspend", json={"reason": "unpaid"})
    assert policy_of(shop.domain)["mx"] == [mail.MAIL_HOST]
    assert fetch(f"autoconfig.{shop.domain}", CONFIG).status_code == 200
    api.change("POST", f"/customers/{shop.tenant.id}/resume")


def test_a_site_of_the_customers_own_wins(api, shop):
    """It takes the name, and gives it back."""
    host = f"autoconfig.{shop.domain}"
    site = api.change("POST", "/sites", json={"customerId": shop.tenant.id, "hostnames": [host]})["site"]["id"]
    assert dns.values(host, "CNAME") == [] and len(dns.values(host, "A")) == 1
    until("the site has the name", lambda: fetch(host, CONFIG).headers["Content-Type"].startswith("text/html"), SERVED_S, pause=1)
    until("it is told", lambda: f"{host} is the customer's own" in condition(api, shop.domain)["message"], pause=1)
    api.change("DELETE", f"/sites/{site}")
    until("the settings are back", lambda: fetch(host, CONFIG).headers["Content-Type"].startswith("text/xml"), SERVED_S, pause=1)


def test_after_mail_the_policy_is_taken_back_first(api, mailboxes, shop):
    """Senders may hold it for as long as it said, so they are told that there is none; then all of it goes."""
    before = id_of(shop.domain)
    mailboxes.delete(shop.box)
    api.change("PATCH", f"/domains/{shop.domain}", json={"mail": False})
    begin = time.monotonic()
    until("the policy is none", lambda: policy_of(shop.domain)["mode"] == "none")
    until("senders are told", lambda: id_of(shop.domain) not in (before, None))
    assert fetch(f"autoconfig.{shop.domain}", CONFIG, headers={"Host": f"autoconfig.{shop.domain}"}).status_code == 404
    until("nothing is told any more", lambda: id_of(shop.domain) is None and dns.values(f"mta-sts.{shop.domain}", "CNAME") == [], MAX_AGE_S + 60, pause=1)
    assert time.monotonic() - begin >= MAX_AGE_S - 1
    assert api.get(f"/domains/{shop.domain}")["mtaSts"] == "off"

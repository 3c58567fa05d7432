"""A domain of somebody else's: nothing of it is routed before its owner has shown that it is the customer's. And signed zones.

On one machine the resolver is the platform's own PowerDNS, so the owner's hand is one that writes into PowerDNS by its API."""

import dns.dnssec
import dns.message
import dns.name
import dns.query
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import httpx
import pytest

from clients import dns as nameserver
from clients.place import DNS_PORT, LOOPBACK, NODE_ADDRESS, tls_context
from clients.wait import until

LOOK_S = 180


@pytest.fixture(scope="module")
def claimed(tenants, api):
    """A customer with a domain below localhost, and one that is not: its own, pending."""
    tenant = tenants.make(plan="medium")
    name = f"own-{tenant.id}.example.org"
    accepted = api.accept("POST", "/domains", json={"customerId": tenant.id, "domain": name})
    api.done(accepted)  # a pending domain keeps no operation open
    yield tenant, name, accepted
    tenants.leave(tenant.id)


def domain_of(api, name):
    return api.get(f"/domains/{name}")


def condition(api, name, kind):
    return next((c for c in domain_of(api, name)["conditions"] if c["type"] == kind and c["subject"] == f"domain/{name}"), None)


def until_condition(api, name, kind, words):
    def probe():
        seen = condition(api, name, kind)
        assert seen and words in seen["message"], seen
        return seen

    return until(f"{name}: {kind} says '{words}'", probe, LOOK_S)


def hosts_routed(kube, tenant):
    return {rule["host"] for ingress in kube.list("Ingress", tenant.namespace) for rule in ingress["spec"]["rules"]}


def visit(host):
    """As a visitor who has found the ingress's address for this name; the certificate must be good."""
    ingress = httpx.Client(verify=tls_context(), timeout=10)
    return ingress.get("https://localhost:8443/", headers={"Host": host}, extensions={"sni_hostname": host})


def test_a_pending_domain_is_not_served(api, kube, claimed):
    tenant, name, accepted = claimed
    challenge = accepted["domain"]["challenge"]
    assert accepted["domain"]["ownership"] == "pending" and challenge["name"] == f"_berth-challenge.{name}"
    assert api.get(f"/customers/{tenant.id}")["ready"]
    until_condition(api, name, "ownership", challenge["value"])
    assert not domain_of(api, name)["ready"]
    assert hosts_routed(kube, tenant) == {tenant.domain, f"www.{tenant.domain}"}
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        visit(name)
    site = api.get(f"/sites/{accepted['site']['id']}")
    assert not site["ready"] and any(c["type"] == "ingress" and c["reason"] == "Pending" for c in site["conditions"])
    # The zone is there for the registry that asks for it, and holds nothing of the customer's.
    assert nameserver.is_served(name)
    api.change("PUT", f"/domains/{name}/records/_berth-challenge.{name}/TXT", json={"values": [challenge["value"]]})
    assert nameserver.values(f"_berth-challenge.{name}", "TXT") == nameserver.values(f"www.{name}", "A") == []
    api.change("POST", f"/domains/{name}/verify", json={})
    assert domain_of(api, name)["ownership"] == "pending"
    api.change("DELETE", f"/domains/{name}/records/_berth-challenge.{name}/TXT")


def test_a_foreign_domain_keeps_nothing_else_waiting(api, claimed, web):
    tenant, _, _ = claimed
    assert api.call("POST", f"/customers/{tenant.id}/diff", 200).json()["changes"] == []
    api.change("PUT", f"/domains/{tenant.domain}/records/x.{tenant.domain}/TXT", json={"values": ["meanwhile"]})
    assert nameserver.values(f"x.{tenant.domain}", "TXT") == ['"meanwhile"']


def test_verify_says_that_there_is_no_proof(berth, claimed):
    _, name, _ = claimed
    berth("domain", "verify", name, code=1)
    shown = berth("domain", "show", name).out
    assert "pending" in shown and f"_berth-challenge.{name}" in shown


def test_with_its_txt_it_is_served_with_a_certificate(api, berth, kube, pdns, claimed):
    tenant, name, accepted = claimed
    challenge = accepted["domain"]["challenge"]
    pdns.replace(name, challenge["name"], "TXT", [f'"{challenge["value"]}"'])
    until(f"{challenge['name']} is served", lambda: nameserver.values(challenge["name"], "TXT"))
    berth("domain", "verify", name, "--timeout", 120)
    seen = domain_of(api, name)
    assert seen["ownership"] == "proven" and seen["proof"] == "txt"
    until("its hostnames are routed", lambda: {name, f"www.{name}"} <= hosts_routed(kube, tenant))
    until(f"www.{name} has an address", lambda: nameserver.values(f"www.{name}", "A") == [NODE_ADDRESS])

    def served():
        answer = visit(name)
        assert answer.status_code < 500, answer.text
        return True

    until(f"https://{name}/ answers with a good certificate", served, 180)
    pdns.remove(name, challenge["name"], "TXT")  # it may go: proven is proven
    api.change("POST", f"/domains/{name}/verify", json={})
    assert domain_of(api, name)["ownership"] == "proven"


def test_an_admin_confirms_and_the_log_tells(api, berth, claimed):
    tenant, name, _ = claimed
    other = f"by-{name}"
    api.change("POST", "/domains", json={"customerId": tenant.id, "domain": other})
    berth("domain", "verify", other, "--force")
    assert domain_of(api, other)["proof"] == "admin"
    rows = [a for a in api.all("/audit", customer=tenant.id) if a["action"] == "domain.confirm"]
    assert len(rows) == 1 and other in rows[0]["subject"]


# --- DNSSEC ---


def signed_answer(name, rdtype):
    return dns.query.tcp(dns.message.make_query(name, rdtype, want_dnssec=True), LOOPBACK, port=DNS_PORT, timeout=5)


def validated(zone, name, rdtype, ds):
    """By dnspython, with the DS that the API told as the only thing that is trusted."""
    origin = dns.name.from_text(zone)
    answer = signed_answer(zone, "DNSKEY")
    keys = answer.get_rrset(answer.answer, origin, dns.rdataclass.IN, dns.rdatatype.DNSKEY)
    assert keys, answer
    anchors = [k for k in keys if any(dns.dnssec.make_ds(origin, k, int(d.split()[2])).to_text() == d for d in ds)]
    assert anchors, (ds, keys)
    trusted = {origin: dns.rrset.from_rdata(origin, 60, *anchors)}
    signature = answer.get_rrset(answer.answer, origin, dns.rdataclass.IN, dns.rdatatype.RRSIG, dns.rdatatype.DNSKEY)
    dns.dnssec.validate(keys, signature, trusted)
    answer = signed_answer(name, rdtype)
    owner, kind = dns.name.from_text(name), dns.rdatatype.from_text(rdtype)
    found = answer.get_rrset(answer.answer, owner, dns.rdataclass.IN, kind)
    signature = answer.get_rrset(answer.answer, owner, dns.rdataclass.IN, dns.rdatatype.RRSIG, kind)
    dns.dnssec.validate(found, signature, {origin: keys})
    return True


def test_a_zone_is_signed_and_no_longer(api, berth, pdns, claimed):
    tenant, _, _ = claimed
    zone = tenant.domain
    berth("domain", "update", zone, "--dnssec", "on", "--wait")
    seen = domain_of(api, zone)
    assert seen["dnssec"] and seen["ds"] and seen["dnskey"][0].startswith("257 3 13 ")
    until("its keys are served", lambda: nameserver.values(zone, "DNSKEY"), 90)
    for name, rdtype in ((zone, "A"), (zone, "SOA"), (f"www.{zone}", "A")):
        assert validated(zone, name, rdtype, seen["ds"])
    keys = pdns._call("GET", f"/{zone}./cryptokeys").json()
    assert len(keys) == 1
    assert pdns._call("PUT", f"/{zone}./cryptokeys/{keys[0]['id']}", json={"active": False}).status_code == 204
    until("the key is active again", lambda: pdns._call("GET", f"/{zone}./cryptokeys").json()[0]["active"], 30)
    assert domain_of(api, zone)["ds"] == seen["ds"]
    berth("domain", "update", zone, "--dnssec", "off", "--wait")
    until("no key is left", lambda: pdns._call("GET", f"/{zone}./cryptokeys").json() == [], 60)
    assert domain_of(api, zone)["ds"] == []
    until("the answers are not signed", lambda: not nameserver.values(zone, "DNSKEY"), 90)
    assert nameserver.values(zone, "A") == [NODE_ADDRESS]

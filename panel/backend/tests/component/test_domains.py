"""Whose a domain is, and the signing of zones: a real `berthd` (API and reconciler) with the real PowerDNS and PostgreSQL, without
Kubernetes, whose steps wait meanwhile. The world's DNS is resolver.py; signatures are validated by dnspython."""
import contextlib
import json
import os
import re
import sqlite3
import subprocess
import time

import dns.dnssec
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rdatatype
import dns.rrset
import pytest
from berth import Berth, wait_for
from database import File
from conftest import REPOSITORY, Server, built, free_port, psql, run

KUBECONFIG = """apiVersion: v1
kind: Config
current-context: none
clusters: [{name: none, cluster: {server: "http://127.0.0.1:PORT"}}]
contexts: [{name: none, context: {cluster: none, user: none}}]
users: [{name: none, user: {token: none}}]
"""


class Platform(Berth):
    """`berthd api` and `berthd reconcile`, whose API server is away."""

    def __init__(self, folder, build, powerdns, dns_database, resolver):
        url, key, dns_at = powerdns
        self.dns = (dns_at.split(":")[0], int(dns_at.split(":")[1]))
        self.dsn, self.resolver, self.build = dns_database[0], resolver, build
        folder.mkdir()
        (folder / "kubeconfig").write_text(KUBECONFIG.replace("PORT", str(free_port())))
        self.more = {
            "BERTH_FREE_DOMAINS": "free.example,localhost", "BERTH_RESOLVER": f"127.0.0.1:{resolver.port}",
            "BERTH_KUBECONFIG": str(folder / "kubeconfig"), "BERTH_PDNS_URL": url, "BERTH_PDNS_KEY_FILE": str(key),
            "BERTH_PDNS_LISTEN_FILE": str(dns_database[1]), "BERTH_PDNS_DNS": dns_at, "BERTH_INGRESS_ADDRESS": "192.0.2.7",
            "BERTH_INGRESS_PROBE": "127.0.0.1:1", "BERTH_IMAGE_STATIC": "none", "BERTH_IMAGE_HELPER": "none",
            "BERTH_INTERNAL_LISTEN": f"127.0.0.1:{free_port()}", "BERTH_INTERNAL_URL": "http://127.0.0.1:1", "BERTH_WORKERS": "2",
            "BERTH_TEMPLATES": str(REPOSITORY / "k8s/tenants/templates")}
        super().__init__(folder, f"{build}/src/berthd", File(folder), self.more, answer_looks=False)
        self.start_reconciler()

    def start_reconciler(self):
        self.reconciler_log = self.log.with_name("reconcile.log")
        self.reconciler = Server([self.program, "reconcile"], self.reconciler_log, lambda: '"ready"' in self.reconciler_log.read_text(),
                                 env=self.environment)

    def stop(self):
        self.reconciler.stop()
        super().stop()

    # --- domains ---

    def add(self, customer, domain, **options):
        return self.good("POST", "/domains", {"customerId": customer, "domain": domain, "plan": "large"}, token=self.admin, **options).json

    def domain(self, name):
        return self.good("GET", f"/domains/{name}", token=self.admin).json

    def condition(self, name, kind):
        return next((c for c in self.domain(name)["conditions"] if c["type"] == kind and c["subject"] == f"domain/{name}"), None)

    def until(self, name, ready, seconds=20):
        end, now = time.monotonic() + seconds, None
        while time.monotonic() < end:
            now = self.domain(name)
            if ready(now):
                return now
            time.sleep(0.1)
        raise AssertionError(json.dumps(now, indent=1) + self.reconciler_log.read_text())

    def until_looked_at(self, name):
        return self.until(name, lambda d: any(c["type"] == "ownership" and c["subject"] == f"domain/{name}" for c in d["conditions"]))

    def verify(self, name, **body):
        return self.ask("POST", f"/domains/{name}/verify", body, token=self.admin)

    def events(self, customer):
        return [(e["reason"], e["object"]) for e in self.good("GET", f"/events?customer={customer}", token=self.admin).json["items"]]

    def rrsets(self, zone):
        rows = psql(self.dsn, "-c", f"SELECT r.name, r.type FROM records r JOIN domains d ON d.id = r.domain_id WHERE d.name = '{zone}'")
        return set(rows.split())

    def edit(self, statement, *values):
        """A hand in berthd's own database: time that has passed, for example."""
        db = sqlite3.connect(self.database.path, timeout=10, isolation_level=None)
        db.execute(statement, values)
        db.close()


@contextlib.contextmanager
def serving(kind, folder, powerdns, dns_database, resolver):
    """A platform of this kind, built with the sanitizers, which have found nothing at its end."""
    psql(dns_database[0], "-c", "DELETE FROM domains")
    platform = kind(folder, built(), powerdns, dns_database, resolver)
    yield platform
    platform.stop()
    for log in (platform.log, platform.reconciler_log):
        assert "Sanitizer" not in log.read_text(), log.read_text()


@pytest.fixture(scope="module")
def platform(scratch, powerdns, dns_database, resolver):
    with serving(Platform, scratch / "platform", powerdns, dns_database, resolver) as platform:
        yield platform


# --- ownership ---

def test_free_domains_need_no_proof(platform):
    made = platform.add("free", "shop.free.example")
    assert made["domain"]["ownership"] == "platform" and "challenge" not in made["domain"]
    platform.until("shop.free.example", lambda d: d["ready"])
    assert "www.shop.free.example|A" in platform.rrsets("shop.free.example")


def test_a_foreign_domain_waits_for_its_txt(platform, resolver):
    """Pending: the zone is there for the registry and holds nothing of the customer's, the site's hostnames are not routed, and the
    condition says what to publish. With the record the domain is proven, and stays so when the record goes."""
    made = platform.add("own", "own-1.example")
    challenge = made["domain"]["challenge"]
    assert made["domain"]["ownership"] == "pending" and challenge["name"] == "_berth-challenge.own-1.example"
    platform.good("PUT", "/domains/own-1.example/records/_berth-challenge.own-1.example/TXT", {"ttl": 60, "values": [challenge["value"]]},
                  token=platform.admin)
    platform.until("own-1.example", lambda d: any(c["type"] == "dns" and c["status"] == "true" for c in d["conditions"]))
    assert platform.rrsets("own-1.example") == {"own-1.example|SOA", "own-1.example|NS", "own-1.example|A"}
    condition = platform.condition("own-1.example", "ownership")
    assert condition["status"] == "false" and condition["reason"] == "Pending" and condition["nextTry"]
    assert f'_berth-challenge.own-1.example TXT "{challenge["value"]}"' in condition["message"]
    assert not platform.domain("own-1.example")["ready"]

    resolver.say("_berth-challenge.own-1.example", "TXT", '"something else"', '"berth-00000000000000000000000000000000"')
    assert platform.verify("own-1.example").status == 202
    time.sleep(1)
    assert platform.domain("own-1.example")["ownership"] == "pending"
    resolver.say("_berth-challenge.own-1.example", "TXT", '"unrelated"', f'"{challenge["value"][:10]}" "{challenge["value"][10:]}"')
    assert platform.verify("own-1.example").status == 202
    proven = platform.until("own-1.example", lambda d: d["ownership"] == "proven" and d["ready"])
    assert proven["proof"] == "txt" and "challenge" not in proven
    wait_for(lambda: "www.own-1.example|A" in platform.rrsets("own-1.example"))
    wait_for(lambda: "_berth-challenge.own-1.example|TXT" in platform.rrsets("own-1.example"))  # the customer's own, from now on
    assert ("OwnershipProven", "Domain/own-1.example") in platform.events("own")

    resolver.say("_berth-challenge.own-1.example", "TXT")
    assert platform.verify("own-1.example").status == 202
    time.sleep(1)
    assert platform.domain("own-1.example")["ownership"] == "proven"


def test_it_is_looked_for_without_being_asked(platform, resolver):
    made = platform.add("own", "own-2.example")
    platform.until_looked_at("own-2.example")
    resolver.say("_berth-challenge.own-2.example", "TXT", f'"{made["domain"]["challenge"]["value"]}"')
    platform.until("own-2.example", lambda d: d["ownership"] == "proven")


@pytest.mark.parametrize("mood", ["servfail", "silent", "wrong-id"])
def test_bad_answers_prove_nothing_and_are_told(platform, resolver, mood):
    name = f"{mood}.example"
    resolver.mood[f"_berth-challenge.{name}", "TXT"] = mood
    made = platform.add("own", name)
    resolver.say(f"_berth-challenge.{name}", "TXT", f'"{made["domain"]["challenge"]["value"]}"')
    platform.until_looked_at(name)
    condition = platform.condition(name, "ownership")
    assert "no usable answer" in condition["message"], condition
    resolver.mood.clear()
    platform.verify(name)
    platform.until(name, lambda d: d["ownership"] == "proven")


def test_a_long_answer_comes_by_tcp(platform, resolver):
    resolver.mood["_berth-challenge.large.example", "TXT"] = "large"
    made = platform.add("own", "large.example")
    resolver.say("_berth-challenge.large.example", "TXT", f'"{made["domain"]["challenge"]["value"]}"', *(f'"{i:0200d}"' for i in range(20)))
    platform.verify("large.example")
    platform.until("large.example", lambda d: d["ownership"] == "proven")
    assert ("_berth-challenge.large.example", "TXT", True) in resolver.asked


def test_cnames_are_followed_and_circles_end(platform, resolver):
    made = platform.add("own", "alias.example")
    resolver.say("_berth-challenge.alias.example", "CNAME", "a.proofs.example.")
    resolver.say("a.proofs.example", "CNAME", "_berth-challenge.alias.example.")
    platform.verify("alias.example")
    platform.until("alias.example", lambda d: any("CNAMEs" in c["message"] for c in d["conditions"]))
    resolver.say("a.proofs.example", "CNAME", "b.proofs.example.")
    resolver.say("b.proofs.example", "TXT", f'"{made["domain"]["challenge"]["value"]}"')
    platform.verify("alias.example")
    platform.until("alias.example", lambda d: d["ownership"] == "proven")


def test_a_real_authority(platform, resolver, powerdns):
    """The TXT is in a zone of the real PowerDNS, which somebody else's hand wrote."""
    made = platform.add("own", "real.example")
    platform.until_looked_at("real.example")
    psql(platform.dsn, "-c", "INSERT INTO domains (name, type) VALUES ('proofs.real', 'NATIVE'); INSERT INTO records (domain_id, name, type, "
         f"content, ttl) SELECT id, 'x.proofs.real', 'TXT', '\"{made['domain']['challenge']['value']}\"', 60 FROM domains WHERE name = 'proofs.real'; "
         "INSERT INTO records (domain_id, name, type, content, ttl) SELECT id, name, 'SOA', 'a.example. b.example. 1 2 3 4 5', 60 FROM domains "
         "WHERE name = 'proofs.real'")
    resolver.say("_berth-challenge.real.example", "CNAME", "x.proofs.real.")
    resolver.authority = platform.dns
    platform.verify("real.example")
    platform.until("real.example", lambda d: d["ownership"] == "proven")
    resolver.authority = None


def test_a_delegation_that_comes_after_the_claim_is_a_proof(platform, resolver):
    resolver.say("moved.example", "NS", "ns.elsewhere.example.")
    platform.add("own", "moved.example")
    platform.until_looked_at("moved.example")
    resolver.say("moved.example", "NS", "ns1.berth.localhost.", "ns.elsewhere.example.")
    platform.verify("moved.example")
    proven = platform.until("moved.example", lambda d: d["ownership"] == "proven")
    assert proven["proof"] == "delegation"
    # A delegation that is lost is told, and takes nothing away.
    resolver.say("moved.example", "NS", "ns.elsewhere.example.")
    platform.verify("moved.example")
    lost = platform.until("moved.example", lambda d: "undelegatedSince" in d)
    assert lost["ownership"] == "proven" and ("DelegationLost", "Domain/moved.example") in platform.events("own")
    lost = platform.until("moved.example", lambda d: any(c["reason"] == "DelegationLost" for c in d["conditions"]))
    assert platform.condition("moved.example", "ownership")["status"] == "true"
    resolver.say("moved.example", "NS", "ns1.berth.localhost.")
    platform.verify("moved.example")
    platform.until("moved.example", lambda d: "undelegatedSince" not in d)


def test_a_delegation_from_before_the_claim_is_none(platform, resolver):
    """Names of name servers are no secret: whoever finds a domain delegated here must not get it by being first."""
    resolver.say("lame.example", "NS", "ns1.berth.localhost.")
    platform.add("own", "lame.example")
    platform.until_looked_at("lame.example")
    platform.verify("lame.example")
    time.sleep(1)
    assert platform.domain("lame.example")["ownership"] == "pending"
    assert "was delegated here before" in platform.condition("lame.example", "ownership")["message"]
    resolver.say("lame.example", "NS", "ns.elsewhere.example.")  # its owner answers
    platform.verify("lame.example")
    platform.until("lame.example", lambda d: not any("before" in c["message"] for c in d["conditions"]))
    resolver.say("lame.example", "NS", "ns1.berth.localhost.")
    platform.verify("lame.example")
    platform.until("lame.example", lambda d: d["ownership"] == "proven")


def test_our_own_zone_does_not_speak_for_itself(platform, resolver):
    resolver.mood["mine.example", "NS"] = "own-zone"
    resolver.say("mine.example", "NS", "ns.elsewhere.example.")
    platform.add("own", "mine.example")
    platform.until_looked_at("mine.example")
    resolver.say("mine.example", "NS", "ns1.berth.localhost.")
    platform.verify("mine.example")
    time.sleep(1)
    assert platform.domain("mine.example")["ownership"] == "pending"


def test_an_admin_confirms(platform):
    platform.add("own", "byhand.example")
    platform.user("owner@own.example", "owner", ["own"])
    owner = platform.sign_in("owner@own.example").json["token"]
    refused = platform.ask("POST", "/domains/byhand.example/verify", {"force": True}, token=owner)
    assert refused.status == 403, refused.text
    assert platform.ask("POST", "/domains/byhand.example/verify", {"force": "yes"}, token=platform.admin).pointers() == ["/force"]
    dry = platform.ask("POST", "/domains/byhand.example/verify?dryRun=true", {"force": True}, token=platform.admin)
    assert dry.status in (200, 503)  # without an API server a plan cannot be made
    assert platform.domain("byhand.example")["ownership"] == "pending"
    assert platform.ask("POST", "/domains/byhand.example/verify", {}, token=owner).status == 202
    assert platform.verify("byhand.example", force=True).status == 202
    proven = platform.until("byhand.example", lambda d: d["ownership"] == "proven" and d["ready"])
    assert proven["proof"] == "admin"
    audit = platform.good("GET", "/audit?action=domain.confirm", token=platform.admin).json["items"]
    assert [a["subject"] for a in audit] == ["domain/byhand.example"] or "byhand.example" in json.dumps(audit)
    again = platform.verify("byhand.example", force=True)
    assert again.status == 409


def test_a_claim_without_a_proof_is_taken_over_by_the_owner(platform, resolver):
    squatter = platform.add("squatter", "famous.example")
    platform.add("squatter", "shop.famous2.example")
    platform.good("POST", "/customers", {"id": "true-owner", "plan": "large", "name": "x"}, token=platform.admin)
    platform.until_looked_at("famous.example")
    body = {"customerId": "true-owner", "domain": "famous.example"}
    refused = platform.ask("POST", "/domains", body, token=platform.admin)
    assert refused.status == 409 and refused.pointers() == ["/domain"]
    record = re.search(r'(\S+) TXT "(berth-[0-9a-f]{32})"', refused.text.replace('\\"', '"'))
    assert record and record[1] == "_berth-challenge.famous.example" and record[2] != squatter["domain"]["challenge"]["value"]
    # The squatter's own record would not help the owner, nor anybody else.
    resolver.say(record[1], "TXT", '"berth-00000000000000000000000000000000"')
    assert platform.ask("POST", "/domains", body, token=platform.admin).status == 409
    resolver.say(record[1], "TXT", f'"{record[2]}"')
    taken = platform.good("POST", "/domains", body, token=platform.admin).json
    assert taken["domain"]["ownership"] == "proven" and taken["domain"]["customerId"] == "true-owner"
    assert ("ClaimTaken", "Domain/famous.example") in platform.events("squatter")
    hosts = [s["hostnames"] for s in platform.good("GET", "/sites?customer=squatter", token=platform.admin).json["items"]]
    assert not any("famous.example" in h for names in hosts for h in names)
    wait_for(lambda: "www.famous.example|A" in platform.rrsets("famous.example"))
    # A claim below a name that somebody proves goes too, with its zone.
    body = {"customerId": "true-owner", "domain": "famous2.example"}
    refused = platform.ask("POST", "/domains", body, token=platform.admin)
    record = re.search(r'(\S+) TXT "(berth-[0-9a-f]{32})"', refused.text.replace('\\"', '"'))
    resolver.say(record[1], "TXT", f'"{record[2]}"')
    platform.good("POST", "/domains", body, token=platform.admin)
    assert platform.ask("GET", "/domains/shop.famous2.example", token=platform.admin).status == 404
    wait_for(lambda: not platform.rrsets("shop.famous2.example"))
    # What is proven is not taken.
    refused = platform.ask("POST", "/domains", {"customerId": "squatter", "domain": "famous.example"}, token=platform.admin)
    assert refused.status == 409 and "TXT" not in refused.text


def test_a_claim_expires(platform):
    platform.add("late", "late.example")
    platform.until_looked_at("late.example")
    platform.edit("UPDATE domain SET created_ms = created_ms - ? WHERE name = 'late.example'", 15 * 24 * 3600 * 1000)
    wait_for(lambda: platform.ask("GET", "/domains/late.example", token=platform.admin).status == 404, 30)
    assert ("ClaimExpired", "Domain/late.example") in platform.events("late")
    wait_for(lambda: not platform.rrsets("late.example"))
    audit = platform.good("GET", "/audit?action=domain.expire&customer=late", token=platform.admin).json["items"]
    assert len(audit) == 1
    assert platform.good("GET", "/audit/verify", token=platform.admin).json["whole"]


# --- DNSSEC ---

def ask(platform, name, kind, **options):
    query = dns.message.make_query(name, kind, want_dnssec=True)
    return dns.query.tcp(query, platform.dns[0], port=platform.dns[1], timeout=5, **options)


def rrset_of(section, name, kind):
    return next((r for r in section if r.name == dns.name.from_text(name) and r.rdtype == dns.rdatatype.from_text(kind)), None)


def signature(section, name, covers):
    return next((r for r in section if r.name == dns.name.from_text(name) and r.rdtype == dns.rdatatype.RRSIG
                 and r.covers == dns.rdatatype.from_text(covers)), None)


def validate(platform, zone, name, kind, ds):
    """As a resolver does that trusts this DS alone: the key set by the DS, the RRset by the key set (RFC 4035, section 5)."""
    answer = ask(platform, zone, "DNSKEY").answer
    keys, zone_name = rrset_of(answer, zone, "DNSKEY"), dns.name.from_text(zone)
    trusted = [k for k in keys if any(dns.dnssec.make_ds(zone_name, k, int(d.split()[2])).to_text().lower() == d.lower() for d in ds)]
    assert trusted, (ds, keys)
    anchor = dns.rrset.from_rdata(zone_name, 60, *trusted)
    dns.dnssec.validate(keys, signature(answer, zone, "DNSKEY"), {zone_name: anchor})
    answer = ask(platform, name, kind)
    section = answer.answer or answer.authority
    for rrset in [r for r in section if r.rdtype != dns.rdatatype.RRSIG]:
        sig = next(r for r in section if r.rdtype == dns.rdatatype.RRSIG and r.name == rrset.name and r.covers == rrset.rdtype)
        dns.dnssec.validate(rrset, sig, {zone_name: keys})
    return answer


def sign(platform, zone, on=True, **more):
    return platform.ask("PATCH", f"/domains/{zone}", {"dnssec": on, **more}, token=platform.admin)


@pytest.fixture(scope="module")
def signed(platform):
    platform.add("signed", "signed.free.example")
    assert sign(platform, "signed.free.example").status == 202
    domain = platform.until("signed.free.example", lambda d: d["ds"])
    wait_for(lambda: rrset_of(ask(platform, "signed.free.example", "DNSKEY").answer, "signed.free.example", "DNSKEY"), 60)
    return domain


def test_a_signed_zone_validates(platform, signed):
    assert signed["dnssec"] and len(signed["dnskey"]) == 1 and signed["dnskey"][0].startswith("257 3 13 ")
    assert all(re.fullmatch(r"\d+ 13 [24] [0-9a-f]+", d) for d in signed["ds"]), signed["ds"]
    zone = "signed.free.example"
    for name, kind in ((zone, "A"), (zone, "SOA"), (zone, "NS"), (f"www.{zone}", "A")):
        assert validate(platform, zone, name, kind, signed["ds"]).answer, (name, kind)
    missing = validate(platform, zone, f"nothing.{zone}", "A", signed["ds"])
    assert missing.rcode() == dns.rcode.NXDOMAIN and any(r.rdtype == dns.rdatatype.NSEC3 for r in missing.authority)
    nsec3 = rrset_of(ask(platform, zone, "NSEC3PARAM").answer, zone, "NSEC3PARAM")
    assert nsec3[0].to_text() == "1 0 0 -"
    with pytest.raises((dns.dnssec.ValidationFailure, AssertionError)):  # the validator itself can say no
        validate(platform, zone, zone, "A", ["1 13 2 " + "0" * 64])


def test_delv_agrees(platform, signed, scratch):
    """BIND's validator, with our key as its trust anchor."""
    flags, protocol, algorithm, key = signed["dnskey"][0].split()
    anchor = scratch / "anchor"
    anchor.write_text(f'trust-anchors {{ "signed.free.example." static-key {flags} {protocol} {algorithm} "{key}"; }};\n')
    out = run("delv", f"@{platform.dns[0]}", "-p", platform.dns[1], "-a", anchor, "+root=signed.free.example", "www.signed.free.example", "A")
    assert "; fully validated" in out, out


def test_a_change_of_a_signed_zone_raises_its_serial_and_validates(platform, signed):
    zone = "signed.free.example"
    serial = rrset_of(ask(platform, zone, "SOA").answer, zone, "SOA")[0].serial
    platform.good("PUT", f"/domains/{zone}/records/note.{zone}/TXT", {"ttl": 60, "values": ["hello"]}, token=platform.admin)
    wait_for(lambda: ask(platform, f"note.{zone}", "TXT").answer, 20)
    assert rrset_of(ask(platform, zone, "SOA").answer, zone, "SOA")[0].serial > serial
    assert validate(platform, zone, f"note.{zone}", "TXT", signed["ds"]).answer


def key_rows(platform, zone):
    rows = psql(platform.dsn, "-c", f"SELECT k.id, k.active, k.published FROM cryptokeys k JOIN domains d ON d.id = k.domain_id WHERE d.name = '{zone}'")
    return rows.split()


def test_a_key_out_of_use_is_put_back(platform, signed, powerdns):
    """By PowerDNS's own API, as a person does it."""
    zone = "signed.free.example"
    url, key, _ = powerdns
    number = key_rows(platform, zone)[0].split("|")[0]
    run("curl", "-fsS", "-X", "PUT", "-H", f"X-API-Key: {key.read_text()}", "-d", '{"active": false}',
        f"{url}/api/v1/servers/localhost/zones/{zone}./cryptokeys/{number}")
    wait_for(lambda: key_rows(platform, zone) == [f"{number}|t|t"], 20)
    assert platform.domain(zone)["ds"] == signed["ds"]
    assert validate(platform, zone, zone, "A", signed["ds"]).answer
    run("curl", "-fsS", "-X", "PUT", "-H", f"X-API-Key: {key.read_text()}", "-d", '{"nsec3param": ""}',
        f"{url}/api/v1/servers/localhost/zones/{zone}.")
    wait_for(lambda: rrset_of(ask(platform, zone, "NSEC3PARAM").answer, zone, "NSEC3PARAM"), 20)


def test_a_foreign_key_is_left_alone_and_told(platform, signed, powerdns):
    zone = "signed.free.example"
    url, key, _ = powerdns
    out = run("curl", "-fsS", "-X", "POST", "-H", f"X-API-Key: {key.read_text()}", "-d", '{"keytype": "csk", "active": true, "algorithm": 13}',
              f"{url}/api/v1/servers/localhost/zones/{zone}./cryptokeys")
    number = json.loads(out)["id"]
    platform.until(zone, lambda d: any(c["type"] == "dnssec" and "left alone" in c["message"] for c in d["conditions"]))
    assert len(key_rows(platform, zone)) == 2 and platform.domain(zone)["ds"] == signed["ds"]
    assert validate(platform, zone, zone, "A", signed["ds"]).answer
    run("curl", "-fsS", "-X", "DELETE", "-H", f"X-API-Key: {key.read_text()}", f"{url}/api/v1/servers/localhost/zones/{zone}./cryptokeys/{number}")
    platform.until(zone, lambda d: not any("left alone" in c["message"] for c in d["conditions"]))


def test_a_lost_key_is_made_again_and_told(platform):
    zone = "lost.free.example"
    platform.add("signed", zone)
    sign(platform, zone)
    before = platform.until(zone, lambda d: d["ds"])["ds"]
    psql(platform.dsn, "-c", f"DELETE FROM cryptokeys WHERE domain_id = (SELECT id FROM domains WHERE name = '{zone}')")
    after = platform.until(zone, lambda d: d["ds"] and d["ds"] != before)["ds"]
    assert ("KeyLost", f"Key/{zone}") in platform.events("signed")
    wait_for(lambda: rrset_of(ask(platform, zone, "DNSKEY").answer, zone, "DNSKEY"), 60)
    assert validate(platform, zone, zone, "A", after).answer


def test_off_waits_for_the_parent(platform, resolver):
    """A zone that is no longer signed below a DS is refused by every validating resolver; so it stays signed until the DS is gone, and
    until no resolver can hold it any more."""
    zone = "held.free.example"
    platform.add("signed", zone)
    sign(platform, zone)
    ds = platform.until(zone, lambda d: d["ds"])["ds"]
    resolver.say(zone, "DS", *ds, ttl=3)
    assert sign(platform, zone, on=False).status == 202
    platform.until(zone, lambda d: any(c["type"] == "dnssec" and "delete it at the registrar" in c["message"] for c in d["conditions"]))
    assert platform.domain(zone)["ds"] == ds and not platform.domain(zone)["dnssec"]
    assert validate(platform, zone, zone, "A", ds).answer
    resolver.mood[zone, "DS"] = "servfail"  # what cannot be known is not taken for gone
    platform.good("POST", "/customers/signed/reconcile", token=platform.admin)
    platform.until(zone, lambda d: any("until it is known" in c["message"] for c in d["conditions"]))
    assert platform.domain(zone)["ds"] == ds
    resolver.mood.clear()
    resolver.say(zone, "DS")
    time.sleep(3.2)  # the DS's TTL
    platform.good("POST", "/customers/signed/reconcile", token=platform.admin)
    platform.until(zone, lambda d: not d["ds"])
    assert not key_rows(platform, zone)
    wait_for(lambda: not ask(platform, zone, "DNSKEY").answer, 60)
    answer = ask(platform, zone, "A")
    assert answer.answer and not signature(answer.answer, zone, "A")


def test_off_by_force(platform, resolver):
    zone = "forced.free.example"
    platform.add("signed", zone)
    sign(platform, zone)
    ds = platform.until(zone, lambda d: d["ds"])["ds"]
    resolver.say(zone, "DS", *ds)
    assert sign(platform, zone, on=True, force=True).pointers() == ["/force"]
    assert sign(platform, zone, on=False, force=True).status == 202
    platform.until(zone, lambda d: not d["ds"])
    assert not key_rows(platform, zone)


def test_bad_input_changes_nothing(platform, signed):
    zone = "signed.free.example"
    before = platform.domain(zone)
    for body, pointers in (({}, [""]), ({"dnssec": "on"}, ["/dnssec"]), ({"dnssec": True, "ds": []}, ["/ds"])):
        answer = platform.ask("PATCH", f"/domains/{zone}", body, token=platform.admin)
        assert answer.status == 422 and answer.pointers() == pointers, answer.text
    stale = platform.ask("PATCH", f"/domains/{zone}", {"dnssec": False}, token=platform.admin, headers={"If-Match": '"1-1"'})
    assert stale.status == 412
    assert platform.domain(zone)["dnssec"] == before["dnssec"]


def test_a_pending_domain_is_signed_when_it_is_proven(platform):
    platform.add("signed", "later.example")
    sign(platform, "later.example")
    platform.until("later.example", lambda d: any(c["type"] == "dnssec" and "proven" in c["message"] for c in d["conditions"]))
    assert not key_rows(platform, "later.example")
    platform.verify("later.example", force=True)
    platform.until("later.example", lambda d: d["ds"])


def test_the_private_key_is_nowhere(platform, signed):
    """Neither in an answer, nor in our database, nor in a log."""
    content = psql(platform.dsn, "-c", "SELECT content FROM cryptokeys")
    secrets = re.findall(r"PrivateKey: (\S+)", content)
    assert secrets
    texts = [platform.log.read_text(), platform.reconciler_log.read_text(), json.dumps(platform.domain("signed.free.example"))]
    db = sqlite3.connect(platform.database.path, timeout=10)
    texts.append("\n".join(db.iterdump()))
    db.close()
    assert not any(s in t for s in secrets for t in texts)


def test_the_command_line(platform, signed, scratch):
    home = scratch / "home"
    home.mkdir()

    def berth(*words, code=0):
        done = subprocess.run([f"{platform.build}/src/berth", *words], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=os.environ | {"HOME": str(home), "XDG_CONFIG_HOME": str(home), "BERTH_SERVER": f"http://127.0.0.1:{platform.port}",
                                                "BERTH_TOKEN": platform.admin})
        assert done.returncode == code, (words, done.returncode, done.stdout, done.stderr)
        return done.stdout

    shown = berth("domain", "show", "signed.free.example")
    assert signed["ds"][0] in shown and signed["dnskey"][0] in shown
    added = berth("domain", "add", "cli.example", "--customer", "own")
    challenge = platform.domain("cli.example")["challenge"]
    assert f'{challenge["name"]} TXT "{challenge["value"]}"' in added
    shown = berth("domain", "show", "cli.example")
    assert challenge["name"] in shown and challenge["value"] in shown and "pending" in shown
    berth("domain", "verify", "cli.example", "--force", "--no-wait")
    platform.until("cli.example", lambda d: d["ownership"] == "proven")
    berth("domain", "update", "cli.example", "--dnssec", "on")
    platform.until("cli.example", lambda d: d["ds"])
    berth("domain", "update", "cli.example", "--dnssec", "maybe", code=2)
    berth("domain", "update", "cli.example", code=2)
    berth("domain", "update", "cli.example", "--dnssec", "on", "--force", code=2)

"""DKIM keys and the mail records of zones: a real `berthd` (API and reconciler) with the real PowerDNS, without mail servers. Rspamd is
this test, by its Vault protocol; what it would sign is signed and verified with the `cryptography` library's keys of the zone."""
import base64
import http.client
import json
import os
import subprocess
import time

import dns.message
import dns.query
import pytest
from berth import wait_for
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519, padding
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key, load_pem_private_key
from test_domains import Platform, serving

TOKEN = "0123456789abcdef0123456789abcdef"
WAIT, KEEP = 1, 3


class MailPlatform(Platform):
    def _serve(self, more):
        self.environment["BERTH_MAIL_HOST"] = "mail.berth.localhost"
        return super()._serve(more)

    def start_reconciler(self):
        self.token_file = self.folder / "dkim-token"
        self.token_file.write_text(TOKEN + "\n")
        self.internal = self.environment["BERTH_INTERNAL_LISTEN"]
        self.environment |= {"BERTH_DKIM_TOKEN_FILE": str(self.token_file),
                             "BERTH_DKIM_WAIT": str(WAIT), "BERTH_DKIM_KEEP": str(KEEP)}
        super().start_reconciler()

    def switch(self, domain, on):
        """As the API does it: the wish, and the customer is due."""
        self.edit("UPDATE domain SET mail = ? WHERE name = ?", int(on), domain)
        customer = self.domain(domain)["customerId"]
        self.good("POST", f"/customers/{customer}/reconcile", token=self.admin)

    def dkim_keys(self, domain, state=None):
        items = self.good("GET", f"/domains/{domain}/dkim", token=self.admin).json["items"]
        return {k["selector"]: k for k in items if state in (None, k["state"])}

    def secrets(self, domain):
        return int(self.database.sql(f"SELECT count(*) FROM secret WHERE kind = 'dkim' AND owner LIKE '{domain}/%'")[0][0])

    def rotate(self, domain):
        return self.ask("POST", f"/domains/{domain}/dkim/rotate", token=self.admin)

    def vault(self, domain, token=TOKEN, method="GET"):
        connection = http.client.HTTPConnection(self.internal, timeout=10)
        connection.request(method, f"/v1/dkim/{domain}", headers={"X-Vault-Token": token} if token else {})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, json.loads(text) if "json" in answer.headers.get("Content-Type", "") else text

    def resolve(self, name, kind):
        """What the name server answers, as a resolver would be told: texts joined."""
        answer = dns.query.udp(dns.message.make_query(name, kind), self.dns[0], port=self.dns[1], timeout=5)
        found = [r for a in answer.answer for r in a]
        return sorted(b"".join(r.strings).decode() if kind == "TXT" else r.to_text() for r in found)


@pytest.fixture(scope="module")
def platform(scratch, powerdns, dns_database, resolver):
    with serving(MailPlatform, scratch / "mail-platform", powerdns, dns_database, resolver) as platform:
        yield platform


def tags(text):
    return dict(part.strip().split("=", 1) for part in text.split(";") if part.strip())


def sign(selector, data=b"text"):
    """As Rspamd reads the key: PEM is RSA, 32 bytes in base64 are Ed25519's seed."""
    if selector["key"].startswith("-----BEGIN"):
        return load_pem_private_key(selector["key"].encode(), None).sign(data, padding.PKCS1v15(), SHA256())
    seed = base64.b64decode(selector["key"], validate=True)
    assert len(seed) == 32
    return ed25519.Ed25519PrivateKey.from_private_bytes(seed).sign(data)


def verifies(platform, selector, signature, data=b"text"):
    """With the public key that the name server answers now."""
    texts = platform.resolve(f"{selector['selector']}._domainkey.{selector['domain']}", "TXT")
    if len(texts) != 1:
        return False
    record = tags(texts[0])
    assert record["v"] == "DKIM1" and record["k"] in ("rsa", "ed25519")
    key = base64.b64decode(record["p"], validate=True)
    try:
        if record["k"] == "rsa":
            load_der_public_key(key).verify(signature, data, padding.PKCS1v15(), SHA256())
        else:
            ed25519.Ed25519PublicKey.from_public_bytes(key).verify(signature, data)
    except InvalidSignature:
        return False
    return True


def until_signing(platform, domain, but=()):
    wait_for(lambda: len(set(platform.dkim_keys(domain, "signing")) - set(but)) == 2, 30)
    return platform.dkim_keys(domain, "signing")


@pytest.fixture(scope="module")
def shop(platform):
    platform.add("shop", "shop.free.example")
    platform.until("shop.free.example", lambda d: d["ready"])
    platform.good("PUT", "/domains/shop.free.example/records/@/TXT", {"ttl": 600, "values": ["site-verification=1"]}, token=platform.admin)
    platform.switch("shop.free.example", True)
    until_signing(platform, "shop.free.example")
    return "shop.free.example"


def test_both_algorithms_sign_and_verify(platform, shop):
    keys = platform.dkim_keys(shop, "signing")
    assert sorted(k["algorithm"] for k in keys.values()) == ["ed25519", "rsa"]
    status, body = platform.vault(shop)
    assert status == 200 and set(body) == {"data"} and set(body["data"]) == {"selectors"}
    selectors = body["data"]["selectors"]
    assert {s["selector"] for s in selectors} == set(keys)
    assert all(set(s) == {"selector", "domain", "key"} and s["domain"] == shop for s in selectors)
    for s in selectors:
        assert verifies(platform, s, sign(s))
        assert not verifies(platform, s, sign(s, b"other"))
    assert platform.condition(shop, "dkim")["status"] == "true"
    assert "PRIVATE" not in json.dumps(platform.good("GET", f"/domains/{shop}/dkim", token=platform.admin).json)


def test_the_zone_has_what_mail_needs(platform, shop):
    assert platform.resolve(shop, "MX") == ["10 mail.berth.localhost."]
    assert platform.resolve(shop, "TXT") == ["site-verification=1", "v=spf1 mx -all"]
    assert platform.resolve(f"_dmarc.{shop}", "TXT") == ["v=DMARC1; p=quarantine"]
    assert platform.resolve(f"_submissions._tcp.{shop}", "SRV") == ["0 1 465 mail.berth.localhost."]
    assert platform.resolve(f"_smtp._tls.{shop}", "TXT") == ["v=TLSRPTv1; rua=mailto:postmaster@berth.localhost"]
    assert platform.condition(shop, "maildns")["status"] == "true"


def test_what_is_berths_is_not_the_customers(platform, shop):
    selector = next(iter(platform.dkim_keys(shop)))
    for name, kind, value in (("@", "MX", "10 elsewhere.example."), (f"{selector}._domainkey.{shop}", "TXT", "v=DKIM1; p="),
                              (f"_domainkey.{shop}", "NS", "ns.elsewhere.example.")):
        answer = platform.ask("PUT", f"/domains/{shop}/records/{name}/{kind}", {"ttl": 300, "values": [value]}, token=platform.admin)
        assert answer.status == 409 and "Berth, for the domain's mail" in answer.text, answer.text
    platform.good("PUT", f"/domains/{shop}/records/_dmarc.{shop}/TXT", {"ttl": 300, "values": ["v=DMARC1; p=reject"]}, token=platform.admin)
    wait_for(lambda: platform.resolve(f"_dmarc.{shop}", "TXT") == ["v=DMARC1; p=reject"])
    platform.good("DELETE", f"/domains/{shop}/records/_dmarc.{shop}/TXT", token=platform.admin)
    wait_for(lambda: platform.resolve(f"_dmarc.{shop}", "TXT") == ["v=DMARC1; p=quarantine"])


def test_two_rotations_and_every_signature_verifies(platform, shop):
    """Whatever the vault gives out at any moment, its signature verifies then and for KEEP seconds after: a mail on its way."""
    made, seen, rotations, quiet = [], set(platform.dkim_keys(shop)), 0, time.monotonic()
    while rotations < 2 or time.monotonic() < quiet + KEEP + 1:
        signing = set(platform.dkim_keys(shop, "signing"))
        if rotations < 2 and len(platform.dkim_keys(shop, "published")) == 0 and (rotations == 0 or not signing & seen):
            seen = signing
            assert platform.rotate(shop).status == 202
            rotations, quiet = rotations + 1, time.monotonic() + WAIT + 2
        status, body = platform.vault(shop)
        assert status == 200 and len(body["data"]["selectors"]) == 2
        now = time.monotonic()
        for s in body["data"]["selectors"]:
            signature = sign(s)
            assert verifies(platform, s, signature), (s["selector"], platform.dkim_keys(shop))
            made.append((now, s, signature))
        made = [m for m in made if m[0] > now - KEEP]
        for at, s, signature in made[:4]:
            assert verifies(platform, s, signature), (now - at, s["selector"], platform.dkim_keys(shop))
        time.sleep(0.1)
    until_signing(platform, shop, seen)
    wait_for(lambda: len(platform.dkim_keys(shop)) == 2, 20)  # the retired ones are gone, from the store
    wait_for(lambda: len([r for r in platform.rrsets(shop) if r.endswith(f"_domainkey.{shop}|TXT")]) == 2)  # and from the zone
    assert platform.secrets(shop) == 2
    assert ("DkimRotated", f"DkimKey/{shop}") in platform.events("shop")


def test_who_gets_keys(platform, shop):
    assert platform.vault(shop, token="wrong")[0] == 403
    assert platform.vault(shop, token=TOKEN[:-1] + "0")[0] == 403
    assert platform.vault(shop, token="")[0] == 403
    assert platform.vault("nobody.example")[0] == 404
    assert platform.vault("nobody.example", token="wrong")[0] == 403  # whether there are keys is no stranger's to know
    assert platform.vault("%00/../x")[0] in (400, 404)
    assert platform.vault(shop.upper())[0] == 200
    assert platform.vault(shop, method="POST")[0] == 405
    platform.good("POST", "/customers/shop/suspend", {"reason": "unpaid"}, token=platform.admin)
    assert platform.vault(shop)[0] == 404
    platform.good("POST", "/customers/shop/resume", token=platform.admin)
    assert platform.vault(shop)[0] == 200


def test_a_wish_without_mail_is_refused(platform):
    platform.add("plain", "plain.free.example")
    answer = platform.rotate("plain.free.example")
    assert answer.status == 409 and "its mail is off" in answer.text
    assert platform.dkim_keys("plain.free.example") == {}


def test_own_records_stay_and_are_told(platform):
    name = "own.free.example"
    platform.add("ownmail", name)
    for owner, kind, value in (("@", "MX", "5 mx.elsewhere.example."), ("@", "TXT", "v=spf1 include:elsewhere.example ~all")):
        platform.good("PUT", f"/domains/{name}/records/{owner}/{kind}", {"ttl": 300, "values": [value]}, token=platform.admin)
    platform.switch(name, True)
    until_signing(platform, name)
    assert platform.resolve(name, "MX") == ["5 mx.elsewhere.example."]
    assert platform.resolve(name, "TXT") == ["v=spf1 include:elsewhere.example ~all"]
    told = platform.condition(name, "maildns")
    assert told["status"] == "false" and "delete that to receive mail here" in told["message"]
    platform.good("DELETE", f"/domains/{name}/records/@/MX", token=platform.admin)
    wait_for(lambda: platform.resolve(name, "MX") == ["10 mail.berth.localhost."])
    wait_for(lambda: "'mx'" in platform.condition(name, "maildns")["message"])


def test_a_domain_elsewhere_signs_when_the_world_sees_its_key(platform, resolver):
    name = "elsewhere.example"
    made = platform.add("else", name)
    resolver.say(f"_berth-challenge.{name}", "TXT", f'"{made["domain"]["challenge"]["value"]}"')
    resolver.say(name, "NS", "ns1.elsewhere.example.")
    platform.verify(name)
    platform.until(name, lambda d: d["ownership"] == "proven")
    platform.switch(name, True)
    wait_for(lambda: len(platform.dkim_keys(name, "published")) == 2)
    wait_for(lambda: "publish b" in (platform.condition(name, "dkim") or {"message": ""})["message"])
    time.sleep(WAIT + 1)
    assert platform.dkim_keys(name, "signing") == {} and platform.vault(name)[0] == 404
    for key in platform.dkim_keys(name).values():
        value = key["record"]["value"]
        resolver.say(key["record"]["name"], "TXT", f'"{value[:200]}" "{value[200:]}"')
    platform.good("POST", "/customers/else/reconcile", token=platform.admin)
    until_signing(platform, name)
    assert platform.vault(name)[0] == 200


def test_the_check_tells_what_to_set_elsewhere(platform, resolver):
    """Record by record: what the world does not see is named, with what to do, until all is right. (test_mailweb.py looks at what is
    served under these names; nothing is here.)"""
    name, path = "elsewhere.example", "/domains/elsewhere.example/mail/check"
    first = platform.good("POST", path, token=platform.admin).json
    assert first["elsewhere"] and not first["ok"]
    of = {(r["name"], r["type"]): r for r in first["records"]}
    assert not of[name, "MX"]["ok"] and "set it" in of[name, "MX"]["problem"] and of[name, "MX"]["found"] == []
    assert all(r["ok"] for r in first["records"] if "_domainkey" in r["name"])  # the test before has set these
    assert platform.domain(name)["mailHost"] == "mail.berth.localhost"
    listed = platform.good("GET", f"/domains/{name}/mail/records", token=platform.admin).json["items"]
    assert {(r["name"], r["type"], r["value"]) for r in listed} == {(r["name"], r["type"], r["value"]) for r in first["records"]}
    for r in listed:
        if r["type"] == "CNAME":  # it must lead to the platform, by whatever record
            resolver.say(r["name"], "A", platform.environment["BERTH_INGRESS_ADDRESS"])
        elif "_domainkey" not in r["name"]:
            resolver.say(r["name"], r["type"], f'"{r["value"]}"' if r["type"] == "TXT" else r["value"])
    resolver.say(name, "MX", "10 mail.berth.localhost.", "20 mx.elsewhere.example.")
    second = platform.good("POST", path, token=platform.admin).json
    wrong = [r for r in second["records"] if not r["ok"]]
    assert [(r["type"], sorted(r["found"])) for r in wrong] == [("MX", ["10 mail.berth.localhost", "20 mx.elsewhere.example"])]
    resolver.say(name, "MX", "10 mail.berth.localhost.")
    right = platform.good("POST", path, token=platform.admin).json
    assert all(r["ok"] for r in right["records"]) and not any(s["ok"] for s in right["services"])
    resolver.mood[f"_dmarc.{name}", "TXT"] = "servfail"
    third = platform.good("POST", path, token=platform.admin).json
    assert [r["name"] for r in third["records"] if not r["ok"]] == [f"_dmarc.{name}"] and not third["ok"]


def test_the_command_line_checks(platform, resolver):
    berth = [f"{platform.build}/src/berth", "--server", f"http://127.0.0.1:{platform.port}"]
    more = {**os.environ, "BERTH_TOKEN": platform.admin, "XDG_CONFIG_HOME": str(platform.folder)}
    resolver.mood.clear()
    good = subprocess.run([*berth, "mail", "check", "elsewhere.example"], env=more, capture_output=True, text=True, check=False)
    assert "10 mail.berth.localhost" in good.stdout and "no mail arrives here" not in good.stdout, good
    resolver.say("elsewhere.example", "MX")
    bad = subprocess.run([*berth, "mail", "check", "elsewhere.example"], env=more, capture_output=True, text=True, check=False)
    assert bad.returncode == 1 and "no mail arrives here" in bad.stdout and "elsewhere" in bad.stderr, bad
    keys = subprocess.run([*berth, "dkim", "list", "elsewhere.example", "-o", "json"], env=more, capture_output=True, text=True, check=True)
    assert {k["state"] for k in json.loads(keys.stdout)["items"]} == {"signing"}, keys
    records = subprocess.run([*berth, "mail", "records", "elsewhere.example"], env=more, capture_output=True, text=True, check=True)
    assert "v=spf1 mx -all" in records.stdout, records


def test_the_check_of_a_domain_without_mail_is_refused(platform):
    assert platform.ask("POST", "/domains/plain.free.example/mail/check", token=platform.admin).status == 409


def test_mail_off_ends_signing_and_keeps_public_keys_for_their_time(platform, shop):
    status, body = platform.vault(shop)
    signatures = [(s, sign(s)) for s in body["data"]["selectors"]]
    platform.switch(shop, False)
    wait_for(lambda: platform.vault(shop)[0] == 404)
    wait_for(lambda: platform.resolve(shop, "MX") == [])
    assert platform.resolve(shop, "TXT") == ["site-verification=1"]
    wait_for(lambda: len(platform.dkim_keys(shop, "retired")) == 2)
    assert all(verifies(platform, s, signature) for s, signature in signatures)
    assert platform.secrets(shop) == 0
    wait_for(lambda: platform.dkim_keys(shop) == {}, 20)
    wait_for(lambda: platform.rrsets(shop) == {f"{shop}|SOA", f"{shop}|NS", f"{shop}|A", f"www.{shop}|A", f"{shop}|TXT"})


def test_keys_go_with_their_domain(platform):
    name = "gone.free.example"
    platform.add("gone", name)
    platform.switch(name, True)
    until_signing(platform, name)
    site = platform.good("GET", "/sites?customer=gone", token=platform.admin).json["items"][0]["id"]
    platform.good("DELETE", f"/sites/{site}", token=platform.admin)
    platform.good("DELETE", f"/domains/{name}", token=platform.admin)
    assert platform.vault(name)[0] == 404
    assert platform.secrets(name) == 0


def test_keys_outlive_a_restart(platform):
    name = "own.free.example"
    before = platform.vault(name)
    platform.reconciler.stop()
    platform.start_reconciler()
    assert platform.vault(name) == before

"""MTA-STS and the settings of mail programs: a real `berthd` (API and reconciler) with the real PowerDNS, behind an ingress and beside a
mail host of the test's own (ingress.py), whose certificates `berthd` verifies."""
import http.client
import os
import ssl
import subprocess
import time

import pytest
from berth import wait_for
from conftest import free_port
from ingress import Ingress, MailHost
from test_dkim import MailPlatform
from test_domains import serving

TESTING, MAX_AGE = 4, 6
POLICY = "/.well-known/mta-sts.txt"
HOST = "mail.berth.localhost"


@pytest.fixture(scope="module")
def world(scratch):
    ingress = Ingress(scratch / "ingress", ("127.0.0.1", free_port()))
    mailhost = MailHost(ingress.folder, HOST, ingress.issuer)
    yield ingress, mailhost
    mailhost.stop()
    ingress.stop()


@pytest.fixture(scope="module")
def ingress(world):
    return world[0]


@pytest.fixture(scope="module")
def mailhost(world):
    return world[1]


@pytest.fixture(scope="module")
def platform(scratch, powerdns, dns_database, resolver, world):
    ingress, mailhost = world

    class WebPlatform(MailPlatform):
        def _serve(self, more):
            at = "{}:{}".format(*ingress.backend)
            self.environment |= {"BERTH_MAIL_WEB_LISTEN": at, "BERTH_MAIL_WEB_URL": f"http://{at}", "BERTH_ACME_CA": ingress.ca,
                                 "BERTH_INGRESS_PROBE": f"127.0.0.1:{ingress.port}", "BERTH_MAIL_PROBE": f"127.0.0.1:{mailhost.port}",
                                 "BERTH_MTA_STS_TESTING": str(TESTING), "BERTH_MTA_STS_MAX_AGE": str(MAX_AGE)}
            return super()._serve(more)

    with serving(WebPlatform, scratch / "web-platform", powerdns, dns_database, resolver) as platform:
        yield platform


def fetch(ingress, host, path, method="GET", body=None):
    """(status, text) as the world gets it: the certificate must be good for the host."""
    context = ssl.create_default_context(cafile=ingress.ca)

    class Connection(http.client.HTTPSConnection):
        def connect(self):
            http.client.HTTPConnection.connect(self)
            self.sock = context.wrap_socket(self.sock, server_hostname=host)

    connection = Connection("127.0.0.1", ingress.port, timeout=10)
    connection.request(method, path, body, {"Host": host})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def mode(ingress, domain):
    status, text = fetch(ingress, f"mta-sts.{domain}", POLICY)
    assert status == 200, text
    return dict(line.split(": ") for line in text.split("\r\n") if line)["mode"]


def texts(platform, domain):
    return platform.resolve(f"_mta-sts.{domain}", "TXT")


def reason(platform, domain):
    seen = platform.condition(domain, "mailweb")
    return seen["reason"] if seen else None


def shop_of(platform, name):
    domain = f"{name}.free.example"
    platform.add(name, domain)
    platform.until(domain, lambda d: d["ready"])
    platform.edit("DELETE FROM hostname WHERE customer = ?", name)  # no site has the domain's own name
    platform.switch(domain, True)
    return domain


@pytest.fixture(scope="module")
def shop(platform):
    return shop_of(platform, "web")


def test_testing_then_enforce(platform, ingress, shop):
    """Nobody is told of a policy before it was seen served, and the record's id is never ahead of what is served."""
    seen, begin = [], time.monotonic()
    while not seen or seen[-1][1] != "enforce" or len({t for t, _ in seen}) < 2:
        assert time.monotonic() < begin + 60, (seen, platform.condition(shop, "mailweb"), platform.reconciler_log.read_text())
        told = texts(platform, shop)
        if told:
            now = (told[0], mode(ingress, shop))
            seen += [now] if not seen or seen[-1] != now else []
        time.sleep(0.05)
    assert [m for _, m in seen] in (["testing", "enforce"], ["testing", "enforce", "enforce"]), seen
    assert time.monotonic() - begin >= TESTING
    wait_for(lambda: reason(platform, shop) == "Enforced", 20)
    assert platform.domain(shop)["mtaSts"] == "enforce"
    assert ("MtaSts", f"Domain/{shop}") in platform.events("web")
    assert ingress.names() == [[f"{label}{shop}" for label in ("mta-sts.", "autoconfig.", "autodiscover.", "")]]
    for label in ("mta-sts", "autoconfig", "autodiscover"):
        assert platform.resolve(f"{label}.{shop}", "CNAME") == [f"{HOST}."]


def test_mail_programs_are_answered_at_its_names_alone(ingress, shop):
    assert HOST in fetch(ingress, f"autoconfig.{shop}", "/mail/config-v1.1.xml?emailaddress=a%40b")[1]
    assert HOST in fetch(ingress, shop, "/.well-known/autoconfig/mail/config-v1.1.xml")[1]
    asked = f"<EMailAddress>anna@{shop}</EMailAddress>"
    assert f"<LoginName>anna@{shop}<" in fetch(ingress, f"autodiscover.{shop}", "/AutoDiscover/AutoDiscover.XML", "POST", asked)[1]
    assert fetch(ingress, f"autodiscover.{shop}", POLICY)[0] == 404
    assert fetch(ingress, f"mta-sts.{shop}", "/routes")[0] == 503
    with pytest.raises(ssl.SSLCertVerificationError):
        fetch(ingress, "mta-sts.nobody.example", POLICY)


def test_a_wrong_certificate_of_the_mail_host_ends_enforce(platform, ingress, mailhost, shop):
    mailhost.context = mailhost.wrong
    # What was seen good is kept for a minute, so the reconciler is started anew.
    platform.reconciler.stop()
    platform.start_reconciler()
    platform.good("POST", "/customers/web/reconcile", token=platform.admin)
    wait_for(lambda: mode(ingress, shop) == "testing", 20)
    wait_for(lambda: "no good certificate" in platform.condition(shop, "mailweb")["message"], 20)
    time.sleep(TESTING + 1)
    assert mode(ingress, shop) == "testing"
    mailhost.context = mailhost.good
    wait_for(lambda: mode(ingress, shop) == "enforce", 60)


def test_the_customers_own_record_wins(platform, shop):
    name = f"autodiscover.{shop}"
    platform.good("PUT", f"/domains/{shop}/records/{name}/A", {"ttl": 60, "values": ["192.0.2.99"]}, token=platform.admin)
    wait_for(lambda: platform.resolve(name, "A") == ["192.0.2.99"], 20)
    wait_for(lambda: f"{name} is the customer's own" in platform.condition(shop, "mailweb")["message"], 20)
    platform.good("DELETE", f"/domains/{shop}/records/{name}/A", token=platform.admin)
    wait_for(lambda: platform.resolve(name, "CNAME") == [f"{HOST}."], 20)


def test_the_check_tells_what_is_served(platform, ingress, shop):
    def check():
        return platform.good("POST", f"/domains/{shop}/mail/check", token=platform.admin).json["services"]

    wait_for(lambda: all(s["ok"] for s in check()), 20)
    assert [s["name"] for s in check()][0] == f"https://mta-sts.{shop}{POLICY}" and len(check()) == 5
    done = subprocess.run([f"{platform.build}/src/berth", "--server", f"http://127.0.0.1:{platform.port}", "mail", "check", shop],
                          env={**os.environ, "BERTH_TOKEN": platform.admin, "XDG_CONFIG_HOME": str(platform.folder)},
                          capture_output=True, text=True, check=False)
    told = [line.split() for line in done.stdout.splitlines()]
    assert [f"https://mta-sts.{shop}{POLICY}", "yes"] in told and [f"smtp://{HOST}:25", "yes"] in told, done
    ingress.away = True
    told = {s["name"]: s.get("problem", "") for s in check()}
    ingress.away = False
    assert "answers with status 503" in told[f"https://mta-sts.{shop}{POLICY}"]


def test_an_mx_of_the_customers_own_needs_no_policy(platform, ingress):
    domain = "mxown.free.example"
    platform.add("mxown", domain)
    platform.until(domain, lambda d: d["ready"])
    platform.good("PUT", f"/domains/{domain}/records/@/MX", {"ttl": 60, "values": ["10 mx.elsewhere.example."]}, token=platform.admin)
    platform.switch(domain, True)
    wait_for(lambda: reason(platform, domain) == "Done", 30)
    assert platform.domain(domain)["mtaSts"] == "off" and texts(platform, domain) == []
    assert fetch(ingress, f"mta-sts.{domain}", POLICY)[0] == 404
    assert HOST in fetch(ingress, f"autoconfig.{domain}", "/mail/config-v1.1.xml")[1]


def test_after_mail_none_is_said_until_nobody_holds_the_policy(platform, ingress, shop):
    before = texts(platform, shop)
    platform.switch(shop, False)
    begin = time.monotonic()
    wait_for(lambda: mode(ingress, shop) == "none", 20)
    wait_for(lambda: texts(platform, shop) not in (before, []), 20)
    assert fetch(ingress, f"mta-sts.{shop}", "/mail/config-v1.1.xml")[0] == 404
    wait_for(lambda: texts(platform, shop) == [] and platform.resolve(f"mta-sts.{shop}", "CNAME") == [], MAX_AGE + 20)
    assert time.monotonic() - begin >= MAX_AGE - 1
    assert platform.domain(shop)["mtaSts"] == "off"
    wait_for(lambda: not [n for n in ingress.names() if f"mta-sts.{shop}" in n], 20)

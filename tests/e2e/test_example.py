"""What `make up` printed is true: the example's site, the panel and the name server answer as it says."""

import dns.flags
import dns.rcode
import httpx
import pytest
import yaml

from clients import dns as nameserver
from clients.place import HTTP_PORT, HTTPS_PORT, NODE_ADDRESS, PANEL, ROOT, tls_context

HOST = "hello.localhost"


def test_the_site_is_the_example(web):
    answer = web.get(HOST, fresh=True)
    assert answer.status_code == 200
    assert answer.content == (ROOT / "examples/hello/index.html").read_bytes()
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


def test_the_sites_other_files(web):
    answer = web.get(HOST, "/style.css")
    assert answer.content == (ROOT / "examples/hello/style.css").read_bytes()
    missing = web.get(HOST, "/no-such-page")
    assert missing.status_code == 404
    assert missing.content == (ROOT / "examples/hello/404.html").read_bytes()


@pytest.mark.parametrize("host", [HOST, "panel.berth.localhost"])
def test_http_redirects_to_the_public_port(host):
    answer = httpx.get(f"http://{host}:{HTTP_PORT}/some/page?q=1")
    assert answer.status_code in (301, 308)
    assert answer.headers["Location"] == f"https://{host}:{HTTPS_PORT}/some/page?q=1"


@pytest.mark.parametrize("tcp", [False, True], ids=["udp", "tcp"])
@pytest.mark.parametrize(
    "name, rdtype, expected",
    [
        (HOST, "SOA", "ns1.berth.localhost. hostmaster.berth.localhost."),
        (HOST, "NS", "ns1.berth.localhost."),
        (HOST, "A", NODE_ADDRESS),
        (f"www.{HOST}", "A", NODE_ADDRESS),
    ],
)
def test_the_zone_is_answered_with_authority(name, rdtype, expected, tcp):
    answer = nameserver.ask(name, rdtype, tcp)
    assert answer.rcode() == dns.rcode.NOERROR
    assert answer.flags & dns.flags.AA
    values = [item.to_text() for rrset in answer.answer for item in rrset]
    assert len(values) == 1 and values[0].startswith(expected)


def test_a_name_that_is_not_in_the_zone():
    answer = nameserver.ask(f"nobody.{HOST}", "A")
    assert answer.rcode() == dns.rcode.NXDOMAIN
    assert answer.flags & dns.flags.AA


def test_a_host_that_nobody_has_gets_no_site():
    """Its certificate is not one for it, so a browser stops before it could see anything."""
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"https://nobody-has-this.localhost:{HTTPS_PORT}/", verify=tls_context())


def test_the_panel_is_a_page(web):
    answer = web.get("panel.berth.localhost", fresh=True)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "Berth" in answer.text


def test_the_description_that_is_served_is_the_document():
    answer = httpx.get(f"{PANEL}/api/v1/openapi.json", verify=tls_context())
    assert answer.status_code == 200
    assert answer.json() == yaml.safe_load((ROOT / "docs/openapi.yaml").read_text())


def test_the_example_customer_is_ready(api):
    customer = api.ready("example")
    assert customer["state"] == "active"
    assert customer["counts"] == {"sites": 1, "domains": 1}

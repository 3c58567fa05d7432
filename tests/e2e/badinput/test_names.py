"""Names of domains and hosts, of every class that is no name or somebody else's."""

import pytest

from clients.place import new_id
from clients.refused import post, refused

LABEL63, LABEL64 = "a" * 63, "a" * 64
NAME254 = ".".join([LABEL63, LABEL63, LABEL63, "b" * 62])

BAD_NAMES = {
    "empty": "",
    "one label": "localhost",
    "254 bytes": NAME254,
    "long": "a." * 2000 + "localhost",
    "label of 64": f"{LABEL64}.localhost",
    "underscore": "my_shop.localhost",
    "two dots": "shop..localhost",
    "dot first": ".shop.localhost",
    "dot only": ".",
    "final dot": "shop.localhost.",
    "dash first": "-shop.localhost",
    "dash last": "shop-.localhost",
    "upper case": "Shop.localhost",
    "unicode": "bücher.localhost",
    "unicode full stop": "shop。localhost",
    "invalid punycode": "xn--a.localhost",
    "punycode of ASCII": "xn--abc-.localhost",
    "public suffix": "co.uk",
    "private suffix": "github.io",
    "IPv4": "192.0.2.7",
    "IPv6": "2001:db8::1",
    "IPv6 in brackets": "[2001:db8::1]",
    "number last": "shop.123",
    "space": "my shop.localhost",
    "space behind": "shop.localhost ",
    "tab": "shop\t.localhost",
    "newline": "shop.localhost\n",
    "port": "shop.localhost:80",
    "URL": "https://shop.localhost",
    "path": "shop.localhost/x",
    "wildcard": "*.localhost",
    "user": "me@shop.localhost",
    "quote": "shop'.localhost",
    "backslash": "shop\\.localhost",
    "template": "CUSTOMER_ID.localhost",
    "right to left": "shop\u202e.localhost",
    "zero width": "sh\u200bop.localhost",
}


@pytest.mark.parametrize("name", BAD_NAMES.values(), ids=BAD_NAMES.keys())
def test_a_domain_that_is_no_name(api, tenant, name):
    refused(post(api, "/domains", {"customerId": tenant.id, "domain": name}), 422, "/domain")
    refused(post(api, "/domains", {"customerId": new_id(), "domain": name}), 422, "/domain")


@pytest.mark.parametrize("name", BAD_NAMES.values(), ids=BAD_NAMES.keys())
def test_a_hostname_that_is_no_name(api, tenant, name):
    refused(post(api, "/sites", {"customerId": tenant.id, "hostnames": [name]}), 422, "/hostnames/0")
    good = tenant.domain
    refused(api.http.patch(f"/api/v1/sites/{tenant.site}", json={"hostnames": [good, name]}), 422, "/hostnames/1")


@pytest.mark.parametrize(
    "name", ["berth.localhost", "panel.berth.localhost", "ns1.berth.localhost", "shop.berth.localhost"]
)
def test_the_platforms_own_names_are_no_domains(api, tenant, name):
    refused(post(api, "/domains", {"customerId": tenant.id, "domain": name}), 422, "/domain")


@pytest.mark.parametrize(
    "name",
    [
        "berth.localhost",
        "panel.berth.localhost",
        "ns1.berth.localhost",
        "www.berth.localhost",
        "mail.berth.localhost",
        "a.b.berth.localhost",
    ],
)
def test_the_platforms_own_names_are_no_hostnames(api, tenant, name):
    refused(post(api, "/sites", {"customerId": tenant.id, "hostnames": [name]}), 422, "/hostnames/0")


@pytest.mark.parametrize("below", ["", "www.", "shop.", "a.b."], ids=["itself", "www", "below", "far-below"])
def test_a_name_of_somebody_else(api, tenant, asker, below):
    name = f"{below}{tenant.domain}"
    refused(post(api, "/domains", {"customerId": asker, "domain": name}), 409, "/domain")
    refused(post(api, "/domains", {"customerId": new_id(), "domain": name}), 409, "/domain")
    refused(post(api, "/sites", {"customerId": asker, "hostnames": [name]}), 409, "/hostnames/0")


def test_a_domain_that_the_customer_has(api, tenant):
    refused(post(api, "/domains", {"customerId": tenant.id, "domain": tenant.domain}), 409, "/domain")


def test_a_hostname_outside_the_customers_domains(api, tenant):
    refused(post(api, "/sites", {"customerId": tenant.id, "hostnames": [f"{new_id()}.localhost"]}), 422, "/hostnames/0")


def test_a_hostname_of_another_site(api, tenant):
    refused(post(api, "/sites", {"customerId": tenant.id, "hostnames": [tenant.domain]}), 409, "/hostnames/0")


@pytest.mark.parametrize(
    "hostnames, pointer",
    [
        ([], "/hostnames"),
        (None, "/hostnames"),
        ("shop.localhost", "/hostnames"),
        ({}, "/hostnames"),
        ([7], "/hostnames/0"),
        ([None], "/hostnames/0"),
        ([["shop.localhost"]], "/hostnames/0"),
        ([f"h{i}.localhost" for i in range(101)], "/hostnames"),
    ],
    ids=["empty", "null", "text", "object", "number", "null-inside", "list-inside", "101"],
)
def test_a_list_of_hostnames_that_is_none(api, tenant, hostnames, pointer):
    refused(post(api, "/sites", {"customerId": tenant.id, "hostnames": hostnames}), 422, pointer)


def test_a_hostname_twice(api, tenant):
    names = [f"a.{tenant.domain}", f"a.{tenant.domain}"]
    refused(post(api, "/sites", {"customerId": tenant.id, "hostnames": names}), 422, "/hostnames/1")

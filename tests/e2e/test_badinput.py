"""What is not valid is refused by name, and nothing changes: not in the database, not in the cluster, not in a zone."""
import json

import pytest

from clients.place import new_id
from clients.tenants import state_of

LABEL63, LABEL64 = "a" * 63, "a" * 64
NAME254 = ".".join([LABEL63, LABEL63, LABEL63, "b" * 62])
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def asker(api, tenants):
    """A customer without domains, who asks for names of the other one."""
    customer = new_id()
    api.change("POST", "/customers", json={"id": customer, "plan": "small"})
    yield customer
    tenants.leave(customer)


@pytest.fixture(scope="module", autouse=True)
def nothing_changes(api, kube, pdns, tenants, tenant, asker):
    """The state before all of this file and after it is the same. Customers of other files are gone first."""
    tenants.drain()
    api.ready(tenant.id)
    api.ready(asker)
    before = state_of(api, kube, pdns)
    yield
    assert state_of(api, kube, pdns) == before


@pytest.fixture(autouse=True)
def nothing_is_accepted(api):
    """After each request no operation is there that was not there before."""
    before = api.get("/operations", params={"limit": 1})
    yield
    assert api.get("/operations", params={"limit": 1}) == before


def refused(answer, status, pointer=None):
    """The problem of a refused request: complete, and with a pointer to the field."""
    assert answer.status_code == status, f"{answer.status_code} {answer.text}"
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["type"], problem["status"]) == ("about:blank", status)
    assert problem["title"] and problem["detail"]
    assert problem["requestId"] == answer.headers["X-Request-Id"]
    if pointer is not None:
        assert pointer in [e["pointer"] for e in problem["errors"]], problem
        assert all(e["message"] for e in problem["errors"])
    return problem


def post(api, path, body, **kwargs):
    return api.http.post(f"/api/v1{path}", json=body, **kwargs)


# --- names of domains and hosts ---

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


@pytest.mark.parametrize("name", ["berth.localhost", "panel.berth.localhost", "ns1.berth.localhost", "shop.berth.localhost"])
def test_the_platforms_own_names_are_no_domains(api, tenant, name):
    refused(post(api, "/domains", {"customerId": tenant.id, "domain": name}), 422, "/domain")


@pytest.mark.parametrize("name", ["berth.localhost", "panel.berth.localhost", "ns1.berth.localhost", "www.berth.localhost",
                                  "mail.berth.localhost", "a.b.berth.localhost"])
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


@pytest.mark.parametrize("hostnames, pointer", [
    ([], "/hostnames"),
    (None, "/hostnames"),
    ("shop.localhost", "/hostnames"),
    ({}, "/hostnames"),
    ([7], "/hostnames/0"),
    ([None], "/hostnames/0"),
    ([["shop.localhost"]], "/hostnames/0"),
    ([f"h{i}.localhost" for i in range(101)], "/hostnames"),
], ids=["empty", "null", "text", "object", "number", "null-inside", "list-inside", "101"])
def test_a_list_of_hostnames_that_is_none(api, tenant, hostnames, pointer):
    refused(post(api, "/sites", {"customerId": tenant.id, "hostnames": hostnames}), 422, pointer)


def test_a_hostname_twice(api, tenant):
    names = [f"a.{tenant.domain}", f"a.{tenant.domain}"]
    refused(post(api, "/sites", {"customerId": tenant.id, "hostnames": names}), 422, "/hostnames/1")


# --- ids, plans, quantities ---

BAD_IDS = {"empty": "", "41": "a" * 41, "upper case": "Shop", "underscore": "my_shop", "dot": "my.shop", "dash first": "-shop",
           "dash last": "shop-", "space": "my shop", "unicode": "bücher", "slash": "a/b", "climbs": "../etc", "newline": "shop\n",
           "NUL": "shop\u0000x", "template": "CUSTOMER_ID", "number": 7, "null": None, "list": ["shop"], "object": {}, "true": True}


@pytest.mark.parametrize("value", BAD_IDS.values(), ids=BAD_IDS.keys())
def test_an_id_that_is_none(api, value):
    # A NUL is no text that this API takes, so the body as a whole is refused.
    nul = isinstance(value, str) and "\u0000" in value
    status = 400 if nul else 422
    for path, body, pointer in (("/customers", {"id": value, "plan": "small"}, "/id"),
                                ("/domains", {"customerId": value, "domain": f"{new_id()}.localhost"}, "/customerId"),
                                ("/plans", {"id": value, "cpu": "1", "memory": "1Gi", "storage": "1Gi"}, "/id")):
        refused(post(api, path, body), status, None if nul else pointer)


@pytest.mark.parametrize("value", ["nosuchplan", "", "Small", "small ", 7, None, ["small"]], ids=repr)
def test_a_plan_that_is_none(api, tenant, value):
    refused(post(api, "/customers", {"id": new_id(), "plan": value}), 422, "/plan")
    refused(post(api, "/domains", {"customerId": new_id(), "domain": f"{new_id()}.localhost", "plan": value}), 422, "/plan")
    refused(api.http.patch(f"/api/v1/customers/{tenant.id}", json={"plan": value}), 422, "/plan")


def test_another_plan_than_the_customers(api, tenant):
    body = {"customerId": tenant.id, "domain": f"{new_id()}.localhost", "plan": "large"}
    refused(post(api, "/domains", body), 409, "/plan")


@pytest.mark.parametrize("value", ["", "0", "-1", "1.5.1", "1e3", "1E3", " 1", "1 ", "0x10", "one", "1k", "1Gi", "999999999", "9" * 40,
                                   "NaN", "1m1", 1, 1.5, None, [], {}], ids=repr)
def test_an_amount_of_cpu_that_is_none(api, value):
    body = {"id": new_id(), "cpu": value, "memory": "1Gi", "storage": "1Gi"}
    refused(post(api, "/plans", body), 422, "/cpu")


@pytest.mark.parametrize("field", ["memory", "storage"])
@pytest.mark.parametrize("value", ["", "0", "0Gi", "-1Gi", "1.5Gi", "1G", "1Gb", "1gi", "1GiB", "1Gi ", "1 Gi", "1Ei", "99999999999Ti",
                                   "1m", "1", "Gi", 1073741824, None, [], {}], ids=repr)
def test_an_amount_of_bytes_that_is_none(api, field, value):
    body = {"id": new_id(), "cpu": "1", "memory": "1Gi", "storage": "1Gi", field: value}
    refused(post(api, "/plans", body), 422, f"/{field}")


@pytest.mark.parametrize("field, value", [("sites", -1), ("sites", 1001), ("sites", 1.5), ("sites", "5"), ("domains", -1), ("volumes", 0),
                                          ("volumes", 101), ("mailboxes", 100001), ("databases", None), ("databases", True),
                                          ("sites", 2**63), ("sites", -2**63 - 1)], ids=repr)
def test_a_number_that_is_out_of_range(api, field, value):
    body = {"id": new_id(), "cpu": "1", "memory": "1Gi", "storage": "1Gi", field: value}
    answer = post(api, "/plans", body)
    # A number that no integer of 64 bits can be is no JSON that this API takes.
    if isinstance(value, int) and abs(value) >= 2**63:
        refused(answer, 400)
    else:
        refused(answer, 422, f"/{field}")


@pytest.mark.parametrize("value", [-1, 11, 1.5, "1", None, True, []], ids=repr)
def test_replicas_that_are_none(api, tenant, value):
    refused(api.http.patch(f"/api/v1/sites/{tenant.site}", json={"replicas": value}), 422, "/replicas")


@pytest.mark.parametrize("value", ["", "x" * 121, "two\nlines", "tab\t", "del\x7f", 7, None, []], ids=["empty", "121", "newline", "tab", "del",
                                                                                                   "number", "null", "list"])
def test_a_name_for_people_that_is_none(api, tenant, value):
    refused(api.http.patch(f"/api/v1/customers/{tenant.id}", json={"name": value}), 422, "/name")


def test_an_image_of_ones_own(api):
    body = {"customerId": new_id(), "domain": f"{new_id()}.localhost", "image": "docker.io/library/nginx"}
    refused(post(api, "/domains", body), 422, "/image")


# --- JSON ---

def body_of(**fields):
    return json.dumps({"id": new_id(), "plan": "small", **fields})


BAD_JSON = {
    "empty": b"",
    "blank": b"   ",
    "truncated": b'{"id": "e2e-xtrunc", "pl',
    "truncated text": b'{"id": "e2e-xtrunc',
    "trailing comma": b'{"id": "e2e-xcomma", "plan": "small",}',
    "two values": b'{"id": "e2e-xtwo", "plan": "small"} {}',
    "comment": b'{"id": "e2e-xcomment", /* no */ "plan": "small"}',
    "single quotes": b"{'id': 'e2e-xquote', 'plan': 'small'}",
    "bare word": b'{"id": e2e-xbare, "plan": "small"}',
    "NaN": b'{"id": "e2e-xnan", "plan": NaN}',
    "key twice": b'{"id": "e2e-xkey", "plan": "small", "id": "e2e-xother"}',
    "key twice by escape": b'{"id": "e2e-xkey", "plan": "small", "i\\u0064": "e2e-xother"}',
    "deep list": b"[" * 100_000,
    "deep closed": b'{"id": ' + b"[" * 1000 + b"]" * 1000 + b', "plan": "small"}',
    "deep objects": b'{"a": ' * 1000 + b"1" + b"}" * 1000,
    "bad UTF-8": b'{"id": "e2e-x\xff\xfe", "plan": "small"}',
    "overlong UTF-8": b'{"id": "e2e-x\xc0\xaf", "plan": "small"}',
    "surrogate in UTF-8": b'{"id": "e2e-x\xed\xa0\x80", "plan": "small"}',
    "half a surrogate": b'{"id": "e2e-x\\ud800", "plan": "small"}',
    "UTF-16": '{"id": "e2e-xwide", "plan": "small"}'.encode("utf-16"),
    "NUL in a key": b'{"id\\u0000": "e2e-xnul", "plan": "small"}',
    "NUL byte": b'{"id": "e2e-xnul", "plan": "small"}\x00',
    "control byte": b'{"id": "e2e-x\x01", "plan": "small"}',
    "control escape": b'{"id": "\\x41", "plan": "small"}',
    "number too large": b'{"id": 1' + b"0" * 400 + b', "plan": "small"}',
    "form": b"id=e2e-xform&plan=small",
}


@pytest.mark.parametrize("body", BAD_JSON.values(), ids=BAD_JSON.keys())
def test_a_body_that_is_no_json(api, body):
    refused(api.http.post("/api/v1/customers", content=body, headers=JSON), 400)


@pytest.mark.parametrize("body", [b"[]", b"7", b'"text"', b"null", b"true", b"[{}]"], ids=str)
def test_a_body_that_is_no_object(api, body):
    refused(api.http.post("/api/v1/customers", content=body, headers=JSON), 422, "")


def test_a_huge_body(api):
    body = body_of(name="x" * (2 << 20)).encode()
    refused(api.http.post("/api/v1/customers", content=body, headers=JSON), 413)


def test_a_huge_body_in_chunks(api):
    chunks = (b"x" * 65536 for _ in range(64))
    refused(api.http.post("/api/v1/customers", content=chunks, headers=JSON), 413)


@pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""])
def test_another_type_of_body(api, media):
    refused(api.http.post("/api/v1/customers", content=body_of().encode(), headers={"Content-Type": media}), 415)


@pytest.mark.parametrize("field", ["state", "uid", "Id", "id ", "__proto__", "a/b", "a~b", "x" * 300])
def test_a_field_that_is_not_known(api, field):
    escaped = field.replace("~", "~0").replace("/", "~1")
    problem = refused(api.http.post("/api/v1/customers", content=body_of(**{field: 1}).encode(), headers=JSON), 422)
    assert any(escaped.startswith(e["pointer"][1:]) and len(e["pointer"]) > 1 for e in problem["errors"]), problem


def test_every_bad_field_is_named(api):
    problem = refused(post(api, "/plans", {"id": "Bad", "cpu": "x", "memory": "x", "sites": -1, "more": 1}), 422)
    assert {"/id", "/cpu", "/memory", "/storage", "/sites", "/more"} <= {e["pointer"] for e in problem["errors"]}


@pytest.mark.parametrize("path, missing", [("/customers", ["/id", "/plan"]), ("/domains", ["/customerId", "/domain"]),
                                           ("/sites", ["/customerId", "/hostnames"]),
                                           ("/plans", ["/id", "/cpu", "/memory", "/storage"])])
def test_fields_that_are_missing(api, path, missing):
    problem = refused(post(api, path, {}), 422)
    assert set(missing) <= {e["pointer"] for e in problem["errors"]}


@pytest.mark.parametrize("path", ["/customers/{id}", "/sites/{site}"])
def test_a_change_of_nothing(api, tenant, path):
    refused(api.http.patch(f"/api/v1{path.format(id=tenant.id, site=tenant.site)}", json={}), 422, "")


# --- queries, headers, paths ---

@pytest.mark.parametrize("query, pointer", [("limit=0", "/limit"), ("limit=201", "/limit"), ("limit=x", "/limit"), ("limit=", "/limit"),
                                            ("cursor=%25", "/cursor"), ("nosuch=1", "/nosuch"), ("limit=1&limit=2", "/limit"),
                                            ("state=gone", "/state"), ("q=%ff", "/q")])
def test_a_query_that_is_not_valid(api, query, pointer):
    refused(api.http.get(f"/api/v1/customers?{query}"), 400, pointer)


@pytest.mark.parametrize("value", ["maybe", "1", "TRUE", ""])
def test_a_dry_run_that_is_not_clear(api, tenant, value):
    refused(api.http.post(f"/api/v1/customers?dryRun={value}", json={"id": new_id(), "plan": "small"}), 400, "/dryRun")
    refused(api.http.delete(f"/api/v1/customers/{tenant.id}?purge={value}"), 400, "/purge")


@pytest.mark.parametrize("key", ["", "a b", "x" * 129, "\u00fc".encode("latin-1")], ids=["empty", "blank", "129", "latin-1"])
def test_an_idempotency_key_that_is_none(api, key):
    answer = api.http.post("/api/v1/customers", json={"id": new_id(), "plan": "small"}, headers={"Idempotency-Key": key})
    refused(answer, 400, "/Idempotency-Key")


@pytest.mark.parametrize("method, path", [
    ("GET", "/customers/no-such"), ("PATCH", "/customers/no-such"), ("DELETE", "/customers/no-such"),
    ("POST", "/customers/no-such/suspend"), ("POST", "/customers/no-such/diff"), ("GET", "/sites/s00000000"),
    ("GET", "/sites/no-such.localhost"), ("DELETE", "/sites/s00000000"), ("GET", "/domains/no-such.localhost"),
    ("GET", "/domains/no-such.localhost/records"), ("DELETE", "/domains/no-such.localhost"), ("GET", "/plans/no-such"),
    ("GET", "/operations/op-0000000000000000"), ("GET", "/no-such-thing"), ("GET", "/customers/%2e%2e%2fplans"),
    ("GET", "/customers/example/"), ("GET", "/customers/'%20OR%201=1"),
])
def test_what_is_not_there(api, method, path):
    body = {"json": {"name": "x"}} if method == "PATCH" else {}
    refused(api.http.request(method, f"/api/v1{path}", **body), 404)


@pytest.mark.parametrize("method, path", [("PUT", "/customers"), ("DELETE", "/customers"), ("POST", "/version"), ("PATCH", "/domains/x.localhost")])
def test_a_method_that_the_path_does_not_take(api, method, path):
    answer = api.http.request(method, f"/api/v1{path}")
    assert answer.status_code == 405 and answer.headers["Allow"]


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Bearer", "Basic YWRtaW46YWRtaW4=", "Bearer " + "x" * 4000, "wrong"])
def test_nobody_may_do_anything_without_a_token(api, tenant, header):
    for method, path in (("GET", "/customers"), ("POST", "/customers"), ("DELETE", f"/customers/{tenant.id}"), ("POST", "/plans")):
        request = api.http.build_request(method, f"/api/v1{path}")
        del request.headers["Authorization"]
        if header is not None:
            request.headers["Authorization"] = header
        answer = api.http.send(request)
        refused(answer, 401)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_change_that_is_based_on_an_old_version(api, tenant):
    for path, body in ((f"/customers/{tenant.id}", {"name": "other"}), (f"/sites/{tenant.site}", {"replicas": 2})):
        refused(api.http.patch(f"/api/v1{path}", json=body, headers={"If-Match": '"0"'}), 412)
    for path in (f"/customers/{tenant.id}", f"/sites/{tenant.site}", f"/domains/{tenant.domain}"):
        refused(api.http.delete(f"/api/v1{path}", headers={"If-Match": '"0"'}), 412)

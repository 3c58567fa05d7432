"""Bodies that are no JSON, and queries, headers and paths that are not valid."""

import json

import pytest

from clients.place import new_id
from clients.refused import post, refused

JSON = {"Content-Type": "application/json"}


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


@pytest.mark.parametrize(
    "path, missing",
    [
        ("/customers", ["/id", "/plan"]),
        ("/domains", ["/customerId", "/domain"]),
        ("/sites", ["/customerId", "/hostnames"]),
        ("/plans", ["/id", "/cpu", "/memory", "/storage"]),
    ],
)
def test_fields_that_are_missing(api, path, missing):
    problem = refused(post(api, path, {}), 422)
    assert set(missing) <= {e["pointer"] for e in problem["errors"]}


@pytest.mark.parametrize("path", ["/customers/{id}", "/sites/{site}"])
def test_a_change_of_nothing(api, tenant, path):
    refused(api.http.patch(f"/api/v1{path.format(id=tenant.id, site=tenant.site)}", json={}), 422, "")


# --- queries, headers, paths ---


@pytest.mark.parametrize(
    "query, pointer",
    [
        ("limit=0", "/limit"),
        ("limit=201", "/limit"),
        ("limit=x", "/limit"),
        ("limit=", "/limit"),
        ("cursor=%25", "/cursor"),
        ("nosuch=1", "/nosuch"),
        ("limit=1&limit=2", "/limit"),
        ("state=gone", "/state"),
        ("q=%ff", "/q"),
    ],
)
def test_a_query_that_is_not_valid(api, query, pointer):
    refused(api.http.get(f"/api/v1/customers?{query}"), 400, pointer)


@pytest.mark.parametrize("value", ["maybe", "1", "TRUE", ""])
def test_a_dry_run_that_is_not_clear(api, tenant, value):
    refused(api.http.post(f"/api/v1/customers?dryRun={value}", json={"id": new_id(), "plan": "small"}), 400, "/dryRun")
    refused(api.http.delete(f"/api/v1/customers/{tenant.id}?purge={value}"), 400, "/purge")


@pytest.mark.parametrize(
    "key", ["", "a b", "x" * 129, "\u00fc".encode("latin-1")], ids=["empty", "blank", "129", "latin-1"]
)
def test_an_idempotency_key_that_is_none(api, key):
    answer = api.http.post(
        "/api/v1/customers", json={"id": new_id(), "plan": "small"}, headers={"Idempotency-Key": key}
    )
    refused(answer, 400, "/Idempotency-Key")


@pytest.mark.parametrize(
    "method, path",
    [
        ("GET", "/customers/no-such"),
        ("PATCH", "/customers/no-such"),
        ("DELETE", "/customers/no-such"),
        ("POST", "/customers/no-such/suspend"),
        ("POST", "/customers/no-such/diff"),
        ("GET", "/sites/s00000000"),
        ("GET", "/sites/no-such.localhost"),
        ("DELETE", "/sites/s00000000"),
        ("GET", "/domains/no-such.localhost"),
        ("GET", "/domains/no-such.localhost/records"),
        ("DELETE", "/domains/no-such.localhost"),
        ("GET", "/plans/no-such"),
        ("GET", "/operations/op-0000000000000000"),
        ("GET", "/no-such-thing"),
        ("GET", "/customers/%2e%2e%2fplans"),
        ("GET", "/customers/example/"),
        ("GET", "/customers/'%20OR%201=1"),
    ],
)
def test_what_is_not_there(api, method, path):
    body = {"json": {"name": "x"}} if method == "PATCH" else {}
    refused(api.http.request(method, f"/api/v1{path}", **body), 404)


@pytest.mark.parametrize(
    "method, path",
    [("PUT", "/customers"), ("DELETE", "/customers"), ("POST", "/version"), ("PUT", "/domains/x.localhost")],
)
def test_a_method_that_the_path_does_not_take(api, method, path):
    answer = api.http.request(method, f"/api/v1{path}")
    assert answer.status_code == 405 and answer.headers["Allow"]


@pytest.mark.parametrize(
    "header", [None, "Bearer wrong", "Bearer", "Basic YWRtaW46YWRtaW4=", "Bearer " + "x" * 4000, "wrong"]
)
def test_nobody_may_do_anything_without_a_token(api, tenant, header):
    for method, path in (
        ("GET", "/customers"),
        ("POST", "/customers"),
        ("DELETE", f"/customers/{tenant.id}"),
        ("POST", "/plans"),
    ):
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

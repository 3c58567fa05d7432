"""The API as a client meets it: live operations, pages, versions, sessions."""

import json

import httpx
import pytest

from clients.place import PANEL, tls_context, token


def events_of(api, operation_id, after=None):
    """(id, operation) of each event of an operation's stream, to its end."""
    headers = {"Last-Event-ID": after} if after else {}
    with api.http.stream("GET", f"/api/v1/operations/{operation_id}/stream", headers=headers, timeout=180) as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        event = {}
        for line in answer.iter_lines():
            if line.startswith(":"):
                continue
            if line:
                name, _, value = line.partition(":")
                event[name] = value.removeprefix(" ")
            elif event:
                assert event["event"] in ("operation", "log")
                if event["event"] == "operation":
                    yield event["id"], json.loads(event["data"])
                event = {}


def test_an_operation_is_followed_live(api, new_id):
    made = api.accept("POST", "/customers", json={"id": new_id, "plan": "small", "name": "Żółw & Söhne"})
    operation_id = made["operation"]["id"]
    events = list(events_of(api, operation_id))
    states = [o["state"] for _, o in events]
    assert states[-1] == "done" and set(states[:-1]) <= {"accepted", "running"}
    order = [tuple(map(int, i.split("."))) for i, _ in events]
    assert order == sorted(set(order))
    assert events[-1][1] == api.operation(operation_id)
    assert api.get(f"/customers/{new_id}")["name"] == "Żółw & Söhne"
    assert list(events_of(api, operation_id, after=events[-1][0])) == []


def test_versions(api, new_id):
    api.change("POST", "/customers", json={"id": new_id, "plan": "small"})
    tag = api.call("GET", f"/customers/{new_id}", 200).headers["ETag"]
    changed = api.call("PATCH", f"/customers/{new_id}", 202, json={"name": "one"}, headers={"If-Match": tag})
    api.call("PATCH", f"/customers/{new_id}", 412, json={"name": "two"}, headers={"If-Match": tag})
    assert changed.headers["ETag"] != tag
    assert api.get(f"/customers/{new_id}")["name"] == "one"
    api.call(
        "PATCH", f"/customers/{new_id}", 202, json={"name": "three"}, headers={"If-Match": changed.headers["ETag"]}
    )


@pytest.mark.parametrize("path, key", [("/plans", "id"), ("/operations", "id"), ("/events", "seq")])
def test_pages_hold_every_item_once(api, tenant, path, key):
    for text in ("one", "two", "three"):
        api.change("PATCH", f"/customers/{tenant.id}", json={"name": text})
    of = {} if path == "/plans" else {"customer": tenant.id}
    whole = [item[key] for item in api.get(path, params={**of, "limit": 200})["items"]]
    seen, params = [], {**of, "limit": 1}
    while True:
        page = api.get(path, params=params)
        assert len(page["items"]) <= 1
        seen += [item[key] for item in page["items"]]
        if "nextCursor" not in page:
            break
        params["cursor"] = page["nextCursor"]
    assert seen == whole


def test_a_session_is_a_cookie_of_this_origin(tenant):
    with httpx.Client(base_url=PANEL, verify=tls_context(), timeout=30) as browser:
        assert browser.post("/api/v1/session", json={"token": "wrong"}, headers={"Origin": PANEL}).status_code == 401
        signed_in = browser.post("/api/v1/session", json={"token": token()}, headers={"Origin": PANEL})
        assert signed_in.status_code == 200 and signed_in.json()["role"] == "admin"
        cookie = signed_in.headers["Set-Cookie"]
        assert cookie.startswith("__Host-berth=")
        assert {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}
        assert browser.get("/api/v1/session").json()["user"] == "admin"
        for headers in ({}, {"Origin": "https://evil.localhost:8443"}, {"Origin": "null"}):
            refused = browser.post(f"/api/v1/customers/{tenant.id}/reconcile", headers=headers)
            assert refused.status_code == 403, headers
        assert browser.post(f"/api/v1/customers/{tenant.id}/diff", headers={"Origin": PANEL}).status_code == 200
        assert browser.delete("/api/v1/session", headers={"Origin": PANEL}).status_code == 204
        assert browser.get("/api/v1/session").status_code == 401


def test_what_is_inside_is_not_routed_from_outside():
    with httpx.Client(base_url=PANEL, verify=tls_context(), timeout=30) as visitor:
        for path in ("/metrics", "/healthz", "/readyz"):
            assert visitor.get(path).status_code == 404


def test_answers_say_how_they_are_to_be_handled(api, tenant):
    answer = api.call("GET", f"/customers/{tenant.id}", 200)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Request-Id"]


@pytest.mark.parametrize(
    "plan",
    [
        {"id": "up7", "cpu": "1", "memory": "1Gi", "storage": "1Gi"},
        {"id": "a-b", "cpu": "500m", "memory": "512Mi", "storage": "5Gi"},
        {"id": "half", "cpu": "0.5", "memory": "1Gi", "storage": "1Gi"},
        {
            "id": "more",
            "cpu": "1.5",
            "memory": "1048576Ki",
            "storage": "1Ti",
            "sites": 0,
            "domains": 1000,
            "volumes": 100,
        },
    ],
    ids=lambda p: f"{p['id']}-{p['cpu']}",
)
def test_what_the_description_allows_is_accepted(api, new_id, plan):
    body = {**plan, "id": f"{plan['id']}-{new_id}"[:32]}
    try:
        made = api.call("POST", "/plans", 201, json=body)
        assert made.json() == {**made.json(), **body}
        assert api.get(f"/plans/{body['id']}") == made.json()
        assert made.headers["Location"] == f"/api/v1/plans/{body['id']}"
    finally:
        api.http.delete(f"/api/v1/plans/{body['id']}")

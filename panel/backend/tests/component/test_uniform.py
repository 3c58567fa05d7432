"""What every route of docs/openapi.yaml must have in common, read from the document and then seen from a real berthd: a new route
that breaks a rule fails here. An exception has a reason below, and one that is not needed fails too."""
import functools
import itertools
import json
import sqlite3
import time
from urllib.parse import quote

import pytest
import yaml
from berth import start, wait_for
from conftest import REPOSITORY

# rule -> operationId -> why it does not hold
EXCEPTIONS = {
    "dryRun": {
        "createSession": "signing in changes nothing that could be planned",
        "deleteSession": "signing out ends the session of the request itself",
        "diffCustomer": "it changes nothing", "checkDomainMail": "it changes nothing",
        **dict.fromkeys(("enrolTotp", "confirmTotp", "disableTotp", "renewRecoveryCodes", "resetUserTotp"),
                        "a second factor is one row of one user, and what it answers is a secret: there is nothing to plan"),
    },
    "If-Match": {
        "changePassword": "`current`, the password before, is the precondition",
        "deleteSession": "a session has no versions",
    },
    "Idempotency-Key": {
        "createSession": "a repeat would need the session's secret, which is stored nowhere; a second session does no harm",
        **dict.fromkeys(("diffCustomer", "checkDomainMail"), "it changes nothing, and each answer is a new look"),
    },
    "ETag": {
        "getTotp": "the caller's own; each change of it takes a code in place of a version",
        "verifyAudit": "it is computed anew each time",
        "exportZone": "it is what the name server has, of which Berth keeps no version",
        "streamOperation": "a stream",
        "getHealth": "no resource", "getReadiness": "no resource", "getMetrics": "no resource",
    },
    "page": {"listCustomerConditions": "as many as steps and sites: no pages", "getSecrets": "a report with a row a key: no pages"},
    "filter": {"getSecrets": "a report with a row a key: it is short"},
}
NEEDED = {"replacePlan"}  # whose If-Match is needed: 428


@functools.cache
def document():
    return yaml.safe_load((REPOSITORY / "docs/openapi.yaml").read_text())


def resolve(node):
    while "$ref" in node:
        name = node["$ref"].removeprefix("#/").split("/")
        node = functools.reduce(lambda at, key: at[key], name, document())
    return node


@functools.cache
def operations():
    """operationId -> {method, path, parameters: name -> parameter, responses: status -> response, body}."""
    out = {}
    for path, item in document()["paths"].items():
        for method in ("get", "put", "post", "patch", "delete"):
            if method in item:
                o = item[method]
                parameters = [resolve(p) for p in item.get("parameters", []) + o.get("parameters", [])]
                out[o["operationId"]] = {"method": method.upper(), "path": path, "parameters": {p["name"]: p for p in parameters},
                                         "responses": {s: resolve(r) for s, r in o["responses"].items()},
                                         "body": resolve(o.get("requestBody", {})), "id": o["operationId"]}
    return out


def changes():
    return [o for o in operations().values() if o["method"] != "GET"]


def lists():
    return [o for o in operations().values() if o["method"] == "GET" and "items" in answer_schema(o).get("properties", {})]


def answer_schema(operation):
    content = operation["responses"].get("200", {}).get("content", {})
    return resolve(content["application/json"]["schema"]) if "application/json" in content else {}


def existing(operation):
    """Is it about one resource that is there, by its last {segment}, or something done to it?"""
    return operation["path"].endswith("}") or "{" in operation["path"]


def expect(rule, operation, holds):
    excused = operation["id"] in EXCEPTIONS[rule]
    return [] if holds != excused else [f"{operation['id']}: {rule} {'is missing' if not holds else 'has an exception that is not needed'}"]


# --- the document ---

def test_every_change_has_a_dry_run():
    wrong = [w for o in changes() for w in expect("dryRun", o, "dryRun" in o["parameters"] and "200" in o["responses"])]
    assert not wrong, wrong


def test_every_change_of_what_is_there_honours_if_match():
    wrong = []
    for o in changes():
        if o["method"] == "POST" and not existing(o) or o["id"] in ("diffCustomer", "checkDomainMail"):
            continue
        wrong += expect("If-Match", o, "If-Match" in o["parameters"] and "412" in o["responses"])
    assert not wrong, wrong
    assert {o["id"] for o in changes() if "428" in o["responses"]} == NEEDED


def test_every_post_honours_idempotency_key():
    wrong = [w for o in changes() if o["method"] == "POST"
             for w in expect("Idempotency-Key", o, "Idempotency-Key" in o["parameters"] and "409" in o["responses"])]
    assert not wrong, wrong


def test_every_single_resource_has_an_etag():
    wrong = [w for o in operations().values() if o["method"] == "GET" and o not in lists()
             for w in expect("ETag", o, "ETag" in o["responses"]["200"].get("headers", {}))]
    assert not wrong, wrong


def test_every_list_has_pages_an_order_and_filters():
    assert len(lists()) >= 12
    wrong = [w for o in lists() for w in expect("page", o, {"limit", "cursor", "sort"} <= o["parameters"].keys())]
    for o in lists():
        filters = o["parameters"].keys() - {"limit", "cursor", "sort"} - {n for n, p in o["parameters"].items() if p["in"] == "path"}
        wrong += expect("filter", o, bool(filters))
        if "sort" in o["parameters"]:
            schema = o["parameters"]["sort"]["schema"]
            names = set(schema["enum"])
            if schema["default"] not in names or any((f"-{n}" if n[0] != "-" else n[1:]) not in names for n in names):
                wrong.append(f"{o['id']}: sort is not in both directions, or its default is none of them")
    assert not wrong, wrong


# --- a real berthd ---

@pytest.fixture(scope="module")
def berth(scratch):
    berth = start(scratch / "uniform")
    yield berth
    berth.stop()


def other_states(berth, db):
    """What changes need that are refused of the others: suspended, in the trash, without a site, with an earlier release."""
    for name in ("asleep", "binned", "back"):
        made = berth.good("POST", "/domains", {"customerId": name, "domain": f"{name}.localhost"}, token=berth.admin)
    bare = berth.good("POST", "/domains", {"customerId": "back", "domain": "bare.localhost"}, token=berth.admin)
    berth.good("DELETE", f"/sites/{bare.json['site']['id']}", token=berth.admin)
    berth.good("POST", "/customers/asleep/suspend", {"reason": "x"}, token=berth.admin)
    berth.good("DELETE", "/customers/binned", token=berth.admin)
    site = made.json["site"]["id"]
    for content in (b"one", b"two"):
        berth.good("POST", f"/sites/{site}/releases", content, token=berth.admin, headers={"Content-Type": "application/x-tar"})
    db.execute("UPDATE site_release SET state = 'kept' WHERE site = ?", (site,))
    return {"resumeCustomer": {"customer": "asleep"}, "restoreCustomer": {"customer": "binned"}, "rollbackSite": {"site": site},
            "deleteDomain": {"domain": "bare.localhost"}}


@pytest.fixture(scope="module")
def world(berth):
    """Three of each, so that there are pages; gives what stands for each {segment}."""
    names = ["aa", "bb", "cc"]
    for name in names:
        made = berth.good("POST", "/domains", {"customerId": name, "domain": f"{name}.localhost", "mailUsers": ["anna"]}, token=berth.admin)
        berth.good("POST", "/aliases", {"address": f"info@{name}.localhost", "targets": [f"anna@{name}.localhost"]}, token=berth.admin)
        berth.good("PUT", f"/domains/{name}.localhost/records/x.{name}.localhost/TXT", {"ttl": 300, "values": ["x"]}, token=berth.admin)
        user = berth.user(f"someone@{name}.example", "member", [name])
        berth.good("PATCH", f"/users/{user['id']}", {"name": f"Who has {name}"}, token=berth.admin)
        berth.token(berth.admin, name=name, customerId=name)
    berth.good("PATCH", "/customers/bb", {"plan": "medium", "name": "Bakery"}, token=berth.admin)
    token = berth.token(berth.admin)["token"]
    user = berth.good("GET", "/users?q=aa", token=berth.admin).json["items"][0]
    berth.good("POST", "/plans", {"id": "spare", "cpu": "1", "memory": "1Gi", "storage": "1Gi"}, token=berth.admin)
    for _ in names:
        berth.good("POST", f"/sites/{made.json['site']['id']}/releases", b"x", token=berth.admin, headers={"Content-Type": "application/x-tar"})
    bulk = berth.good("POST", "/customers/bulk", {"filter": {"all": True}, "change": {"action": "reconcile"}}, token=berth.admin)
    db = sqlite3.connect(berth.database.path, timeout=10, isolation_level=None)
    for n in range(3):
        db.execute("INSERT INTO event (at_ms, customer, type, reason, object, message) VALUES (?, 'aa', 'Normal', 'Test', 'x', 'y')", (n + 1,))
        db.execute("INSERT INTO dkim_key VALUES ('cc.localhost', ?, 'rsa', ?, 'AA==', ?, 0, 0, 0)",
                   (f"b2026010{n}r", ("published", "signing", "retired")[n], 1000 * n))
        db.execute("INSERT INTO condition VALUES ('aa', ?, '', 'true', '', '', 1, 0, ?)", (f"step{chr(97 + n)}", n))
    db.execute("UPDATE domain SET mail = 1 WHERE name = 'cc.localhost'")
    own = {"listCustomerConditions": {"customer": "aa"}} | other_states(berth, db)
    berth.looked["records"] = [{"name": name, "type": kind, "ttl": ttl, "values": ["x"], "owned": keeper == "berth", "keptBy": keeper}
                               for name, kind, ttl, keeper in (("cc.localhost", "SOA", 300, "berth"), ("x.cc.localhost", "TXT", 60, "customer"),
                                                               ("y.cc.localhost", "TXT", 600, "nobody"))]
    db.close()
    wait_for(lambda: berth.good("GET", f"/operations/{bulk.json['operation']['id']}", token=berth.admin).json["progress"]["waiting"] == 0)
    return {"customer": "cc", "site": made.json["site"]["id"], "domain": "cc.localhost", "operation": bulk.json["operation"]["id"],
            "user": user["id"], "token": token["id"], "plan": "spare", "name": "x.cc.localhost", "type": "TXT", "mailboxes": "anna@cc.localhost",
            "aliases": "info@cc.localhost", "own": own}


def address(operation, world):
    """With the segments of the operation's own, when the others are not in the state that it needs."""
    path = operation["path"].removeprefix("/api/v1")
    return path.format(**world | {"address": world.get(path.split("/")[1])} | world["own"].get(operation["id"], {}))


def walk(berth, path):
    items, cursor = [], None
    while True:
        page = berth.good("GET", path + ("&" if "?" in path else "?") + "limit=1" + (f"&cursor={cursor}" if cursor else ""), token=berth.admin).json
        items += page["items"]
        cursor = page.get("nextCursor")
        if not cursor:
            return items


def test_lists_are_sorted_paged_and_filtered(berth, world):
    checked = 0
    for o in lists():
        path = address(o, world)
        everything = berth.good("GET", f"{path}?limit=200" if "limit" in o["parameters"] else path, token=berth.admin).json["items"]
        if "sort" not in o["parameters"]:
            continue
        assert len(everything) >= 2, o["id"]
        for sort in o["parameters"]["sort"]["schema"]["enum"]:
            whole = berth.good("GET", f"{path}?limit=200&sort={sort}", token=berth.admin).json["items"]
            field = sort.removeprefix("-")
            values = [item.get(field, "") for item in whole]
            assert values == sorted(values, reverse=sort[0] == "-"), (o["id"], sort, values)
            if o["id"] not in ("listOperations", "listAudit"):  # which grow while they are read
                assert len(whole) == len(everything)
            assert walk(berth, f"{path}?sort={sort}") == whole, (o["id"], sort)
            checked += 1
        first = berth.good("GET", f"{path}?limit=1", token=berth.admin).json["nextCursor"]
        default = o["parameters"]["sort"]["schema"]["default"]
        other = next(s for s in o["parameters"]["sort"]["schema"]["enum"] if s != default)
        for bad in (f"sort={other}&cursor={first}", "sort=nothing", "sort=", "limit=0", "limit=201", "cursor=%21", "cursor=eA", "nonsense=1"):
            answer = berth.ask("GET", f"{path}?{bad}", token=berth.admin)
            assert answer.status == 400 and answer.pointers(), (o["id"], bad, answer.text)
    assert checked >= 30


# Where a filter looks, when not at the field of its name. A site's plan is its customer's, and is added to it here.
FIELDS = {
    "customer": ["customerId"], "listUsers customer": ["customers"], "after": ["seq"],
    "listUsers q": ["email", "name"], "listTokens q": ["name"], "listPlans q": ["id"], "listCustomers q": ["id", "name"],
    "listSites q": ["id", "hostnames"], "listDomains q": ["name"], "listRecords q": ["name"], "listMailboxes q": ["address"],
    "listAliases q": ["address"],
}


def seen_by(filter_name, operation, item):
    """The texts of an item that a filter compares."""
    fields = FIELDS.get(f"{operation['id']} {filter_name}") or FIELDS.get(filter_name) or [filter_name]
    values = [item[field] for field in fields if field in item]
    return [v if isinstance(v, str) else json.dumps(v) for value in values for v in (value if isinstance(value, list) else [value])]


def chosen(filter_name, value, texts):
    if filter_name == "q":
        return any(value.lower() in text.lower() for text in texts)
    return int(texts[0]) > int(value) if filter_name == "after" else value in texts


def all_values(parameter):
    """Of a filter that has only so many; else None."""
    schema = resolve(parameter["schema"])
    return ["true", "false"] if schema["type"] == "boolean" else schema.get("enum")


def values_to_try(name, parameter, seen):
    """All, or some that are there: of a free text a part, in the other case where that makes no difference."""
    there = sorted(set(itertools.chain.from_iterable(seen)) - {""})
    if all_values(parameter):
        return all_values(parameter)
    if name == "q":
        return [text[1:].upper() if "whatever its case" in parameter["description"] else text[1:] for text in there]
    return there[:10]


def test_filters_refuse_what_they_do_not_know_and_choose(berth, world):
    """Each gives exactly what of the whole list it should, which is something, and not always all."""
    plans = {c["id"]: c["plan"] for c in berth.good("GET", "/customers?limit=200", token=berth.admin).json["items"]}
    for o in lists():
        path = address(o, world)

        def items(name="", value=""):
            words = ["limit=200"] * ("limit" in o["parameters"]) + [f"{name}={quote(value)}"] * bool(name)
            found = berth.good("GET", f"{path}?{'&'.join(words)}", token=berth.admin).json["items"]
            return [item | {"plan": plans[item["customerId"]]} for item in found] if o["id"] == "listSites" else found
        for name, parameter in o["parameters"].items():
            if parameter["in"] != "query" or name in ("limit", "cursor", "sort"):
                continue
            assert berth.ask("GET", f"{path}?{name}=", token=berth.admin).status == 400, (o["id"], name)
            everything, sizes = items(), set()
            seen = [seen_by(name, o, item) for item in everything]
            for value in values_to_try(name, parameter, seen):
                want = [item for item, texts in zip(everything, seen) if chosen(name, value, texts)]
                if name == "after":  # which reads on, so that the oldest is first
                    want.sort(key=lambda item: item["seq"])
                assert items(name, value) == want, (o["id"], name, value)
                sizes.add(len(want))
            if all_values(parameter) or name == "after":
                assert berth.ask("GET", f"{path}?{name}=zzz", token=berth.admin).status == 400, (o["id"], name)
            else:
                assert items(name, "zzz") == [], (o["id"], name)
                sizes.add(0)
            assert max(sizes) > 0 and min(sizes) < len(everything), (o["id"], name, sizes)


def test_every_single_get_has_an_etag(berth, world):
    for o in operations().values():
        if o["method"] == "GET" and o not in lists() and o["id"] not in EXCEPTIONS["ETag"]:
            answer = berth.good("GET", address(o, world), token=berth.admin)
            again = berth.good("GET", address(o, world), token=berth.admin)
            assert answer.headers["ETag"] and answer.headers["ETag"] == again.headers["ETag"], o["id"]


# What each change is sent, so that it would go through.
BODIES = {
    "createUser": {"email": "new@aa.example", "role": "member", "customers": ["aa"]}, "updateUser": {"name": "Somebody"}, "createUserLink": None,
    "createToken": {"name": "fresh", "scopes": ["read"]}, "createPlan": {"id": "fresh", "cpu": "1", "memory": "1Gi", "storage": "1Gi"},
    "replacePlan": {"cpu": "2", "memory": "1Gi", "storage": "1Gi"}, "createCustomer": {"id": "fresh", "plan": "small"},
    "bulkCustomers": {"filter": {"q": "aa"}, "change": {"action": "reconcile"}}, "updateCustomer": {"name": "C"},
    "suspendCustomer": {"reason": "x"}, "resumeCustomer": None, "restoreCustomer": None, "reconcileCustomer": None,
    "createSite": {"customerId": "bb", "hostnames": ["fresh.bb.localhost"]}, "bulkSites": {"filter": {"plan": "small"}, "change": {"action": "update", "replicas": 2}},
    "updateSite": {"replicas": 2}, "createDomain": {"customerId": "aa", "domain": "fresh.aa.example"}, "rollbackSite": {},
    "putRecord": {"ttl": 300, "values": ["y"]}, "createRelease": b"y", "importZone": b"x 300 IN TXT \"z\"\n",
    "createMailbox": {"address": "fresh@aa.localhost"}, "updateMailbox": {"name": "Anna"},
    "importMailboxes": {"items": [{"address": f"import{n}@aa.localhost", "passwordHash": "{BLF-CRYPT}$2y$10$" + "a" * 53} for n in range(2)]},
    "createAlias": {"address": "fresher@aa.localhost", "targets": ["x@elsewhere.example"]}, "updateAlias": {"targets": ["x@elsewhere.example"]},
    "updateDomain": {"dnssec": True}, "verifyDomain": None, "rotateDkimKeys": None, "checkDomainMail": None, "rotateSecrets": None,
}
TYPES = {"createRelease": "application/x-tar", "importZone": "text/plain"}
# They take a link, a password or a code, or are answered by a report, and so are tested by the tests of their own.
NOT_NOW = {"redeemLink", "changePassword",
           "enrolTotp", "confirmTotp", "disableTotp", "renewRecoveryCodes", "resetUserTotp", "rotateSecrets"}


def send(berth, world, o, headers=None, query=""):
    if o["method"] != "DELETE" and o["id"] not in BODIES:
        pytest.fail(f"{o['id']}: give it a body in BODIES")
    body, headers = BODIES.get(o["id"]), dict(headers or {})
    if o["id"] in TYPES:
        headers["Content-Type"] = TYPES[o["id"]]
    if o["id"] in NEEDED:
        headers.setdefault("If-Match", "*")
    return berth.ask(o["method"], address(o, world) + query, body, token=berth.admin, headers=headers)


def usable(rule):
    return [o for o in changes() if o["id"] not in EXCEPTIONS[rule] and o["id"] not in NOT_NOW]


def test_dry_runs_answer_and_change_nothing(berth, world):
    for o in usable("dryRun"):
        before = berth.snapshot()
        answer = send(berth, world, o, query="?dryRun=true")
        assert answer.status == 200 and isinstance(answer.json["changes"], list), (o["id"], answer.status, answer.text)
        after = berth.snapshot()
        for name in before.keys() - {"operation", "audit"}:  # the question to the reconciler is an operation
            assert before[name] == after[name], (o["id"], name)
        assert berth.ask(o["method"], address(o, world) + "?dryRun=perhaps", BODIES.get(o["id"]), token=berth.admin,
                         headers={"Content-Type": TYPES.get(o["id"], "application/json"), "If-Match": "*"}).status == 400, o["id"]


def test_if_match_is_honoured(berth, world):
    count = 0
    for o in usable("If-Match"):
        if "If-Match" in o["parameters"]:
            before = berth.snapshot()
            answer = send(berth, world, o, {"If-Match": '"never"'})
            assert answer.status == 412, (o["id"], answer.status, answer.text)
            answer = send(berth, world, o, {"If-Match": ""})
            assert answer.status == 400 and answer.pointers() == ["/If-Match"], (o["id"], answer.status, answer.text)
            assert berth.snapshot() == before, o["id"]
            count += 1
    assert count >= 27
    for o in changes():
        if o["id"] in NEEDED:
            answer = berth.ask(o["method"], address(o, world), BODIES[o["id"]], token=berth.admin)
            assert answer.status == 428, (o["id"], answer.text)


def settled(berth):
    """No object of a bulk change waits: each has an audit row of its own, at its own time."""
    db = sqlite3.connect(berth.database.path, timeout=10)
    wait_for(lambda: db.execute("SELECT count(*) FROM bulk_item WHERE state = 'waiting'").fetchone() == (0,))
    db.close()


def test_idempotency_keys(berth, world):
    """The same key with the same request has the first answer again, with another one 409, and after its lifetime it is forgotten."""
    for o in usable("Idempotency-Key"):
        if o["method"] != "POST":
            continue
        key = {"Idempotency-Key": f"key-{o['id']}"}
        first = send(berth, world, o, key)
        assert first.status in (201, 202), (o["id"], first.status, first.text)
        settled(berth)
        rows = len(berth.snapshot()["audit"])
        again = send(berth, world, o, key)
        secrets = {"link", "secret"}
        assert again.status == first.status, (o["id"], again.text)
        assert again.json == {k: v for k, v in first.json.items() if k not in secrets}, o["id"]
        assert len(berth.snapshot()["audit"]) == rows, f"{o['id']} was carried out twice"
        other = berth.ask("POST", "/customers", {"id": "other", "plan": "small"}, token=berth.admin, headers=key)
        assert other.status == 409, o["id"]
        for bad in ("with blank", "x" * 129):
            assert send(berth, world, o, {"Idempotency-Key": bad}).status == 400, (o["id"], bad)


def test_idempotency_keys_end_after_a_day(berth, world):
    body = lambda name: {"id": name, "plan": "small"}
    key = {"Idempotency-Key": "old"}
    berth.good("POST", "/customers", body("keyone"), token=berth.admin, headers=key)
    db = sqlite3.connect(berth.database.path, timeout=10, isolation_level=None)
    db.execute("UPDATE idempotency SET at_ms = at_ms - 24 * 3600 * 1000 + 60000 WHERE key = 'admin old'")
    assert berth.ask("POST", "/customers", body("keytwo"), token=berth.admin, headers=key).status == 409
    db.execute("UPDATE idempotency SET at_ms = at_ms - 120000 WHERE key = 'admin old'")
    berth.good("POST", "/customers", body("keytwo"), token=berth.admin, headers=key)  # prunes, and is kept in its place
    assert db.execute("SELECT count(*) FROM idempotency WHERE at_ms < ?", (int(time.time() * 1000) - 24 * 3600 * 1000,)).fetchone() == (0,)
    assert db.execute("SELECT count(*) FROM idempotency WHERE key = 'admin old'").fetchone() == (1,)
    db.close()


# --- operations, live ---

def stream(berth, operation, last=None):
    """The events of a stream until its end: (id, name, data)."""
    import http.client
    connection = http.client.HTTPConnection("127.0.0.1", berth.port, timeout=30)
    headers = {"Authorization": f"Bearer {berth.admin}"} | ({"Last-Event-ID": last} if last else {})
    connection.request("GET", f"/api/v1/operations/{operation}/stream", headers=headers)
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()
    text = answer.read().decode()
    connection.close()
    out = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if line and line[0] != ":")
        if "data" in fields:
            out.append((fields["id"], fields["event"], json.loads(fields["data"])))
    return out


def test_streams_have_steps_progress_and_a_log_and_go_on(berth, world):
    operation = berth.good("POST", "/customers/aa/reconcile", token=berth.admin).json["operation"]["id"]
    db = sqlite3.connect(berth.database.path, timeout=10, isolation_level=None)
    now = int(time.time() * 1000)
    for n in range(3):
        db.execute("INSERT INTO event (at_ms, customer, type, reason, object, message) VALUES (?, 'aa', 'Normal', 'Live', 'x', ?)", (now, str(n)))
    db.execute("UPDATE operation SET state = 'done', finished_ms = ?, updated_ms = ? WHERE id = ?", (now + 1, now + 1, operation))
    db.close()
    events = stream(berth, operation)
    assert [(name, data.get("message")) for _, name, data in events if name == "log"] == [("log", "0"), ("log", "1"), ("log", "2")]
    last = events[-1][2]
    assert events[-1][1] == "operation" and last["state"] == "done"
    assert last["progress"] == {"total": 3, "done": 3} and len(last["steps"]) == 3
    assert [data["message"] for _, name, data in stream(berth, operation, events[0][0]) if name == "log"] == ["1", "2"]
    assert stream(berth, operation, events[-1][0]) == []
    ids = [tuple(map(int, i.split("."))) for i, _, _ in events]
    assert ids == sorted(ids) and len(set(ids)) == len(ids)
    answer = berth.ask("GET", f"/operations/{operation}/stream", token=berth.admin, headers={"Last-Event-ID": "x.y"})
    assert answer.status == 400


def test_conditions_say_since_when_why_and_when_next(berth, world):
    db = sqlite3.connect(berth.database.path, timeout=10, isolation_level=None)
    db.execute("INSERT INTO condition VALUES ('bb', 'dns', 'bb.localhost', 'false', 'InProgress', 'waits', 1000, 2000, 0)")
    db.execute("INSERT INTO condition VALUES ('bb', 'tls', '', 'unknown', 'Waiting', 'waits for dns', 1000, 2000, 1)")
    db.close()
    items = berth.good("GET", "/customers/bb/conditions", token=berth.admin).json["items"]
    assert items[0] == {"type": "dns", "subject": "domain/bb.localhost", "status": "false", "reason": "InProgress", "message": "waits",
                        "since": "1970-01-01T00:00:01.000Z", "nextTry": "1970-01-01T00:00:02.000Z"}
    assert items[1]["status"] == "unknown" and items[1]["nextTry"]
    for query, want in (("status=unknown", ["tls"]), ("type=dns", ["dns"]), ("type=dns&status=true", [])):
        assert [i["type"] for i in berth.good("GET", f"/customers/bb/conditions?{query}", token=berth.admin).json["items"]] == want


def test_every_parameter_is_known_to_the_server(berth, world):
    """The document's query parameters are those that the server takes: each is refused by its value, never by its name."""
    for o, name in itertools.chain.from_iterable(((o, n) for n, p in o["parameters"].items() if p["in"] == "query") for o in operations().values()):
        answer = berth.ask(o["method"], address(o, world) + f"?{name}=", None if o["method"] in ("GET", "DELETE") else {}, token=berth.admin)
        if o["id"] in TYPES:
            continue
        assert answer.status == 400 and "must not be empty" in answer.text, (o["id"], name, answer.status, answer.text)

"""POST /mailboxes/import by a real `berthd api`, on SQLite and on PostgreSQL: what is made, that each fault is told of its item and
changes nothing, and that the desired state which the reconciler is given has the mailboxes."""
import json

import pytest
from berth import PASSWORD, start
from database import File, OnServer

HASH = "{BLF-CRYPT}$2y$10$" + "a" * 53
IMPORT = "/mailboxes/import"


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def berth(request, scratch):
    """Two customers: `one` with mail.localhost, other.localhost and plain.localhost (without mail), `two` with theirs.localhost."""
    folder = scratch / f"import-{request.param}"
    folder.mkdir()
    database = File(folder) if request.param == "sqlite" else OnServer(request.getfixturevalue("postgres_server"))
    berth = start(folder, database)
    berth.good("POST", "/plans", {"id": "room", "cpu": "1", "memory": "1Gi", "storage": "1Gi", "domains": 9, "mailboxes": 2500}, token=berth.admin)
    for customer, name, mail in (("one", "mail", True), ("one", "other", True), ("one", "plain", False), ("two", "theirs", True)):
        berth.good("POST", "/domains", {"customerId": customer, "plan": "room", "domain": f"{name}.localhost", "mail": mail}, token=berth.admin)
    yield berth
    berth.stop()


def box(local, domain="mail.localhost", **more):
    return {"address": f"{local}@{domain}", "passwordHash": HASH} | more


def made(berth, items, **more):
    return berth.good("POST", IMPORT, {"items": items}, token=berth.admin, **more)


def refused(berth, items, status, *pointers, says="", token=None):
    """Every pointer and nothing else is named; no row is another one than before."""
    before = berth.snapshot()
    answer = berth.ask("POST", IMPORT, {"items": items}, token=token or berth.admin)
    assert answer.status == status and answer.pointers() == list(pointers), (answer.status, answer.text)
    assert all(says in e["message"] for e in answer.json["errors"]), answer.text
    assert berth.snapshot() == before
    return answer


def rows(berth, what, where):
    return berth.database.sql(f"SELECT {what} FROM mailbox WHERE {where} ORDER BY local")


def generation(berth, customer="one"):
    return int(berth.database.sql(f"SELECT generation FROM customer WHERE id = '{customer}'")[0][0])


def test_a_thousand_at_once(berth):
    before, audited = generation(berth), len(berth.snapshot()["audit"])
    answer = made(berth, [box(f"u{n:03}", "mail.localhost" if n % 2 else "other.localhost", name=f"Nr. {n} ä", quota="2Mi") for n in range(1000)])
    operation = answer.json["operation"]
    assert answer.status == 202 and answer.json["mailboxes"] == 1000 and answer.headers["Location"].endswith(operation["id"])
    assert operation["kind"] == "customer.import-mailboxes" and operation["subject"] == "customer/one"
    assert generation(berth) == before + 1
    found = rows(berth, "local, domain, customer, name, password, quota, active, keep, version", "local LIKE 'u%'")
    assert found == [[f"u{n:03}", "mail.localhost" if n % 2 else "other.localhost", "one", f"Nr. {n} ä", HASH, str(2 << 20), "1", "1", str(before + 1)]
                     for n in range(1000)]
    log = berth.database.sql("SELECT action, customer, subject, request_id FROM audit ORDER BY seq")[audited:]
    assert [row[:3] for row in log] == [["mailbox.create", "one", f"u{n:03}@{'mail' if n % 2 else 'other'}.localhost"] for n in range(1000)] + [
        ["customer.import-mailboxes", "one", "one"]]
    assert len({row[3] for row in log}) == 1 and berth.good("GET", "/audit/verify", token=berth.admin).json["whole"]
    shown = berth.good("GET", "/mailboxes/u001@mail.localhost", token=berth.admin)
    assert shown.json["hasPassword"] and shown.headers["ETag"]
    berth.good("PATCH", "/mailboxes/u001@mail.localhost", {"name": "x"}, token=berth.admin, headers={"If-Match": shown.headers["ETag"]})


def test_every_field_is_as_by_the_single_route(berth):
    fields = {"name": "Anna", "quota": "3Mi", "active": False, "forwards": ["B@Elsewhere.example", "a@elsewhere.example"], "keep": False,
              "autoReply": {"on": True, "subject": "Away", "text": "Back\r\non Monday."}}
    made(berth, [box("many", **fields), {"address": "clear@mail.localhost", "password": PASSWORD}])
    berth.good("POST", "/mailboxes", box("single", **fields), token=berth.admin)
    columns = "password, name, quota, active, forwards, keep, reply, reply_subject, reply_text"
    assert rows(berth, columns, "local = 'many'") == rows(berth, columns, "local = 'single'")
    assert rows(berth, "password", "local = 'clear'")[0][0].startswith("{ARGON2ID}$argon2id$")


def test_faults_of_fields_are_told_together(berth):
    items = [box("ok1"), box("BAD"), box("ok2", quota="1"), {"address": "ok3@mail.localhost"}, {"passwordHash": HASH}, 7,
             box("ok4", autoReply={"on": True}), box("ok5", password=PASSWORD), box("ok6", more=1), box("ok7", keep=False)]
    refused(berth, items, 422, "/items/1/address", "/items/2/quota", "/items/3/passwordHash", "/items/4/address", "/items/5",
            "/items/6/autoReply/text", "/items/7/passwordHash", "/items/8/more", "/items/9/keep")
    answer = berth.ask("POST", IMPORT, {"items": [box("BAD") for _ in range(50)]}, token=berth.admin)
    assert answer.pointers() == [f"/items/{n}/address" for n in range(16)]


@pytest.mark.parametrize("items", [[], {}, "x", None, [box(f"x{n}") for n in range(1001)]])
def test_how_many(berth, items):
    refused(berth, items, 422, "/items", says="1 to 1000")


def test_an_address_twice(berth):
    items = [box("t1"), box("t2"), box("t1", "other.localhost"), box("t1"), box("t1")]
    refused(berth, items, 422, "/items/3/address", "/items/4/address", says="leave one of them out")


def test_at_most_a_hundred_passwords(berth):
    items = [{"address": f"p{n}@mail.localhost", "password": PASSWORD} for n in range(101)]
    refused(berth, items, 422, "/items/100/password", says="the 100 that a request may have")
    refused(berth, [{"address": "p@mail.localhost", "password": "short"}], 422, "/items/0/password")


def test_addresses_in_use(berth):
    made(berth, [box("used")])
    berth.good("POST", "/aliases", {"address": "info@mail.localhost", "targets": ["used@mail.localhost"]}, token=berth.admin)
    answer = refused(berth, [box("free"), box("used"), box("info")], 409, "/items/1/address", "/items/2/address", says="already; leave it out")
    assert "there is a mailbox" in answer.json["errors"][0]["message"] and "there is an alias" in answer.json["errors"][1]["message"]


def test_domains(berth):
    refused(berth, [box("a"), box("b", "plain.localhost"), box("c", "absent.localhost")], 409, "/items/1/address", "/items/2/address")
    refused(berth, [box("a"), box("b", "absent.localhost")], 404, "/items/1/address", says="there is no domain 'absent.localhost'")
    refused(berth, [box("a"), box("b", "theirs.localhost")], 422, "/items/1/address", says="import each customer's alone")


def test_forwards_in_a_circle(berth):
    refused(berth, [box("c1", forwards=["c2@mail.localhost"]), box("c2", forwards=["c3@mail.localhost"]), box("c3", forwards=["c1@mail.localhost"])],
            422, "/items/0/forwards", "/items/1/forwards", "/items/2/forwards", says="leads back to this address")
    made(berth, [box("d1", forwards=["d2@mail.localhost"]), box("d2", forwards=["x@elsewhere.example"])])


def test_the_plan(berth):
    berth.good("POST", "/plans", {"id": "narrow", "cpu": "1", "memory": "1Gi", "storage": "1Gi", "mailboxes": 4, "mailStorage": "3Gi"}, token=berth.admin)
    berth.good("POST", "/domains", {"customerId": "three", "plan": "narrow", "domain": "three.localhost", "mailUsers": ["a"]}, token=berth.admin)
    answer = refused(berth, [box(f"b{n}", "three.localhost", quota="1Mi") for n in range(4)], 422, "/items")
    assert answer.json["errors"][0]["message"] == "the plan 'narrow' allows 4 mailboxes, and the customer has 1 and would have 5"
    refused(berth, [box(f"b{n}", "three.localhost") for n in range(3)], 422, "/items", says="the customer's have 1Gi and would have 4Gi")
    made(berth, [box(f"b{n}", "three.localhost", quota="1Mi") for n in range(3)])


def test_roles_and_others_customers(berth):
    tokens = {}
    for role in ("reseller", "owner", "member"):
        berth.user(f"{role}@import.example", role, ["one"])
        tokens[role] = berth.sign_in(f"{role}@import.example").json["token"]
    for role in ("reseller", "owner"):
        foreign = refused(berth, [box("a"), box("b", "theirs.localhost")], 404, "/items/1/address", token=tokens[role])
        missing = refused(berth, [box("a"), box("b", "absent.localhost")], 404, "/items/1/address", token=tokens[role])
        assert foreign.json["detail"].replace("theirs", "absent") == missing.json["detail"]
        berth.good("POST", IMPORT, {"items": [box(role)]}, token=tokens[role])
    before = berth.snapshot()
    assert berth.ask("POST", IMPORT, {"items": [box("member")]}, token=tokens["member"]).status == 403
    reads = berth.token(tokens["owner"], scopes=["read"])["secret"]
    assert berth.ask("POST", IMPORT, {"items": [box("member")]}, token=reads).status == 403
    for name in before.keys() - {"token", "audit"}:
        assert berth.snapshot()[name] == before[name]


def test_a_repeat_is_the_same(berth):
    key = {"Idempotency-Key": "import-1"}
    items = [box("again"), {"address": "again2@mail.localhost", "password": PASSWORD}]
    first = made(berth, items, headers=key)
    before = berth.snapshot()
    assert made(berth, items, headers=key).json == first.json and berth.snapshot() == before
    assert berth.ask("POST", IMPORT, {"items": items[:1]}, token=berth.admin, headers=key).status == 409
    kept = str(berth.database.sql("SELECT * FROM idempotency WHERE key = 'admin import-1'"))
    assert "mailboxes" in kept and PASSWORD not in kept and HASH not in kept


def test_a_dry_run_asks_with_what_would_be(berth):
    before = berth.snapshot()
    answer = berth.good("POST", IMPORT + "?dryRun=true", {"items": [box("dry", name="Dry")]}, token=berth.admin)
    assert answer.status == 200 and answer.json["changes"] == []
    after = berth.snapshot()
    for name in before.keys() - {"operation", "audit"}:  # the question is an operation
        assert before[name] == after[name], name
    # The reconciler is given the whole tenant as it would be; from the same rows it makes the mail servers' (test_mail.py).
    asked, = berth.database.sql("SELECT input FROM operation WHERE kind = 'plan' ORDER BY seq DESC LIMIT 1")
    mail = next(d for d in json.loads(asked[0])["domains"] if d["name"] == "mail.localhost")
    assert [m["name"] for m in mail["mailboxes"] if m["local"] == "dry"] == ["Dry"]


def test_a_customer_in_the_trash(berth):
    berth.good("POST", "/domains", {"customerId": "gone", "plan": "room", "domain": "gone.localhost", "mail": True}, token=berth.admin)
    tag = berth.good("GET", "/customers/gone", token=berth.admin).headers["ETag"]
    berth.good("DELETE", "/customers/gone", token=berth.admin, headers={"If-Match": tag})
    answer = berth.ask("POST", IMPORT, {"items": [box("a", "gone.localhost")]}, token=berth.admin)
    assert answer.status == 409 and "in the trash" in answer.json["detail"]

"""Bulk changes of a real berthd: chosen at once, carried out one by one by the rules of the single change, and gone on with after
the process was killed."""
import signal
import sqlite3

import pytest
from berth import start, wait_for
from conftest import Server, answers

FINAL = ("done", "failed")


@pytest.fixture(scope="module")
def berth(scratch):
    berth = start(scratch / "bulk")
    yield berth
    berth.stop()


def make(berth, *names, plan="small", token=None):
    for name in names:
        berth.good("POST", "/customers", {"id": name, "plan": plan}, token=token or berth.admin)


def bulk(berth, noun, filter, change, token=None, **more):
    return berth.ask("POST", f"/{noun}/bulk" + more.get("query", ""), {"filter": filter, "change": change}, token=token or berth.admin)


def reconcile(berth):
    """What a reconciler would say of every accepted change: it is so."""
    db = sqlite3.connect(berth.database.path, timeout=10, isolation_level=None)
    db.execute("UPDATE operation SET state = 'done', finished_ms = 1 WHERE state = 'accepted' AND kind NOT LIKE '%.bulk'")
    db.close()


def end(berth, operation, token=None):
    def ended():
        reconcile(berth)
        return berth.good("GET", f"/operations/{operation}", token=token or berth.admin).json["state"] in FINAL
    wait_for(ended, 30)
    return berth.good("GET", f"/operations/{operation}", token=token or berth.admin).json


def items(berth, operation, query="", token=None):
    return berth.good("GET", f"/operations/{operation}/items?limit=200{query}", token=token or berth.admin).json["items"]


def test_plan_change_refuses_what_does_not_fit_and_tells_why(berth):
    berth.good("POST", "/plans", {"id": "zero", "cpu": "1", "memory": "1Gi", "storage": "1Gi", "domains": 0, "sites": 0}, token=berth.admin)
    make(berth, "fit-a", "fit-b", plan="medium")
    berth.good("POST", "/domains", {"customerId": "fit-c", "domain": "fit-c.localhost", "plan": "medium"}, token=berth.admin)
    before = berth.snapshot()
    planned = bulk(berth, "customers", {"plan": "medium"}, {"action": "update", "plan": "zero"}, query="?dryRun=true").json
    assert berth.snapshot() == before
    assert [c["object"] for c in planned["changes"]] == ["customer/fit-a", "customer/fit-b"]
    assert [r["object"] for r in planned["refused"]] == ["customer/fit-c"] and "allows 0" in planned["refused"][0]["message"]
    accepted = bulk(berth, "customers", {"plan": "medium"}, {"action": "update", "plan": "zero"})
    assert accepted.status == 202 and accepted.json["objects"] == 3
    operation = end(berth, accepted.json["operation"]["id"])
    assert operation["state"] == "failed" and operation["result"] == {"total": 3, "done": 2, "refused": 1, "failed": 0, "running": 0, "waiting": 0}
    refused = items(berth, operation["id"], "&state=refused")
    assert [i["object"] for i in refused] == ["fit-c"] and "allows 0" in refused[0]["message"]
    assert {c["id"] for c in berth.good("GET", "/customers?plan=zero", token=berth.admin).json["items"]} == {"fit-a", "fit-b"}


def test_resellers_touch_only_their_own(berth):
    make(berth, "foreign")
    berth.user("seller@berth.example", "reseller")
    token = berth.sign_in("seller@berth.example").json["token"]
    make(berth, "sold-a", "sold-b", token=token)
    accepted = bulk(berth, "customers", {"all": True}, {"action": "suspend", "reason": "unpaid"}, token=token)
    operation = end(berth, accepted.json["operation"]["id"], token)
    assert operation["state"] == "done" and [i["object"] for i in items(berth, operation["id"], token=token)] == ["sold-a", "sold-b"]
    assert berth.good("GET", "/customers/foreign", token=berth.admin).json["state"] == "active"
    assert operation["id"] in {o["id"] for o in berth.good("GET", "/operations", token=token).json["items"]}
    berth.user("owner@berth.example", "owner", ["sold-a"])
    owner = berth.sign_in("owner@berth.example").json["token"]
    assert bulk(berth, "customers", {"all": True}, {"action": "suspend"}, token=owner).status == 403
    assert berth.ask("GET", f"/operations/{operation['id']}", token=owner).status == 404
    assert berth.ask("GET", f"/operations/{operation['id']}/items", token=owner).status == 404


@pytest.mark.parametrize("filter, change, pointer", [
    ({}, {"action": "reconcile"}, "/filter"), ({"all": True, "plan": "small"}, {"action": "reconcile"}, "/filter/all"),
    ({"all": False}, {"action": "reconcile"}, "/filter"), ({"plan": "nowhere"}, {"action": "reconcile"}, "/filter"),
    ({"state": "odd"}, {"action": "reconcile"}, "/filter/state"), ({"odd": "x"}, {"action": "reconcile"}, "/filter/odd"),
    ({"all": True}, {"action": "erase"}, "/change/action"), ({"all": True}, {"action": "update"}, "/change/plan"),
    ({"all": True}, {"action": "update", "plan": "nowhere"}, "/change/plan"), ({"all": True}, {"action": "resume", "plan": "small"}, "/change/plan"),
    ({"all": True}, {"action": "resume", "reason": "x"}, "/change/reason"), ({"all": True}, {}, "/change/action"), ([], {}, "/filter"),
])
def test_bad_requests_name_the_field_and_change_nothing(berth, filter, change, pointer):
    make(berth, "any") if berth.ask("GET", "/customers/any", token=berth.admin).status == 404 else None
    before = berth.snapshot()
    answer = bulk(berth, "customers", filter, change)
    assert answer.status == 422 and answer.pointers() == [pointer], answer.text
    assert berth.snapshot() == before


def test_killed_and_started_again_nothing_is_lost_or_done_twice(berth):
    names = [f"crash-{n:03}" for n in range(120)]
    make(berth, *names)
    generation = {c["id"]: c["generation"] for c in berth.good("GET", "/customers?q=crash-&limit=200", token=berth.admin).json["items"]}
    operation = bulk(berth, "customers", {"q": "crash-"}, {"action": "reconcile"}).json["operation"]["id"]
    kills = 0
    while berth.good("GET", f"/operations/{operation}", token=berth.admin).json["progress"]["waiting"]:
        if kills < 4:
            berth.server.stop(signal.SIGKILL)
            berth.server = Server([berth.program, "api"], berth.log, lambda: answers(berth.port), env=berth.environment)
            kills += 1
    assert kills
    assert end(berth, operation)["progress"]["done"] == len(names)
    now = {c["id"]: c["generation"] for c in berth.good("GET", "/customers?q=crash-&limit=200", token=berth.admin).json["items"]}
    assert now == {name: old + 1 for name, old in generation.items()}
    assert len({i["operation"] for i in items(berth, operation)}) == len(names)

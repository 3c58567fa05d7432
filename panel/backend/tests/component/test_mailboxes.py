"""Mailboxes and aliases by a real `berthd api`: what is made, what is refused, and that a refused request changed nothing."""
import re
import sqlite3

import pytest
from berth import start

HASH = "{BLF-CRYPT}$2y$10$" + "a" * 53
SHA = "{SHA512-CRYPT}$6$salt$" + "b" * 86


@pytest.fixture(scope="module")
def berth(scratch):
    """Two customers: `one` with mail.localhost and other.localhost (mail is on) and plain.localhost (it is off); `two` with theirs.localhost."""
    berth = start(scratch / "mailboxes")
    berth.good("POST", "/plans", {"id": "room", "cpu": "1", "memory": "1Gi", "storage": "1Gi", "domains": 50, "mailboxes": 60}, token=berth.admin)
    for customer, name, mail in (("one", "mail", True), ("one", "other", True), ("one", "plain", False), ("two", "theirs", True)):
        berth.good("POST", "/domains", {"customerId": customer, "plan": "room", "domain": f"{name}.localhost", "mail": mail}, token=berth.admin)
    yield berth
    berth.stop()


@pytest.fixture
def ask(berth):
    return lambda method, path, body=None, **more: berth.ask(method, path, body, token=berth.admin, **more)


@pytest.fixture
def good(berth):
    return lambda method, path, body=None, **more: berth.good(method, path, body, token=berth.admin, **more).json


def refused(berth, method, path, body, status, pointer, says="", token=None):
    """It is refused, names the field and says why; and every row is as it was."""
    before = berth.snapshot()
    answer = berth.ask(method, path, body, token=token or berth.admin)
    assert answer.status == status, (body, answer.status, answer.text)
    assert pointer is None or pointer in answer.pointers(), (body, answer.text)
    messages = [answer.json["detail"]] + [e["message"] for e in answer.json.get("errors", [])]
    assert any(says in m for m in messages), (body, says, messages)
    assert berth.snapshot() == before, body
    return answer


# --- what is made ---

def test_a_mailbox_is_made_changed_and_deleted(berth, ask, good):
    made = ask("POST", "/mailboxes", {"address": "anna@mail.localhost", "password": "correct horse battery", "name": "Anna Ä"})
    assert made.status == 202 and made.headers["Location"].endswith(made.json["operation"]["id"])
    assert made.json["operation"]["kind"] == "mailbox.create" and made.json["operation"]["subject"] == "mailbox/anna@mail.localhost"
    box = made.json["mailbox"]
    assert box == {"address": "anna@mail.localhost", "domain": "mail.localhost", "customerId": "one", "name": "Anna Ä", "hasPassword": True,
                   "quota": "1Gi", "active": True, "forwards": [], "keep": True, "autoReply": {"on": False, "subject": "", "text": ""},
                   "createdAt": box["createdAt"]}
    stored, = berth.sql("SELECT password, quota FROM mailbox WHERE local = 'anna' AND domain = 'mail.localhost'")
    assert re.fullmatch(r"\{ARGON2ID\}\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+\$[^$]+\$[^$]+", stored[0]) and stored[1] == 1 << 30
    read = ask("GET", "/mailboxes/anna@mail.localhost")
    assert read.json == box and read.headers["ETag"] == made.headers["ETag"]
    reply = {"on": True, "subject": "Away", "text": "Back on\r\nMonday.", "from": "2026-12-24T00:00:00Z", "until": "2026-12-28T00:00:00Z"}
    changed = ask("PATCH", "/mailboxes/anna@mail.localhost", {"quota": "5Gi", "forwards": ["Bob+x@Elsewhere.example", "a@elsewhere.example"],
                  "keep": False, "autoReply": reply, "active": False}, headers={"If-Match": read.headers["ETag"]})
    assert changed.status == 202 and changed.headers["ETag"] != read.headers["ETag"]
    box = changed.json["mailbox"]
    assert box["forwards"] == ["a@elsewhere.example", "bob+x@elsewhere.example"] and not box["keep"] and not box["active"]
    assert box["autoReply"] == {"on": True, "subject": "Away", "text": "Back on\nMonday.", "from": "2026-12-24T00:00:00.000Z",
                                "until": "2026-12-28T00:00:00.000Z"}
    assert ask("PATCH", "/mailboxes/anna@mail.localhost", {"quota": "1Gi"}, headers={"If-Match": read.headers["ETag"]}).status == 412
    assert good("PATCH", "/mailboxes/anna@mail.localhost", {"forwards": []})["mailbox"]["keep"], "mail would have gone nowhere"
    good("PATCH", "/mailboxes/anna@mail.localhost", {"passwordHash": SHA})
    assert berth.sql("SELECT password FROM mailbox WHERE local = 'anna' AND domain = 'mail.localhost'") == [(SHA,)]
    good("DELETE", "/mailboxes/anna@mail.localhost")
    assert ask("GET", "/mailboxes/anna@mail.localhost").status == 404


def test_every_change_is_due_and_in_the_log(berth, good):
    before, = berth.sql("SELECT generation FROM customer WHERE id = 'one'")
    good("POST", "/mailboxes", {"address": "due@mail.localhost"})
    good("POST", "/aliases", {"address": "due2@mail.localhost", "targets": ["due@mail.localhost"]})
    good("DELETE", "/aliases/due2@mail.localhost")
    good("DELETE", "/mailboxes/due@mail.localhost")
    after, = berth.sql("SELECT generation FROM customer WHERE id = 'one'")
    assert after[0] == before[0] + 4
    log = good("GET", "/audit?customer=one&limit=4&sort=-seq")["items"]
    assert [(e["action"], e["subject"]) for e in log] == [
        ("mailbox.delete", "due@mail.localhost"), ("alias.delete", "due2@mail.localhost"), ("alias.create", "due2@mail.localhost"),
        ("mailbox.create", "due@mail.localhost")]
    assert good("GET", "/audit/verify")["whole"]


def test_one_call_makes_domain_and_mailboxes(berth, ask, good):
    users = ["plain", {"local": "rich", "password": "correct horse battery", "name": "Rich", "quota": "2Gi"}]
    made = good("POST", "/domains", {"customerId": "one", "domain": "call.localhost", "mailUsers": users})
    assert made["domain"]["mail"] is True
    boxes = good("GET", "/mailboxes?domain=call.localhost")["items"]
    assert [(b["address"], b["hasPassword"], b["quota"], b["name"]) for b in boxes] == [
        ("plain@call.localhost", False, "1Gi", ""), ("rich@call.localhost", True, "2Gi", "Rich")]
    assert good("POST", "/domains", {"customerId": "one", "domain": "none.localhost"})["domain"]["mail"] is False
    assert good("POST", "/domains", {"customerId": "one", "domain": "empty.localhost", "mailUsers": []})["domain"]["mail"] is True


@pytest.mark.parametrize("users, pointer", [
    (["a", "b", "a"], "/mailUsers/2"), ([{"local": "a", "password": "short"}], "/mailUsers/0/password"), ([7], "/mailUsers/0"),
    (["ok", "a+b"], "/mailUsers/1"), ([{"local": "A"}], "/mailUsers/0/local"), ([{}], "/mailUsers/0/local"),
    ([{"local": "a", "more": 1}], "/mailUsers/0/more"), ([{"local": "a", "quota": "0Gi"}], "/mailUsers/0/quota"), ("anna", "/mailUsers"),
    ([f"u{n}" for n in range(101)], "/mailUsers"), ([f"u{n}" for n in range(61)], "/mailUsers")])
def test_one_call_is_refused_as_a_whole(berth, users, pointer):
    refused(berth, "POST", "/domains", {"customerId": "one", "domain": "bad.localhost", "mailUsers": users}, 422, pointer)


def test_mail_users_need_mail(berth):
    refused(berth, "POST", "/domains", {"customerId": "one", "domain": "bad.localhost", "mail": False, "mailUsers": []}, 422, "/mailUsers")


def test_mail_is_switched(berth, ask, good):
    refused(berth, "POST", "/mailboxes", {"address": "anna@plain.localhost"}, 409, "/address", "berth domain update plain.localhost --mail on")
    refused(berth, "POST", "/aliases", {"address": "a@plain.localhost", "targets": ["b@elsewhere.example"]}, 409, "/address", "has no mail yet")
    tag = ask("GET", "/domains/plain.localhost").headers["ETag"]
    on = ask("PATCH", "/domains/plain.localhost", {"mail": True}, headers={"If-Match": tag})
    assert on.status == 202 and on.json["domain"]["mail"] is True and on.headers["ETag"] != tag
    assert on.json["domain"]["dnssec"] is False
    good("POST", "/mailboxes", {"address": "anna@plain.localhost"})
    refused(berth, "PATCH", "/domains/plain.localhost", {"mail": False}, 409, "/mail", "delete them first")
    refused(berth, "DELETE", "/domains/plain.localhost", None, 409, None, "")
    good("PATCH", "/domains/plain.localhost", {"dnssec": True})
    assert ask("GET", "/domains/plain.localhost").json["mail"] is True, "another change of the domain leaves it"
    good("DELETE", "/mailboxes/anna@plain.localhost")
    off = good("PATCH", "/domains/plain.localhost", {"mail": False, "dnssec": False})["domain"]
    assert off["mail"] is False and off["dnssec"] is False
    refused(berth, "PATCH", "/domains/plain.localhost", {}, 422, "")
    refused(berth, "PATCH", "/domains/plain.localhost", {"mail": "on"}, 422, "/mail")


# --- bad input ---

BAD_LOCALS = ['"anna"', '"an na"', "an na", "anna+lists", "+", "jürgen", "\u202eanna", "x" * 65, "", ".a", "a.", "a..b", "Anna", "a/b", "../b", "a%b",
              "a!b", "a|b", "a\\b", "a,b", "a;b", "a:b", "<a>", "a\tb", "a\nb", "-rf", "a@b", "'", "$(id)", "a\u007fb"]


@pytest.mark.parametrize("local", BAD_LOCALS)
def test_bad_local_parts(berth, local):
    refused(berth, "POST", "/mailboxes", {"address": f"{local}@mail.localhost"}, 422, "/address")
    refused(berth, "POST", "/aliases", {"address": f"{local}@mail.localhost", "targets": ["b@elsewhere.example"]}, 422, "/address")
    refused(berth, "POST", "/domains", {"customerId": "one", "domain": "bad.localhost", "mailUsers": [local]}, 422, "/mailUsers/0")


@pytest.mark.parametrize("address", ["anna", "@mail.localhost", "anna@", "anna@Mail.localhost", "anna@mail.localhost.", "anna@[127.0.0.1]",
                                     "anna@127.0.0.1", "anna@berth.localhost", "*@mail.localhost", "anna@ma_il.localhost"])
def test_bad_addresses_of_mailboxes(berth, address):
    refused(berth, "POST", "/mailboxes", {"address": address}, 422, "/address")


@pytest.mark.parametrize("field, value, pointer", [
    ("quota", "1G", "/quota"), ("quota", "0Gi", "/quota"), ("quota", "1023Ki", "/quota"), ("quota", "2Ti", "/quota"), ("quota", "much", "/quota"),
    ("quota", 5, "/quota"), ("quota", "1.5Gi", "/quota"), ("password", "short", "/password"), ("password", "x" * 257, "/password"), ("password", "bad@mail.localhost", "/password"),
    ("passwordHash", "correct horse battery", "/passwordHash"), ("passwordHash", "{PLAIN}correct horse battery", "/passwordHash"),
    ("passwordHash", "{BLF-CRYPT}$2y$31$" + "a" * 53, "/passwordHash"), ("passwordHash", "{SHA512-CRYPT}$6$rounds=999999999$s$" + "b" * 86, "/passwordHash"),
    ("passwordHash", "", "/passwordHash"), ("name", "a\nb", "/name"), ("name", "ä" * 121, "/name"), ("active", "yes", "/active"), ("keep", False, "/keep"),
    ("forwards", ["nobody"], "/forwards/0"), ("forwards", ["a@x.example", "A@X.example"], "/forwards/1"), ("forwards", ["bad@mail.localhost"], "/forwards/0"),
    ("forwards", [f"a{n}@x.example" for n in range(101)], "/forwards"), ("forwards", "a@x.example", "/forwards"), ("forwards", ["a@x.example\nb@x.example"], "/forwards/0"),
    ("forwards", ["x" * 65 + "@x.example"], "/forwards/0"), ("forwards", ["\"a b\"@x.example"], "/forwards/0"), ("forwards", ["|/bin/sh"], "/forwards/0"),
    ("forwards", ["/etc/passwd"], "/forwards/0"), ("forwards", [":include:/etc/passwd"], "/forwards/0"),
    ("autoReply", True, "/autoReply"), ("autoReply", {}, "/autoReply/on"), ("autoReply", {"on": True}, "/autoReply/text"),
    ("autoReply", {"on": True, "text": " \n"}, "/autoReply/text"), ("autoReply", {"on": False, "text": "a\u0007"}, "/autoReply/text"),
    ("autoReply", {"on": True, "text": "x", "subject": "a\nBcc: b"}, "/autoReply/subject"), ("autoReply", {"on": True, "text": "x" * 8193}, "/autoReply/text"),
    ("autoReply", {"on": True, "text": "x", "from": "tomorrow"}, "/autoReply/from"),
    ("autoReply", {"on": True, "text": "x", "from": "2026-12-28T00:00:00Z", "until": "2026-12-24T00:00:00Z"}, "/autoReply/until"),
    ("autoReply", {"on": True, "text": "x", "more": 1}, "/autoReply/more"), ("more", 1, "/more")])
def test_bad_fields(berth, good, field, value, pointer):
    if not berth.sql("SELECT 1 FROM mailbox WHERE local = 'changed'"):
        good("POST", "/mailboxes", {"address": "changed@mail.localhost"})
    refused(berth, "POST", "/mailboxes", {"address": "bad@mail.localhost", field: value}, 422, pointer)
    if value not in (["bad@mail.localhost"], "bad@mail.localhost"):
        refused(berth, "PATCH", "/mailboxes/changed@mail.localhost", {field: value}, 422, pointer)


def test_password_and_hash_exclude_each_other(berth, good):
    refused(berth, "POST", "/mailboxes", {"address": "b@mail.localhost", "password": "correct horse battery", "passwordHash": HASH}, 422, "/passwordHash")
    refused(berth, "PATCH", "/mailboxes/changed@mail.localhost", {}, 422, "")


def test_an_address_is_used_once(berth, good):
    good("POST", "/mailboxes", {"address": "once@mail.localhost"})
    good("POST", "/aliases", {"address": "only@mail.localhost", "targets": ["once@mail.localhost"]})
    for path, address in (("/mailboxes", "once"), ("/mailboxes", "only"), ("/aliases", "once"), ("/aliases", "only")):
        body = {"address": f"{address}@mail.localhost"} | ({"targets": ["x@elsewhere.example"]} if path == "/aliases" else {})
        refused(berth, "POST", path, body, 409, "/address", "already")
    good("POST", "/mailboxes", {"address": "once@other.localhost"})  # another address


def test_domains_of_others_are_not_there(berth):
    berth.user("owner@one.example", "owner", ["one"])
    owner = berth.sign_in("owner@one.example").json["token"]
    for path, more in (("/mailboxes", {}), ("/aliases", {"targets": ["x@elsewhere.example"]})):
        foreign = refused(berth, "POST", path, {"address": "a@theirs.localhost"} | more, 404, "/address", token=owner)
        missing = refused(berth, "POST", path, {"address": "a@absent.localhost"} | more, 404, "/address", token=owner)
        assert foreign.json["detail"].replace("theirs", "absent") == missing.json["detail"]
    berth.good("POST", "/mailboxes", {"address": "theirs@theirs.localhost"}, token=berth.admin)
    for method, body in (("GET", None), ("PATCH", {"name": "x"}), ("DELETE", None)):
        refused(berth, method, "/mailboxes/theirs@theirs.localhost", body, 404, None, token=owner)
    assert berth.good("GET", "/mailboxes?domain=theirs.localhost", token=owner).json["items"] == []
    berth.good("POST", "/mailboxes", {"address": "mine@mail.localhost"}, token=owner)


# --- loops ---

def test_loops_are_refused(berth, good):
    def alias(name, *targets):
        return {"address": f"{name}@mail.localhost", "targets": [t if "@" in t else f"{t}@mail.localhost" for t in targets]}

    refused(berth, "POST", "/aliases", alias("l1", "l1"), 422, "/targets/0", "the address itself")
    good("POST", "/aliases", alias("l1", "l2"))  # to nobody yet
    refused(berth, "POST", "/aliases", alias("l2", "l1"), 422, "/targets", "leads back")
    refused(berth, "POST", "/aliases", alias("l2", "l1+sub"), 422, "/targets", "leads back")
    good("POST", "/aliases", alias("l2", "l3@other.localhost", "x@elsewhere.example"))
    refused(berth, "POST", "/aliases", {"address": "l3@other.localhost", "targets": ["l1@mail.localhost"]}, 422, "/targets", "leads back")
    refused(berth, "POST", "/mailboxes", {"address": "l3@other.localhost", "forwards": ["l1@mail.localhost"]}, 422, "/forwards", "leads back")
    good("POST", "/mailboxes", {"address": "l3@other.localhost", "forwards": ["x@elsewhere.example"]})
    refused(berth, "PATCH", "/mailboxes/l3@other.localhost", {"forwards": ["l2@mail.localhost"]}, 422, "/forwards", "leads back")
    refused(berth, "PATCH", "/aliases/l2@mail.localhost", {"targets": ["l1@mail.localhost"]}, 422, "/targets", "leads back")


def test_loops_over_another_customer(berth, good):
    good("POST", "/aliases", {"address": "far@theirs.localhost", "targets": ["near@mail.localhost"]})
    answer = refused(berth, "POST", "/aliases", {"address": "near@mail.localhost", "targets": ["far@theirs.localhost"]}, 422, "/targets", "leads back")
    assert "near" not in answer.json["errors"][0]["message"]


def test_long_chains_are_refused(berth, good):
    for n in range(11):
        good("POST", "/aliases", {"address": f"c{n}@mail.localhost", "targets": [f"c{n - 1}@mail.localhost" if n else "x@elsewhere.example"]})
    refused(berth, "POST", "/aliases", {"address": "c11@mail.localhost", "targets": ["c10@mail.localhost"]}, 422, "/targets", "more than ten")


def test_catch_all(berth, good):
    good("POST", "/domains", {"customerId": "one", "domain": "all.localhost", "mailUsers": ["anna"]})
    star = {"address": "*@all.localhost"}
    refused(berth, "POST", "/aliases", star | {"targets": ["x@elsewhere.example"]}, 422, "/targets", "catch-all")
    refused(berth, "POST", "/aliases", star | {"targets": ["x@theirs.localhost"]}, 422, "/targets", "catch-all")
    refused(berth, "POST", "/aliases", star | {"targets": ["nobody@all.localhost"]}, 422, "/targets", "leads back")
    made = good("POST", "/aliases", star | {"targets": ["anna@all.localhost"]})["alias"]
    assert made["address"] == "*@all.localhost" and good("GET", "/aliases/*@all.localhost") == made
    refused(berth, "POST", "/aliases", star | {"targets": ["anna@all.localhost"]}, 409, "/address")
    refused(berth, "DELETE", "/mailboxes/anna@all.localhost", None, 409, None, "catch-all")
    good("DELETE", "/aliases/*@all.localhost")
    good("DELETE", "/mailboxes/anna@all.localhost")


@pytest.mark.parametrize("targets", [[], ["nobody"], [f"a{n}@x.example" for n in range(101)], "a@x.example", [7], None])
def test_bad_targets(berth, targets):
    answer = refused(berth, "POST", "/aliases", {"address": "bad@mail.localhost", "targets": targets}, 422, None)
    assert all(p.startswith("/targets") for p in answer.pointers())


# --- limits, states, repeats ---

def test_the_plan_bounds_mailboxes(berth, good):
    good("POST", "/plans", {"id": "narrow", "cpu": "1", "memory": "1Gi", "storage": "1Gi", "mailboxes": 2})
    good("POST", "/domains", {"customerId": "three", "plan": "narrow", "domain": "three.localhost", "mailUsers": ["a"]})
    good("POST", "/mailboxes", {"address": "b@three.localhost"})
    refused(berth, "POST", "/mailboxes", {"address": "c@three.localhost"}, 422, "/address", "allows 2 mailboxes, and the customer has 2")
    good("POST", "/aliases", {"address": "c@three.localhost", "targets": ["a@three.localhost"]})
    good("POST", "/plans", {"id": "none", "cpu": "1", "memory": "1Gi", "storage": "1Gi", "mailboxes": 1})
    refused(berth, "PATCH", "/customers/three", {"plan": "none"}, 409, "/plan", "allows 1 mailboxes")


def test_a_closed_customer_changes_nothing(berth, good):
    good("POST", "/domains", {"customerId": "four", "plan": "room", "domain": "four.localhost", "mailUsers": ["a"]})
    good("POST", "/aliases", {"address": "b@four.localhost", "targets": ["a@four.localhost"]})
    good("POST", "/customers/four/suspend", {"reason": "x"})
    good("PATCH", "/mailboxes/a@four.localhost", {"name": "still"})  # suspended is not closed
    good("DELETE", "/customers/four")
    for method, path, body in (("POST", "/mailboxes", {"address": "c@four.localhost"}), ("PATCH", "/mailboxes/a@four.localhost", {"name": "x"}),
                               ("DELETE", "/mailboxes/a@four.localhost", None), ("DELETE", "/aliases/b@four.localhost", None),
                               ("PATCH", "/domains/four.localhost", {"mail": False}),
                               ("POST", "/aliases", {"address": "c@four.localhost", "targets": ["a@four.localhost"]})):
        refused(berth, method, path, body, 409, None, "in the trash")


def test_a_repeat_with_a_password_is_known_and_no_quick_hash_is_kept(berth, ask):
    key = {"Idempotency-Key": "mailbox-once"}
    body = {"address": "repeat@mail.localhost", "password": "correct horse battery"}
    first, again = (ask("POST", "/mailboxes", body, headers=key) for _ in range(2))
    assert first.status == again.status == 202 and first.json == again.json
    assert ask("POST", "/mailboxes", body | {"address": "else@mail.localhost"}, headers=key).status == 409
    # The same request but for its password has the same hash: nothing can be tried against it.
    assert ask("POST", "/mailboxes", body | {"password": "another horse battery"}, headers=key).json == first.json


def test_without_mail_servers_there_is_no_mail(berth, ask):
    berth.restart(BERTH_MAIL_HOST="")
    try:
        for body in ({"mail": True}, {"mailUsers": ["a"]}):
            refused(berth, "POST", "/domains", {"customerId": "one", "domain": "bad.localhost"} | body, 422, "/" + next(iter(body)), "no mail servers")
        refused(berth, "PATCH", "/domains/none.localhost", {"mail": True}, 422, "/mail", "no mail servers")
    finally:
        berth.restart()


def test_rows_are_of_their_domain(berth, good):
    """What the database holds is whole after all of this: no address twice, each in a domain of its customer."""
    db = sqlite3.connect(berth.database.path)
    assert db.execute("SELECT count(*) FROM mailbox m JOIN mail_alias a USING (domain, local)").fetchone() == (0,)
    for table in ("mailbox", "mail_alias"):
        assert db.execute(f"SELECT count(*) FROM {table} m LEFT JOIN domain d ON d.name = m.domain AND d.customer = m.customer "
                          "WHERE d.name IS NULL").fetchone() == (0,)
    db.close()


# --- spam ---

def test_the_limits_of_spam_are_changed_one_by_one_or_both(berth, good):
    assert good("GET", "/customers/one")["spam"] == {"junk": 6, "reject": 15}
    assert good("PATCH", "/customers/one", {"spam": {"junk": 4}})["customer"]["spam"] == {"junk": 4, "reject": 15}
    assert good("PATCH", "/customers/one", {"spam": {"reject": 5}})["customer"]["spam"] == {"junk": 4, "reject": 5}
    assert good("PATCH", "/customers/one", {"name": "One", "spam": {"junk": 99, "reject": 100}})["customer"]["spam"] == {"junk": 99, "reject": 100}
    assert good("PATCH", "/customers/one", {"spam": {"junk": 6, "reject": 15}})["customer"]["spam"] == {"junk": 6, "reject": 15}


@pytest.mark.parametrize("spam, pointer", [
    ({"junk": 0}, "/spam/junk"), ({"junk": 15}, "/spam/junk"), ({"reject": 6}, "/spam/reject"), ({"reject": 101}, "/spam/reject"),
    ({"junk": 9, "reject": 9}, "/spam/reject"), ({"junk": 4.5}, "/spam/junk"), ({"junk": "4"}, "/spam/junk"), ({"more": 1}, "/spam/more"),
    ({}, "/spam"), (6, "/spam"), (None, "/spam")])
def test_limits_of_spam_that_make_no_sense_are_refused(berth, spam, pointer):
    refused(berth, "PATCH", "/customers/one", {"spam": spam}, 422, pointer)

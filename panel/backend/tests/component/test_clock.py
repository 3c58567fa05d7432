"""A host whose clock is an hour off (libfaketime), beside others whose clock is right."""
import os
import subprocess
import time
from pathlib import Path

import pytest
from berth import start
from conftest import run
from database import OnServer

FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
HOUR_MS, LEASE_MS = 3600 * 1000, 60 * 1000
SLACK_MS = 30 * 1000  # of a busy machine
APART = pytest.mark.parametrize("apart", ["+1h", "-1h"])


def off(apart):
    """The environment of a program, beneath the sanitizers, whose wall clock is so far off."""
    assert Path(FAKETIME).exists(), "apt install faketime"
    sanitizers = [subprocess.run(["gcc", f"-print-file-name=lib{name}.so"], check=True, text=True, stdout=subprocess.PIPE).stdout.strip()
                  for name in ("asan", "ubsan")]
    return {"LD_PRELOAD": " ".join([*sanitizers, FAKETIME]), "FAKETIME": apart, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


def now_ms():
    return time.time() * 1000


@pytest.fixture
def database(postgres_server, programs):
    """With ten customers that are due."""
    made = OnServer(postgres_server)
    run(programs / "component_store", made.url, "fill", "10")
    return made


@pytest.fixture
def store(programs, database):
    """Runs component_store on the right clock, or on one that is off."""
    def call(apart, *words):
        env = os.environ | (off(apart) if apart else {})
        return run(programs / "component_store", database.url, *words, env=env).split()
    return call


@APART
def test_reconcilers_on_different_clocks_never_both_work(store, database, apart):
    """Invariant: while one holds a customer's lease the other, whose clock is an hour off, claims nothing; whoever of the two it is;
    and the lease is as long as it should be."""
    for holder, other in (("", apart), (apart, "")):
        database.sql("UPDATE customer SET lease_owner = '', lease_until_ms = 0, due_ms = 1")
        assert len(store(holder, "claim", "holder")) == 10
        assert store(other, "claim", "other") == []
        until = int(database.sql("SELECT max(lease_until_ms) FROM customer")[0][0])
        assert abs(until - now_ms() - LEASE_MS) < SLACK_MS
        assert database.sql("SELECT DISTINCT lease_owner FROM customer") == [["holder"]]


@APART
def test_what_a_watch_tells_is_due_at_once(store, database, apart):
    """Invariant: drift that a reconciler with a wrong clock hears of is looked at now, not in an hour, by whichever reconciler."""
    database.sql("UPDATE customer SET due_ms = 0")
    store(apart, "due", "50")
    assert abs(int(database.sql("SELECT due_ms FROM customer WHERE id = 'c0'")[0][0]) - now_ms()) < SLACK_MS
    time.sleep(0.1)  # the 50 ms
    assert store("", "claim", "other") == ["c0"]


@APART
def test_the_end_of_a_pass_is_due_when_it_said(store, database, apart):
    """Invariant: the host that is off waits as long as it said, by its own clock and by the database's."""
    database.sql("DELETE FROM customer WHERE id <> 'c0'")
    left, again = (int(n) for n in store(apart, "lease"))
    assert LEASE_MS - SLACK_MS < left <= LEASE_MS and 0 < again <= 10_000
    due = int(database.sql("SELECT due_ms FROM customer")[0][0])
    assert abs(due - now_ms() - 10_000) < SLACK_MS


@APART
def test_the_time_in_the_trash_is_the_databases(store, database, apart):
    """Invariant: a reconciler whose clock is an hour off erases nobody early, and nobody late."""
    for id, ms in (("c0", now_ms() + HOUR_MS / 2), ("c1", now_ms() - HOUR_MS / 2)):
        database.sql(f"UPDATE customer SET state = 'trashed', trashed_ms = 1, erase_ms = {ms:.0f} WHERE id = '{id}'")
    store(apart, "expire")
    assert database.sql("SELECT id, state FROM customer WHERE state <> 'active' ORDER BY id") == [["c0", "trashed"], ["c1", "erasing"]]


@APART
def test_a_customer_is_in_the_trash_as_long_as_it_should(scratch, postgres_server, apart):
    """Invariant: an API whose clock is an hour off promises, and writes, the time of the database."""
    api = start(scratch / f"trash-{apart}", OnServer(postgres_server), answer_looks=False, BERTH_TRASH_HOURS="2")
    try:
        api.good("POST", "/customers", {"id": "one", "plan": "small"}, token=api.admin)
        api.restart(**off(apart))
        api.good("DELETE", "/customers/one", token=api.admin)
        trashed, erase = (int(n) for n in api.database.sql("SELECT trashed_ms, erase_ms FROM customer")[0])
    finally:
        api.stop()
    assert abs(trashed - now_ms()) < SLACK_MS and erase == trashed + 2 * HOUR_MS


@pytest.fixture
def api(scratch, request):
    made = start(scratch / f"clock-{request.node.name.replace('[', '-').strip(']')}", answer_looks=False)
    yield made
    made.stop()


@APART
def test_tokens_sessions_and_links_end_by_the_clock_of_the_api(api, apart):
    """Invariant: an hour ahead, what has half an hour left is refused, and what has days is good; an hour back, all is good; nothing
    is written for what is refused, and the audit log stays whole."""
    api.good("POST", "/customers", {"id": "one", "plan": "small"}, token=api.admin)
    user = api.user("anna@one.example", "owner", ["one"])
    session = api.sign_in("anna@one.example").json["token"]
    short, long = (api.token(api.admin, expiresInDays=1) for _ in range(2))
    link = api.good("POST", f"/users/{user['id']}/link", token=api.admin).json["link"].split("#")[1]
    soon = int(now_ms() + HOUR_MS / 2)
    api.database.sql(f"UPDATE token SET expires_ms = {soon} WHERE id = '{short['token']['id']}'")
    api.database.sql(f"UPDATE link SET expires_ms = {soon}")
    api.restart(**off(apart))
    ahead = apart == "+1h"
    assert api.ask("GET", "/customers", token=short["secret"]).status == (401 if ahead else 200)
    assert api.ask("GET", "/customers", token=long["secret"]).status == 200
    assert api.ask("GET", "/session", token=session).status == 200
    users = api.database.sql("SELECT * FROM account ORDER BY id")
    redeemed = api.ask("POST", "/session/redeem", {"token": link, "password": "another battery"})
    assert redeemed.status == (422 if ahead else 204), redeemed.text
    if ahead:
        assert redeemed.pointers() == ["/token"] and api.database.sql("SELECT * FROM account ORDER BY id") == users
    api.good("PATCH", "/customers/one", {"name": "changed"}, token=api.admin)
    assert api.good("GET", "/audit/verify", token=api.admin).json["whole"] is True
    api.restart()
    assert api.good("GET", "/customers/one", token=api.admin).json["name"] == "changed"
    assert api.ask("GET", "/customers", token=short["secret"]).status == 200  # it is by the clock, nothing was revoked

"""The watches: what somebody else changed is found from them and put right, whatever becomes of a watch, and without polling."""
import time

import pytest

from clients.wait import until
from wire import faults
from wire.proxy import Rule
from wire.world import CPU

KINDS = 11
REPAIR_S = 60  # on a machine that is busy; what must be quick is measured in requests, and once in time


@pytest.fixture
def quiet(world):
    """A customer that is as it should be, all watches running, and no requests. Each test has one of its own: five repairs of one object
    within a minute are a contest."""
    made = world.tenant()
    made.create()
    made.await_reached("create")
    world.await_watches()
    world.await_quiet()
    return made


def raise_quota(tenant):
    tenant.world.planes.kube.patch("ResourceQuota", "tenant-quota", tenant.namespace, {"spec": {"hard": {"requests.cpu": "77"}}})


def await_repair(tenant, seconds=REPAIR_S):
    until("the quota is put back", lambda: tenant.cpu() == CPU[tenant.plan], seconds, 0.02)


def requests(world, mark):
    return [(p.method, p.path) for p in world.proxy.since(mark)]


def check_one_repair(tenant, mark):
    """One patch of the quota, and no request about anything else. It may be read again before the watch tells of the patch."""
    path = quota_path(tenant)
    passed = requests(tenant.world, mark)
    assert passed[:2] == [("GET", path), ("PATCH", path)] and set(passed[2:]) <= {("GET", path)} and len(passed) <= 4, passed


def quota_path(tenant):
    return f"/api/v1/namespaces/{tenant.namespace}/resourcequotas/tenant-quota"


@pytest.fixture
def broken(world):
    """Sets rules for a test's time."""
    rules = []

    def add(*more):
        rules.extend(world.proxy.add(*more))
        return more[0]

    yield add
    world.proxy.remove(rules)


def cut_watches(world, plural):
    for watch in world.proxy.watches_of(plural):
        watch.cut()


def test_a_foreign_change_is_found_from_the_watch(world, quiet):
    """Invariant: no request while nothing happens; a change costs one patch and reads of that object alone, within a second."""
    mark = world.proxy.mark()
    world.await_quiet(3)
    assert requests(world, mark) == []
    mark, begin = world.proxy.mark(), time.monotonic()
    raise_quota(quiet)
    await_repair(quiet)
    seconds = time.monotonic() - begin
    world.await_quiet()
    check_one_repair(quiet, mark)
    assert seconds < 1 or world.proxy.since(mark, methods="PATCH")[0].at - begin < 1, f"{seconds:.2f} s"


def test_a_watch_that_is_cut_in_the_middle_of_an_event_loses_none(world, quiet, broken):
    """Invariant: the half event is not taken for one, and comes again, since the watch goes on from the last whole one; no list."""
    rule = broken(Rule("EVENT", faults.cut_in_line, "resourcequotas$"))
    mark = world.proxy.mark()
    raise_quota(quiet)
    await_repair(quiet)
    assert rule.fired == 1
    assert not [p for p in world.proxy.since(mark) if p.path.endswith("/resourcequotas")], "it listed"
    assert world.proxy.since(mark, methods="WATCH")


@pytest.mark.parametrize("how", ["answer", "event"])
def test_a_version_that_is_too_old_is_listed_again(world, quiet, broken, how):
    """Invariant: 410, as an answer or as an event, makes that kind be listed once and watched from there; what happened in between is
    found; the other kinds are left alone."""
    refuse = Rule("WATCH", faults.gone_answer, "resourcequotas$") if how == "answer" else Rule("EVENT", faults.gone_event, "resourcequotas$")
    mark = world.proxy.mark()
    broken(refuse)
    if how == "answer":
        cut_watches(world, "resourcequotas")
    raise_quota(quiet)
    await_repair(quiet)
    world.await_watches()
    lists = [p.path for p in world.proxy.since(mark, methods="GET") if not p.home and "continue" not in p.query]
    assert refuse.fired >= 1 and set(lists) == {"/api/v1/resourcequotas"} and len(lists) == refuse.fired, lists


def test_events_that_come_three_times_are_one(world, quiet, broken):
    """Invariant: a repeated event makes no more requests than one."""
    rule = broken(Rule("EVENT", faults.repeated, "resourcequotas$", times=None))
    mark = world.proxy.mark()
    raise_quota(quiet)
    await_repair(quiet)
    world.await_quiet()
    check_one_repair(quiet, mark)
    assert rule.fired >= 2
    mark = world.proxy.mark()
    world.accept("POST", f"/customers/{quiet.id}/reconcile")
    quiet.await_reached("plan")
    assert requests(world, mark) == [], "what the watch told thrice is believed"


def test_slow_bytes_of_a_watch_are_put_together(world, quiet, broken):
    rule = broken(Rule("EVENT", faults.slow_line, "resourcequotas$", times=None))
    raise_quota(quiet)
    await_repair(quiet)
    assert rule.fired >= 1


def test_a_bookmark_moves_on_where_a_watch_resumes(world, quiet):
    """Invariant: a watch that told nothing but a bookmark goes on from the bookmark's version: nothing is told again, nothing listed."""
    path = "/api/v1/resourcequotas"
    now = world.planes.kube.http.get(path, params={"limit": 1}).json()["metadata"]["resourceVersion"]
    mark = world.proxy.mark()
    for watch in world.proxy.watches_of("resourcequotas"):
        watch.say("BOOKMARK", {"kind": "ResourceQuota", "apiVersion": "v1", "metadata": {"resourceVersion": now}})
    world.await_quiet(0.3)
    cut_watches(world, "resourcequotas")
    resumed = until("the watch resumes", lambda: [p for p in world.proxy.since(mark, methods="WATCH") if p.path == path], 20)
    assert int(resumed[0].query["resourceVersion"]) >= int(now) and resumed[0].query["allowWatchBookmarks"] == "true"
    world.await_watches()
    assert requests(world, mark) == []
    raise_quota(quiet)
    await_repair(quiet)


@pytest.mark.parametrize("act", [faults.closed_at_once, faults.gone_answer], ids=["closed at once", "410 each time"])
def test_watches_that_never_last_cost_few_requests(world, quiet, broken, act):
    """Invariant: pauses grow, so a server that ends every watch at once is asked a few times; when it is well again a change of
    meanwhile is found."""
    rule = broken(Rule("WATCH", act, times=None))
    mark, begin = world.proxy.mark(), time.monotonic()
    for watch in list(world.proxy.watches):
        watch.cut()
    raise_quota(quiet)
    until("the watches were refused three times", lambda: rule.fired >= 3 * KINDS, 60)
    seconds = time.monotonic() - begin
    assert seconds >= 2, f"{rule.fired} watches within {seconds:.1f} s"
    per_kind = len(world.proxy.since(mark, methods="WATCH")) / KINDS
    assert per_kind <= 2 + seconds / 2, f"{per_kind} watches of a kind in {seconds:.1f} s"
    world.proxy.remove([rule])
    await_repair(quiet, 30)
    world.await_watches()


def test_a_list_of_an_earlier_time_changes_nothing(world, quiet, broken):
    """Invariant: a reconciler that starts from lists of before the last changes writes nothing: it compares, and the watch that goes on
    from the list's version tells the rest."""
    lists = {}

    def keep(x):
        status, headers, data = x.forward()
        lists[x.path, x.passed.query.get("continue")] = status, headers, data
        x.answer(status, headers, data)

    def serve_kept(x):
        x.answer(*lists[x.path, x.passed.query.get("continue")])

    each_list = dict(path=r"/(namespaces|resourcequotas|limitranges|networkpolicies|rolebindings|configmaps|persistentvolumeclaims"
                          r"|deployments|services|ingresses|pods)$", times=None)
    world.end_reconciler()
    rule = broken(Rule("GET", keep, **each_list))
    world.reconcile.start()
    world.await_watches()
    world.await_quiet()
    world.proxy.remove([rule])
    assert len({path for path, _ in lists}) == KINDS
    quiet.change_plan()
    quiet.await_reached("plan")
    before = quiet.versions()
    world.end_reconciler()
    mark = world.proxy.mark()
    rule = broken(Rule("GET", serve_kept, **each_list))
    world.reconcile.start()
    world.await_watches()
    quiet.await_reached("plan")
    world.await_quiet()
    assert rule.fired >= KINDS and not quiet.writes(mark), quiet.writes(mark)
    assert quiet.versions() == before


def test_a_change_while_no_reconciler_ran_is_found_at_the_start(world, quiet):
    """Invariant: a start lists each kind once, reads each object a few times, and writes only what differs."""
    before = quiet.versions()
    world.end_reconciler(kill=True)
    raise_quota(quiet)
    mark = world.proxy.mark()
    world.reconcile.start()
    await_repair(quiet)
    quiet.await_reached("plan")
    world.await_watches()
    world.await_quiet()
    passed = world.proxy.since(mark)
    lists = [p.path for p in passed if p.method == "GET" and not p.home and "continue" not in p.query and p.query]
    assert len(lists) == KINDS and len(set(lists)) == KINDS, lists
    path = quota_path(quiet)
    assert [p.path for p in passed if p.method != "GET"] == [path]
    reads = [p.path for p in passed if p.method == "GET" and p.home == quiet.namespace]
    # Once more where a watch told of it meanwhile; two steps look at the list of hosts.
    most = {path: reads.count(path) for path in reads if reads.count(path) > (4 if path.endswith("/tenant-hosts") else 2)}
    assert not most, most
    after = quiet.versions()
    assert {k for k in after if after[k] != before[k]} == {"ResourceQuota/tenant-quota"}
    mark = world.proxy.mark()
    world.accept("POST", f"/customers/{quiet.id}/reconcile")
    quiet.await_reached("plan")
    # It is another process than the one before: for one lease length it asks the API server, and then believes its watches.
    assert not quiet.writes(mark), quiet.writes(mark)


def test_no_event_tells_of_a_contest(world):
    """Repairs that were refused, repeated or lost are no contest."""
    assert world.rows("SELECT * FROM event WHERE reason = 'Contested'") == []

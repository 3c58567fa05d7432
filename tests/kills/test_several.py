"""Two api and two reconcile processes on one PostgreSQL and the real planes: restarted one by one while customers are made; one
reconciler killed in the middle; one stopped between its look and its write, and woken when its lease is long over."""
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from lives.group import LEASE_S, Group, platform_zone
from lives.life import PREFIX
from lives.settings import domain_of

CUSTOMERS = 10
CUTS = 60


@pytest.fixture
def group(settings, planes):
    it = Group(settings, planes, PREFIX)
    yield it
    it.end()


def objects_are_written_once(group):
    for customer in group.customers:
        writes = group.writes(customer)
        assert len(writes) >= 3 and all(n <= (2 if name.startswith("Deployment") else 1) for name, n in writes.items()), writes
        namespace = group.planes.kube.get("Namespace", f"cust-{customer}")
        uid = namespace["metadata"]["annotations"]["berth.dev/customer-uid"]
        assert [[uid]] == group.sql(f"SELECT uid FROM customer WHERE id = '{customer}'")
        assert group.planes.pdns.rrsets(domain_of(customer))
    assert group.count("reason IN ('Repaired', 'Contested')", "event") == 0


def test_rolling_restart_loses_and_repeats_nothing(group):
    """Every 202 becomes done, while each process is ended in good order and started again, twice."""
    names = ["api-a", "api-b", "reconcile-x", "reconcile-y"]
    for name in names:
        group.start(name)
    with ThreadPoolExecutor(4) as pool:
        making = [pool.submit(group.create, f"api-{'ab'[i % 2]}", i) for i in range(CUSTOMERS)]
        for name in names * 2:
            group.restart(name)
        for one in making:
            one.result()
    group.await_ready()
    group.check_operations()
    objects_are_written_once(group)
    assert group.planes.pdns.rrsets(platform_zone(group))
    assert [["1"]] == group.sql("SELECT count(*) FROM token")  # of the file that all were given
    worked = [n for n in names if n.startswith("reconcile") and '"msg":"pass"' in group.log(n)]
    assert len(worked) == 2, "one of the two did nothing"


def test_a_killed_reconciler_is_replaced(group, capsys):
    """The other one takes its customers over when their leases end, and finishes them."""
    group.start("api-a")
    group.start("reconcile-x", crash="kube POST /apis/apps/v1/namespaces/NAMESPACE/deployments?fieldManager=berth before#1"
                .replace("NAMESPACE", f"cust-{group.id}-2"))
    for i in range(4):
        group.create("api-a", i)
    group.wait(group.daemons["reconcile-x"].died, 60, "the first reconciler was not killed")
    killed = time.monotonic()
    left = [(row[0], row[1]) for row in group.sql("SELECT id, lease_owner FROM customer WHERE lease_owner <> ''")]
    assert f"{group.id}-2" in [c for c, _ in left]
    group.start("reconcile-y")
    group.wait(lambda: group.count("lease_owner LIKE '%' AND holder <> '' AND settle_ms > 0") > 0, LEASE_S + 20, "nothing was taken over")
    assert time.monotonic() - killed >= LEASE_S / 2, "a lease was taken before its end"
    group.await_ready()
    group.check_operations()
    objects_are_written_once(group)
    with capsys.disabled():
        print(f"\nready {time.monotonic() - killed:.1f} s after the kill, with leases of {LEASE_S} s")


def test_the_database_fails_under_the_reconcilers(group):
    """Whatever their transactions were about to do, the work is done once, and nobody is left out."""
    reconcilers = ["reconcile-x", "reconcile-y"]
    for name in ["api-a", *reconcilers]:
        group.start(name)
        # one that cannot open its database at the start ends, for its supervisor to begin again
        group.wait(lambda n=name: '"msg":"ready"' in group.log(n), 30, f"{name} is not ready")
    cut = 0
    with ThreadPoolExecutor(1) as pool:
        making = [pool.submit(group.create, "api-a", i) for i in range(CUSTOMERS)]
        for _ in range(CUTS):
            cut += group.cut("reconcile-")
            time.sleep(0.2)
        for one in making:
            one.result()
    assert cut >= CUTS
    group.await_ready()
    group.check_operations()
    objects_are_written_once(group)
    assert not [group.log(name)[-1500:] for name in reconcilers if group.daemons[name].died()]


POINTS = {
    "namespace": "kube POST /api/v1/namespaces?fieldManager=berth before#1",
    "deployment": "kube POST /apis/apps/v1/namespaces/cust-{customer}/deployments?fieldManager=berth before#1",
    "zone": "pdns POST /api/v1/servers/localhost/zones before#{zone}",
    "end": "store pass-end before#1",
}


@pytest.mark.parametrize("point", POINTS)
def test_a_stopped_reconciler_wakes_too_late(group, point):
    """It has looked, and is stopped before it writes. The other one makes the customer, and deletes it for good; woken, the first
    one changes nothing, and nothing comes back."""
    other, customer = f"{group.id}-0", f"{group.id}-1"
    group.start("api-a")
    # the first zone that is made is the platform's own
    at = POINTS[point].format(customer=customer, zone=2)
    group.start("reconcile-x", stop=at)
    if point == "zone":
        group.wait(lambda: group.planes.pdns.rrsets(platform_zone(group)) is not None, 30, "the platform has no zone")
    group.create("api-a", 1)
    group.wait(lambda: group.stopped("reconcile-x"), 30, f"it was not stopped at {at}")
    stopped = time.monotonic()
    group.start("reconcile-y")
    group.create("api-a", 0)
    group.await_ready()
    group.purge("api-a", customer)
    group.await_gone(customer)
    time.sleep(max(0.0, 2 * LEASE_S - (time.monotonic() - stopped)))
    group.wait(lambda: group.traces(customer) == [], 60, "the customer is not gone from the planes")
    before = group.writes(other), group.sql("SELECT id, generation, ready FROM customer")
    group.wake("reconcile-x")
    for _ in range(30):
        time.sleep(0.1)
        assert group.traces(customer) == []
    assert "pass failed" in group.log("reconcile-x")
    assert (group.writes(other), group.sql("SELECT id, generation, ready FROM customer")) == before
    assert group.sql(f"SELECT count(*) FROM event WHERE customer = '{customer}'") == [["0"]]
    group.daemons["reconcile-y"].stop()  # the one that was stopped works on
    group.purge("api-a", other)
    group.await_gone(other)
    group.check_operations()

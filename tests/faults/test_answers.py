"""Answers of the API server that are wrong, late or missing, each at every step of a customer's life: it ends where an undisturbed
life ends, by the same writes."""
import difflib
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from wire import faults
from wire.proxy import Rule

WRITES, READS, ALL = "POST|PATCH|DELETE", "GET", "GET|POST|PATCH|DELETE"
LIVING = ("create", "plan", "drift")  # each is waited for by itself; the end of all is waited for together
PHASES = (*LIVING, "delete")
RETRY_AFTER_S = 2


@dataclass(frozen=True)
class Fault:
    """act comes in place of each of these requests, `times` for each path; in `phases` it must have come at least once."""
    act: object
    methods: str = WRITES
    times: int = 1
    phases: tuple = PHASES
    only: str = ""  # paths


TABLE = {
    "undisturbed": None,
    "undisturbed again": None,
    "409 Conflict, four times": Fault(faults.conflict, times=4),
    "409 AlreadyExists of what does not exist": Fault(faults.exists, "POST", 2, ("create", "drift")),
    "429 with Retry-After": Fault(faults.busy(RETRY_AFTER_S), ALL, only="namespaces$|resourcequotas|services|namespaces/[^/]+$"),
    "503, three times": Fault(faults.unavailable, ALL, 3),
    "500 after it was done": Fault(faults.error_after),
    "no answer after it was done": Fault(faults.hang_after, only="namespaces$|resourcequotas|services|namespaces/[^/]+$"),
    "connection lost after it was done": Fault(faults.drop_after),
    "half an answer": Fault(faults.half_after, ALL, 2),
    "an answer that is no JSON": Fault(faults.nonsense_after, "POST|PATCH|GET", phases=("create", "plan", "drift")),
    "slow bytes": Fault(faults.slow, ALL, 99),
    "reads of an earlier time": Fault(faults.stale, READS, 2, ("plan", "drift")),
}


class Life:
    """One row: a customer from its making to its end."""

    def __init__(self, world, fault):
        self.world, self.fault, self.tenant = world, fault, world.tenant()
        self.states, self.writes, self.passed, self.fired, self.failure = {}, {}, {}, {}, None

    def live(self, phases):
        try:
            for phase in phases:
                if not self.failure:
                    self._phase(phase, self.tenant.phases()[phase])
        except Exception:  # told by the tests of this row
            self.failure = traceback.format_exc()
        return self

    def _phase(self, phase, act):
        proxy, rules, f = self.world.proxy, [], self.fault
        mark = proxy.mark()
        if f:
            rules = proxy.add(Rule(f.methods, f.act, f.only, self.tenant.namespace, f.times))
        try:
            act()
            self.tenant.await_reached(phase)
        finally:
            proxy.remove(rules)
        self.fired[phase] = sum(r.fired for r in rules)
        self.states[phase] = self.tenant.record()
        self.writes[phase] = self.tenant.writes(mark)
        self.passed[phase] = proxy.since(mark, self.tenant.namespace)


@pytest.fixture(scope="module")
def bystander(world):
    """(customer, its objects) from before all faults."""
    other = world.tenant()
    other.create()
    other.await_reached("create")
    return other, other.versions()


@pytest.fixture(scope="module")
def lives(world, bystander):
    with ThreadPoolExecutor(len(TABLE)) as pool:  # most of the time they wait for the cluster
        return dict(zip(TABLE, pool.map(lambda fault: Life(world, fault).live(LIVING), TABLE.values())))


def uids(tenant):
    return {name: uid for name, (uid, _version) in tenant.versions().items()}


@pytest.fixture(scope="module")
def before_the_end(world, lives, bystander):
    """(mark, the bystander's objects) from when nobody was deleted yet."""
    return world.proxy.mark(), uids(bystander[0])


@pytest.fixture(scope="module")
def ended(lives, before_the_end):
    with ThreadPoolExecutor(len(TABLE)) as pool:
        list(pool.map(lambda life: life.live(["delete"]), lives.values()))
    return lives


ROWS = pytest.mark.parametrize("name", TABLE)


def without_hosts(writes):
    """The list of hosts is made with what was there then, and patched when a site came after that: which of the two is a race."""
    return {what: count for what, count in writes.items() if not (what.startswith("PATCH") and what.endswith("/tenant-hosts"))}


def check_same(lives, name, phases):
    """It converges to the same state; each change has one effect: the API server carried out the same writes, each as often; and the
    fault came."""
    life, expected, fault = lives[name], lives["undisturbed"], TABLE[name]
    assert not life.failure, life.failure
    for phase in phases:
        was, now = expected.states[phase], life.states[phase]
        assert now == was, f"{phase}:\n" + "\n".join(difflib.unified_diff(was.splitlines(), now.splitlines(), lineterm=""))
        if phase == "delete":  # a DELETE that names the uid has its effect once, however often it is sent
            assert set(life.writes[phase]) == set(expected.writes[phase])
        else:
            assert without_hosts(life.writes[phase]) == without_hosts(expected.writes[phase]), phase
        assert life.fired[phase] or not fault or phase not in fault.phases, f"the fault did not come in {phase}"


@ROWS
def test_a_living_customer_converges(lives, name):
    check_same(lives, name, LIVING)


def test_nothing_is_asked_before_retry_after_is_over(lives):
    """No request of the customer's, whatever makes it due, from a 429 to the end of its Retry-After."""
    waits = 0
    for phase, passed in lives["429 with Retry-After"].passed.items():
        for refusal in (p for p in passed if p.retry_after):
            waits += 1
            early = [p for p in passed if refusal.at < p.at < refusal.at + refusal.retry_after]
            assert not early, (phase, refusal, early)
    assert waits >= 4


def test_no_other_customer_was_touched(world, lives, bystander):
    other, before = bystander
    assert other.versions() == before
    mark = world.proxy.mark()
    other.change_plan()
    other.await_reached("plan", 20)
    assert sum(other.writes(mark).values()) >= 1


@ROWS
def test_a_deleted_customer_converges(ended, name):
    check_same(ended, name, ["delete"])


def test_no_customer_was_resurrected(world, ended):
    """Nothing of a deleted customer is there, and nobody is at work for it."""
    homes = {life.tenant.namespace for life in ended.values()}
    for name, life in ended.items():
        assert world.planes.kube.get("Namespace", life.tenant.namespace) is None, name
        assert world.http.get(f"/customers/{life.tenant.id}").status_code == 404, name
    mark = world.proxy.mark()
    world.await_quiet()
    assert not [p for p in world.proxy.since(mark) if p.home in homes]


def test_no_other_customer_was_deleted(ended, before_the_end, bystander):
    """Whatever came in place of an answer to a DELETE, none went to somebody else's objects."""
    (other, _), (mark, objects) = bystander, before_the_end
    assert not other.writes(mark), other.writes(mark)
    assert objects and uids(other) == objects
    other.await_reached("plan", 20)

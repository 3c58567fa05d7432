"""A storm of refusals for one customer: the requests stay few, other customers go on, and it converges when the storm is over."""
import time

import pytest

from clients.wait import until
from wire import faults
from wire.proxy import Rule

STORM_S = 8
# A look at once, and then after a quarter of the time waited so far: 1.25^n, from 150 ms on. Each look asks for what differs.
LOOKS_MAX = 22
OTHERS_S = 60


@pytest.fixture(scope="module")
def pair(world):
    one, other = world.tenant(), world.tenant()
    for tenant in (one, other):
        tenant.create()
    for tenant in (one, other):
        tenant.await_reached("create")
    return one, other


@pytest.mark.parametrize("act", [faults.conflict, faults.unavailable, faults.error_after, faults.busy(3)],
                         ids=["409", "503", "500 after it was done", "429 with Retry-After: 3"])
def test_a_storm_is_bounded_and_nobody_elses(world, pair, act):
    """Invariants: the number of requests is bounded; no other customer waits for it; it converges to the same state."""
    one, other = pair
    for tenant in pair:
        tenant.await_reached("plan")
    untouched = other.versions()
    rules = world.proxy.add(Rule("PATCH|POST|DELETE", act, home=one.namespace, times=None))
    mark, begin = world.proxy.mark(), time.monotonic()
    one.change_plan()
    until("the storm begins", lambda: rules[0].fired, 20)
    assert other.versions() == untouched
    other.change_plan()
    other.await_reached("plan", OTHERS_S)
    until("the storm has lasted", lambda: time.monotonic() - begin > STORM_S, STORM_S + 1)
    came = len(world.proxy.since(mark, one.namespace))
    world.proxy.remove(rules)
    assert came <= LOOKS_MAX * 3, f"{came} requests in {STORM_S} s"
    one.await_reached("plan")
    events = world.rows("SELECT reason FROM event WHERE customer = ? AND reason = 'Contested'", one.id)
    assert not events

"""An outside system is gone for a while: what was accepted meanwhile is done when it is back, and until then everybody who
asks is answered, and is told what is being waited for."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from clients import dns as nameserver
from clients import node
from clients.archives import tar
from clients.deploy import deploy, upload
from clients.place import NODE_ADDRESS
from clients.wait import until

FAILED = 1
READ_S = 5  # the store answers reads, whatever is away
ASK_S = 45  # a question to the reconciler is given up after 15 s; the command line asks again when it was told to
TOLD_S = 180  # each request that is not answered takes 15 s
BACK_S = 240


@pytest.fixture(scope="module")
def standing(api, web, tenants):
    """Customers that are served: one to change, one to deploy to."""
    made = [tenants.accept() for _ in range(2)]
    try:
        for tenant in made:
            api.done(tenant.accepted)
        yield made
    finally:
        for tenant in made:
            tenants.leave(tenant.id)


@pytest.fixture
def leaving(tenants):
    """One that is served, to erase."""
    made = tenants.make()
    yield made
    tenants.leave(made.id)


@pytest.fixture(scope="module")
def api_server(kube):
    """Its address, as berthd calls it: what is waited for while it is away."""
    return kube.get("Service", "kubernetes", "default")["spec"]["clusterIP"]


class Outage:
    """Something is away until back(), or the test's end."""

    def __init__(self, kube):
        self.kube, self.ends = kube, []

    def _end(self):
        """What is put on it is done in back(): the outages that began first end first."""
        stack = ExitStack()
        self.ends.append(stack.close)
        return stack

    def api_server(self, how):
        end = self._end()
        end.callback(until, "the API server answers", lambda: self.kube.http.get("/readyz").status_code == 200, BACK_S)
        end.enter_context(how("kube-apiserver"))

    def pods_of(self, kind, name):
        """The workload of dns-system has no pod."""

        def pods():
            return self.kube.list("Pod", "dns-system", labelSelector=f"app.kubernetes.io/name={name}")

        def is_back():
            return self.kube.get(kind, name, "dns-system")["status"].get("readyReplicas") == 1

        end = self._end()
        end.callback(until, f"{name} is back", is_back, BACK_S)
        end.callback(self.kube.scale, "dns-system", name, 1, kind)
        self.kube.scale("dns-system", name, 0, kind)
        for pod in pods():
            self.kube.delete("Pod", pod["metadata"]["name"], "dns-system", grace=0)
        until(f"{name} is gone", lambda: not pods())

    def back(self):
        with ExitStack() as everything:
            while self.ends:
                everything.callback(self.ends.pop())


@pytest.fixture
def outage(kube):
    made = Outage(kube)
    try:
        yield made
    finally:
        made.back()


def until_waiting(api, accepted, word):
    """Until a step of the operation says that it waits for that, and when it is tried again."""

    def waiting():
        operation = api.operation(accepted["operation"]["id"])
        assert operation["state"] in ("accepted", "running"), operation
        return [c for c in operation["steps"] if c["status"] == "false" and word in c["message"]]

    steps = until(f"a step of {accepted['operation']['kind']} waits for {word}", waiting, TOLD_S)
    assert all(c["nextTry"] for c in steps)


def check_reads(api, ids):
    """Everything that Berth keeps by itself is read as fast as ever."""
    begin = time.monotonic()
    for customer in ids:
        api.get(f"/customers/{customer}")
        api.get(f"/customers/{customer}/conditions")
        api.all("/sites", customer=customer)
        api.all("/domains", customer=customer)
        api.all("/operations", customer=customer)
        api.events_after(customer, 0)
    api.get("/plans")
    assert time.monotonic() - begin < READ_S


def check_questions(berth, customer, words):
    """What only the outside system knows is not known: that is said, with one of these words, and in time."""
    questions = ["diff", customer], ["plan", "customer", "update", customer, "--plan", "large"]
    begin = time.monotonic()
    with ThreadPoolExecutor(len(questions)) as pool:
        answers = list(pool.map(lambda question: berth(*question, code=FAILED), questions))
    assert time.monotonic() - begin < ASK_S
    for ran in answers:
        assert ran.out == "" and any(word in ran.err for word in words), ran.err


@pytest.mark.parametrize(
    "how, plan, cpu", [(node.ended, "medium", "2050m"), (node.halted, "large", "4050m")], ids=["ended", "halted"]
)
def test_without_the_api_server_nothing_is_lost_and_everybody_is_answered(
    api, berth, kube, pdns, web, tenants, new_id, standing, leaving, outage, api_server, how, plan, cpu
):
    """Invariant: a create, a change of plan, a deploy and an erasure that were accepted while the API server was away, be it
    that it refuses connections or that it never answers, wait and say for what, and are done when it is back."""
    changing, deploying = standing
    old, new = (f"<!doctype html><p>{word} {how.__name__}" for word in ("before", "after"))
    deploy(api, deploying.site, {"index.html": old})
    web.until_text(deploying.domain, old)
    outage.api_server(how)
    made = tenants.accept(new_id)
    accepted = [
        made.accepted,
        api.accept("PATCH", f"/customers/{changing.id}", json={"plan": plan}),
        upload(api, deploying.site, tar({"index.html": new})).json(),
        api.accept("DELETE", f"/customers/{leaving.id}", params={"purge": "true"}),
    ]
    check_questions(berth, changing.id, [api_server, "has not answered yet"])
    for change in accepted:
        until_waiting(api, change, api_server)
    check_reads(api, [made.id, changing.id, deploying.id, leaving.id])
    # What was served is served on, and nothing is taken away by halves.
    assert web.get(deploying.domain, fresh=True).text == old
    outage.back()
    for change in accepted:
        api.done(change)
    quota = kube.get("ResourceQuota", "tenant-quota", changing.namespace)
    assert quota["spec"]["hard"]["requests.cpu"] == cpu
    web.until_text(deploying.domain, new)
    assert web.get(made.domain, fresh=True).status_code == 200
    assert not api.exists(f"/customers/{leaving.id}")
    assert kube.get("Namespace", leaving.namespace) is None and pdns.rrsets(leaving.domain) is None
    for tenant in (made, changing, deploying):
        assert "all is as it should be" in berth("diff", tenant.id).err


def test_without_the_zones_database_and_without_powerdns_the_rest_goes_on(
    api, berth, kube, pdns, web, tenants, new_id, standing, leaving, outage
):
    """Invariant: while PowerDNS's database is away, and then PowerDNS itself too, a create, a hostname and an erasure wait at
    the step that needs it, say so and go on elsewhere, and are done when both are back."""
    changing, site = standing
    shop = f"shop.{site.domain}"
    hostnames = api.get(f"/sites/{site.site}")["hostnames"]
    outage.pods_of("StatefulSet", "pdns-postgres")
    made = tenants.accept(new_id)
    accepted = [
        made.accepted,
        api.accept("PATCH", f"/sites/{site.site}", json={"hostnames": [*hostnames, shop]}),
        api.accept("DELETE", f"/customers/{leaving.id}", params={"purge": "true"}),
    ]
    for change in accepted:
        until_waiting(api, change, "PowerDNS")
    outage.pods_of("Deployment", "pdns")
    check_questions(berth, changing.id, ["PowerDNS"])
    for change in accepted:
        until_waiting(api, change, "PowerDNS")
    check_reads(api, [made.id, changing.id, site.id, leaving.id])
    until(
        "the steps of the namespace are true",
        lambda: {"namespace", "quota", "limits", "network", "access", "storage", "web"}
        <= {c["type"] for c in api.operation(made.accepted["operation"]["id"])["steps"] if c["status"] == "true"},
    )
    assert api.get(f"/customers/{new_id}")["ready"] is False
    assert web.get(site.domain, fresh=True).status_code == 200
    outage.back()
    until("the name server answers", lambda: nameserver.is_served("berth.localhost"), BACK_S)
    for change in accepted:
        api.done(change)
    assert nameserver.values(made.domain, "A") == nameserver.values(shop, "A") == [NODE_ADDRESS]
    assert web.get(made.domain, fresh=True).status_code == 200
    assert not api.exists(f"/customers/{leaving.id}")
    assert kube.get("Namespace", leaving.namespace) is None and pdns.rrsets(leaving.domain) is None
    for tenant in (made, changing, site):
        assert "all is as it should be" in berth("diff", tenant.id).err

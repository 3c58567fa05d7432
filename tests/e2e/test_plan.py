"""What Berth says that it would do is what it does: held against the API server's audit log and the zone afterwards."""

import json
import re

import pytest

from clients import audit
from clients.place import new_id as an_id
from clients.tenants import domain_of, state_of

# A dry run's site is never made, so the one that is made afterwards has another id.
SITE_ID = re.compile(r"\bs[a-z0-9]{8}\b")
FIELD = re.compile(r"^(?P<pointer>/\S+): (?P<old>.*) -> (?P<new>.*)$")


def neutral(text):
    return SITE_ID.sub("SITE_ID", text)


def said_of(changes, plane):
    return [(c["action"], neutral(c["object"])) for c in changes if c["plane"] == plane]


def net(writes):
    """One line an object, in the order of its first write: what was made and then completed was made.

    Steps that do not need each other go on side by side, so the order is that of the plan only as far as they do.
    """
    first = {}
    for action, label, _ in writes:
        first.setdefault(neutral(label), action)
    return [(action, label) for label, action in first.items()]


def leaves(value, pointer=""):
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")
    else:
        yield pointer, value


def lines_of(writes, label):
    """What the updates of an object wrote, leaf by leaf; the guards of a patch (uid, resourceVersion) are no change."""
    out = {}
    for action, name, body in writes:
        if action == "update" and name == label:
            out.update({p: v for p, v in leaves(body) if p not in ("/metadata/uid", "/metadata/resourceVersion")})
    return out


def zone_lines(rrsets):
    """As a plan writes RRsets. The SOA is the name server's own: its serial changes with the zone."""
    return sorted(
        f"{name} {rdtype}: {' '.join(values)}"
        for (name, rdtype), (_, values, owned) in rrsets.items()
        if rdtype != "SOA" and owned
    )


@pytest.fixture
def quiet(tenants):
    """Customers of other tests are gone, so that what is compared stands still."""
    tenants.drain()


@pytest.fixture
def planned(api, kube, pdns, quiet, new_id):
    """A creation that was planned and then made: (what was said, what was written, the customer)."""
    domain = domain_of(new_id)
    body = {"customerId": new_id, "domain": domain, "plan": "small"}
    before, begin = state_of(api, kube, pdns), audit.mark()
    said = api.call("POST", "/domains", 200, json=body, params={"dryRun": "true"}).json()["changes"]
    assert audit.writes_after(begin, f"cust-{new_id}") == [], "writes were made while the plan was said"
    assert state_of(api, kube, pdns) == before
    begin = audit.mark()
    made = api.change("POST", "/domains", json=body)
    return said, audit.writes_after(begin, f"cust-{new_id}"), made


def test_the_plan_of_a_creation_is_what_is_done(pdns, new_id, planned):
    said, writes, _ = planned
    assert sorted(said_of(said, "kubernetes")) == sorted(net(writes))
    assert said_of(said, "kubernetes")[0] == net(writes)[0] == ("create", f"Namespace/cust-{new_id}")
    assert said_of(said, "dns") == [("create", f"Zone/{domain_of(new_id)}")]
    zone = next(c for c in said if c["plane"] == "dns")
    assert sorted(zone["fields"]) == zone_lines(pdns.rrsets(domain_of(new_id)))
    # The plan is whole: each kind of the templates, of which the network policies are two, and the zone.
    assert len(said) == 12


def test_the_plan_of_a_change_of_plan_is_what_is_done(api, kube, pdns, quiet, tenant):
    path, body = f"/customers/{tenant.id}", {"plan": "medium"}
    api.ready(tenant.id)
    before, zone, begin = state_of(api, kube, pdns), pdns.rrsets(tenant.domain), audit.mark()
    said = api.call("PATCH", path, 200, json=body, params={"dryRun": "true"}).json()["changes"]
    assert audit.writes_after(begin, tenant.namespace) == []
    assert state_of(api, kube, pdns) == before
    begin = audit.mark()
    api.change("PATCH", path, json=body)
    writes = audit.writes_after(begin, tenant.namespace)
    label = f"{tenant.namespace}/ResourceQuota/tenant-quota"
    assert [(c["plane"], c["action"], c["object"]) for c in said] == [("kubernetes", "update", label)]
    assert net(writes) == [("update", neutral(label))]
    fields = {m["pointer"]: m["new"] for m in map(FIELD.match, said[0]["fields"])}
    assert fields == lines_of(writes, label)
    assert fields["/spec/hard/requests.cpu"] == "2050m"
    assert pdns.rrsets(tenant.domain) == zone


def test_the_plan_of_a_hostname_is_what_is_done(api, pdns, quiet, tenant):
    shop = f"shop.{tenant.domain}"
    path, body = f"/sites/{tenant.site}", {"hostnames": [tenant.domain, f"www.{tenant.domain}", shop]}
    api.ready(tenant.id)
    zone, begin = pdns.rrsets(tenant.domain), audit.mark()
    said = api.call("PATCH", path, 200, json=body, params={"dryRun": "true"}).json()["changes"]
    assert audit.writes_after(begin, tenant.namespace) == [] and pdns.rrsets(tenant.domain) == zone
    begin = audit.mark()
    api.change("PATCH", path, json=body)
    assert sorted(said_of(said, "kubernetes")) == sorted(net(audit.writes_after(begin, tenant.namespace)))
    fields = [f for c in said if c["plane"] == "dns" for f in c["fields"]]
    after = pdns.rrsets(tenant.domain)
    new = {key: value for key, value in after.items() if key[1] != "SOA" and zone.get(key) != value}
    assert fields == zone_lines(new) == [f"{shop} A: {new[(shop, 'A')][1][0]}"]
    assert set(zone) - set(after) == set()


def test_the_plan_of_an_erasure_makes_nothing(api, kube, pdns, quiet, tenant):
    api.ready(tenant.id)
    before, begin = state_of(api, kube, pdns), audit.mark()
    said = api.call("DELETE", f"/customers/{tenant.id}", 200, params={"purge": "true", "dryRun": "true"}).json()[
        "changes"
    ]
    assert ("kubernetes", "delete", f"Namespace/{tenant.namespace}") in [
        (c["plane"], c["action"], c["object"]) for c in said
    ]
    assert ("dns", "delete", f"Zone/{tenant.domain}") in [(c["plane"], c["action"], c["object"]) for c in said]
    assert audit.writes_after(begin, tenant.namespace) == []
    assert state_of(api, kube, pdns) == before


def test_the_plan_of_a_suspension_is_what_is_done(api, quiet, tenant):
    api.ready(tenant.id)
    said = api.call("POST", f"/customers/{tenant.id}/suspend", 200, params={"dryRun": "true"}).json()["changes"]
    begin = audit.mark()
    api.change("POST", f"/customers/{tenant.id}/suspend")
    assert sorted(said_of(said, "kubernetes")) == sorted(net(audit.writes_after(begin, tenant.namespace)))
    assert said_of(said, "dns") == []
    api.change("POST", f"/customers/{tenant.id}/resume")


def test_a_bad_request_has_no_plan(api):
    problem = api.call(
        "POST", "/customers", 422, json={"id": an_id(), "plan": "none"}, params={"dryRun": "true"}
    ).json()
    assert problem["errors"][0]["pointer"] == "/plan"


def test_a_good_customer_has_no_difference_and_looking_writes_nothing(api, kube, pdns, quiet, tenant):
    api.ready(tenant.id)
    before, begin = json.dumps(state_of(api, kube, pdns)), audit.mark()
    assert api.call("POST", f"/customers/{tenant.id}/diff", 200).json() == {"changes": []}
    assert audit.writes_after(begin, tenant.namespace) == []
    assert json.dumps(state_of(api, kube, pdns)) == before


def test_reconciling_a_good_customer_writes_nothing(api, quiet, tenant):
    api.ready(tenant.id)
    begin = audit.mark()
    api.change("POST", f"/customers/{tenant.id}/reconcile")
    assert audit.writes_after(begin, tenant.namespace) == []

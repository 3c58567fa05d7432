"""What a person deletes or edits of what Berth owns is put back, and an event says so; the rest is left alone.

The cases are made from the table of templates: each kind is deleted, each of its owned fields is edited that the API
server lets one edit, and each of its labels is removed.
"""

import time
from dataclasses import dataclass

import pytest

from clients import dns as nameserver
from clients import templates
from clients.deploy import deploy
from clients.kube import path_of
from clients.place import NODE_ADDRESS, new_id
from clients.wait import until

PAGE = "<!doctype html><p>still here"
FILES = templates.files()
IN_NAMESPACE = [f for f in FILES if f != "namespace"]
REPAIR_S, PAUSE_S = 180, 120
# Identity: an object with another one of these is another object.
IDENTITY = {("apiVersion",), ("kind",), ("metadata", "name"), ("metadata", "namespace")}


def serve_page(api, web, tenant):
    deploy(api, tenant.site, {"index.html": PAGE})
    web.until_text(tenant.domain, PAGE)


@pytest.fixture(scope="module")
def page(api, web, tenant):
    serve_page(api, web, tenant)
    return PAGE


@pytest.fixture(scope="module")
def second(api, web, tenants):
    """Another customer, so that the many edits of one object need not wait for `Pace`."""
    made = tenants.make()
    serve_page(api, web, made)
    yield made
    tenants.leave(made.id)


@pytest.fixture
def settled(api, tenant, page):
    """The newest event's number, when all is as it should be: what differs later was changed by somebody else."""
    api.ready(tenant.id)
    return api.last_event(tenant.id)


def of(tenant, file):
    return templates.load(file, tenant.id, tenant.site)


def read(kube, tenant, owned):
    return kube.get(owned.kind, *owned.place(tenant.namespace))


class Pace:
    """Berth repairs one object five times a minute, then waits (`Contested`): none is hurt more often than that."""

    WINDOW_S, MOST = 62, 4

    def __init__(self):
        self.hurt = {}

    def before(self, tenant, owned):
        label = owned.label(tenant.namespace)
        times = self.hurt.setdefault(label, [])

        def may():
            return len([t for t in times if time.monotonic() - t < self.WINDOW_S]) < self.MOST

        until(f"{label} may be hurt again", may, self.WINDOW_S + 1)
        times.append(time.monotonic())


PACE = Pace()


def is_back(kube, tenant, owned, before):
    """Every owned field has the value that it had."""
    live = read(kube, tenant, owned)
    assert live is not None, f"{owned.kind} {owned.name} is missing"
    assert "deletionTimestamp" not in live["metadata"], f"{owned.kind} {owned.name} is being deleted"
    now = templates.owned_part(owned.tree, live)
    assert now == before
    return live


def until_back(kube, tenant, owned, before):
    return until(f"{owned.kind} {owned.name} is put back", lambda: is_back(kube, tenant, owned, before), REPAIR_S)


def until_told(api, tenant, owned, seq):
    """An event names the object, and says what was done and when."""
    label = owned.label(tenant.namespace)

    def told():
        return [e for e in api.events_after(tenant.id, seq) if (e["object"], e["reason"]) == (label, "Repaired")]

    event = until(f"an event says that {label} was put back", told, REPAIR_S)[0]
    assert (event["type"], event["customerId"]) == ("Warning", tenant.id)
    assert event["at"].endswith("Z")
    return event


# --- somebody insists ---


@dataclass
class Contest:
    customer: str
    owned: templates.Owned
    before: dict
    seq: int

    @property
    def namespace(self):
        return f"cust-{self.customer}"

    @property
    def label(self):
        return self.owned.label(self.namespace)


@pytest.fixture(scope="module")
def contest(api, kube, tenants):
    """A customer whose quota was edited until Berth makes its pause, in which the edit stands."""
    customer = new_id()
    api.change("POST", "/customers", json={"id": customer, "plan": "small"})
    try:
        owned = templates.load("resourcequota", customer, "none")
        place = owned.place(f"cust-{customer}")
        before = templates.owned_part(owned.tree, kube.get(owned.kind, *place))
        made = Contest(customer, owned, before, api.last_event(customer))

        def contested():
            conditions = api.get(f"/customers/{customer}/conditions")["items"]
            return any(c["status"] == "false" and f"{made.label} is contested" in c["message"] for c in conditions)

        def put_back_or_contested():
            return contested() or templates.owned_part(owned.tree, kube.get(owned.kind, *place)) == before

        while not contested():
            kube.patch(owned.kind, *place, {"spec": {"hard": {"requests.cpu": "64"}}})
            until(f"{made.label} is put back, or contested", put_back_or_contested, REPAIR_S)
        yield made
    finally:
        tenants.leave(customer)


def test_an_edit_that_stands_is_told_by_diff(api, berth, kube, contest):
    """Invariant: as long as a difference stands `berth diff` ends with 1 and names the object, the field and both values, and
    the customer is not ready."""
    ran = berth("diff", contest.customer, code=1)
    assert ["kubernetes", "update", contest.label] in [row[:3] for row in ran.rows()]
    assert "/spec/hard/requests.cpu: 64 -> 550m" in ran.out
    assert not api.get(f"/customers/{contest.customer}")["ready"]


# --- other fields are left alone ---


@pytest.mark.parametrize("file", FILES)
def test_what_berth_does_not_own_is_left_alone(api, kube, tenant, settled, file):
    owned = of(tenant, file)
    extra = {"labels": {"somebody": "else"}, "annotations": {"somebody/else": "true"}}
    kube.patch(owned.kind, *owned.place(tenant.namespace), {"metadata": extra})
    api.change("POST", f"/customers/{tenant.id}/reconcile")
    live = read(kube, tenant, owned)
    assert live["metadata"]["labels"]["somebody"] == "else"
    assert live["metadata"]["annotations"]["somebody/else"] == "true"
    assert api.events_after(tenant.id, settled) == []


# --- deleted ---


@pytest.mark.parametrize("file", [f for f in IN_NAMESPACE if f != "pvc"])
def test_a_deleted_object_is_made_again(api, kube, web, tenant, settled, file):
    owned = of(tenant, file)
    before = read(kube, tenant, owned)
    kube.delete(owned.kind, *owned.place(tenant.namespace))

    def made_again():
        live = is_back(kube, tenant, owned, templates.owned_part(owned.tree, before))
        return live["metadata"]["uid"] != before["metadata"]["uid"]

    until(f"{owned.kind} {owned.name} is made again", made_again, REPAIR_S)
    assert "was missing" in until_told(api, tenant, owned, settled)["message"]
    api.ready(tenant.id)
    web.until_text(tenant.domain, PAGE)


# --- labels removed ---


def label_cases():
    """Each label of each object, one of every object in turn: so no object is hurt many times in a row."""
    cases = [
        (i, file, label)
        for file in FILES
        for i, label in enumerate(sorted(templates.load(file, "c", "s").tree["metadata"]["labels"]))
    ]
    return [(file, label) for _, file, label in sorted(cases)]


LABEL_CASES = label_cases()
ROUNDS = 4
SOON = [case for i, case in enumerate(LABEL_CASES) if [c[0] for c in LABEL_CASES[:i]].count(case[0]) < ROUNDS]
LATE = [case for case in LABEL_CASES if case not in SOON]


def check_label(api, kube, tenant, seq, file, label):
    owned = of(tenant, file)
    before = templates.owned_part(owned.tree, read(kube, tenant, owned))
    PACE.before(tenant, owned)
    kube.patch(owned.kind, *owned.place(tenant.namespace), {"metadata": {"labels": {label: None}}})
    until_back(kube, tenant, owned, before)
    event = until_told(api, tenant, owned, seq)
    assert "/metadata/labels/" + label.replace("/", "~1") in event["message"]


@pytest.mark.parametrize("file, label", SOON)
def test_a_removed_label_is_put_back(api, kube, tenant, settled, file, label):
    check_label(api, kube, tenant, settled, file, label)


# --- fields edited ---

# Words that the API server takes only in certain fields; each field gets the first one that it lets one write.
OTHERS = [
    "Retain",
    "Never",
    "Always",
    "Recreate",
    "RuntimeDefault",
    "UDP",
    "SCTP",
    "HTTPS",
    "Exact",
    "NodePort",
    "NET_ADMIN",
    "ImplementationSpecific",
    "other.localhost",
    "other",
    "7",
    "7Mi",
    "10m",
    "3Gi",
    "/other",
    "192.0.2.0/24",
    "privileged",
    "Pod",
    "Ingress",
    "In",
    "Exists",
]


def alternatives(value):
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, value + 7]
    return [w for w in OTHERS if w != value]


def edits_of(kube, tenant, owned):
    """For each owned field an edit that the API server lets one make alone, found by dry runs."""
    live = read(kube, tenant, owned)
    found = {}
    for path in templates.leaves(owned.tree):
        if path in IDENTITY:
            continue
        value = templates.at(live, path)
        if value is None:
            continue
        for other in alternatives(value):
            op = {"op": "replace", "path": templates.pointer_text(path), "value": other}
            answer = kube.try_patch(owned.kind, *owned.place(tenant.namespace), [op], "json", dry=True)
            if answer.status_code == 200 and templates.at(answer.json(), path) != value:
                found[path] = op
                break
    return found


def together(kube, tenant, owned, edits):
    """As few patches as the API server takes, each of edits that do not contradict each other."""
    groups = []
    for op in edits.values():
        for group in groups:
            if (
                kube.try_patch(owned.kind, *owned.place(tenant.namespace), [*group, op], "json", dry=True).status_code
                == 200
            ):
                group.append(op)
                break
        else:
            groups.append([op])
    return groups


@pytest.mark.parametrize("file", FILES)
def test_edited_fields_are_put_back(api, kube, web, second, file):
    tenant = second
    api.ready(tenant.id)
    owned = of(tenant, file)
    edits = edits_of(kube, tenant, owned)
    assert edits, "no field can be edited: the case shows nothing"
    before = templates.owned_part(owned.tree, read(kube, tenant, owned))
    for group in together(kube, tenant, owned, edits):
        seq = api.last_event(tenant.id)
        PACE.before(tenant, owned)
        kube.patch(owned.kind, *owned.place(tenant.namespace), group, "json")
        until_back(kube, tenant, owned, before)
        until_told(api, tenant, owned, seq)
        api.ready(tenant.id)
    web.until_text(tenant.domain, PAGE)


# --- the zone ---


def zone_event(api, tenant, seq):
    def told():
        return [e for e in api.events_after(tenant.id, seq) if e["object"] == f"Zone/{tenant.domain}"]

    return until("an event about the zone", told, REPAIR_S)[0]


@pytest.mark.parametrize("name, rdtype", [("", "A"), ("www.", "A"), ("", "NS")], ids=["apex", "www", "NS"])
def test_a_deleted_record_is_put_back(api, pdns, tenant, settled, name, rdtype):
    name = f"{name}{tenant.domain}"
    before = pdns.rrsets(tenant.domain)[(name, rdtype)]
    pdns.remove(tenant.domain, name, rdtype)
    until(f"{name} {rdtype} is back", lambda: pdns.rrsets(tenant.domain).get((name, rdtype)) == before, REPAIR_S)
    assert f"{name} {rdtype}" in zone_event(api, tenant, settled)["message"]


def test_a_changed_record_is_put_back(api, pdns, tenant, settled):
    pdns.replace(tenant.domain, tenant.domain, "A", ["192.0.2.66"])
    nameserver.until_values(tenant.domain, "A", [NODE_ADDRESS], REPAIR_S)
    event = zone_event(api, tenant, settled)
    assert (event["type"], event["reason"]) == ("Warning", "Repaired")


def test_a_changed_time_to_live_is_put_back(api, pdns, tenant, settled):
    key = (f"www.{tenant.domain}", "A")
    before = pdns.rrsets(tenant.domain)[key]
    pdns.replace(tenant.domain, key[0], "A", before[1], ttl=7)
    until("the time to live is back", lambda: pdns.rrsets(tenant.domain).get(key) == before, REPAIR_S)


def test_a_record_of_somebody_else_is_left_alone(api, pdns, tenant, settled):
    name = f"blog.{tenant.domain}"
    pdns.replace(tenant.domain, name, "A", ["192.0.2.80"])
    pdns.replace(tenant.domain, tenant.domain, "TXT", ['"a note"'])
    api.change("POST", f"/customers/{tenant.id}/reconcile")
    assert nameserver.values(name, "A") == ["192.0.2.80"]
    assert nameserver.values(tenant.domain, "TXT") == ['"a note"']
    records = {(r["name"], r["type"]): r["owned"] for r in api.all(f"/domains/{tenant.domain}/records")}
    assert records[(name, "A")] is False and records[(tenant.domain, "A")] is True


def test_a_deleted_zone_is_made_again(api, pdns, tenant, settled):
    pdns.delete_zone(tenant.domain)
    nameserver.until_values(tenant.domain, "A", [NODE_ADDRESS], REPAIR_S)
    assert "was missing" in zone_event(api, tenant, settled)["message"]


# --- what holds the data ---


def test_a_deleted_namespace_comes_back_with_everything(api, kube, web, tenant, settled):
    owned = of(tenant, "namespace")
    before = {f: templates.owned_part(of(tenant, f).tree, read(kube, tenant, of(tenant, f))) for f in FILES}
    uid = read(kube, tenant, owned)["metadata"]["uid"]
    kube.delete("Namespace", owned.name)

    def made_again():
        live = read(kube, tenant, owned)
        return live and live["metadata"]["uid"] != uid

    until("the namespace is made again", made_again, 120)
    api.ready(tenant.id)
    for file in FILES:
        is_back(kube, tenant, of(tenant, file), before[file])
    web.until_text(tenant.domain, PAGE)
    until_told(api, tenant, owned, settled)


def test_a_deleted_volume_claim_and_its_files_come_back(api, kube, web, tenant, settled):
    owned = of(tenant, "pvc")
    uid = read(kube, tenant, owned)["metadata"]["uid"]
    kube.delete(owned.kind, *owned.place(tenant.namespace))

    def made_again():
        live = read(kube, tenant, owned)
        return live and live["metadata"]["uid"] != uid and live["status"]["phase"] == "Bound"

    until("the claim is made again", made_again, REPAIR_S)
    until_told(api, tenant, owned, settled)
    api.ready(tenant.id)
    web.until_text(tenant.domain, PAGE)


# --- edits by name: late in the file, as other tests have edited the same objects ---


@pytest.mark.parametrize(
    "file, path, other",
    [
        ("resourcequota", ("spec", "hard", "requests.cpu"), "64"),
        ("limitrange", ("spec", "limits"), []),
        ("networkpolicy", ("spec", "ingress"), [{}]),
        ("networkpolicy", ("spec", "egress"), [{}]),
        ("networkpolicy", ("spec", "policyTypes"), ["Ingress"]),
        ("rolebinding", ("subjects",), [{"kind": "User", "name": "somebody", "apiGroup": "rbac.authorization.k8s.io"}]),
        ("namespace", ("metadata", "labels", "pod-security.kubernetes.io/enforce"), "privileged"),
        ("service", ("spec", "ports", 0, "targetPort"), 9999),
        ("configmap-hosts", ("data", "hosts"), "elsewhere.localhost"),
        ("ingress", ("spec", "rules", 0, "http", "paths", 0, "backend", "service", "name"), "elsewhere"),
        ("deployment", ("spec", "template", "spec", "containers", 0, "image"), "localhost/berth/somebody-else:1"),
    ],
    ids=lambda v: v if isinstance(v, str) else None,
)
def test_what_would_hurt_most_is_put_back(api, kube, tenant, settled, file, path, other):
    """Limits lifted, isolation opened, somebody let in: the edits that the rest is there to stop, by name."""
    owned = of(tenant, file)
    before = templates.owned_part(owned.tree, read(kube, tenant, owned))
    PACE.before(tenant, owned)
    kube.patch(
        owned.kind,
        *owned.place(tenant.namespace),
        [{"op": "replace", "path": templates.pointer_text(path), "value": other}],
        "json",
    )
    until_back(kube, tenant, owned, before)
    until_told(api, tenant, owned, settled)


def test_a_binding_to_another_role_is_replaced(api, kube, tenant, settled):
    """The role of a binding cannot be edited: whoever wants another one puts another binding in its place."""
    owned = of(tenant, "rolebinding")
    live = read(kube, tenant, owned)
    before = templates.owned_part(owned.tree, live)
    other = {
        "metadata": {key: live["metadata"][key] for key in ("name", "labels")},
        "subjects": live["subjects"],
        "roleRef": {**live["roleRef"], "name": "view"},
    }
    PACE.before(tenant, owned)
    kube.delete(owned.kind, *owned.place(tenant.namespace))
    until(
        "another binding has its name",
        lambda: kube.http.post(path_of("RoleBinding", tenant.namespace), json=other).status_code in (201, 409),
    )
    until_back(kube, tenant, owned, before)
    until_told(api, tenant, owned, settled)


# --- the labels of those that have many ---


@pytest.mark.parametrize("file, label", LATE)
def test_one_more_removed_label_is_put_back(api, kube, tenant, settled, file, label):
    """Late in the file, because Berth repairs no object more than five times a minute."""
    check_label(api, kube, tenant, settled, file, label)


# --- somebody insisted, early in the file ---


def test_an_edit_that_stood_is_put_back_after_the_pause(api, berth, kube, contest):
    """Invariant: Berth's pause ends. Then the edit is put back and `berth diff` ends with 0; one event told of the contest."""
    place = contest.owned.place(contest.namespace)

    def put_back():
        assert templates.owned_part(contest.owned.tree, kube.get(contest.owned.kind, *place)) == contest.before
        return True

    until(f"{contest.label} is put back after the pause", put_back, PAUSE_S)
    api.ready(contest.customer)
    assert "all is as it should be" in berth("diff", contest.customer).err
    told = [e["reason"] for e in api.events_after(contest.customer, contest.seq) if e["object"] == contest.label]
    assert told.count("Contested") == 1 and told.count("Repaired") == 6, told

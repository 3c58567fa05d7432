"""Admission in a customer's namespace: what the policies of k8s/tenants/policies refuse, whoever asks, and what they take.

Each case is asked by an account that may do everything in the namespace, as a customer's own would at most, and by the
administrator. All is asked with dryRun, so nothing is ever made; a policy that would not refuse is seen by its 201.
"""

import json
import secrets

import pytest

from clients import audit
from clients.admission import GOOD, HOST, IMAGE, INGRESSES, PODS, ROLE_LABEL, SECRETS, SERVICES, VOLUMES, edited
from clients.kube import BERTHD, PATCH_TYPES, path_of
from clients.wait import until

OWNER, ADMIN = "e2e-owner", "admin"
DENIES_S = 180
ALL = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}
RBAC = "rbac.authorization.k8s.io"
REPLICASETS = "system:serviceaccount:kube-system:replicaset-controller"
BINDER = "system:serviceaccount:kube-system:persistent-volume-binder"
CLAIM_MAKERS = ("statefulset-controller", "ephemeral-volume-controller")
POLICY_OF = {
    "Ingress": "tenant-ingress",
    "Service": "tenant-services",
    "Secret": "tenant-guard",
    "PersistentVolumeClaim": "tenant-volumes",
}


class Asker:
    """Asks the API server for changes in one namespace, as one account or another; none is carried out."""

    def __init__(self, kube, namespace, values):
        self.kube, self.namespace, self.values = kube, namespace, values

    def ask(self, who, method, path, body=None, content_type="application/json"):
        path = path.replace("NAMESPACE", self.namespace)
        if who != ADMIN:
            return self.kube.dry_as(who, method, path, body, content_type)
        content = None if body is None else json.dumps(body)
        headers = {"Content-Type": content_type}
        return self.kube.http.request(method, path, content=content, headers=headers, params={"dryRun": "All"})

    def create(self, who, kind, edits):
        return self.ask(who, "POST", path_of(kind, self.namespace), edited(kind, edits, self.values))


def refuses(answer, policy, *words):
    """A policy refuses, and the message names the field and says what to do."""
    assert answer.status_code in (403, 422), f"{answer.status_code} {answer.text}"
    message = answer.json()["message"]
    assert f"ValidatingAdmissionPolicy '{policy}'" in message, message
    for word in words:
        assert word in message, message
    return True


def takes(answer):
    assert answer.status_code in (200, 201), f"{answer.status_code} {answer.text}"


def role(name):
    return {"apiGroup": RBAC, "kind": "Role", "name": name}


@pytest.fixture(scope="module")
def asker(kube, tenant):
    """The customer's own account may do everything in its namespace, so that a refusal is a policy's and not RBAC's. A policy
    that was just made takes a moment to hold; from then on it holds every time."""
    namespace = tenant.namespace
    kube.create("Role", {"metadata": {"name": OWNER}, "rules": [ALL]}, namespace)
    subject = {"apiGroup": RBAC, "kind": "User", "name": OWNER}
    kube.create(
        "RoleBinding", {"metadata": {"name": OWNER}, "roleRef": role(OWNER), "subjects": [subject]}, namespace
    )
    live = kube.get("Deployment", tenant.site_object, namespace)["spec"]["template"]["spec"]
    made = Asker(kube, namespace, {HOST: tenant.domain, IMAGE: live["containers"][0]["image"]})
    for case in (INGRESSES[0], SERVICES[0], PODS[0], SECRETS[0], VOLUMES[0]):
        policy = POLICY_OF.get(case.kind, "tenant-pods")
        until(
            f"{policy} denies", lambda c=case, p=policy: refuses(made.create(OWNER, c.kind, c.edits), p), DENIES_S
        )
    return made


def ids(cases):
    return [c.what for c in cases]


@pytest.mark.parametrize("kind", [k for k in GOOD if k != "ConfigMap"])
@pytest.mark.parametrize("who", [OWNER, ADMIN])
def test_the_objects_that_the_cases_start_from_are_taken(asker, who, kind):
    takes(asker.create(who, kind, {}))


CASES = [*INGRESSES, *SERVICES, *PODS, *SECRETS]


@pytest.mark.parametrize("case", CASES, ids=ids(CASES))
@pytest.mark.parametrize("who", [OWNER, ADMIN])
def test_a_policy_refuses(asker, who, case):
    refuses(asker.create(who, case.kind, case.edits), POLICY_OF.get(case.kind, "tenant-pods"), *case.says)


NEAR = [c for c in [*CASES, *ROLE_LABEL, *VOLUMES] if c.near is not None]


@pytest.mark.parametrize("case", NEAR, ids=ids(NEAR))
def test_the_nearest_is_taken(asker, case):
    takes(asker.create(OWNER, case.kind, case.near))


@pytest.mark.parametrize("case", ROLE_LABEL, ids=ids(ROLE_LABEL))
def test_the_label_of_helpers_is_the_platforms(asker, case):
    refuses(asker.create(OWNER, case.kind, case.edits), "tenant-pods", *case.says)
    takes(asker.create(ADMIN, case.kind, case.edits))


# --- volumes ---


@pytest.mark.parametrize("case", VOLUMES, ids=ids(VOLUMES))
def test_a_claim_names_no_volume(asker, case):
    refuses(asker.create(OWNER, case.kind, case.edits), "tenant-volumes", *case.says)
    for maker in CLAIM_MAKERS:
        who = f"system:serviceaccount:kube-system:{maker}"
        refuses(asker.create(who, case.kind, case.edits), "tenant-volumes", *case.says)
    takes(asker.create(ADMIN, case.kind, case.edits))


@pytest.fixture
def waiting_claim(kube, asker):
    """A claim that is not bound, of a class that nobody serves."""
    def used():
        return kube.get("ResourceQuota", "tenant-quota", asker.namespace)["status"]["used"]["persistentvolumeclaims"]

    before = used()
    body = edited("PersistentVolumeClaim", {("spec", "storageClassName"): "e2e-none"}, asker.values, "e2e-waits")
    kube.create("PersistentVolumeClaim", body, asker.namespace)
    yield "e2e-waits"
    kube.delete("PersistentVolumeClaim", "e2e-waits", asker.namespace)
    until("the quota no longer counts it", lambda: used() == before)


def claim_patch(asker, who, name, patch):
    return asker.ask(who, "PATCH", path_of("PersistentVolumeClaim", "NAMESPACE", name), patch, PATCH_TYPES["merge"])


def test_only_the_binder_says_which_volume_a_claim_has(kube, asker, waiting_claim):
    """What a create may not, an update may not either; Kubernetes itself would take it, once. The binder updates, by PUT."""
    volume = {"spec": {"volumeName": "pvc-of-the-victim"}}
    refuses(claim_patch(asker, OWNER, waiting_claim, volume), "tenant-volumes", "spec.volumeName", "pvc-of-the-victim")
    refuses(claim_patch(asker, BERTHD, waiting_claim, volume), "tenant-volumes", "spec.volumeName")
    claim = kube.get("PersistentVolumeClaim", waiting_claim, asker.namespace)
    claim["spec"] |= volume["spec"]
    for who in (BINDER, ADMIN):
        takes(asker.ask(who, "PUT", path_of("PersistentVolumeClaim", "NAMESPACE", waiting_claim), claim))
    refuses(
        asker.ask(OWNER, "PUT", path_of("PersistentVolumeClaim", "NAMESPACE", waiting_claim), claim), "tenant-volumes"
    )


def test_a_claim_is_filled_from_its_own_namespace(asker):
    """Where the feature is off Kubernetes takes the field away, and then there is no source; where it is on: test_admission_gate.py."""
    source = {"kind": "PersistentVolumeClaim", "name": "web-data", "namespace": "cust-victim"}
    answer = asker.create(OWNER, "PersistentVolumeClaim", {("spec", "dataSourceRef"): source})
    if answer.status_code == 201:
        assert "dataSourceRef" not in answer.json()["spec"]
    else:
        refuses(answer, "tenant-volumes", "spec.dataSourceRef.namespace", "cust-victim")


def test_a_bound_claim_is_the_customers_to_change(asker, tenant, kube):
    """It names its volume since it was bound, by the controller, and beneath this policy."""
    bound = kube.get("PersistentVolumeClaim", "web-data", tenant.namespace)
    assert bound["spec"]["volumeName"]
    takes(claim_patch(asker, OWNER, "web-data", {"metadata": {"labels": {"e2e.example/note": "any"}}}))


def test_a_controllers_pod_is_looked_at_too(asker):
    """The account that makes the pods of Deployments."""
    takes(asker.create(REPLICASETS, "Pod", {}))
    refuses(asker.create(REPLICASETS, "Pod", PODS[0].edits), "tenant-pods", *PODS[0].says)


def test_a_change_is_looked_at_too(asker, tenant):
    """The site's own objects, changed: a host, a type, an image."""
    changes = [
        ("Ingress", "tenant-ingress", "/spec/rules/0/host", "victim.example"),
        ("Service", "tenant-services", "/spec/type", "NodePort"),
        ("Deployment", "tenant-pods", "/spec/template/spec/containers/0/image", "docker.io/library/nginx:1"),
    ]
    for kind, policy, path, value in changes:
        patch = [{"op": "replace", "path": path, "value": value}]
        answer = asker.ask(
            OWNER, "PATCH", path_of(kind, tenant.namespace, tenant.site_object), patch, PATCH_TYPES["json"]
        )
        refuses(answer, policy, value)


# --- what holds a customer in its place ---


def rule(**edits):
    return {"metadata": {"name": "e2e-try"}, **edits}


PLATFORMS = {
    "the list of hosts changed": ("PATCH", path_of("ConfigMap", "NAMESPACE", "tenant-hosts"), {"data": {"hosts": "x"}}),
    "the list of hosts deleted": ("DELETE", path_of("ConfigMap", "NAMESPACE", "tenant-hosts"), None),
    "the quota changed": (
        "PATCH",
        path_of("ResourceQuota", "NAMESPACE", "tenant-quota"),
        {"spec": {"hard": {"pods": "99"}}},
    ),
    "the quota deleted": ("DELETE", path_of("ResourceQuota", "NAMESPACE", "tenant-quota"), None),
    "the limits deleted": ("DELETE", path_of("LimitRange", "NAMESPACE", "tenant-limits"), None),
    "the network policy deleted": ("DELETE", path_of("NetworkPolicy", "NAMESPACE", "tenant-isolation"), None),
    "a network policy made": (
        "POST",
        path_of("NetworkPolicy", "NAMESPACE"),
        rule(spec={"podSelector": {}, "egress": [{}], "policyTypes": ["Egress"]}),
    ),
    "a role made": ("POST", path_of("Role", "NAMESPACE"), rule(rules=[])),
    "a binding made": (
        "POST",
        path_of("RoleBinding", "NAMESPACE"),
        rule(roleRef=role(OWNER), subjects=[{"apiGroup": RBAC, "kind": "User", "name": "somebody"}]),
    ),
    "the reconciler's binding deleted": ("DELETE", path_of("RoleBinding", "NAMESPACE", "berthd"), None),
    "addresses of a Service": (
        "POST",
        path_of("EndpointSlice", "NAMESPACE"),
        rule(addressType="IPv4", endpoints=[{"addresses": ["192.0.2.7"]}], ports=[{"port": 80}]),
    ),
    "a token": (
        "POST",
        path_of("ServiceAccount", "NAMESPACE", "default") + "/token",
        {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}},
    ),
}
FIELDS = {"a token": ("spec", "no token is made")}


def ask_platforms(asker, who, what):
    method, path, body = PLATFORMS[what]
    content_type = PATCH_TYPES["merge"] if method == "PATCH" else "application/json"
    return asker.ask(who, method, path, body, content_type)


@pytest.mark.parametrize("what", PLATFORMS)
def test_what_holds_a_customer_is_the_platforms(asker, what):
    refuses(ask_platforms(asker, OWNER, what), "tenant-guard", *FIELDS.get(what, ("metadata.name",)))
    takes(ask_platforms(asker, ADMIN, what))


def test_the_reconciler_writes_the_list_of_hosts(asker):
    takes(ask_platforms(asker, BERTHD, "the list of hosts changed"))


def test_other_config_maps_are_the_customers(asker):
    takes(asker.create(OWNER, "ConfigMap", {}))


# --- the namespace's labels ---

LABEL_CHANGES = {
    "Pod Security lowered": {"pod-security.kubernetes.io/enforce": "privileged"},
    "Pod Security taken away": {"pod-security.kubernetes.io/enforce": None},
    "Pod Security of another version": {"pod-security.kubernetes.io/enforce-version": "v1.20"},
    "Pod Security's warnings": {"pod-security.kubernetes.io/warn": "privileged"},
    "no tenant": {"tenant": None},
    "tenant=false": {"tenant": "false"},
    "another customer": {"customer-id": "victim"},
    "no backup": {"backup": None},
    "not Berth's": {"app.kubernetes.io/managed-by": "somebody"},
}


def label_patch(asker, who, labels=None, annotations=None):
    patch = {"metadata": {"labels": labels or {}, "annotations": annotations or {}}}
    return asker.ask(who, "PATCH", path_of("Namespace", name="NAMESPACE"), patch, PATCH_TYPES["merge"])


@pytest.mark.parametrize("what", LABEL_CHANGES)
def test_a_namespaces_labels_stay(asker, what):
    labels = LABEL_CHANGES[what]
    refuses(label_patch(asker, OWNER, labels), "tenant-namespaces", "metadata.labels", *labels, "leave it out")
    takes(label_patch(asker, ADMIN, labels))


def test_a_namespaces_customer_stays(asker):
    uid = {"berth.dev/customer-uid": "another"}
    refuses(label_patch(asker, OWNER, annotations=uid), "tenant-namespaces", "metadata.annotations", *uid)


def test_other_labels_of_a_namespace_are_free(asker):
    takes(label_patch(asker, OWNER, {"e2e.example/note": "any"}, {"e2e.example/note": "any"}))


@pytest.fixture
def namespace_maker(kube):
    """An account that may make namespaces, and no more."""
    name = f"e2e-maker-{secrets.token_hex(3)}"
    rules = [{"apiGroups": [""], "resources": ["namespaces"], "verbs": ["create"]}]
    kube.create("ClusterRole", {"metadata": {"name": name}, "rules": rules})
    binding = {
        "metadata": {"name": name},
        "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": name},
        "subjects": [{"apiGroup": RBAC, "kind": "User", "name": name}],
    }
    kube.create("ClusterRoleBinding", binding)
    yield name
    kube.delete("ClusterRoleBinding", name)
    kube.delete("ClusterRole", name)


def test_a_customers_namespace_is_made_by_the_platform(asker, namespace_maker):
    def make(who, name, **labels):
        return asker.ask(who, "POST", path_of("Namespace"), {"metadata": {"name": name, "labels": labels}})

    until("the account may make namespaces", lambda: takes(make(namespace_maker, "e2e-any")) or True)
    for name, labels in (("cust-e2e-any", {}), ("e2e-any", {"tenant": "true"})):
        refuses(make(namespace_maker, name, **labels), "tenant-namespaces", "metadata.name", "create the customer")
        takes(make(ADMIN, name, **labels))


# --- without the list of hosts, and before the quota counts ---


@pytest.fixture(scope="module")
def bare(kube, asker):
    """A customer's namespace that has nothing yet."""
    name = f"e2e-bare-{secrets.token_hex(3)}"
    labels = {"tenant": "true", "pod-security.kubernetes.io/enforce": "restricted"}
    kube.create("Namespace", {"metadata": {"name": name, "labels": labels}})
    until("the namespace has its account", lambda: kube.get("ServiceAccount", "default", name))
    yield Asker(kube, name, asker.values)
    kube.delete("Namespace", name)


def test_without_the_list_nothing_is_routed(kube, bare):
    refuses(bare.create(ADMIN, "Ingress", {}), "tenant-ingress", "no params found")
    hosts = {"metadata": {"name": "tenant-hosts"}, "data": {"hosts": ""}}
    kube.create("ConfigMap", hosts, bare.namespace)
    until("an empty list denies", lambda: refuses(bare.create(ADMIN, "Ingress", {}), "tenant-ingress", "spec.rules"))
    kube.patch("ConfigMap", "tenant-hosts", bare.namespace, {"data": {"hosts": f"a.example {bare.values[HOST]}"}})
    until("the list allows", lambda: takes(bare.create(ADMIN, "Ingress", {})) or True)


def test_no_pod_before_the_quota_counts(kube, bare):
    """Invariant: while status.hard is not spec.hard no pod is admitted, whoever makes it; then it is."""
    for who in (ADMIN, REPLICASETS):
        refuses(bare.create(who, "Pod", {}), "tenant-quota", "no params found")
    hard = {"requests.cpu": "1", "pods": "5"}
    kube.create("ResourceQuota", {"metadata": {"name": "tenant-quota"}, "spec": {"hard": hard}}, bare.namespace)
    until("the quota counts", lambda: takes(bare.create(ADMIN, "Pod", {})) or True)
    path = path_of("ResourceQuota", bare.namespace, "tenant-quota") + "/status"
    for stale in ({"requests.cpu": "1", "pods": None}, {"requests.cpu": "2", "pods": "5"}):
        patch = json.dumps({"status": {"hard": stale}})
        answer = kube.http.patch(path, content=patch, headers={"Content-Type": PATCH_TYPES["merge"]})
        assert answer.status_code == 200, answer.text
        for who in (ADMIN, REPLICASETS):
            until(
                f"{stale} denies",
                lambda w=who: refuses(bare.create(w, "Pod", {}), "tenant-quota", "status.hard", "try again"),
            )


def test_the_reconciler_waits_for_the_quota(tenants):
    """Invariant: berthd makes nothing that the quota counts before the quota's controller has filled its status."""
    begin = audit.mark()
    made = tenants.make()
    order = audit.requests_after(begin, made.namespace)
    tenants.leave(made.id)
    filled = [i for i, r in enumerate(order) if r.resource == "resourcequotas/status"]
    assert filled, order
    counted = [i for i, r in enumerate(order) if r.resource in ("persistentvolumeclaims", "services", "deployments", "pods")]
    assert counted and filled[0] < counted[0], order[: counted[0] + 1]

"""No pod reaches another tenant, the node or the platform's inside; berthd's own account is fenced in."""

import pytest
import yaml

from clients.kube import BERTHD, path_of
from clients.place import NODE_ADDRESS, TEMPLATES
from clients.visitor import pod_target, reachable, until_denied, visitor_pod
from clients.wait import until

API_SERVICE = "10.96.0.1"


@pytest.fixture(scope="module")
def other(tenants):
    """The tenant in whose namespace somebody tries to get out."""
    made = tenants.make()
    yield made
    tenants.leave(made.id)


@pytest.fixture(scope="module")
def pod(kube, other):
    return visitor_pod(kube, other, "visitor", {"app": "visitor"})


def web_targets(kube, tenant):
    """The site's pod and its Service, as addresses."""
    pods = kube.pods(tenant.namespace, f"berth.dev/site={tenant.site}")
    service = kube.get("Service", tenant.site_object, tenant.namespace)
    return [f"{pods[0]['status']['podIP']}:8080", f"{service['spec']['clusterIP']}:80"]


def platform_targets(kube):
    """What is inside the platform and nobody's but its own."""
    return {
        "API server": f"{API_SERVICE}:443",
        "API server, by the node": f"{NODE_ADDRESS}:6443",
        "kubelet": f"{NODE_ADDRESS}:10250",
        "berthd's API": pod_target(kube, "panel-system", "berthd", 8080),
        "berthd's listener of mail programs": pod_target(kube, "panel-system", "berthd", 8082),
        "berthd's internal listener": pod_target(kube, "panel-system", "berthd", 9444),
        "PowerDNS's API": pod_target(kube, "dns-system", "pdns", 8081),
        "PowerDNS's database": pod_target(kube, "dns-system", "pdns-postgres", 5432),
        "Pebble": pod_target(kube, "ingress-system", "pebble", 14000),
        "Pebble's management": pod_target(kube, "ingress-system", "pebble", 15000),
        "Traefik's metrics": pod_target(kube, "ingress-system", "traefik", 9100),
        "cloud metadata": "169.254.169.254:80",
    }


# --- pods ---


def test_a_pod_reaches_its_own_tenants_site(kube, other, pod):
    """So the attempts below fail because of who is asked, not because nothing ever works."""
    targets = web_targets(kube, other)
    until("the pod reaches its own site", lambda: reachable(kube, other.namespace, pod, targets) == set(targets))


def test_a_pod_cannot_reach_another_tenants_site(kube, web, tenant, other, pod):
    until_denied(kube, other.namespace, pod, web_targets(kube, tenant))
    assert web.get(tenant.domain, fresh=True).status_code == 200, "and Traefik can"


def test_a_pod_cannot_reach_the_platforms_inside(kube, other, pod):
    until_denied(kube, other.namespace, pod, list(platform_targets(kube).values()))


def test_a_pod_reaches_sites_as_every_visitor_does(kube, tenant, other, pod):
    traefik = pod_target(kube, "ingress-system", "traefik", 8443)
    until("the pod reaches the ingress", lambda: reachable(kube, other.namespace, pod, [traefik]) == {traefik})


def test_a_pod_resolves_names(kube, tenant, other, pod):
    service = kube.get("Service", other.site_object, other.namespace)["spec"]["clusterIP"]
    name = f"{other.site_object}.{other.namespace}.svc.cluster.local"
    until("cluster names resolve", lambda: service in kube.shell(other.namespace, pod, f"getent hosts {name}"))
    until(
        "hosted names resolve",
        lambda: NODE_ADDRESS in kube.shell(other.namespace, pod, f"getent hosts www.{tenant.domain}"),
    )


def test_a_pod_has_no_token_and_is_nobody_on_the_node(kube, other, pod):
    out = kube.shell(other.namespace, pod, "ls /var/run/secrets/kubernetes.io 2>&1; id -u; cat /proc/self/uid_map")
    assert "No such file" in out
    uid, first = out.splitlines()[-2], out.splitlines()[-1].split()
    assert uid == "10001"
    assert first[0] == "0" and int(first[1]) >= 65536, "the pod's root is an unprivileged id of the node"


def test_a_helper_reaches_the_internal_listener_and_nothing_else(kube, tenant, other):
    helper = visitor_pod(kube, other, "helper", {"berth.dev/role": "helper"})
    inside = platform_targets(kube)
    listener = inside.pop("berthd's internal listener")
    until("the helper reaches the listener", lambda: reachable(kube, other.namespace, helper, [listener]) == {listener})
    until_denied(
        kube,
        other.namespace,
        helper,
        [
            *inside.values(),
            *web_targets(kube, tenant),
            *web_targets(kube, other),
            pod_target(kube, "ingress-system", "traefik", 8443),
        ],
    )
    host, port = listener.split(":")
    ask = f"exec 3<>/dev/tcp/{host}/{port}; printf 'GET /spool/r0000000000 HTTP/1.0\\r\\n\\r\\n' >&3; head -1 <&3"
    assert kube.shell(other.namespace, helper, ask).split()[1] in (
        "401",
        "403",
        "404",
    ), "without a token it gives nothing"


@pytest.mark.parametrize(
    "change, word",
    [
        ({"hostNetwork": True}, "hostNetwork"),
        ({"hostPID": True}, "hostPID"),
        ({"volumes": [{"name": "root", "hostPath": {"path": "/"}}]}, "hostPath"),
        (
            {"securityContext": {"runAsUser": 0, "runAsNonRoot": False, "seccompProfile": {"type": "RuntimeDefault"}}},
            "runAsNonRoot",
        ),
    ],
    ids=["network", "pid", "path", "root"],
)
def test_a_tenants_pod_gets_no_part_of_the_node(kube, other, change, word):
    template = yaml.safe_load((TEMPLATES / "helper-pod.yaml").read_text())
    spec = {**template["spec"], "volumes": [], **change}
    del spec["hostUsers"]  # with user namespaces the API server refuses some of these before Pod Security is asked
    spec["containers"] = [{**spec["containers"][0], "image": "localhost/none", "volumeMounts": []}]
    body = {"metadata": {"name": "bad"}, "spec": spec}
    answer = kube.http.post(path_of("Pod", other.namespace), json=body, params={"dryRun": "All"})
    assert answer.status_code == 403 and "violates PodSecurity" in answer.text and word in answer.text


# --- berthd's account ---


def namespace_body(name, **labels):
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def quota_body(name):
    return {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": name}, "spec": {"hard": {"pods": "0"}}}


def policy_body(name):
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name},
        "spec": {"podSelector": {}},
    }


def binding_body(role, kind="ClusterRole", account="berthd"):
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "e2e"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": role},
        "subjects": [{"kind": "ServiceAccount", "name": account, "namespace": "panel-system"}],
    }


LABELS = {"tenant": "true", "pod-security.kubernetes.io/enforce": "restricted"}
MERGE = "application/merge-patch+json"
TENANT, STRANGER = "TENANT", "cust-e2e-stranger"


def test_berthds_account_may_do_its_work(kube, tenant):
    """So the refusals below are the fence's and not those of a wrong question."""
    allowed = [
        ("POST", path_of("Namespace"), namespace_body(STRANGER, **LABELS)),
        ("POST", path_of("ResourceQuota", tenant.namespace), quota_body("e2e")),
        ("POST", path_of("NetworkPolicy", tenant.namespace), policy_body("e2e")),
        ("POST", path_of("RoleBinding", tenant.namespace), binding_body("berth-tenant")),
    ]
    for method, path, body in allowed:
        answer = kube.dry_as(BERTHD, method, path, body)
        assert answer.status_code == 201, f"{method} {path}: {answer.text}"


REFUSED = {
    "a namespace that is no tenant's": ("POST", path_of("Namespace"), namespace_body("e2e-evil", **LABELS)),
    "a namespace like a tenant's": ("POST", path_of("Namespace"), namespace_body("customer-x", **LABELS)),
    "a tenant's namespace without its label": (
        "POST",
        path_of("Namespace"),
        namespace_body(STRANGER, **{**LABELS, "tenant": "false"}),
    ),
    "a tenant's namespace without pod security": (
        "POST",
        path_of("Namespace"),
        namespace_body(STRANGER, tenant="true"),
    ),
    "pod security taken away": (
        "PATCH",
        path_of("Namespace", name=TENANT),
        {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "privileged"}}},
    ),
    "a label of kube-system": (
        "PATCH",
        path_of("Namespace", name="kube-system"),
        {"metadata": {"labels": {"tenant": "true"}}},
    ),
    "a label of panel-system": (
        "PATCH",
        path_of("Namespace", name="panel-system"),
        {"metadata": {"labels": {"tenant": "true"}}},
    ),
    "a tenant's label taken away": (
        "PATCH",
        path_of("Namespace", name=TENANT),
        {"metadata": {"labels": {"tenant": None}}},
    ),
    "panel-system deleted": ("DELETE", path_of("Namespace", name="panel-system"), None),
    "dns-system deleted": ("DELETE", path_of("Namespace", name="dns-system"), None),
    "ingress-system deleted": ("DELETE", path_of("Namespace", name="ingress-system"), None),
    "a quota in panel-system": ("POST", path_of("ResourceQuota", "panel-system"), quota_body("e2e")),
    "a quota in default": ("POST", path_of("ResourceQuota", "default"), quota_body("e2e")),
    "a policy in kube-system": ("POST", path_of("NetworkPolicy", "kube-system"), policy_body("e2e")),
    "the policy of PowerDNS deleted": ("DELETE", path_of("NetworkPolicy", "dns-system", "pdns"), None),
    "the policy of PowerDNS changed": (
        "PATCH",
        path_of("NetworkPolicy", "dns-system", "pdns"),
        {"spec": {"ingress": [{}]}},
    ),
    "a binding in panel-system": ("POST", path_of("RoleBinding", "panel-system"), binding_body("berth-tenant")),
    "a binding to cluster-admin": ("POST", path_of("RoleBinding", TENANT), binding_body("cluster-admin")),
    "a binding to view": ("POST", path_of("RoleBinding", TENANT), binding_body("view")),
    "a binding of somebody else": (
        "POST",
        path_of("RoleBinding", TENANT),
        binding_body("berth-tenant", account="default"),
    ),
    "a binding for the whole cluster": (
        "POST",
        path_of("ClusterRoleBinding"),
        {**binding_body("berth-tenant"), "kind": "ClusterRoleBinding"},
    ),
    "a role of its own": (
        "POST",
        path_of("Role", TENANT),
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "e2e"}, "rules": []},
    ),
    "its own role": ("PATCH", path_of("ClusterRole", name="berth-tenant"), {"rules": []}),
    "the fence": ("DELETE", path_of("ValidatingAdmissionPolicy", name="berthd-fence"), None),
    "all secrets read": ("GET", path_of("Secret"), None),
    "a secret of dns-system read": ("GET", path_of("Secret", "dns-system", "pdns-api-key"), None),
    "secrets of a tenant read": ("GET", path_of("Secret", TENANT), None),
    "a deployment in panel-system": (
        "PATCH",
        path_of("Deployment", "panel-system", "berthd"),
        {"spec": {"replicas": 0}},
    ),
    "a pod in kube-system": ("DELETE", path_of("Pod", "kube-system", "e2e"), None),
    "a program in a tenant's pod": ("POST", path_of("Pod", TENANT, "visitor") + "/exec?command=id", None),
    "a volume": ("DELETE", path_of("PersistentVolume", name="e2e"), None),
}


def assert_denied(answer):
    """By its role (RBAC says who asked), or by the fence."""
    by_role = answer.status_code == 403 and f'ser \\"{BERTHD}\\"' in answer.text
    by_fence = answer.status_code in (403, 422) and "ValidatingAdmissionPolicy 'berthd-fence'" in answer.text
    assert by_role or by_fence, f"{answer.status_code} {answer.text}"


@pytest.mark.parametrize("what", REFUSED)
def test_berthds_account_may_not(kube, tenant, what):
    method, path, body = REFUSED[what]
    content_type = MERGE if method == "PATCH" else "application/json"
    assert_denied(kube.dry_as(BERTHD, method, path.replace(TENANT, tenant.namespace), body, content_type))


def test_berthds_account_may_not_bind_a_role_of_that_name(kube, tenant):
    """A Role in the namespace can be called berth-tenant too; only the ClusterRole may be bound."""
    kube.create("Role", {"metadata": {"name": "berth-tenant"}, "rules": []}, tenant.namespace)
    assert_denied(
        kube.dry_as(BERTHD, "POST", path_of("RoleBinding", tenant.namespace), binding_body("berth-tenant", kind="Role"))
    )


def test_a_tenants_own_account_may_do_nothing(kube, tenant):
    account = f"system:serviceaccount:{tenant.namespace}:default"
    for method, path in (
        ("GET", path_of("Pod", tenant.namespace)),
        ("GET", path_of("Secret", tenant.namespace)),
        ("GET", path_of("Namespace")),
        ("GET", path_of("ConfigMap", tenant.namespace)),
    ):
        assert kube.dry_as(account, method, path).status_code == 403

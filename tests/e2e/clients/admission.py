"""Objects that a customer's namespace takes, and one change each that the admission policies refuse (k8s/tenants/policies)."""

import copy
from dataclasses import dataclass

HOST, IMAGE, NAMESPACE = "HOST", "IMAGE", "NAMESPACE"  # filled in for the customer that is asked about

TRAEFIK = "traefik.ingress.kubernetes.io/"
LABELS = {"app": "e2e"}
BACKEND = {"service": {"name": "web", "port": {"number": 80}}}
RESOURCES = {
    "requests": {"cpu": "10m", "memory": "32Mi"},
    "limits": {"cpu": "10m", "memory": "32Mi"},
}
CONTAINER = {
    "name": "web",
    "image": IMAGE,
    "resources": RESOURCES,
    "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
}
POD = {
    "hostUsers": False,
    "automountServiceAccountToken": False,
    "securityContext": {"runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}},
    "containers": [CONTAINER],
}
TEMPLATE = {"metadata": {"labels": LABELS}, "spec": POD}
JOB_TEMPLATE = {**TEMPLATE, "spec": {**POD, "restartPolicy": "Never"}}
SELECTED = {"selector": {"matchLabels": LABELS}, "template": TEMPLATE}

# Each is taken as it stands: what differs from it in a case below is what is refused.
GOOD = {
    "Ingress": {
        "metadata": {
            "annotations": {
                f"{TRAEFIK}router.entrypoints": "websecure",
                f"{TRAEFIK}router.tls": "true",
                f"{TRAEFIK}router.tls.certresolver": "berth",
                f"{TRAEFIK}router.priority": "1001",
                "e2e.example/note": "any",
            }
        },
        "spec": {
            "ingressClassName": "traefik",
            "tls": [{"hosts": [HOST]}],
            "rules": [{"host": HOST, "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": BACKEND}]}}],
        },
    },
    "Service": {
        "metadata": {"annotations": {"e2e.example/note": "any"}},
        "spec": {"type": "ClusterIP", "selector": LABELS, "ports": [{"port": 80}]},
    },
    "Pod": {"metadata": {"labels": LABELS}, "spec": POD},
    "Deployment": {"spec": SELECTED},
    "ReplicaSet": {"spec": SELECTED},
    "StatefulSet": {"spec": {**SELECTED, "serviceName": "web"}},
    "DaemonSet": {"spec": SELECTED},
    "ReplicationController": {"spec": {"selector": LABELS, "template": TEMPLATE}},
    "PodTemplate": {"template": TEMPLATE},
    "Job": {"spec": {"template": JOB_TEMPLATE}},
    "CronJob": {"spec": {"schedule": "0 0 1 1 *", "jobTemplate": {"spec": {"template": JOB_TEMPLATE}}}},
    "PersistentVolumeClaim": {
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    },
    "ConfigMap": {"data": {"hosts": HOST}},
    "Secret": {"type": "Opaque", "metadata": {"annotations": {"kubernetes.io/service-account.name": "default"}}},
}

# Where a kind has the pods that it makes: the pod's own metadata and spec lie below.
POD_AT = {
    "Pod": (),
    "PodTemplate": ("template",),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
}
CARRIERS = [kind for kind, body in GOOD.items() if "hostUsers" in repr(body)]


@dataclass(frozen=True)
class Case:
    """One change of an object that is taken, `edits`: path to value; and the nearest that is taken too, `near`."""

    what: str
    kind: str
    edits: dict
    says: tuple
    near: dict | None = None


def pod_at(kind):
    return POD_AT.get(kind, ("spec", "template"))


def filled(tree, values):
    if isinstance(tree, dict):
        return {filled(key, values): filled(item, values) for key, item in tree.items()}
    if isinstance(tree, list):
        return [filled(item, values) for item in tree]
    for word, value in values.items():
        if isinstance(tree, str):
            tree = tree.replace(word, value)
    return tree


def edited(kind, edits, values, name="e2e-try"):
    """The good object of the kind with the edits, filled in. A value of None takes the field away."""
    body = copy.deepcopy(GOOD[kind])
    body.setdefault("metadata", {})["name"] = name
    for path, value in edits.items():
        at = body
        for part in path[:-1]:
            at = at[part] if isinstance(at, list) else at.setdefault(part, {})
        if value is None:
            at.pop(path[-1], None)
        else:
            at[path[-1]] = copy.deepcopy(value)
    return filled(body, values)


def spec(kind, edits):
    """Edits of a pod's spec, for a kind that carries pods."""
    return {(*pod_at(kind), *path): value for path, value in edits.items()}


def _ingress(what, edits, *says, near=None):
    return Case(what, "Ingress", edits, says, near)


def _annotation(key, value, near=None):
    path = ("metadata", "annotations", key)
    return _ingress(
        f"annotation {key}={value}", {path: value}, "metadata.annotations", key, "remove it", near=near and {path: near}
    )


RULE = ("spec", "rules", 0)
OTHER = "victim.example"
SECOND_RULE = [{"host": HOST, "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": BACKEND}]}}] * 2

INGRESSES = [
    _ingress("a host of somebody else", {(*RULE, "host"): OTHER}, "spec.rules", OTHER, "add it to a site"),
    _ingress("a host below its own", {(*RULE, "host"): f"x.{HOST}"}, "spec.rules", "add it to a site"),
    _ingress("every host below its own", {(*RULE, "host"): f"*.{HOST}"}, "spec.rules", "add it to a site"),
    _ingress("no host", {(*RULE, "host"): None}, "spec.rules", "must name a host"),
    _ingress("an empty host", {(*RULE, "host"): ""}, "spec.rules", "must name a host"),
    _ingress(
        "a second rule without a host",
        {("spec", "rules"): [SECOND_RULE[0], {"http": SECOND_RULE[0]["http"]}]},
        "spec.rules",
        "must name a host",
        near={("spec", "rules"): SECOND_RULE},
    ),
    _ingress(
        "a second rule of somebody else",
        {("spec", "rules"): [SECOND_RULE[0], {**SECOND_RULE[0], "host": OTHER}]},
        "spec.rules",
        OTHER,
    ),
    _ingress(
        "a default backend alone",
        {("spec", "rules"): None, ("spec", "tls"): None, ("spec", "defaultBackend"): BACKEND},
        "spec.defaultBackend",
        "write a rule",
    ),
    _ingress(
        "a default backend beside rules", {("spec", "defaultBackend"): BACKEND}, "spec.defaultBackend", "write a rule"
    ),
    _ingress("tls of somebody else", {("spec", "tls", 0, "hosts"): [HOST, OTHER]}, "spec.tls", OTHER),
    _ingress(
        "a certificate of its own",
        {("spec", "tls", 0, "secretName"): "mine"},
        "spec.tls",
        "secretName",
        "leave it out",
        near={("spec", "tls"): None},
    ),
    _ingress(
        "another class",
        {("spec", "ingressClassName"): "nginx"},
        "spec.ingressClassName",
        "must be traefik",
        near={("spec", "ingressClassName"): None},  # the cluster's default
    ),
    _ingress(
        "a class by annotation",
        {("metadata", "annotations", "kubernetes.io/ingress.class"): "traefik", ("spec", "ingressClassName"): None},
        "kubernetes.io/ingress.class",
    ),
    _ingress(
        "a backend that is a resource",
        {
            (*RULE, "http", "paths", 0, "backend"): {"resource": {"kind": "Secret", "name": "x"}},
        },
        "spec.rules",
        "must be a service",
    ),
    _annotation(f"{TRAEFIK}router.middlewares", "panel-system-auth@kubernetescrd"),
    _annotation(f"{TRAEFIK}router.tls.options", "default@file"),
    _annotation(f"{TRAEFIK}router.tls.domains.0.main", OTHER),
    _annotation(f"{TRAEFIK}router.pathmatcher", "PathRegexp"),
    _annotation(f"{TRAEFIK}router.rulesyntax", "v2"),
    _annotation(f"{TRAEFIK}router.observability.accesslogs", "false"),
    _annotation(f"{TRAEFIK}router.entrypoints", "web", near="websecure"),
    _annotation(f"{TRAEFIK}router.tls", "false", near="true"),
    _annotation(f"{TRAEFIK}router.priority", "9999999", near="999999"),
    _annotation(f"{TRAEFIK}service.serverstransport", "x@file"),
    _annotation("traefik.http.routers.x.rule", "Host"),
]


def _service(what, edits, *says, near=None):
    return Case(what, "Service", edits, says, near)


SERVICES = [
    _service("a node's port", {("spec", "type"): "NodePort"}, "spec.type", "NodePort", "ClusterIP"),
    _service("a load balancer", {("spec", "type"): "LoadBalancer"}, "spec.type", "LoadBalancer", "ClusterIP"),
    _service(
        "a name elsewhere",
        {
            ("spec", "type"): "ExternalName",
            ("spec", "externalName"): "kubernetes.default.svc",
            ("spec", "ports"): None,
            ("spec", "selector"): None,
        },
        "spec.type",
        "ExternalName",
    ),
    _service("external addresses", {("spec", "externalIPs"): ["192.0.2.7"]}, "spec.externalIPs", "remove it"),
    _service("no selector", {("spec", "selector"): None}, "spec.selector"),
    _service("an empty selector", {("spec", "selector"): {}}, "spec.selector"),
    _service(
        "a transport of Traefik's",
        {("metadata", "annotations", f"{TRAEFIK}service.serverstransport"): "x@file"},
        "metadata.annotations",
        "remove",
    ),
    _service(
        "nodes' ports for Traefik",
        {("metadata", "annotations", f"{TRAEFIK}service.nodeportlb"): "true"},
        "metadata.annotations",
        "remove",
    ),
]


def _pod(what, edits, *says, kinds=("Pod", "Deployment"), near=None):
    return [
        Case(f"{kind}: {what}", kind, spec(kind, edits), says, None if near is None else spec(kind, near))
        for kind in kinds
    ]


def _volume(source, name="v"):
    return {("spec", "volumes"): [{"name": name, **source}]}


FIRST = ("spec", "containers", 0)
TOKEN = {"serviceAccountToken": {"path": "token"}}
NO_PORT = {"containerPort": 8080}
# Those that Pod Security refuses first are tried where it only warns: in what makes pods.
MAKERS = ("Deployment",)

PODS = [
    *_pod(
        "an image of another registry",
        {(*FIRST, "image"): "docker.io/library/nginx:1"},
        "spec.containers",
        "docker.io/library/nginx:1",
        "use one that begins with",
        kinds=CARRIERS,
    ),
    *_pod("an image without a registry", {(*FIRST, "image"): "nginx"}, "spec.containers", "nginx"),
    *_pod(
        "an image of a registry of a longer name",
        {(*FIRST, "image"): "localhost/berthx/web:1"},
        "spec.containers",
        near={(*FIRST, "image"): "localhost/berth/any:1"},
    ),
    *_pod(
        "an init container's image",
        {("spec", "initContainers"): [{**CONTAINER, "name": "init", "image": "nginx"}]},
        "spec.containers",
        "nginx",
        near={("spec", "initContainers"): [{**CONTAINER, "name": "init"}]},
    ),
    *_pod(
        "a token by default", {("spec", "automountServiceAccountToken"): None}, "spec.automountServiceAccountToken"
    ),
    *_pod("a token", {("spec", "automountServiceAccountToken"): True}, "spec.automountServiceAccountToken"),
    *_pod(
        "a projected token",
        _volume({"projected": {"sources": [TOKEN]}}),
        "spec.volumes",
        "serviceAccountToken",
        near=_volume({"projected": {"sources": [{"configMap": {"name": "x"}}]}}),
    ),
    *_pod(
        "a path of the node",
        _volume({"hostPath": {"path": "/"}}),
        "spec.volumes",
        "hostPath",
        kinds=MAKERS,
        near=_volume({"emptyDir": {}}),
    ),
    *_pod("an image as a volume", _volume({"image": {"reference": "nginx"}}), "spec.volumes", "image"),
    *_pod("a volume of a driver", _volume({"csi": {"driver": "x.example"}}), "spec.volumes", "csi"),
    *_pod(
        "a volume of the network",
        _volume({"nfs": {"server": "192.0.2.7", "path": "/"}}),
        "spec.volumes",
        kinds=MAKERS,
        near=_volume({"persistentVolumeClaim": {"claimName": "web-data"}}),
    ),
    *_pod("the node's users", {("spec", "hostUsers"): True}, "spec.hostUsers", "must be false"),
    *_pod("the node's users by default", {("spec", "hostUsers"): None}, "spec.hostUsers", "must be false"),
    *[
        case
        for field in ("hostNetwork", "hostPID", "hostIPC")
        for case in _pod(
            field,
            {("spec", field): True, ("spec", "hostUsers"): None},
            f"spec.{field}",
            kinds=MAKERS,
            near={("spec", field): False},
        )
    ],
    *_pod(
        "a port of the node",
        {(*FIRST, "ports"): [{"containerPort": 8080, "hostPort": 8080}]},
        "spec.containers",
        "hostPort",
        kinds=MAKERS,
        near={(*FIRST, "ports"): [NO_PORT]},
    ),
    *_pod(
        "privileged",
        {(*FIRST, "securityContext"): {"privileged": True}},
        "spec.containers",
        "securityContext.privileged",
        kinds=MAKERS,
    ),
    *_pod(
        "all of /proc",
        {(*FIRST, "securityContext", "procMount"): "Unmasked"},
        "spec.containers",
        "securityContext.procMount",
        kinds=MAKERS,
        near={(*FIRST, "securityContext", "procMount"): "Default"},
    ),
    *_pod("a node by name", {("spec", "nodeName"): "node1"}, "spec.nodeName"),
    *_pod("the system's priority", {("spec", "priorityClassName"): "system-node-critical"}, "spec.priorityClassName"),
    *_pod(
        "every taint",
        {("spec", "tolerations"): [{"operator": "Exists"}]},
        "spec.tolerations",
        near={("spec", "tolerations"): [{"key": "node.kubernetes.io/not-ready", "operator": "Exists"}]},
    ),
    *_pod(
        "a control plane's taint",
        {("spec", "tolerations"): [{"key": "node-role.kubernetes.io/control-plane", "operator": "Exists"}]},
        "spec.tolerations",
    ),
]

SNAPSHOT = {"apiGroup": "snapshot.storage.k8s.io", "kind": "VolumeSnapshot", "name": "any"}
# By the customer's own account: whoever may change the policies may, for a restore.
VOLUMES = [
    Case(
        "a volume by its name",
        "PersistentVolumeClaim",
        {("spec", "volumeName"): "pvc-of-the-victim"},
        ("spec.volumeName", "pvc-of-the-victim", "leave it out"),
        {("spec", "volumeMode"): "Filesystem"},
    ),
    Case(
        "a volume by its name, of no class",
        "PersistentVolumeClaim",
        {("spec", "volumeName"): "pvc-of-the-victim", ("spec", "storageClassName"): ""},
        ("spec.volumeName", "pvc-of-the-victim", "leave it out"),
        {("spec", "dataSource"): SNAPSHOT},
    ),
]

# By the customer's own account: the platform's may.
ROLE_LABEL = [
    Case(
        f"{kind}: the label of the platform's helpers",
        kind,
        {(*pod_at(kind), "metadata", "labels"): {**LABELS, "berth.dev/role": "helper"}},
        ("metadata.labels", "berth.dev/role", "remove it"),
        {(*pod_at(kind), "metadata", "labels"): {**LABELS, "berth.dev/other": "x"}},
    )
    for kind in ("Pod", "Deployment")
]

SECRETS = [
    Case(
        "a Secret that is a token",
        "Secret",
        {("type",): "kubernetes.io/service-account-token"},
        ("type must not be", "Opaque"),
    ),
]

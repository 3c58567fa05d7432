"""A pod as a tenant's own would be, and what it gets a connection to."""

from .wait import until

CONNECT_S = 3
DENIED_IN_A_ROW = 3

# Tries each HOST:PORT at once and says of each whether a connection was made.
TRY = """
for target in {targets}; do
  (if timeout {seconds} bash -c "exec 3<>/dev/tcp/${{target%:*}}/${{target##*:}}" 2>/dev/null; then echo "$target open"
   else echo "$target closed"; fi) &
done
wait
"""


def reachable(kube, namespace, pod, targets):
    """The targets that a pod gets a connection to."""
    out = kube.shell(namespace, pod, TRY.format(targets=" ".join(targets), seconds=CONNECT_S))
    said = dict(line.rsplit(" ", 1) for line in out.splitlines() if line.endswith((" open", " closed")))
    assert set(said) == set(targets), out
    return {t for t, word in said.items() if word == "open"}


def visitor_pod(kube, tenant, name, labels, namespace=None):
    """A pod as a tenant's own would be: the image and the security of a site's web server, with a shell in it. In the tenant's
    namespace, or in another."""
    namespace = namespace or tenant.namespace
    live = kube.get("Deployment", tenant.site_object, tenant.namespace)["spec"]["template"]["spec"]
    web = live["containers"][0]
    container = {
        "name": "shell",
        "image": web["image"],
        "command": ["sleep", "infinity"],
        "securityContext": web["securityContext"],
        "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"cpu": "200m", "memory": "64Mi"}},
    }
    spec = {
        "hostUsers": False,
        "automountServiceAccountToken": False,
        "securityContext": live["securityContext"],
        "terminationGracePeriodSeconds": 0,
        "containers": [container],
    }
    kube.create("Pod", {"metadata": {"name": name, "labels": labels}, "spec": spec}, namespace)

    def runs():
        pod = kube.get("Pod", name, namespace)
        assert pod["status"]["phase"] == "Running", pod["status"]
        return pod

    return until(f"pod {name} runs", runs)["metadata"]["name"]


def pod_target(kube, namespace, name, port):
    def address():
        return [p["status"].get("podIP") for p in kube.pods(namespace, f"app.kubernetes.io/name={name}")][:1]

    return f"{until(f'{name} has a pod', address)[0]}:{port}"


def until_denied(kube, namespace, pod, targets):
    """A new pod's policies take a moment to hold. From then on they hold, every time."""
    until("the policy denies", lambda: not reachable(kube, namespace, pod, targets), 60)
    for _ in range(DENIED_IN_A_ROW):
        assert reachable(kube, namespace, pod, targets) == set()

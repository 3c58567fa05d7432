"""The Kubernetes API with the administrator's certificate, and kubectl where a stream is needed (exec)."""

import json
import os
import ssl
import subprocess

import httpx
import yaml

from .place import KUBECONFIG, kubectl_path

BERTHD = "system:serviceaccount:panel-system:berthd"
PATCH_TYPES = {"json": "application/json-patch+json", "merge": "application/merge-patch+json"}

# kind: (API path, plural, namespaced)
KINDS = {
    "Namespace": ("/api/v1", "namespaces", False),
    "ResourceQuota": ("/api/v1", "resourcequotas", True),
    "LimitRange": ("/api/v1", "limitranges", True),
    "NetworkPolicy": ("/apis/networking.k8s.io/v1", "networkpolicies", True),
    "RoleBinding": ("/apis/rbac.authorization.k8s.io/v1", "rolebindings", True),
    "PersistentVolumeClaim": ("/api/v1", "persistentvolumeclaims", True),
    "PersistentVolume": ("/api/v1", "persistentvolumes", False),
    "Deployment": ("/apis/apps/v1", "deployments", True),
    "StatefulSet": ("/apis/apps/v1", "statefulsets", True),
    "Service": ("/api/v1", "services", True),
    "Ingress": ("/apis/networking.k8s.io/v1", "ingresses", True),
    "Pod": ("/api/v1", "pods", True),
    "Secret": ("/api/v1", "secrets", True),
    "ConfigMap": ("/api/v1", "configmaps", True),
    "ServiceAccount": ("/api/v1", "serviceaccounts", True),
    "ReplicationController": ("/api/v1", "replicationcontrollers", True),
    "PodTemplate": ("/api/v1", "podtemplates", True),
    "ReplicaSet": ("/apis/apps/v1", "replicasets", True),
    "DaemonSet": ("/apis/apps/v1", "daemonsets", True),
    "Job": ("/apis/batch/v1", "jobs", True),
    "CronJob": ("/apis/batch/v1", "cronjobs", True),
    "EndpointSlice": ("/apis/discovery.k8s.io/v1", "endpointslices", True),
    "ClusterRoleBinding": ("/apis/rbac.authorization.k8s.io/v1", "clusterrolebindings", False),
    "ClusterRole": ("/apis/rbac.authorization.k8s.io/v1", "clusterroles", False),
    "Role": ("/apis/rbac.authorization.k8s.io/v1", "roles", True),
    "ValidatingAdmissionPolicy": ("/apis/admissionregistration.k8s.io/v1", "validatingadmissionpolicies", False),
}


def path_of(kind, namespace=None, name=None):
    base, plural, namespaced = KINDS[kind]
    parts = [base]
    if namespaced and namespace:
        parts.append(f"namespaces/{namespace}")
    parts.append(plural)
    if name:
        parts.append(name)
    return "/".join(parts)


class Kube:
    def __init__(self):
        config = yaml.safe_load(KUBECONFIG.read_text())
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        tls = ssl.create_default_context(cafile=cluster["certificate-authority"])
        tls.load_cert_chain(user["client-certificate"], user["client-key"])
        self.http = httpx.Client(base_url=cluster["server"], verify=tls, timeout=60)
        self.kubectl_path = kubectl_path()

    # --- objects ---

    def get(self, kind, name, namespace=None):
        """The object, or None."""
        answer = self.http.get(path_of(kind, namespace, name))
        assert answer.status_code in (200, 404), answer.text
        return answer.json() if answer.status_code == 200 else None

    def list(self, kind, namespace=None, **params):
        answer = self.http.get(path_of(kind, namespace), params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    def create(self, kind, body, namespace=None):
        answer = self.http.post(path_of(kind, namespace), json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def patch(self, kind, name, namespace, patch, form="merge"):
        answer = self.try_patch(kind, name, namespace, patch, form)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def try_patch(self, kind, name, namespace, patch, form="merge", dry=False):
        return self.http.patch(
            path_of(kind, namespace, name),
            content=json.dumps(patch),
            headers={"Content-Type": PATCH_TYPES[form]},
            params={"dryRun": "All"} if dry else {},
        )

    def delete(self, kind, name, namespace=None, grace=None):
        params = {} if grace is None else {"gracePeriodSeconds": grace}
        answer = self.http.delete(path_of(kind, namespace, name), params=params)
        assert answer.status_code in (200, 202, 404), answer.text

    def scale(self, namespace, name, replicas, kind="Deployment"):
        self.patch(kind, name, namespace, {"spec": {"replicas": replicas}})

    # --- as somebody else: nothing is ever written ---

    def dry_as(self, user, method, path, body=None, content_type="application/json"):
        """The answer to another account's request, with dryRun, so that even a granted one changes nothing."""
        headers = [
            ("Impersonate-User", user),
            ("Impersonate-Group", "system:authenticated"),
            ("Content-Type", content_type),
        ]
        if user.startswith("system:serviceaccount:"):
            namespace = user.split(":")[2]
            headers += [
                ("Impersonate-Group", "system:serviceaccounts"),
                ("Impersonate-Group", f"system:serviceaccounts:{namespace}"),
            ]
        params = {} if method == "GET" else {"dryRun": "All"}
        content = None if body is None else json.dumps(body)
        return self.http.request(method, path, headers=headers, params=params, content=content)

    # --- programs ---

    def kubectl(self, *args, check=True, timeout=60):
        env = {**os.environ, "KUBECONFIG": str(KUBECONFIG)}
        return subprocess.run(
            [self.kubectl_path, *args],
            env=env,
            check=check,
            timeout=timeout,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def shell(self, namespace, pod, script, timeout=60):
        """What a script prints in a pod."""
        return self.kubectl(
            "-n", namespace, "exec", pod, "--", "bash", "-c", script, check=False, timeout=timeout
        ).stdout

    def pods(self, namespace, selector):
        """Pods that are not ending."""
        found = self.list("Pod", namespace, labelSelector=selector)
        return [p for p in found if "deletionTimestamp" not in p["metadata"]]

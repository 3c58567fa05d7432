"""What the policies say of a field that the API server takes away by default: `dataSourceRef` with a namespace (feature gate
CrossNamespaceVolumeDataSource). An API server of the test's own, of the same program and with etcd of its own, has the gate on."""

import secrets
import socket
import ssl
import subprocess

import httpx
import pytest
import yaml

from clients.kube import path_of
from clients.place import LOOPBACK, ROOT, kubectl_path
from clients.wait import until

GATE = "CrossNamespaceVolumeDataSource"
START_S, DENIES_S = 180, 180
NAMESPACE, POLICIES = "cust-gate", "/apis/admissionregistration.k8s.io/v1"


def free_ports(count):
    taken = [socket.create_server((LOOPBACK, 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in taken]
    for s in taken:
        s.close()
    return ports


class Server:
    def __init__(self, folder):
        programs, (etcd, peer, port) = kubectl_path().removesuffix("/kubectl"), free_ports(3)
        self.folder, self.processes = folder, []
        tokens = {who: secrets.token_hex(16) for who in ("admin", "owner")}
        groups = {"admin": "system:masters", "owner": "customers"}
        (folder / "tokens").write_text("".join(f"{t},{who},{who},{groups[who]}\n" for who, t in tokens.items()))
        subprocess.run(["openssl", "genrsa", "-out", folder / "sa.key", "2048"], check=True, stderr=subprocess.DEVNULL)
        self.start("etcd", f"{programs}/etcd", "--data-dir", folder / "etcd", "--listen-client-urls", f"http://{LOOPBACK}:{etcd}",
                   "--advertise-client-urls", f"http://{LOOPBACK}:{etcd}", "--listen-peer-urls", f"http://{LOOPBACK}:{peer}",
                   "--initial-advertise-peer-urls", f"http://{LOOPBACK}:{peer}", "--initial-cluster", f"default=http://{LOOPBACK}:{peer}")
        self.start("kube-apiserver", f"{programs}/kube-apiserver", "--etcd-servers", f"http://{LOOPBACK}:{etcd}", "--bind-address", LOOPBACK,
                   "--advertise-address", LOOPBACK, "--secure-port", str(port), "--cert-dir", folder / "certs", "--token-auth-file", folder / "tokens",
                   "--authorization-mode", "RBAC", "--service-account-key-file", folder / "sa.key", "--service-account-signing-key-file",
                   folder / "sa.key", "--service-account-issuer", "https://gate.test", "--service-cluster-ip-range", "10.97.0.0/24",
                   "--endpoint-reconciler-type", "none", "--disable-admission-plugins", "ServiceAccount", "--feature-gates", f"{GATE}=true")
        until("the certificate", lambda: (folder / "certs/apiserver.crt").exists(), START_S)
        context = ssl.create_default_context(cafile=str(folder / "certs/apiserver.crt"))
        self.http = {who: httpx.Client(base_url=f"https://{LOOPBACK}:{port}", verify=context, timeout=30,
                                       headers={"Authorization": f"Bearer {t}"}) for who, t in tokens.items()}
        until("the API server", lambda: self.http["admin"].get("/readyz").status_code == 200, START_S)

    def start(self, name, *words):
        log = (self.folder / f"{name}.log").open("w")
        self.processes.append(subprocess.Popen(words, stdout=log, stderr=log, cwd=self.folder))

    def stop(self):
        for process in reversed(self.processes):
            process.kill()
            process.wait()

    def make(self, path, body):
        answer = self.http["admin"].post(path, json=body)
        assert answer.status_code == 201, answer.text

    def claim(self, who, **spec):
        body = {"metadata": {"name": f"c{secrets.token_hex(3)}"},
                "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}, **spec}}
        return self.http[who].post(path_of("PersistentVolumeClaim", NAMESPACE), json=body)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """With a customer's namespace, an account that may do all in it, and the policy in force."""
    made = Server(tmp_path_factory.mktemp("gate"))
    try:
        made.make("/api/v1/namespaces", {"metadata": {"name": NAMESPACE, "labels": {"tenant": "true"}}})
        made.make(path_of("Role", NAMESPACE), {"metadata": {"name": "owner"}, "rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]})
        made.make(path_of("RoleBinding", NAMESPACE),
                  {"metadata": {"name": "owner"}, "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "owner"},
                   "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "owner"}]})
        policy, binding = yaml.safe_load_all((ROOT / "k8s/tenants/policies/volumes.yaml").read_text())
        made.make(f"{POLICIES}/validatingadmissionpolicies", policy)
        made.make(f"{POLICIES}/validatingadmissionpolicybindings", binding)
        until("the policy denies", lambda: "'tenant-volumes'" in made.claim("owner", volumeName="of-another").text, DENIES_S)
        yield made
    finally:
        made.stop()


def source(namespace):
    return {"kind": "PersistentVolumeClaim", "name": "web-data", "namespace": namespace}


def test_a_claim_is_filled_from_its_own_namespace_alone(server):
    refused = server.claim("owner", dataSourceRef=source("cust-victim"))
    assert refused.status_code in (403, 422), refused.text
    for word in ("'tenant-volumes'", "spec.dataSourceRef.namespace", "cust-victim"):
        assert word in refused.json()["message"], refused.text
    own = server.claim("owner", dataSourceRef=source(NAMESPACE))
    assert own.status_code == 201 and own.json()["spec"]["dataSourceRef"]["namespace"] == NAMESPACE, own.text


def test_the_administrator_may(server):
    """Which also shows that it was the policy that refused."""
    assert server.claim("admin", dataSourceRef=source("cust-victim")).status_code == 201

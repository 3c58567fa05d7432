"""What a berthd of the test's own needs of the running platform: programs, addresses, credentials. It works on the real
cluster with the real account of berthd, so that its roles and the fence hold as in production."""
import base64
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from clients.place import KUBECONFIG, NODE_ADDRESS, ROOT, TEMPLATES

BERTHD = Path(os.environ.get("BERTHD", ROOT / "panel/backend/build/src/berthd"))
NODE_NETNS = "/run/netns/berth-node"
TOKEN_S = 3600


@dataclass(frozen=True)
class Settings:
    folder: Path  # scratch: credentials, the empty database, one folder a life
    pdns_api: str
    pdns_dns: str
    ingress: str
    image_static: str
    image_helper: str
    storage_class: str

    @property
    def kubeconfig(self):
        return self.folder / "kubeconfig"

    @property
    def pdns_key(self):
        return self.folder / "pdns-key"

    @property
    def berthd(self):
        """A copy, as those of the templates and of the API's description: a change of the originals meanwhile would show as a
        difference of lives."""
        return self.folder / "berthd"

    @property
    def templates(self):
        return self.folder / "templates"

    @property
    def openapi(self):
        return self.folder / "openapi.yaml"

    @property
    def empty_database(self):
        return self.folder / "empty.db"


def _account_kubeconfig(kube):
    """A kubeconfig of berthd's service account, with a token as the kubelet would mount one."""
    answer = kube.http.post("/api/v1/namespaces/panel-system/serviceaccounts/berthd/token",
                            json={"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
                                  "spec": {"expirationSeconds": TOKEN_S}})
    assert answer.status_code == 201, answer.text
    config = {
        "apiVersion": "v1", "kind": "Config", "current-context": "berth",
        "clusters": [{"name": "berth", "cluster": {"server": str(kube.http.base_url).rstrip("/"),
                                                   "certificate-authority": str(KUBECONFIG.parent / "pki/ca.crt")}}],
        "users": [{"name": "berthd", "user": {"token": answer.json()["status"]["token"]}}],
        "contexts": [{"name": "berth", "context": {"cluster": "berth", "user": "berthd"}}],
    }
    return json.dumps(config)  # JSON is YAML


def _write_secret(path, text):
    path.touch(mode=0o600)
    path.write_text(text)


def prepare(kube, folder):
    assert BERTHD.exists(), f"{BERTHD} is not there; `make up` builds it, or set BERTHD"
    assert Path(NODE_NETNS).exists(), "the node does not run; `make up` starts it"

    def service(namespace, name):
        return kube.get("Service", name, namespace)["spec"]["clusterIP"]

    config = kube.get("ConfigMap", "berthd", "panel-system")["data"]
    settings = Settings(
        folder=folder,
        pdns_api=f"http://{service('dns-system', 'pdns-api')}:8081",
        pdns_dns=f"{service('dns-system', 'pdns-dns')}:53",
        ingress=f"{service('ingress-system', 'traefik')}:443",
        image_static=config["BERTH_IMAGE_STATIC"],
        image_helper=config["BERTH_IMAGE_HELPER"],
        storage_class=config["BERTH_STORAGE_CLASS"])
    key = kube.get("Secret", "pdns-api-key", "dns-system")["data"]["api-key"]
    _write_secret(settings.pdns_key, base64.b64decode(key).decode())
    _write_secret(settings.kubeconfig, _account_kubeconfig(kube))
    shutil.copy(BERTHD, settings.berthd)
    shutil.copytree(TEMPLATES, settings.templates)
    shutil.copy(ROOT / "docs/openapi.yaml", settings.openapi)
    subprocess.run([settings.berthd, "migrate"], check=True, stdout=subprocess.DEVNULL,
                   env={"BERTH_DATABASE": str(settings.empty_database), "BERTH_DATA_DIR": str(folder)})
    return settings


def environment(settings, customer, data_dir, api_port):
    """The settings of both programs of one life. Each life has a platform domain of its own, so that making its zone is
    part of what is killed; it has no certificates."""
    platform = platform_of(customer)
    return {
        "BERTH_DATABASE": f"{data_dir}/berth.db", "BERTH_DATA_DIR": str(data_dir), "BERTH_LOG_LEVEL": "info",
        "BERTH_PLATFORM_DOMAIN": platform, "BERTH_FREE_DOMAINS": "localhost", "BERTH_NAMESERVERS": f"ns1.{platform}",
        "BERTH_LISTEN": f"127.0.0.1:{api_port}", "BERTH_PUBLIC_URL": f"https://panel.{platform}",
        "BERTH_OPENAPI": str(settings.openapi),
        "BERTH_KUBECONFIG": str(settings.kubeconfig), "BERTH_PDNS_URL": settings.pdns_api,
        "BERTH_PDNS_KEY_FILE": str(settings.pdns_key), "BERTH_PDNS_DNS": settings.pdns_dns,
        "BERTH_INGRESS_ADDRESS": NODE_ADDRESS, "BERTH_INGRESS_PROBE": settings.ingress, "BERTH_CERT_RESOLVER": "",
        "BERTH_STORAGE_CLASS": settings.storage_class, "BERTH_IMAGE_STATIC": settings.image_static,
        "BERTH_IMAGE_HELPER": settings.image_helper, "BERTH_TEMPLATES": str(settings.templates),
        "BERTH_INTERNAL_LISTEN": "127.0.0.1:0", "BERTH_INTERNAL_URL": "http://127.0.0.1:9444", "BERTH_WORKERS": "2",
    }


def domain_of(customer):
    return f"{customer}.localhost"


def platform_of(customer):
    return f"p-{customer}.localhost"

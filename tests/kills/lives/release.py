"""The sample with pods: a site with one replica is served, gets a release of real files, and is erased."""
import random
import shutil

import yaml

from clients.archives import TAR, tar
from clients.place import NODE_ADDRESS

from .life import Life

PAGE = "killed and served\n"
PORTS = range(20000, 30000)  # of the node


class ReleaseLife(Life):
    """Its phases are serve, deploy and delete. Helper pods may fetch from the platform's own pod alone, and this reconciler
    is none, so its templates let them reach the node's port too."""

    def more_environment(self, settings):
        port = random.choice(PORTS)
        folder = self.folder / "templates"
        shutil.copytree(settings.templates, folder)
        policy_file = folder / "networkpolicy-helper.yaml"
        policy = yaml.safe_load(policy_file.read_text())
        policy["spec"]["egress"].append({"to": [{"ipBlock": {"cidr": f"{NODE_ADDRESS}/32"}}],
                                         "ports": [{"protocol": "TCP", "port": port}]})
        policy_file.write_text(yaml.safe_dump(policy))
        return {"BERTH_TEMPLATES": str(folder), "BERTH_INTERNAL_LISTEN": f"0.0.0.0:{port}",
                "BERTH_INTERNAL_URL": f"http://{NODE_ADDRESS}:{port}"}

    def common(self, text):
        port = self.daemons["reconcile"].env["BERTH_INTERNAL_LISTEN"].rpartition(":")[2]
        return super().common(text).replace(f'"port": {port},', '"port": "{port}",')

    def phases(self):
        return {"serve": self._create, "deploy": self._deploy, "delete": self._delete}

    def _rest(self):
        pass  # this one works

    def _deploy(self, phase):
        def upload():
            answer = self._request("POST", f"/sites/{self.site}/releases", content=tar({"index.html": PAGE}),
                                   headers={"Content-Type": TAR, "Idempotency-Key": f"deploy-{self.customer}"})
            assert answer.status_code == 202, answer.text
            return answer.json()["release"]["id"]

        self.release = self._change(phase, upload)

    def page(self):
        """Through its Service."""
        if not self.release or not self.planes.kube.get("Service", f"site-{self.site}", f"cust-{self.customer}"):
            return None
        service = f"/api/v1/namespaces/cust-{self.customer}/services/site-{self.site}:http/proxy/"
        return self.planes.kube.http.get(service).text

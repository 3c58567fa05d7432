"""An api and a reconciler of the test's own behind the scripted API server, and the customers that they keep."""
import json
import re
import secrets
import shutil
import sqlite3
import time
from collections import Counter
from contextlib import closing

import httpx

from clients.wait import until
from lives.daemon import Daemon, free_port
from lives.settings import environment, platform_of
from lives.state import OBJECT_KINDS, common_object

PREFIX = "flt-"
PHASE_S = 180
DELETE_S = 240  # most of it the cluster takes
FAR_MS = 60 * 1000
CPU = {"small": "550m", "medium": "2050m"}  # as the quota of the plan has it


class World:
    def __init__(self, settings, planes, proxy, folder):
        self.planes, self.proxy = planes, proxy
        self.name = f"{PREFIX}x{secrets.token_hex(3)}"
        self.folder = folder / self.name
        self.folder.mkdir()
        self.database = self.folder / "berth.db"
        shutil.copy(settings.empty_database, self.database)
        port = free_port()
        env = environment(settings, self.name, self.folder, port)
        env |= {"BERTH_KUBECONFIG": str(self.kubeconfig(settings)), "BERTH_WORKERS": "8"}
        self.api, self.reconcile = (Daemon(settings.berthd, c, env, self.folder) for c in ("api", "reconcile"))
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1", timeout=30, verify=False)  # one without TLS
        self.tenants = []

    def kubeconfig(self, settings):
        config = json.loads(settings.kubeconfig.read_text())
        config["clusters"][0]["cluster"] = {"server": self.proxy.url, "certificate-authority": str(self.proxy.ca_file)}
        path = self.folder / "kubeconfig"
        path.touch(mode=0o600)
        path.write_text(json.dumps(config))
        return path

    def __enter__(self):
        self.api.start()
        until("the api answers", lambda: self.http.get("/openapi.json").status_code == 200, 20)
        token = (self.folder / "admin-token").read_text().strip()
        self.http.headers["Authorization"] = f"Bearer {token}"
        self.reconcile.start()
        until("the platform's zone", lambda: self.planes.pdns.rrsets(platform_of(self.name)) is not None, 20)
        return self

    def __exit__(self, *_):
        self.api.kill()
        self.reconcile.kill()
        for tenant in self.tenants:
            self.planes.remove(tenant.id)
        self.planes.remove(self.name)

    def tenant(self):
        made = Tenant(self)
        self.tenants.append(made)
        return made

    def accept(self, method, path, **kwargs):
        answer = self.http.request(method, path, **kwargs)
        assert answer.status_code == 202, answer.text
        return answer.json()

    def rows(self, sql, *values):
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10)) as db:
            return db.execute(sql, values).fetchall()

    def await_watches(self):
        """Every kind's watch runs."""
        until("eleven watches run", lambda: len(self.proxy.watches) == 11, 20)

    def end_reconciler(self, kill=False):
        """And the proxy's side of its watches, which hears of it only with the next event."""
        self.reconcile.kill() if kill else self.reconcile.stop()
        for watch in list(self.proxy.watches):
            watch.cut()
        until("no watch runs", lambda: not self.proxy.watches, 20)

    def await_quiet(self, seconds=1.5):
        """No request came for so long, but for watches."""
        mark, since = self.proxy.mark(), time.monotonic()
        while time.monotonic() - since < seconds:
            if self.proxy.since(mark):
                mark, since = self.proxy.mark(), time.monotonic()
            time.sleep(0.05)


class Tenant:
    """A customer with a site of no pods."""

    def __init__(self, world):
        self.world, self.site, self.plan = world, None, "small"
        self.id = f"{PREFIX}x{secrets.token_hex(3)}"
        self.namespace = f"cust-{self.id}"

    # --- what is done to it ---

    def create(self):
        self.world.accept("POST", "/customers", json={"id": self.id, "plan": "small"})
        made = self.world.accept("POST", "/sites", json={"customerId": self.id, "replicas": 0,
                                                         "hostnames": [f"{self.id}.{platform_of(self.world.name)}"]})
        self.site = made["site"]["id"]

    def change_plan(self):
        self.plan = "medium" if self.plan == "small" else "small"
        self.world.accept("PATCH", f"/customers/{self.id}", json={"plan": self.plan})

    def drift(self):
        """Somebody else takes the Service away and gives the customer more than its plan."""
        kube = self.world.planes.kube
        self.old_service = kube.get("Service", f"site-{self.site}", self.namespace)["metadata"]["uid"]
        kube.patch("ResourceQuota", "tenant-quota", self.namespace, {"spec": {"hard": {"requests.cpu": "77"}}})
        kube.delete("Service", f"site-{self.site}", self.namespace)

    def delete(self):
        self.world.accept("DELETE", f"/customers/{self.id}", params={"purge": "true"})

    def phases(self):
        return {"create": self.create, "plan": self.change_plan, "drift": self.drift, "delete": self.delete}

    # --- what became of it ---

    def cpu(self):
        quota = self.world.planes.kube.get("ResourceQuota", "tenant-quota", self.namespace)
        return quota and quota["spec"]["hard"]["requests.cpu"]

    def settled(self):
        rows = self.world.rows("SELECT ready AND observed = generation AND lease_owner = '', due_ms, "
                               "(SELECT count(*) FROM operation o WHERE o.customer = c.id AND finished_ms = 0) "
                               "FROM customer c WHERE id = ?", self.id)
        return bool(rows) and rows[0][0] == 1 and rows[0][1] > time.time() * 1000 + FAR_MS and rows[0][2] == 0

    def reached(self, phase):
        if phase == "delete":
            return (not self.world.rows("SELECT 1 FROM customer WHERE id = ?", self.id)
                    and self.world.planes.kube.get("Namespace", self.namespace) is None)
        if not self.settled() or self.cpu() != CPU[self.plan]:
            return False
        service = self.world.planes.kube.get("Service", f"site-{self.site}", self.namespace)
        return service is not None and (phase != "drift" or service["metadata"]["uid"] != self.old_service)

    def why(self):
        found = self.world.rows("SELECT step, status, reason, message FROM condition WHERE customer = ? AND status <> 'true'", self.id)
        return f"{found} {self.world.rows('SELECT * FROM customer WHERE id = ?', self.id)} {self.world.reconcile.log_tail()}"

    def await_reached(self, phase, seconds=None):
        end = time.monotonic() + (seconds or (DELETE_S if phase == "delete" else PHASE_S))
        while not self.reached(phase):
            assert not self.world.reconcile.died(), f"the reconciler ended: {self.world.reconcile.log_tail()}"
            assert time.monotonic() < end, f"{self.id} is not done with {phase}: {self.why()}"
            time.sleep(0.1)

    # --- what is compared ---

    def common(self, text):
        """Without what was drawn for this customer."""
        for name, value in (("site", self.site), ("customer", self.id), ("platform", self.world.name)):
            text = text.replace(value, f"{{{name}}}") if value else text
        return re.sub(r'customer-uid": "[^"]*"', 'customer-uid": ""', text)

    def record(self):
        kube, rows = self.world.planes.kube, self.world.rows
        objects = {f"{kind}/{o['metadata']['name']}": common_object(o)
                   for kind in OBJECT_KINDS for o in kube.list(kind, self.namespace)}
        home = kube.get("Namespace", self.namespace)
        store = {
            "customer": rows("SELECT name, plan, state, generation, observed, ready FROM customer WHERE id = ?", self.id),
            "condition": rows("SELECT step, subject, status, reason, message FROM condition WHERE customer = ? ORDER BY position", self.id),
            "operation": rows("SELECT kind, subject, state, message FROM operation WHERE customer = ? ORDER BY seq", self.id),
            "audit": rows("SELECT action, subject FROM audit WHERE customer = ? ORDER BY seq", self.id),
            "events": rows("SELECT DISTINCT type, reason, object FROM event WHERE customer = ? ORDER BY 1, 2, 3", self.id),
        }
        whole = {"namespace": home and common_object(home), "objects": objects, "store": store}
        return self.common(json.dumps(whole, indent=1, sort_keys=True))

    def versions(self):
        """Each object with its uid and resourceVersion: whatever wrote to any of them shows."""
        kube = self.world.planes.kube
        return {f"{kind}/{o['metadata']['name']}": (o["metadata"]["uid"], o["metadata"]["resourceVersion"])
                for kind in OBJECT_KINDS for o in kube.list(kind, self.namespace)}

    def writes(self, mark):
        """What berthd wrote since, and the API server carried out: "METHOD PATH" with its count."""
        done = self.world.proxy.since(mark, self.namespace, "POST|PATCH|PUT|DELETE")
        return Counter(self.common(f"{p.method} {p.path}") for p in done if p.upstream and p.upstream < 300)

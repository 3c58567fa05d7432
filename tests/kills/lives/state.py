"""Everything that is of one customer, on every plane, without what differs from life to life: names that were drawn, times,
and what other controllers write."""
import json
import sqlite3

from .settings import domain_of, platform_of

# What berthd may write in a tenant's namespace, and the pods and ReplicaSets that follow from it.
OBJECT_KINDS = ("ResourceQuota", "LimitRange", "NetworkPolicy", "RoleBinding", "ConfigMap", "PersistentVolumeClaim",
                "Service", "Deployment", "Ingress")
# What Kubernetes puts into every namespace, some moments after it was made.
NOT_OURS = ("kube-root-ca.crt",)
DRAWN_SPEC = ("clusterIP", "clusterIPs", "volumeName")
BINDING_NOTES = ("pv.kubernetes.io/", "volume.kubernetes.io/", "volume.beta.kubernetes.io/")
REPLICA_SETS = "/apis/apps/v1/namespaces/{}/replicasets"

# Table to its columns that are the same in every life.
ROWS = {
    "customer": "id, name, plan, cluster, state, suspend_reason, generation, observed, ready, trashed_ms, lease_owner, "
                "lease_until_ms",
    "site": "id, customer, runtime, replicas, release_id, generation",
    "hostname": "name, site, customer, position",
    "domain": "name, customer, reversed",
    "tombstone": "kind, name, customer",
    "site_release": "id, site, sha256, media, size, state, message, deployed_ms > 0",
    "condition": "customer, step, subject, status, reason, message, position, next_try_ms",
    "operation": "kind, customer, subject, actor, state, message, generation, finished_ms > 0, input, result",
    "audit": "actor, action, customer, subject",
    "event": "customer, type, reason, object, message",
    "token": "name, kind",
    "idempotency": "status",
}


class Planes:
    def __init__(self, kube, pdns):
        self.kube, self.pdns = kube, pdns

    def record(self, life):
        """A text, so that a difference is shown as one."""
        whole = {"kubernetes": self._kubernetes(f"cust-{life.customer}"),
                 "dns": {z: self._zone(z) for z in (domain_of(life.customer), platform_of(life.customer))},
                 "store": store_rows(life.database), "page": life.page()}
        return life.common(json.dumps(whole, indent=1, sort_keys=True))

    def _kubernetes(self, namespace):
        home = self.kube.get("Namespace", namespace)
        if home is None:
            return None
        objects = {f"{kind}/{o['metadata']['name']}": common_object(o)
                   for kind in OBJECT_KINDS for o in self.kube.list(kind, namespace)
                   if o["metadata"]["name"] not in NOT_OURS}
        sets = self.kube.http.get(REPLICA_SETS.format(namespace)).json()["items"]
        return {"Namespace": common_object(home), **objects,
                "pods": len(self.kube.pods(namespace, "")), "replica sets": len(sets)}

    def _zone(self, zone):
        rrsets = self.pdns.rrsets(zone)
        if rrsets is None:
            return None
        return sorted([name, kind, ttl, [_without_serial(kind, v) for v in values], owned]
                      for (name, kind), (ttl, values, owned) in rrsets.items())

    # --- what a life must not leave ---

    def remove(self, customer):
        for zone in (domain_of(customer), platform_of(customer)):
            if self.pdns.rrsets(zone) is not None:
                self.pdns.delete_zone(zone)
        self.kube.delete("Namespace", f"cust-{customer}")

    def leftovers(self, prefix):
        """Namespaces and zones whose customer's id begins so: (namespaces, zones)."""
        namespaces = [n["metadata"]["name"] for n in self.kube.list("Namespace")]
        return (sorted(n for n in namespaces if n.startswith(f"cust-{prefix}")),
                sorted(z for z in self.pdns.zones() if z.startswith((prefix, f"p-{prefix}"))))


def common_object(o):
    meta = o["metadata"]
    notes = {k: v for k, v in meta.get("annotations", {}).items() if not k.startswith(BINDING_NOTES)}
    out = {"name": meta["name"], "labels": meta.get("labels", {}), "annotations": notes,
           # Counts the writes that changed the object: one that was made twice over shows.
           "generation": meta.get("generation")}
    for field, value in o.items():
        if field not in ("metadata", "status", "apiVersion"):
            out[field] = value
    if "spec" in out:
        out["spec"] = {k: v for k, v in out["spec"].items() if k not in DRAWN_SPEC}
    return out


def _without_serial(kind, value):
    words = value.split()
    return " ".join(words[:2] + words[3:]) if kind == "SOA" else value


def open_database(path):
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)


def store_rows(path):
    with open_database(path) as db:
        rows = {table: sorted(db.execute(f"SELECT {columns} FROM {table}").fetchall())
                for table, columns in ROWS.items()}
    db.close()
    # Each accepted change is one operation and one row of the audit, and operations have names of their own.
    assert len(rows["operation"]) == len(rows["audit"]), rows
    return rows

#!/usr/bin/env python3
"""Measures, and prints one JSON line a figure: each a ratio against a reference that is measured in the same run.

    run.py [FIGURE...]      serving writer apply helm idle memory post lists reads mailboxes quiet repair catchup delivery domains
                            (all when none is named)

BENCH_TENANTS (200), BENCH_RUNS (5), BENCH_MEMORY (1000: customers of the first of two steps), BENCH_TENANTS_IDLE (2000), BENCH_IDLE_S (60),
BENCH_POSTS (1000), BENCH_MAILBOXES (1000), BENCH_CUSTOMERS (10000), BENCH_READ_S (10), BENCH_MESSAGES (1000) and
BENCH_DOMAINS (10000) make a quicker run. Needs the platform of `make up`. The controller manager's settings matter: cluster/node.sh has them (qps 300, burst 600,
20 concurrent syncs of each kind)."""
import base64
import fcntl
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import api
import mail
import repair
from figure import figure
from local import IN_NODE, KUBECONFIG, ROOT, STATE, Berthd, admin_files, delete_namespaces, kubectl, platform_call, service_ip

TENANTS = int(os.environ.get("BENCH_TENANTS", "200"))
RUNS = int(os.environ.get("BENCH_RUNS", "5"))
MEMORY = int(os.environ.get("BENCH_MEMORY", "1000"))
SLOW = max(10, TENANTS // 10)  # tenants of the slow references, whose rate does not depend on the number
THREADS = 16
CACHE = Path(os.environ.get("BERTH_CACHE", Path.home() / ".cache/berth"))
KINDS = "resourcequota,limitrange,networkpolicy,rolebinding,configmap,pvc,service,deployment,ingress"
PATHS = {"Namespace": "/api/v1/namespaces", "ResourceQuota": "/api/v1/namespaces/{}/resourcequotas",
         "LimitRange": "/api/v1/namespaces/{}/limitranges", "ConfigMap": "/api/v1/namespaces/{}/configmaps",
         "PersistentVolumeClaim": "/api/v1/namespaces/{}/persistentvolumeclaims",
         "Service": "/api/v1/namespaces/{}/services", "Deployment": "/apis/apps/v1/namespaces/{}/deployments",
         "NetworkPolicy": "/apis/networking.k8s.io/v1/namespaces/{}/networkpolicies",
         "Ingress": "/apis/networking.k8s.io/v1/namespaces/{}/ingresses",
         "RoleBinding": "/apis/rbac.authorization.k8s.io/v1/namespaces/{}/rolebindings"}


# --- the objects of one tenant, as berthd made them, for every reference ---

def cleaned(o):
    """Without what the server adds by itself."""
    o = json.loads(json.dumps(o))
    o.pop("status", None)
    for field in ("uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "finalizers"):
        o["metadata"].pop(field, None)
    if o["kind"] == "Service":
        for field in ("clusterIP", "clusterIPs"):
            o["spec"].pop(field, None)
    if o["kind"] == "PersistentVolumeClaim":
        o["spec"].pop("volumeName", None)
        o["metadata"].pop("annotations", None)
    if o["kind"] == "Namespace":
        o.pop("spec", None)
    return o


def objects_of(customer):
    ns = f"cust-{customer}"
    items = json.loads(kubectl("-n", ns, "get", KINDS, "-o", "json"))["items"]
    items = [o for o in items if o["metadata"].get("labels", {}).get("app.kubernetes.io/managed-by") == "berth"]
    order = list(PATHS)
    items.sort(key=lambda o: order.index(o["kind"]))
    return [cleaned(json.loads(kubectl("get", "namespace", ns, "-o", "json")))] + [cleaned(o) for o in items]


def renamed(objects, old, new):
    return json.loads(json.dumps(objects).replace(old, new))


def run_writer(objects, old, count):
    binary, data = CACHE / "bench-writer", CACHE / "bench-writer.data"
    subprocess.run(["cc", "-std=gnu17", "-O2", "-o", binary, ROOT / "bench/writer.c", "-lcurl", "-lpthread"], check=True)
    with open(data, "wb") as f:
        for i in range(count):
            for o in renamed(objects, old, f"writer{i}"):
                body = json.dumps(o, separators=(",", ":")).encode()
                f.write(f"{i} {PATHS[o['kind']].format(o['metadata'].get('namespace', ''))} {len(body)}\n".encode() + body)
    done = subprocess.run([binary, *admin_files(), str(THREADS), data], text=True, stdout=subprocess.PIPE)
    if done.returncode:
        raise RuntimeError(f"the writer failed: {done.stdout}")
    return json.loads(done.stdout)


def run_apply(objects, old, count):
    begin = time.monotonic()
    for i in range(count):
        mine = renamed(objects, old, f"apply{i}")
        kubectl("apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": mine[:1]}))
        kubectl("apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": mine[1:]}))
    return count / (time.monotonic() - begin)


def helm_program():
    folder = CACHE / "bench-helm"
    if not (folder / "helm").exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["go", "build", "-mod=readonly", "-trimpath", "-ldflags=-s -w", "-o", folder / "helm", "helm.sh/helm/v3/cmd/helm"],
                       cwd=ROOT / "bench/helm", check=True, env={**os.environ, "CGO_ENABLED": "0"})
    return folder / "helm"


def run_helm(objects, old, count):
    helm, chart = helm_program(), CACHE / "bench-helm/chart"
    shutil.rmtree(chart, ignore_errors=True)
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: tenant\nversion: 1.0.0\n")
    mine = renamed(objects[1:], old, "helmTENANT")
    text = "\n---\n".join(json.dumps(o) for o in mine).replace("TENANT", "{{ .Values.tenant }}")
    (chart / "templates/all.yaml").write_text(text)
    begin = time.monotonic()
    for i in range(count):
        kubectl("create", "-f", "-", stdin=json.dumps(renamed(objects[:1], old, f"helm{i}")[0]))
        subprocess.run([helm, "install", "tenant", chart, "-n", f"cust-helm{i}", "--set", f"tenant={i}"], check=True,
                       env={**os.environ, "KUBECONFIG": str(KUBECONFIG)}, stdout=subprocess.DEVNULL)
    return count / (time.monotonic() - begin)


# --- figures ---

def tenants(names):
    """200 customers without pods, beside the writer, `kubectl apply` and `helm install`; then a look at all again."""
    with Berthd("bench", THREADS) as b:
        b.accept(0, TENANTS)
        begin = time.monotonic()
        b.start("reconcile")
        b.until_ready(TENANTS)
        ours = TENANTS / (time.monotonic() - begin)
        objects = objects_of("bench0")
        if "idle" in names:
            idle(b)
        b.stop()
        delete_namespaces("bench")
        if "writer" in names:
            w = run_writer(objects, "bench0", TENANTS)
            reference = w["tenants"] / w["seconds"]
            figure("tenants a second, beside a writer in C", ours, reference, 0.9, "higher", "1/s", 1)
            figure("CPU of that writer a tenant", w["cpu_ms_a_tenant"], w["cpu_ms_a_tenant"], 1, "lower", "ms", 1)
            delete_namespaces("writer")
        if "apply" in names:
            figure("tenants a second, beside kubectl apply", ours, run_apply(objects, "bench0", SLOW), 15, "higher", "1/s", 1)
            delete_namespaces("apply")
        if "helm" in names:
            figure("tenants a second, beside helm install", ours, run_helm(objects, "bench0", SLOW), 16, "higher", "1/s", 1)
            delete_namespaces("helm")


def idle(b):
    """Every customer is looked at again: no write, and no request while the watches are current."""
    time.sleep(12)  # what the first passes still note of the last events
    before, passes = b.metrics(), b.count("1 = 1")
    api = b.start("api")
    time.sleep(0.5)
    for i in range(TENANTS):
        b.call("POST", f"/customers/bench{i}/reconcile", {})
    b.until_ready(TENANTS)
    api.terminate()
    api.wait(30)
    b.processes.remove(api)
    time.sleep(6)  # the gauge is written every five seconds
    requests = b.metrics()["berth_kube_requests_total"] - before["berth_kube_requests_total"]
    figure("Kubernetes requests of a re-run over all customers", requests, passes, 0, "lower", "requests", 1)


def resident(process):
    """Resident memory of the berthd below nsenter, in bytes."""
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("the reconciler is gone")


def memory(_names):
    sizes = []
    with Berthd("mem", THREADS) as b:
        for step in (0, MEMORY, 2 * MEMORY):
            if step:
                b.accept(step - MEMORY, step)
            process = b.start("reconcile")
            b.until_ready(step)
            time.sleep(10)
            sizes.append(resident(process))
            figure(f"memory of berthd reconcile at {step} customers", sizes[-1], sizes[0], 0, "lower", "bytes", 1)
            b.stop()
        figure("memory a customer", (sizes[2] - sizes[1]) / MEMORY, 2048, 1, "lower", "bytes", 1)  # before the long deletion


def until_served(host, address):
    """HTTP 200 with a good certificate through Traefik, and an authoritative answer."""
    end = time.monotonic() + 180
    pinned = ["--resolve", f"{host}:8443:127.0.0.1", "--cacert", str(STATE / "ca.crt")]
    while True:
        dig = subprocess.run(["dig", "@127.0.0.1", "-p", "10053", host, "A", "+noall", "+comments", "+answer", "+tries=1", "+time=1"],
                             text=True, stdout=subprocess.PIPE).stdout
        web = subprocess.run(["curl", "-fsS", "-o", "/dev/null", *pinned, f"https://{host}:8443/"], stderr=subprocess.DEVNULL)
        if web.returncode == 0 and address in dig and " aa" in dig:
            return
        if time.monotonic() > end:
            raise RuntimeError(f"{host} is not served after 180 s")
        time.sleep(0.05)


def pdns(method, path, body=None):
    key = base64.b64decode(kubectl("-n", "dns-system", "get", "secret", "pdns-api-key", "-o", "jsonpath={.data.api-key}")).decode()
    words = [*IN_NODE, "curl", "-fsS", "-X", method, "-H", f"X-API-Key: {key}"]
    words += ["-H", "Content-Type: application/json", "-d", json.dumps(body)] if body is not None else []
    subprocess.run([*words, f"http://{service_ip('dns-system', 'pdns-api')}:8081/api/v1/servers/localhost/zones{path}"], check=True,
                   stdout=subprocess.DEVNULL)


def apply_one(objects, old, new, address):
    """The reference's whole way: the zone by one request, the objects by kubectl apply (the namespace first)."""
    zone = f"{new}.localhost."
    rrsets = [{"name": n, "type": "A", "ttl": 300, "records": [{"content": address, "disabled": False}]} for n in (zone, f"www.{zone}")]
    pdns("POST", "", {"name": zone, "kind": "Native", "nameservers": ["ns1.berth.localhost."], "rrsets": rrsets})
    mine = renamed(objects, old, new)
    kubectl("apply", "-f", "-", stdin=json.dumps(mine[0]))
    kubectl("apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": mine[1:]}))
    until_served(f"{new}.localhost", address)


def serving(_names):
    ours, reference = [], []
    address = json.loads(kubectl("-n", "panel-system", "get", "configmap", "berthd", "-o", "json"))["data"]["BERTH_INGRESS_ADDRESS"]
    for run in range(RUNS):
        us, them = f"bsrv{run}", f"bref{run}"
        begin = time.monotonic()
        platform_call("POST", "/domains", {"customerId": us, "domain": f"{us}.localhost"})
        until_served(f"{us}.localhost", address)
        ours.append(time.monotonic() - begin)
        objects = objects_of(us)
        platform_call("DELETE", f"/customers/{us}?purge=true")
        delete_namespaces(us)
        begin = time.monotonic()
        apply_one(objects, us, them, address)
        reference.append(time.monotonic() - begin)
        delete_namespaces(them)
        pdns("DELETE", f"/{them}.localhost.")
    figure("from the API call to HTTPS 200 and DNS, beside kubectl apply", statistics.median(ours), statistics.median(reference), 1, "lower", "s", RUNS)


def main(names):
    known = {"serving": serving, "writer": tenants, "apply": tenants, "helm": tenants, "idle": tenants, "memory": memory,
             "post": api.post, "lists": api.lists, "mailboxes": api.mailboxes, "reads": api.reads,
             "quiet": repair.settled, "repair": repair.settled, "catchup": repair.settled,
             "delivery": mail.delivery, "domains": mail.domains}
    if any(n not in known for n in names):
        print(__doc__, file=sys.stderr)
        return 2
    names = names or list(known)
    with (STATE / "e2e.lock").open("w") as lock:  # tests that take parts of the platform away, and this, exclude each other
        fcntl.flock(lock, fcntl.LOCK_EX)
        for run in dict.fromkeys(known[n] for n in names):
            run(names)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Figures of the reconciler on the cluster, once customers are as they should be: what it costs when nothing happens, how soon an object
that was deleted is back, and how long it takes to catch up after it was killed."""
import json
import os
import signal
import ssl
import statistics
import threading
import time
from http.client import HTTPSConnection
from urllib.parse import quote, urlsplit

from figure import figure
from local import Berthd, admin_files

CUSTOMERS = int(os.environ.get("BENCH_TENANTS_IDLE", "2000"))
RUNS = int(os.environ.get("BENCH_RUNS", "5"))
IDLE_S = int(os.environ.get("BENCH_IDLE_S", "60"))
SETTLE_S = 15  # what the first passes still hear from the watches
GAUGE_S = 6  # the gauge is written every five seconds
LOOK_S = 0.1  # how often the database is asked who was looked at
MANAGED = "app.kubernetes.io/managed-by=berth"
LISTS = ["/api/v1/namespaces", "/api/v1/resourcequotas", "/api/v1/limitranges", "/apis/networking.k8s.io/v1/networkpolicies",
         "/apis/rbac.authorization.k8s.io/v1/rolebindings", "/api/v1/persistentvolumeclaims", "/apis/apps/v1/deployments", "/api/v1/services",
         "/apis/networking.k8s.io/v1/ingresses"]
PAGE = 100  # as berthd's


class Admin:
    """A connection with the administrator's certificate, which is kept."""

    def __init__(self):
        server, ca, cert, key = admin_files()
        tls = ssl.create_default_context(cafile=ca)
        tls.load_cert_chain(cert, key)
        at = urlsplit(server)
        self.http = HTTPSConnection(at.hostname, at.port, context=tls, timeout=120)

    def ask(self, method, path, body=None):
        self.http.request(method, path, None if body is None else json.dumps(body), {"Content-Type": "application/json"})
        answer = self.http.getresponse()
        data = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {data[:300]}")
        return json.loads(data)

    def events(self, path, version):
        """(time, type, object) of a watch."""
        self.http.request("GET", f"{path}?watch=true&resourceVersion={version}")
        answer = self.http.getresponse()
        while line := answer.readline():
            event = json.loads(line)
            yield time.monotonic(), event["type"], event["object"]


def put_back_times(path, name, runs, react=None):
    """Seconds from a DELETED event to the ADDED one that follows it, as one observer sees both. react(object): what puts it back."""
    writer, observer = Admin(), Admin()
    events = observer.events(path, writer.ask("GET", path)["metadata"]["resourceVersion"])
    times = []
    for _ in range(runs):
        threading.Timer(0.2, writer.ask, ["DELETE", f"{path}/{name}"]).start()
        deleted = None
        for at, kind, found in events:
            if found["metadata"]["name"] != name:
                continue
            if kind == "DELETED":
                deleted = at
                if react:
                    react(found)
            elif kind == "ADDED" and deleted:
                times.append(at - deleted)
                break
    return times


def services_of(customer):
    return f"/api/v1/namespaces/cust-{customer}/services"


def cleaned(service, namespace):
    """As one that is to be made."""
    spec = {k: v for k, v in service["spec"].items() if k not in ("clusterIP", "clusterIPs")}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": service["metadata"]["name"], "namespace": namespace}, "spec": spec}


def put_back(b):
    admin = Admin()
    path = services_of(f"{b.prefix}0")
    service = admin.ask("GET", path)["items"][0]
    ours = put_back_times(path, service["metadata"]["name"], RUNS)
    # The reference hears of it from one watch and makes one POST, and nothing else: in a namespace of its own.
    home = f"cust-{b.prefix}ref"
    admin.ask("POST", "/api/v1/namespaces", {"metadata": {"name": home, "labels": {"tenant": "true"}}})
    wanted, poster = cleaned(service, home), Admin()
    path = f"/api/v1/namespaces/{home}/services"
    admin.ask("POST", path, wanted)
    reference = put_back_times(path, service["metadata"]["name"], RUNS, lambda _: poster.ask("POST", path, wanted))
    figure("an object that was deleted is back, beside one watch event and one POST", statistics.median(ours) * 1000,
           statistics.median(reference) * 1000, 2, "lower", "ms", RUNS)


def cpu_seconds(process):
    with open(f"/proc/{process.pid}/stat") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def idle(b, process):
    time.sleep(SETTLE_S)
    before, cpu, begin = b.metrics()["berth_kube_requests_total"], cpu_seconds(process), time.monotonic()
    time.sleep(IDLE_S)
    cpu = (cpu_seconds(process) - cpu) / (time.monotonic() - begin)
    time.sleep(GAUGE_S)
    figure(f"CPU of berthd reconcile when nothing happens, {CUSTOMERS} customers, beside a whole core", cpu, 1, 0.01, "lower", "cores", 1)
    figure(f"Kubernetes requests of {IDLE_S} s when nothing happens, {CUSTOMERS} customers", b.metrics()["berth_kube_requests_total"] - before, 0, 0,
           "lower", "requests", 1)


def list_all():
    """Seconds of listing what berthd watches once, in its pages; one kind after the other."""
    admin, begin = Admin(), time.monotonic()
    for path in LISTS:
        more = ""
        while True:
            page = admin.ask("GET", f"{path}?limit={PAGE}&labelSelector={quote(MANAGED)}{more}")
            mark = page["metadata"].get("continue")
            if not mark:
                break
            more = f"&continue={quote(mark)}"
    return time.monotonic() - begin


def catch_up(b, process):
    """From the start after a SIGKILL until every customer was looked at and found right."""
    process.send_signal(signal.SIGKILL)
    process.wait(30)
    b.processes.remove(process)
    reference = list_all()
    before = b.fences("1 = 1")  # each claim raises it
    begin = time.monotonic()
    b.start("reconcile")
    while sum(fence > before[c] for c, fence in b.fences("ready = 1 AND lease_owner = ''").items()) < CUSTOMERS:
        if time.monotonic() - begin > 900:
            raise RuntimeError("it does not catch up within 900 s")
        time.sleep(LOOK_S)
    figure(f"catching up after SIGKILL, {CUSTOMERS} customers, beside one list of their objects", time.monotonic() - begin, reference, 1.5, "lower",
           "s", 1)


def settled(names):
    """One crowd of customers for all of these."""
    with Berthd("idle") as b:
        b.accept(0, CUSTOMERS)
        process = b.start("reconcile")
        b.until_ready(CUSTOMERS, 1800)
        if "quiet" in names:
            idle(b, process)
        if "repair" in names:
            put_back(b)
        if "catchup" in names:
            catch_up(b, process)

"""A berthd of the benchmark's own beside the platform: its own database, the real API server and the real PowerDNS.

It runs on the host, in the node's network namespace, so that it reaches Services by their addresses. Customers are made
through its HTTP API. Everything it made is gone when the `with` block ends."""
import base64
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATE = Path(os.environ.get("BERTH_STATE", "/var/lib/berth"))
KUBECONFIG = STATE / "kubeconfig"
IN_NODE = ["nsenter", "--net=/run/netns/berth-node"]
BERTHD = Path(os.environ.get("BERTHD", ROOT / "panel/backend/build/src/berthd"))


def go_bin():
    script = f'. "{ROOT}/cluster/lib.sh" && go_bin_dir'
    return Path(subprocess.run(["bash", "-c", script], check=True, text=True, stdout=subprocess.PIPE).stdout.strip())


KUBECTL = go_bin() / "kubectl"


def kubectl(*words, check=True, stdin=None):
    done = subprocess.run([KUBECTL, "--kubeconfig", KUBECONFIG, *words], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, input=stdin)
    if check and done.returncode:
        raise RuntimeError(f"kubectl {' '.join(map(str, words))}: {done.stderr.strip()}")
    return done.stdout


def admin_files():
    """API server URL, CA, certificate and key of the admin, which berthd and the writer both use here."""
    config = KUBECONFIG.read_text()
    pick = lambda word: config.split(f"{word}: ")[1].split("}")[0].split(",")[0].strip('" \n')
    return pick("server"), pick("certificate-authority"), pick("client-certificate"), pick("client-key")


def service_ip(namespace, name):
    return kubectl("-n", namespace, "get", "service", name, "-o", "jsonpath={.spec.clusterIP}")


def platform_call(method, path, body=None):
    token = (STATE / "admin-token").read_text().strip()
    words = ["curl", "-sS", "--fail-with-body", "--cacert", str(STATE / "ca.crt"), "-X", method, "-H", f"Authorization: Bearer {token}"]
    words += ["-H", "Content-Type: application/json", "-d", json.dumps(body)] if body is not None else []
    return subprocess.run([*words, f"https://panel.berth.localhost:8443/api/v1{path}"], check=True, text=True, stdout=subprocess.PIPE).stdout


def delete_namespaces(prefix):
    """All at once, then waits; deleting costs the API server about five times what making costs."""
    names = [n for n in kubectl("get", "namespaces", "-l", "tenant=true", "-o", "name").split() if n.startswith(f"namespace/cust-{prefix}")]
    if names:
        kubectl("delete", "--wait=false", "--ignore-not-found", *names)
    end = time.monotonic() + 1800
    while any(n.startswith(f"namespace/cust-{prefix}") for n in kubectl("get", "namespaces", "-l", "tenant=true", "-o", "name").split()):
        if time.monotonic() > end:
            raise RuntimeError(f"the namespaces cust-{prefix}* are not gone after half an hour")
        time.sleep(1)


class Berthd:
    """prefix: of the customers' ids. Use as a context manager."""

    def __init__(self, prefix, workers=16):
        self.prefix, self.workers = prefix, workers

    def __enter__(self):
        delete_namespaces(self.prefix)
        self.folder = Path(tempfile.mkdtemp(prefix="berth-bench-"))
        key = kubectl("-n", "dns-system", "get", "secret", "pdns-api-key", "-o", "jsonpath={.data.api-key}")
        (self.folder / "pdns-key").write_bytes(base64.b64decode(key))
        settings = json.loads(kubectl("-n", "panel-system", "get", "configmap", "berthd", "-o", "json"))["data"]
        self.env = {**os.environ, **settings, "GLIBC_TUNABLES": "glibc.malloc.tcache_count=0",  # as in images/berthd
                    "BERTH_DATABASE": str(self.folder / "berth.db"), "BERTH_DATA_DIR": str(self.folder),
                    "BERTH_KUBECONFIG": str(KUBECONFIG), "BERTH_TEMPLATES": str(ROOT / "k8s/tenants/templates"),
                    "BERTH_OPENAPI": str(ROOT / "docs/openapi.yaml"), "BERTH_LISTEN": "127.0.0.1:18080",
                    "BERTH_INTERNAL_LISTEN": "127.0.0.1:19444", "BERTH_INTERNAL_URL": "http://127.0.0.1:19444",
                    "BERTH_PDNS_URL": f"http://{service_ip('dns-system', 'pdns-api')}:8081",
                    "BERTH_PDNS_DNS": f"{service_ip('dns-system', 'pdns-dns')}:53",
                    "BERTH_INGRESS_PROBE": f"{service_ip('ingress-system', 'traefik')}:443",
                    "BERTH_PDNS_KEY_FILE": str(self.folder / "pdns-key"), "BERTH_ACME_CA": str(STATE / "ca.crt"),
                    "BERTH_PLATFORM_DOMAIN": "bench.localhost", "BERTH_FREE_DOMAINS": "localhost", "BERTH_NAMESERVERS": "ns1.bench.localhost",
                    "BERTH_CERT_RESOLVER": "", "BERTH_WORKERS": str(self.workers), "BERTH_LOG_LEVEL": "warn"}
        self.processes = []
        subprocess.run([BERTHD, "migrate"], env=self.env, check=True, stdout=subprocess.DEVNULL)
        return self

    def __exit__(self, *_):
        self.stop()
        delete_namespaces(self.prefix)
        shutil.rmtree(self.folder)

    def start(self, part):
        log = open(self.folder / f"{part}.log", "a")
        process = subprocess.Popen([*IN_NODE, BERTHD, part], env=self.env, stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def stop(self):
        for p in self.processes:
            p.send_signal(signal.SIGTERM)
        for p in self.processes:
            p.wait(30)
        self.processes = []

    def count(self, where):
        with sqlite3.connect(f"file:{self.folder}/berth.db?mode=ro", uri=True, timeout=30) as db:
            return db.execute(f"SELECT count(*) FROM customer WHERE {where}").fetchone()[0]

    def fences(self, where):
        with sqlite3.connect(f"file:{self.folder}/berth.db?mode=ro", uri=True, timeout=30) as db:
            return dict(db.execute(f"SELECT id, fence FROM customer WHERE {where}"))

    def until_ready(self, n, seconds=900):
        end = time.monotonic() + seconds
        while self.count("ready = 1 AND observed = generation") < n:
            if time.monotonic() > end:
                raise RuntimeError(f"{n} customers are not ready after {seconds} s; see {self.folder}")
            time.sleep(0.05)

    def metrics(self, port=19444):
        """The requests go through the node's namespace, where the listener is."""
        text = subprocess.run([*IN_NODE, "curl", "-fsS", f"http://127.0.0.1:{port}/metrics"], check=True, text=True,
                              stdout=subprocess.PIPE).stdout
        return {line.split()[0]: float(line.split()[1]) for line in text.splitlines() if line and line[0] != "#"}

    def call(self, method, path, body):
        token = (self.folder / "admin-token").read_text().strip()
        words = [*IN_NODE, "curl", "-sS", "--fail-with-body", "--retry", "5", "--retry-connrefused", "--retry-delay", "1", "-X", method, "-H", f"Authorization: Bearer {token}",
                 "-H", "Content-Type: application/json", "-d", json.dumps(body), f"http://127.0.0.1:18080/api/v1{path}"]
        return json.loads(subprocess.run(words, check=True, text=True, stdout=subprocess.PIPE).stdout)

    def accept(self, first, last):
        """Customers first..last-1, each with a site of no replicas: accepted, while no reconciler runs or one does."""
        api = self.start("api")
        end = time.monotonic() + 10
        while not (self.folder / "admin-token").exists():
            if api.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"berthd api does not start: {(self.folder / 'api.log').read_text()}")
            time.sleep(0.05)

        def one(i):
            self.call("POST", "/customers", {"id": f"{self.prefix}{i}", "name": f"Customer {i}", "plan": "small"})
            self.call("POST", "/sites", {"customerId": f"{self.prefix}{i}", "hostnames": [f"{self.prefix}{i}.bench.localhost"], "replicas": 0})

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(one, range(first, last)))
        api.send_signal(signal.SIGTERM)
        api.wait(30)
        self.processes.remove(api)

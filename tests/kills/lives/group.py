"""Several api and reconcile processes on one PostgreSQL, as several pods are: each has a data folder of its own, and they share
the database, the keys and the planes. Customers have a domain and a site without replicas."""
import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import time
from pathlib import Path

import httpx
from clients.place import ROOT

from .daemon import Daemon, free_port
from .settings import domain_of, environment, platform_of

LEASE_S = 6
READY_S = 120
GONE_S = 240


def _servers():
    """The servers of the component tests."""
    spec = importlib.util.spec_from_file_location("component_servers", ROOT / "panel/backend/tests/component/conftest.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Group:
    def __init__(self, settings, planes, prefix):
        self.settings, self.planes = settings, planes
        self.id = f"{prefix}g{secrets.token_hex(3)}"  # of the platform's domain, and begins each customer's
        self.folder = settings.folder / self.id
        self.folder.mkdir()
        self.base = Path(f"/tmp/berth-{self.id}")  # where `nobody` may come
        self.base.mkdir(mode=0o755)
        self.postgres = _servers().Postgres(self.base / "postgres")
        self.postgres.sql("postgres", "CREATE DATABASE berth")
        self.customers, self.daemons, self.ports, self.accepted = [], {}, {}, []
        for name in ("token", "fetch-key"):
            (self.folder / name).write_text(secrets.token_hex(24))
        self.token = (self.folder / "token").read_text()
        subprocess.run([settings.berthd, "migrate"], env=self.environment("migrate", 0), check=True, stdout=subprocess.DEVNULL)

    def environment(self, name, port):
        data = self.folder / name
        data.mkdir(exist_ok=True)
        return {**environment(self.settings, self.id, data, port), "BERTH_DATABASE": f"{self.postgres.socket_url('berth')}&application_name={name}",
                "BERTH_ADMIN_TOKEN_FILE": str(self.folder / "token"), "BERTH_FETCH_KEY_FILE": str(self.folder / "fetch-key"),
                "BERTH_LEASE": str(LEASE_S), "BERTH_WORKERS": "4", "BERTH_LOG_LEVEL": "debug", "PATH": os.environ["PATH"]}

    # --- processes ---

    def start(self, name, crash=None, stop=None):
        """name: "api-a", "reconcile-x". crash, stop: the point where it is to be killed or stopped."""
        command = name.split("-")[0]
        if name not in self.daemons:
            self.ports[name] = free_port() if command == "api" else 0
            env = self.environment(name, self.ports[name])
            self.daemons[name] = Daemon(self.settings.berthd, command, env, self.folder / name)
        daemon = self.daemons[name]
        daemon.env.pop("BERTH_STOP_AT", None)
        if stop:
            daemon.env["BERTH_STOP_AT"] = stop
        daemon.start(crash)
        if command == "api":
            self.wait(lambda: self.alive(name), 20, f"{name} does not answer")

    def alive(self, name):
        try:
            return httpx.get(f"http://127.0.0.1:{self.ports[name]}/healthz", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def restart(self, name):
        self.daemons[name].stop()
        self.start(name)

    def stopped(self, name):
        """Has the kernel stopped it?"""
        stat = Path(f"/proc/{self.daemons[name].process.pid}/stat").read_text()
        return stat.rpartition(")")[2].split()[0] == "T"

    def wake(self, name):
        self.daemons[name].process.send_signal(signal.SIGCONT)

    def log(self, name):
        return self.daemons[name].log_file.read_text()

    def wait(self, ready, seconds, what):
        end = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > end:
                logs = "\n".join(f"{n}: {d.log_tail()}" for n, d in self.daemons.items())
                raise AssertionError(f"{what}, after {seconds} s: {self.sql('SELECT * FROM customer')}\n{logs}")
            time.sleep(0.05)

    # --- a client that asks until it has an answer ---

    def ask(self, api, method, path, **options):
        end = time.monotonic() + 60
        while True:
            try:
                headers = {"Authorization": f"Bearer {self.token}", **options.get("headers", {})}
                answer = httpx.request(method, f"http://127.0.0.1:{self.ports[api]}/api/v1{path}", timeout=20,
                                       **{**options, "headers": headers})
                if answer.status_code not in (503, 504):
                    return answer
            except httpx.TransportError:
                pass
            assert time.monotonic() < end, f"{api} gives no answer to {method} {path}"
            time.sleep(0.1)

    def _accept(self, api, path, body, key):
        answer = self.ask(api, "POST", path, json=body, headers={"Idempotency-Key": f"{key}-{self.id}"})
        assert answer.status_code == 202, answer.text
        self.accepted.append(answer.json()["operation"]["id"])
        return answer.json()

    def create(self, api, number):
        customer = f"{self.id}-{number}"
        self.customers.append(customer)
        made = self._accept(api, "/domains", {"customerId": customer, "domain": domain_of(customer)}, f"d{number}")
        site = f"/sites/{made['site']['id']}"
        while True:
            etag = self.ask(api, "GET", site).headers["ETag"]
            answer = self.ask(api, "PATCH", site, json={"replicas": 0}, headers={"If-Match": etag})
            if answer.status_code == 202:
                self.accepted.append(answer.json()["operation"]["id"])
                return customer
            # 412: it was made, and the answer was lost with the process that gave it
            assert answer.status_code == 412, answer.text

    def purge(self, api, customer):
        answer = self.ask(api, "DELETE", f"/customers/{customer}", params={"purge": "true"})
        assert answer.status_code == 202, answer.text
        self.accepted.append(answer.json()["operation"]["id"])

    # --- what is there ---

    def sql(self, statement):
        return [line.split("|") for line in self.postgres.sql("berth", statement).splitlines()]

    def count(self, where, table="customer"):
        return int(self.sql(f"SELECT count(*) FROM {table} WHERE {where}")[0][0])

    def cut(self, names):
        """Ends the connections to the database of the processes whose names begin so, whatever they are doing; how many there were."""
        ended = self.postgres.sql("postgres", f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '{names}%'")
        return len(ended.splitlines())

    def all_ready(self):
        return self.count("ready = 0 OR observed < generation OR lease_owner <> ''") == 0 and \
            self.count("finished_ms = 0", "operation") == 0

    def await_ready(self, seconds=READY_S):
        self.wait(self.all_ready, seconds, "not all customers are ready")

    def await_gone(self, customer):
        self.wait(lambda: self.count(f"id = '{customer}'") == 0, GONE_S, f"{customer} is not erased")

    def check_operations(self):
        """All that was accepted is done, and nothing is there that was not."""
        there = [row[0] for row in self.sql("SELECT id FROM operation WHERE state = 'done' ORDER BY id")]
        assert there == sorted(self.accepted)
        assert self.count("true", "audit") == len(self.accepted)

    def writes(self, customer):
        """kind/name to how often its desired state was written: once, and a Deployment's number of replicas once more."""
        ns, out = f"cust-{customer}", {}
        for kind in ("NetworkPolicy", "Deployment", "Ingress"):
            for o in self.planes.kube.list(kind, ns):
                out[f"{kind}/{o['metadata']['name']}"] = o["metadata"].get("generation")
        return out

    def traces(self, customer):
        """What is left of a customer on the planes: a namespace that is being ended is on its way out."""
        namespace = self.planes.kube.get("Namespace", f"cust-{customer}")
        left = [namespace["metadata"]["name"]] if namespace and "deletionTimestamp" not in namespace["metadata"] else []
        if self.planes.pdns.rrsets(domain_of(customer)) is not None:
            left.append(domain_of(customer))
        return left

    def end(self):
        for name, daemon in self.daemons.items():
            if daemon.process and not daemon.died():
                self.wake(name)
            daemon.kill()
        for customer in [*self.customers, self.id]:
            self.planes.remove(customer)
        self.postgres.server.stop(signal.SIGINT)
        shutil.rmtree(self.folder)
        shutil.rmtree(self.base)


def platform_zone(group):
    return platform_of(group.id)

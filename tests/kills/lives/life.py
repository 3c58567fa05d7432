"""One life: a customer is made with a domain and a site, gets another plan and a signed zone, and is erased, under an api and a reconciler of
its own. In each phase one of the two can be killed at a point; it is started again, and the phase must end all the same.

The api answers before the reconciler starts, so that the site has no replicas before anybody looks."""
import secrets
import shutil
import time

import httpx

from .daemon import Daemon, free_port
from .points import count
from .settings import domain_of, environment, platform_of
from .state import open_database

PREFIX = "kill-"
# A program that waited for the end of its dead predecessor's lease would be too late. A busy node takes most of a minute to
# bind a claim and start a pod.
PHASE_S, LEASE_S = 180, 600
DELETE_S = 240  # most of it the cluster takes, and waiting for a slot
QUIET_S = 0.3
FAR_MS = 60 * 1000


class Life:
    """slots: how many lives work at a time. One that waits for the end of its namespace, which takes the cluster ten seconds
    and more, holds none."""

    def __init__(self, settings, planes, slots):
        self.customer = f"{PREFIX}x{secrets.token_hex(3)}"
        self.site = self.uid = self.release = None
        self.planes, self.slots = planes, slots
        self.folder = settings.folder / self.customer
        self.folder.mkdir()
        self.database = self.folder / "berth.db"
        shutil.copy(settings.empty_database, self.database)
        port = free_port()
        env = {**environment(settings, self.customer, self.folder, port), "BERTH_LEASE": str(LEASE_S), **self.more_environment(settings)}
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10, verify=False)  # one without TLS
        self.daemons = {c: Daemon(settings.berthd, c, env, self.folder) for c in ("api", "reconcile")}
        self.points = []  # that were passed
        self.killed, self.fault = [], None
        self.states = {}  # phase to what was there at its end

    def more_environment(self, settings):
        return {}

    # --- names ---

    def common(self, text):
        """Without what was drawn for this life."""
        for name in ("release", "site", "uid", "customer"):
            if getattr(self, name):
                text = text.replace(getattr(self, name), f"{{{name}}}")
        return text

    def drawn(self, text):
        return text.replace("{customer}", self.customer).replace("{site}", self.site or "").replace("{release}", self.release or "")

    def page(self):
        """What the site serves; nothing does without a replica."""
        return None

    def story(self):
        return "killed at [" + ", ".join(str(p) for p in self.killed) + "]" if self.killed else "undisturbed"

    # --- the daemons ---

    def _next_target(self, phase, command):
        """Where the program is to die next; None when it is to live."""
        return next((t for t in self.targets.get(phase, ()) if t.command == command and t not in self.killed), None)

    def _start(self, phase, command):
        target = self._next_target(phase, command)
        self.daemons[command].start(target.at(self) if target else None)

    def _start_again_if_dead(self, phase, command):
        """True when the program had died: by the kill that was asked for, and nothing else."""
        daemon, target = self.daemons[command], self._next_target(phase, command)
        if not daemon.died():
            return False
        daemon.check_killed(target.at(self) if target else None)
        self._note(phase, command)
        self.killed.append(target)
        self._start(phase, command)
        return True

    def _note(self, phase, command):
        names = [self.common(n) for n in self.daemons[command].passed()]
        self.points += count(phase, command, names)

    # --- the client ---

    def _request(self, method, path, **kwargs):
        token = (self.folder / "admin-token").read_text().strip()
        headers = {"Authorization": f"Bearer {token}", **kwargs.pop("headers", {})}
        return self.http.request(method, f"/api/v1{path}", headers=headers, **kwargs)

    def _await_api(self, phase):
        end = time.monotonic() + PHASE_S
        while time.monotonic() < end:
            self._start_again_if_dead(phase, "api")
            try:
                if self.http.get("/healthz").status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.02)
        raise AssertionError(f"the api of {self.customer} does not answer: {self.daemons['api'].log_tail()}")

    def _change(self, phase, change):
        """Asks until there is an answer, as a client does that lost its connection."""
        while True:
            self._await_api(phase)
            try:
                return change()
            except httpx.TransportError:
                self.daemons["api"].process.wait(5)  # nothing but its death breaks the connection

    def _create(self, phase):
        def add_domain():
            answer = self._request("POST", "/domains", headers={"Idempotency-Key": f"make-{self.customer}"},
                                   json={"customerId": self.customer, "domain": domain_of(self.customer), "plan": "small"})
            assert answer.status_code == 202, answer.text
            return answer.json()["site"]["id"]

        self.site = self._change(phase, add_domain)
        self._change(phase, self._rest)
        with open_database(self.database) as db:
            self.uid = db.execute("SELECT uid FROM customer").fetchone()[0]
        db.close()

    def _rest(self):
        """No replicas. A repetition finds that it was done, and does nothing."""
        path = f"/sites/{self.site}"
        site = self._request("GET", path)
        assert site.status_code == 200, site.text
        if site.json()["replicas"] != 0:
            answer = self._request("PATCH", path, json={"replicas": 0}, headers={"If-Match": site.headers["ETag"]})
            assert answer.status_code == 202, answer.text

    def _plan(self, phase):
        path = f"/customers/{self.customer}"

        def change():
            customer = self._request("GET", path)
            assert customer.status_code == 200, customer.text
            if customer.json()["plan"] != "medium":
                answer = self._request("PATCH", path, json={"plan": "medium"}, headers={"If-Match": customer.headers["ETag"]})
                assert answer.status_code == 202, answer.text

        def sign():
            path = f"/domains/{domain_of(self.customer)}"
            domain = self._request("GET", path)
            assert domain.status_code == 200, domain.text
            if not domain.json()["dnssec"]:
                answer = self._request("PATCH", path, json={"dnssec": True}, headers={"If-Match": domain.headers["ETag"]})
                assert answer.status_code == 202, answer.text

        self._change(phase, change)
        self._change(phase, sign)

    def _delete(self, phase):
        def change():
            answer = self._request("DELETE", f"/customers/{self.customer}", params={"purge": "true"})
            # A repetition is told that it is on its way.
            assert answer.status_code == 202 or answer.status_code == 409 and "being erased" in answer.text, answer.text

        self._change(phase, change)

    # --- the reconciler's end ---

    def _settled(self, phase):
        with open_database(self.database) as db:
            rows = db.execute("SELECT ready, observed = generation, lease_owner = '', due_ms FROM customer").fetchall()
            waiting = db.execute("SELECT count(*) FROM operation WHERE finished_ms = 0").fetchone()[0]
        db.close()
        if phase == "delete":
            return not rows and not waiting
        ready, observed, free, due = rows[0]
        if not (ready and observed and free and not waiting and due > time.time() * 1000 + FAR_MS):
            return False
        # The platform's own zone is made beside all customers' work.
        return self.planes.pdns.rrsets(platform_of(self.customer)) is not None

    def _await_settled(self, phase):
        reconcile = self.daemons["reconcile"]
        end = time.monotonic() + (DELETE_S if phase == "delete" else PHASE_S)
        while time.monotonic() < end:
            self._start_again_if_dead(phase, "reconcile")
            if not self._settled(phase):
                self._pause(phase)
                continue
            # What the watches still have to say may make the customer due once more.
            reconcile.quiet(QUIET_S)
            if not self._start_again_if_dead(phase, "reconcile") and self._settled(phase):
                return
        raise AssertionError(f"{self.customer} does not get done with {phase}: {self._unfinished()}\n{reconcile.log_tail()}")

    def _pause(self, phase):
        """While the cluster ends the namespace others may work."""
        home = phase == "delete" and self.planes.kube.get("Namespace", f"cust-{self.customer}")
        if not home or "deletionTimestamp" not in home["metadata"]:
            time.sleep(0.05)
            return
        self.slots.release()
        time.sleep(0.5)
        self.slots.acquire()

    def _unfinished(self):
        with open_database(self.database) as db:
            found = [db.execute("SELECT * FROM customer").fetchall(),
                     db.execute("SELECT step, subject, status, reason, message FROM condition WHERE status <> 'true'").fetchall()]
        db.close()
        return found

    # --- a whole life ---

    def phases(self):
        return {"create": self._create, "plan": self._plan, "delete": self._delete}

    def live(self, targets):
        """targets: phase to the Points where to be killed in it, one after the other. A life without any is undisturbed: its
        programs end in peace."""
        self.targets = targets
        for phase, change in self.phases().items():
            self._phase(phase, change)
            self.states[phase] = self.planes.record(self)

    def _phase(self, phase, change):
        self._start(phase, "api")
        change(phase)
        self._await_api(phase)
        self._end(phase, "api")
        self._start(phase, "reconcile")
        self._await_settled(phase)
        self._end(phase, "reconcile")

    def _end(self, phase, command):
        self._note(phase, command)
        daemon = self.daemons[command]
        daemon.kill() if self.targets else daemon.stop()

    def end(self):
        """Whatever came of it: nothing is left."""
        for daemon in self.daemons.values():
            daemon.kill()
        self.planes.remove(self.customer)
        shutil.rmtree(self.folder)

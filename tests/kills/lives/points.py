"""Crash points: their names without what was drawn, which step they belong to, and the plan of which life dies where.

A point is where one program stands in one phase of a life: ("create", "reconcile", "kube POST /api/v1/namespaces before", 1)
is before the first such request after the program's start."""
import re
from collections import Counter
from dataclasses import dataclass

PHASES = ("create", "plan", "delete")
WATCHES = "(watches)"

# Which step a request to the API server belongs to, by what it is about.
STEP_OF_PLURAL = {
    "namespaces": "namespace", "resourcequotas": "quota", "limitranges": "limits", "networkpolicies": "network",
    "rolebindings": "access", "configmaps": "access", "persistentvolumeclaims": "storage", "deployments": "web",
    "services": "web", "pods": "web",
    "ingresses": "ingress",
}
KUBE = re.compile(r"^kube (?P<method>[A-Z]+) (?P<path>\S+) (before|after)$")
PDNS = re.compile(r"^pdns (?P<method>[A-Z]+) (?P<path>\S+) (before|after)$")
SIGNING = re.compile(r"/(cryptokeys|metadata)\b")
STORE = re.compile(r"^store \S+ (before|after)$")
PROBE = re.compile(r"^probe \S+ (before|after)$")

@dataclass(frozen=True, order=True)
class Point:
    phase: str
    command: str
    name: str
    occurrence: int

    def at(self, life):
        """As BERTH_CRASH_AT wants it."""
        return f"{life.drawn(self.name)}#{self.occurrence}"

    def __str__(self):
        return f"{self.phase}: {self.command}: {self.name} #{self.occurrence}"

    @property
    def plane(self):
        return {"kube": "kubernetes", "pdns": "dns", "store": "store", "probe": "outside"}[self.name.split()[0]]

    @property
    def is_first(self):
        return self.occurrence == 1

    @property
    def step(self):
        """The step whose work the point lies in; what belongs to no step has a name in brackets."""
        kube = KUBE.match(self.name)
        if kube:
            path, _, query = kube["path"].partition("?")
            if kube["method"] == "WATCH" or "labelSelector=" in query:
                return WATCHES
            words = path.split("/")
            # /api/v1/namespaces/NS/PLURAL/NAME: the plural that comes last is what it is about.
            return STEP_OF_PLURAL[[w for w in words if w in STEP_OF_PLURAL][-1]]
        pdns = PDNS.match(self.name)
        if pdns:
            return "dnssec" if SIGNING.search(pdns["path"]) else "dns"
        if PROBE.match(self.name):
            return "dns"
        assert STORE.match(self.name), f"a crash point that the test does not know: {self.name}"
        return "(store)"


def count(phase, command, names):
    """The points that a program passed, in their order; of equal names the first is 1, the next 2."""
    seen = Counter()
    for name in names:
        seen[name] += 1
        yield Point(phase, command, name, seen[name])

"""Customers of the tests' own: made with ids that no other run has, and purged."""

import re
from dataclasses import dataclass, field

from .place import PREFIX, new_id
from .wait import until

OURS = re.compile(f"^{PREFIX}")
ERASE_S = 180


@dataclass
class Tenant:
    id: str
    accepted: dict = field(repr=False)

    @property
    def domain(self):
        return domain_of(self.id)

    @property
    def namespace(self):
        return f"cust-{self.id}"

    @property
    def site(self):
        """The id of the site that was made with the domain."""
        return self.accepted["site"]["id"]

    @property
    def site_object(self):
        """What the site's Deployment, Service and Ingress are called."""
        return f"site-{self.site}"


def domain_of(customer):
    return f"{customer}.localhost"


class Tenants:
    def __init__(self, api, kube):
        self.api, self.kube = api, kube
        self.leaving = set()

    def accept(self, customer=None, **fields):
        """POST /domains for a new customer; not waited for."""
        customer = customer or new_id()
        body = {"customerId": customer, "domain": domain_of(customer), **fields}
        return Tenant(customer, self.api.accept("POST", "/domains", json=body))

    def make(self, customer=None, **fields):
        tenant = self.accept(customer, **fields)
        self.api.done(tenant.accepted)
        return tenant

    def leave(self, customer):
        """Purges, and does not wait: what is left of it goes while the next test runs."""
        if self.api.exists(f"/customers/{customer}"):
            state = self.api.get(f"/customers/{customer}")["state"]
            if state != "erasing":
                self.api.accept("DELETE", f"/customers/{customer}", params={"purge": "true"})
            self.leaving.add(customer)

    def purge(self, customer):
        self.leave(customer)
        self.drain()

    def drain(self):
        """Until nothing is left of those that were purged, so that what is compared afterwards stands still."""
        for customer in sorted(self.leaving):
            until(f"customer {customer} is erased", lambda c=customer: not self.api.exists(f"/customers/{c}"), ERASE_S)
            until(
                f"namespace of {customer} is gone",
                lambda c=customer: not self.kube.get("Namespace", f"cust-{c}"),
                ERASE_S,
            )
            self.leaving.discard(customer)

    def clean(self):
        """Leftovers of runs that were cut off."""
        for customer in self.api.all("/customers", q=PREFIX):
            if OURS.match(customer["id"]):
                self.leave(customer["id"])
        self.drain()
        for plan in self.api.all("/plans"):
            if OURS.match(plan["id"]):
                self.api.call("DELETE", f"/plans/{plan['id']}", 204)
        for namespace in self.kube.list("Namespace"):
            name = namespace["metadata"]["name"]
            if name.startswith(f"cust-{PREFIX}"):
                self.kube.delete("Namespace", name)
                until(f"{name} is gone", lambda n=name: not self.kube.get("Namespace", n), ERASE_S)


def state_of(api, kube, pdns):
    """All that a refused request must leave as it is: the store's lists, the tenants' namespaces and the zones.

    Customers of other people, who may use the platform meanwhile, are not looked at: theirs may change.
    """
    zones = pdns.zones()
    theirs = {c["id"] for c in api.all("/customers") if not OURS.match(c["id"])}
    their_zones = {d["name"] for d in api.all("/domains") if d["customerId"] in theirs}
    return {
        "customers": [c for c in api.all("/customers") if c["id"] not in theirs],
        "plans": [{**p, "customers": 0} for p in api.all("/plans")],
        "sites": [s for s in api.all("/sites") if s["customerId"] not in theirs],
        "domains": [d for d in api.all("/domains") if d["customerId"] not in theirs],
        "namespaces": sorted({n["metadata"]["name"] for n in kube.list("Namespace")} - {f"cust-{c}" for c in theirs}),
        "zones": {name: serial for name, serial in zones.items() if name not in their_zones},
    }

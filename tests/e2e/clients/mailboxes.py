"""Mail of a customer through the API: its domains, mailboxes, aliases, and what they are written with."""

import secrets
from dataclasses import dataclass, field

from . import dns as nameserver
from . import place
from .wait import until

READY_S = 180


@dataclass
class Mailbox:
    address: str
    password: str = field(repr=False)

    @property
    def local(self):
        return self.address.rpartition("@")[0]

    @property
    def domain(self):
        return self.address.rpartition("@")[2]


def new_password():
    return secrets.token_urlsafe(16)


class Mailboxes:
    SMALLEST = "1Mi"  # the least quota that the API takes

    def __init__(self, api):
        self.api = api

    def switch_on(self, domain):
        """Mail for the domain, until its keys sign: a message that is submitted earlier is asked to come again."""
        self.api.change("PATCH", f"/domains/{domain}", json={"mail": True})
        until(f"keys of {domain} sign", lambda: len(self.signing(domain)) == 2, READY_S, pause=0.5)

    def keys(self, domain):
        return self.api.all(f"/domains/{domain}/dkim")

    def signing(self, domain):
        return sorted(k["selector"] for k in self.keys(domain) if k["state"] == "signing")

    def rotate(self, domain):
        """Until another pair signs, which is in the zone by then. Returns its selectors."""
        before = self.signing(domain)
        self.api.accept("POST", f"/domains/{domain}/dkim/rotate")

        def others():
            now = self.signing(domain)
            return now if len(now) == 2 and not set(now) & set(before) else None

        return until(f"other keys of {domain} sign", others, READY_S, pause=0.5)

    def create(self, domain, local, **fields):
        made = Mailbox(f"{local}@{domain}", new_password())
        self.api.change("POST", "/mailboxes", json={"address": made.address, "password": made.password, **fields})
        return made

    def create_many(self, addresses):
        """All are asked for before the first is waited for."""
        made = [Mailbox(address, new_password()) for address in addresses]
        accepted = [self.api.accept("POST", "/mailboxes", json={"address": b.address, "password": b.password}) for b in made]
        for one in accepted:
            self.api.done(one)
        return made

    def change(self, box, **fields):
        self.api.change("PATCH", f"/mailboxes/{box.address}", json=fields)

    def delete(self, box):
        self.api.change("DELETE", f"/mailboxes/{box.address}")

    def alias(self, domain, local, *targets):
        """local "*" is the catch-all."""
        address = f"{local}@{domain}"
        self.api.change("POST", "/aliases", json={"address": address, "targets": list(targets)})
        return address

    def unalias(self, domain, local):
        self.api.change("DELETE", f"/aliases/{local}@{domain}")


class People:
    """Two customers that write to each other: anna and ben have mailboxes at one, carl at the other."""

    def __init__(self, ours, theirs, mailboxes):
        self.ours, self.theirs = ours, theirs
        suffix = place.new_id().rpartition("-")[2]
        self.anna, self.ben, self.carl = mailboxes.create_many(
            f"{name}-{suffix}@{tenant.domain}" for name, tenant in (("anna", ours), ("ben", ours), ("carl", theirs))
        )

    def __iter__(self):
        return iter((self.anna, self.ben, self.carl))


def published(domain, selector):
    return nameserver.values(f"{selector}._domainkey.{domain}", "TXT")

"""Customers whose mailboxes send and get much mail, within the limits of an hour."""

from itertools import cycle, islice

from .place import PREFIX

MAILBOXES = 250  # of a customer's plan: all of them together may send the most that a customer may


class Crowd:
    def __init__(self, api, tenants, mailboxes, name, senders, readers, customers=1):
        self.tenants = tenants
        plan = {"id": f"{PREFIX}{name}", "cpu": "500m", "memory": "512Mi", "storage": "10Gi", "mailboxes": MAILBOXES}
        api.call("POST", "/plans", 201, json=plan)
        self.customers = [tenants.accept(plan=plan["id"]) for _ in range(customers)]
        for tenant in self.customers:
            api.done(tenant.accepted)
            mailboxes.switch_on(tenant.domain)
        domains = islice(cycle(t.domain for t in self.customers), senders)
        self.senders = mailboxes.create_many([f"sender{i}@{domain}" for i, domain in enumerate(domains)])
        self.readers = mailboxes.create_many([f"reader{i}@{self.customers[0].domain}" for i in range(readers)])

    def leave(self):
        for tenant in self.customers:
            self.tenants.leave(tenant.id)

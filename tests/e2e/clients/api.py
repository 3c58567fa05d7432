"""The HTTP API, as a program of an administrator uses it."""

import httpx

from .place import PANEL, tls_context, token
from .wait import until

DONE, FAILED = "done", "failed"
OPERATION_S = 180


def conditions_text(operation):
    """What a person needs to see when an operation does not end."""
    lines = [f"{operation['kind']} of {operation['subject']} is {operation['state']}: {operation.get('message', '')}"]
    for c in operation["steps"]:
        lines.append(f"  {c['type']:<10} {c['subject']:<30} {c['status']:<8} {c['reason']} {c['message']}")
    return "\n".join(lines)


class Api:
    def __init__(self, bearer=None):
        headers = {"Authorization": f"Bearer {bearer or token()}"}
        self.http = httpx.Client(base_url=PANEL, verify=tls_context(), headers=headers, timeout=60)

    def call(self, method, path, expect, **kwargs):
        """One request. Its status must be `expect`; the answer is returned whole."""
        answer = self.http.request(method, f"/api/v1{path}", **kwargs)
        assert answer.status_code == expect, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer

    def get(self, path, **kwargs):
        return self.call("GET", path, 200, **kwargs).json()

    def exists(self, path):
        answer = self.http.get(f"/api/v1{path}")
        assert answer.status_code in (200, 404), f"GET {path}: {answer.status_code} {answer.text}"
        return answer.status_code == 200

    def all(self, path, **params):
        """All items of a list, page by page."""
        items = []
        while True:
            page = self.get(path, params={**params, "limit": 200})
            items += page["items"]
            if "nextCursor" not in page:
                return items
            params["cursor"] = page["nextCursor"]

    def accept(self, method, path, **kwargs):
        """A change that is accepted: the body of the 202."""
        answer = self.call(method, path, 202, **kwargs)
        body = answer.json()
        assert answer.headers["Location"] == f"/api/v1/operations/{body['operation']['id']}"
        return body

    def operation(self, operation_id):
        return self.get(f"/operations/{operation_id}")

    def ended(self, accepted, timeout=OPERATION_S):
        """The operation of an accepted change, when it is final; on a time-out its conditions are in the message."""
        operation_id = accepted["operation"]["id"]

        def probe():
            operation = self.operation(operation_id)
            assert operation["state"] in (DONE, FAILED), conditions_text(operation)
            return operation

        return until(f"operation {operation_id}", probe, timeout)

    def done(self, accepted, timeout=OPERATION_S):
        operation = self.ended(accepted, timeout)
        assert operation["state"] == DONE, conditions_text(operation)
        return operation

    def change(self, method, path, **kwargs):
        """A change from its request to its end: the body of the 202."""
        accepted = self.accept(method, path, **kwargs)
        self.done(accepted)
        return accepted

    def events_after(self, customer, seq):
        return self.all("/events", customer=customer, after=seq)

    def last_event(self, customer):
        newest = self.get("/events", params={"customer": customer, "limit": 1})["items"]
        return newest[0]["seq"] if newest else 0

    def ready(self, customer, timeout=OPERATION_S):
        """The customer, when every step of it is true."""

        def probe():
            seen = self.get(f"/customers/{customer}")
            faults = [c for c in self.get(f"/customers/{customer}/conditions")["items"] if c["status"] != "true"]
            assert seen["ready"], f"{customer} is not ready: {faults}"
            return seen

        return until(f"customer {customer}", probe, timeout)

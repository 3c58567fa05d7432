"""What breaks in the middle: a program that is killed, a request that is sent twice."""

import threading

import pytest

from clients import dns as nameserver
from clients import templates
from clients.place import new_id as an_id
from clients.tenants import domain_of
from clients.wait import until


def kill_berthd(kube):
    """Kills its pod at once, as a machine's failure does, and returns when another one serves."""
    pods = kube.pods("panel-system", "app.kubernetes.io/name=berthd")
    for pod in pods:
        kube.delete("Pod", pod["metadata"]["name"], "panel-system", grace=0)
    killed = {p["metadata"]["uid"] for p in pods}

    def another():
        found = kube.pods("panel-system", "app.kubernetes.io/name=berthd")
        return [
            p
            for p in found
            if p["metadata"]["uid"] not in killed
            and any(c["type"] == "Ready" and c["status"] == "True" for c in p["status"].get("conditions", []))
        ]

    until("another berthd is ready", another, 120)


def whole(api, kube, pdns, tenant):
    """Exactly what an undisturbed creation makes: each object of the templates once, as it should be, and the zone."""
    for file in templates.files():
        owned = templates.load(file, tenant.id, tenant.site)
        name, namespace = owned.place(tenant.namespace)
        if namespace:
            found = kube.list(owned.kind, namespace, labelSelector="app.kubernetes.io/managed-by=berth")
            names = {
                templates.load(f, tenant.id, tenant.site).name
                for f in templates.files()
                if templates.load(f, tenant.id, tenant.site).kind == owned.kind
            }
            assert {o["metadata"]["name"] for o in found} == names
        else:
            assert kube.get(owned.kind, name)
    assert kube.list("Pod", tenant.namespace, labelSelector="berth.dev/role=helper") == []
    names = {key for key in pdns.rrsets(tenant.domain) if key[1] != "SOA"}
    assert names == {(tenant.domain, "NS"), (tenant.domain, "A"), (f"www.{tenant.domain}", "A")}
    assert api.call("POST", f"/customers/{tenant.id}/diff", 200).json() == {"changes": []}


@pytest.mark.parametrize("moment", ["accepted", "namespace", "web", "dns"])
def test_berthd_is_killed_in_the_middle_of_a_creation(api, kube, pdns, web, tenants, new_id, moment):
    """Killed right after the answer, when the namespace is there, when the web server is, and when the zone is."""
    tenant = tenants.accept(new_id)
    reached = {
        "accepted": lambda: True,
        "namespace": lambda: kube.get("Namespace", tenant.namespace),
        "web": lambda: kube.get("Deployment", tenant.site_object, tenant.namespace),
        "dns": lambda: pdns.rrsets(tenant.domain),
    }[moment]
    until(f"the creation has come to {moment}", reached)
    kill_berthd(kube)
    until("the API answers", lambda: api.get("/version"), 60)
    api.done(tenant.accepted)
    whole(api, kube, pdns, tenant)
    assert web.get(tenant.domain, fresh=True).status_code == 200
    tenants.leave(new_id)


def test_berthd_is_killed_in_the_middle_of_an_erasure(api, kube, tenants, new_id):
    tenant = tenants.make(new_id)
    erasing = api.accept("DELETE", f"/customers/{new_id}", params={"purge": "true"})
    kill_berthd(kube)
    until("the API answers", lambda: api.get("/version"), 60)
    api.done(erasing)
    assert not api.exists(f"/customers/{new_id}")
    assert kube.get("Namespace", tenant.namespace) is None
    assert not nameserver.is_served(tenant.domain)


# --- the same request twice ---


def test_a_repeated_request_is_carried_out_once(api, new_id):
    headers, body = {"Idempotency-Key": f"{new_id}-key"}, {"id": new_id, "plan": "small"}
    first = api.accept("POST", "/customers", json=body, headers=headers)
    second = api.accept("POST", "/customers", json=body, headers=headers)
    assert second == first
    problem = api.call("POST", "/customers", 409, json={**body, "plan": "medium"}, headers=headers).json()
    assert "key" in problem["detail"].lower()
    api.done(first)
    assert api.accept("POST", "/customers", json=body, headers=headers) == first
    assert len([o for o in api.all("/operations", customer=new_id) if o["kind"] == "customer.create"]) == 1


def test_repeats_at_the_same_moment_are_one(api, new_id):
    headers = {"Idempotency-Key": f"{new_id}-key"}
    body = {"customerId": new_id, "domain": domain_of(new_id)}
    start, answers = threading.Barrier(8), []

    def send():
        start.wait(30)
        answers.append(api.http.post("/api/v1/domains", json=body, headers=headers))

    threads = [threading.Thread(target=send, daemon=True) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(60)
    assert [a.status_code for a in answers] == [202] * 8, [a.text for a in answers]
    assert len({a.json()["operation"]["id"] for a in answers}) == 1
    assert len(api.all("/sites", customer=new_id)) == 1


def test_one_name_for_two_customers_at_the_same_moment_is_one_customers(api, tenants):
    """Without a key: who comes first has it, the others are told so, and nobody has half of anything."""
    ids = [an_id() for _ in range(4)]
    domain = domain_of(ids[0])
    start, answers = threading.Barrier(len(ids)), {}

    def send(customer):
        start.wait(30)
        answers[customer] = api.http.post("/api/v1/domains", json={"customerId": customer, "domain": domain})

    threads = [threading.Thread(target=send, args=(c,), daemon=True) for c in ids]
    try:
        for t in threads:
            t.start()
        for t in threads:
            t.join(60)
        assert sorted(a.status_code for a in answers.values()) == [202, 409, 409, 409]
        winner = next(c for c, a in answers.items() if a.status_code == 202)
        assert api.get(f"/domains/{domain}")["customerId"] == winner
        assert [c for c in ids if api.exists(f"/customers/{c}")] == [winner]
    finally:
        for customer in ids:
            tenants.leave(customer)

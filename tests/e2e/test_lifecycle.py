"""A customer from the first request to the last trace: made, changed, suspended, trashed, erased, made again."""

import dns.rcode
import pytest

from clients import dns as nameserver
from clients.deploy import deploy
from clients.place import NODE_ADDRESS
from clients.tenants import domain_of
from clients.wait import until

STEPS = ["namespace", "quota", "limits", "network", "access", "storage", "web", "ownership", "ingress", "dns", "dnssec", "mail", "dkim", "maildns", "mailweb", "tls", "probe"]
PAGE = "<!doctype html><title>mine</title><p>What this customer has put here."


@pytest.fixture(scope="module")
def page(api, tenant):
    """The customer's site serves a file of its own."""
    deploy(api, tenant.site, {"index.html": PAGE})
    return PAGE


def replicas(kube, tenant):
    return kube.get("Deployment", tenant.site_object, tenant.namespace)["spec"]["replicas"]


def hard(kube, tenant):
    return kube.get("ResourceQuota", "tenant-quota", tenant.namespace)["spec"]["hard"]


# --- made ---


def test_one_call_makes_customer_domain_and_site(api, kube, tenant):
    body = tenant.accepted
    assert body["customer"]["id"] == tenant.id and body["customer"]["plan"] == "small"
    assert body["domain"] == {
        **body["domain"],
        "name": tenant.domain,
        "customerId": tenant.id,
        "nameservers": ["ns1.berth.localhost"],
    }
    assert body["site"]["hostnames"] == [tenant.domain, f"www.{tenant.domain}"]
    assert body["site"]["url"] == f"https://{tenant.domain}:8443"
    labels = kube.get("Namespace", tenant.namespace)["metadata"]["labels"]
    assert labels["tenant"] == "true" and labels["customer-id"] == tenant.id
    assert api.ready(tenant.id)["observedGeneration"] == body["customer"]["generation"]


def test_the_operation_names_its_steps_in_order(api, tenant):
    operation = api.operation(tenant.accepted["operation"]["id"])
    assert operation["state"] == "done" and operation["kind"] == "domain.create"
    own = [c for c in operation["steps"] if c["subject"] == f"customer/{tenant.id}"]
    assert [c["type"] for c in own] == STEPS
    assert {c["status"] for c in operation["steps"]} == {"true"}


def test_visitors_get_the_site_under_each_name(web, tenant):
    for host in (tenant.domain, f"www.{tenant.domain}"):
        answer = web.get(host, fresh=True)
        assert answer.status_code == 200
        assert "ready for its files" in answer.text


def test_the_name_server_knows_the_domain(tenant):
    assert nameserver.is_served(tenant.domain)
    for name in (tenant.domain, f"www.{tenant.domain}"):
        assert nameserver.values(name, "A") == [NODE_ADDRESS]


# --- changed ---


def test_another_plan_changes_the_quota(api, kube, tenant):
    small = hard(kube, tenant)
    api.change("PATCH", f"/customers/{tenant.id}", json={"plan": "medium"})
    medium = hard(kube, tenant)
    # A plan's pair is the sum of requests, and one helper pod (50m, 64Mi) has room beside.
    assert (small["requests.cpu"], small["requests.memory"], small["requests.storage"]) == ("550m", "576Mi", "10Gi")
    assert (medium["requests.cpu"], medium["requests.memory"], medium["requests.storage"]) == (
        "2050m",
        "4160Mi",
        "50Gi",
    )
    api.change("PATCH", f"/customers/{tenant.id}", json={"plan": "small"})
    assert hard(kube, tenant) == small


def test_a_plan_that_is_too_small_is_refused(api, kube, tenant, new_id):
    api.call(
        "POST", "/plans", 201, json={"id": new_id, "cpu": "500m", "memory": "512Mi", "storage": "10Gi", "domains": 0}
    )
    try:
        before = hard(kube, tenant)
        problem = api.call("PATCH", f"/customers/{tenant.id}", 409, json={"plan": new_id}).json()
        assert [e["pointer"] for e in problem["errors"]] == ["/plan"]
        assert api.get(f"/customers/{tenant.id}")["plan"] == "small"
        assert hard(kube, tenant) == before
    finally:
        api.call("DELETE", f"/plans/{new_id}", 204)


def test_hostnames_come_and_go(api, web, tenant):
    shop = f"shop.{tenant.domain}"
    api.change("PATCH", f"/sites/{tenant.site}", json={"hostnames": [tenant.domain, shop]})
    assert web.get(shop, fresh=True).status_code == 200
    assert nameserver.values(shop, "A") == [NODE_ADDRESS]
    web.until_not_served(f"www.{tenant.domain}")
    api.change("PATCH", f"/sites/{tenant.site}", json={"hostnames": [tenant.domain, f"www.{tenant.domain}"]})
    web.until_not_served(shop)
    assert nameserver.ask(shop, "A").rcode() == dns.rcode.NXDOMAIN
    assert web.get(f"www.{tenant.domain}", fresh=True).status_code == 200


def test_domains_come_and_go(api, kube, web, tenant):
    second = f"{tenant.id}-two.localhost"
    made = api.change("POST", "/domains", json={"customerId": tenant.id, "domain": second})
    site = made["site"]["id"]
    assert web.get(second, fresh=True).status_code == 200
    assert nameserver.values(second, "A") == [NODE_ADDRESS]
    problem = api.call("DELETE", f"/domains/{second}", 409).json()
    assert second in problem["detail"]
    api.change("DELETE", f"/sites/{second}")
    api.change("DELETE", f"/domains/{second}")
    web.until_not_served(second)
    assert not nameserver.is_served(second)
    assert kube.get("Deployment", f"site-{site}", tenant.namespace) is None
    assert not api.exists(f"/sites/{site}") and not api.exists(f"/domains/{second}")
    assert web.get(tenant.domain).status_code == 200


# --- suspended and trashed ---


def kept(kube, tenant):
    """What must outlive everything but erasure: the volume and the zone."""
    claim = kube.get("PersistentVolumeClaim", "web-data", tenant.namespace)
    return claim["metadata"]["uid"], claim["spec"]["volumeName"], nameserver.is_served(tenant.domain)


def test_suspended_visitors_see_a_page_and_nothing_is_lost(api, kube, web, tenant, page):
    before = kept(kube, tenant)
    assert before[2]
    api.change("POST", f"/customers/{tenant.id}/suspend", json={"reason": "unpaid invoice"})
    customer = api.get(f"/customers/{tenant.id}")
    assert (customer["state"], customer["suspendReason"]) == ("suspended", "unpaid invoice")
    for host in (tenant.domain, f"www.{tenant.domain}"):
        answer = web.until_status(host, 503)
        assert answer.headers["Content-Type"].startswith("text/html") and page not in answer.text
    assert replicas(kube, tenant) == 0
    assert kept(kube, tenant) == before
    api.call("POST", f"/customers/{tenant.id}/suspend", 409)
    api.change("POST", f"/customers/{tenant.id}/resume")
    web.until_text(tenant.domain, page)
    assert "suspendReason" not in api.get(f"/customers/{tenant.id}")
    api.call("POST", f"/customers/{tenant.id}/resume", 409)


def test_the_trash_can_be_undone(api, kube, web, tenant, page):
    before = kept(kube, tenant)
    api.change("DELETE", f"/customers/{tenant.id}")
    customer = api.get(f"/customers/{tenant.id}")
    assert customer["state"] == "trashed" and customer["eraseAt"] > customer["trashedAt"]
    web.until_status(tenant.domain, 503)
    assert kept(kube, tenant) == before
    problem = api.call(
        "POST", "/domains", 409, json={"customerId": tenant.id, "domain": f"{tenant.id}-x.localhost"}
    ).json()
    assert "trash" in problem["detail"]
    api.call("DELETE", f"/customers/{tenant.id}", 409)
    api.change("POST", f"/customers/{tenant.id}/restore")
    web.until_text(tenant.domain, page)
    assert "eraseAt" not in api.get(f"/customers/{tenant.id}")


def test_what_was_suspended_comes_out_of_the_trash_suspended(api, web, tenant, page):
    api.change("POST", f"/customers/{tenant.id}/suspend", json={"reason": "abuse"})
    api.change("DELETE", f"/customers/{tenant.id}")
    api.change("POST", f"/customers/{tenant.id}/restore")
    customer = api.get(f"/customers/{tenant.id}")
    assert (customer["state"], customer["suspendReason"]) == ("suspended", "abuse")
    web.until_status(tenant.domain, 503)
    api.change("POST", f"/customers/{tenant.id}/resume")
    web.until_text(tenant.domain, page)


# --- erased, and made again ---


def erased_everywhere(api, kube, tenant, volume):
    assert not api.exists(f"/customers/{tenant.id}") and not api.exists(f"/domains/{tenant.domain}")
    assert kube.get("Namespace", tenant.namespace) is None
    until(f"volume {volume} is gone", lambda: kube.get("PersistentVolume", volume) is None)
    assert not nameserver.is_served(tenant.domain)


def test_the_same_name_again_inherits_nothing(api, kube, web, tenants, new_id):
    first = tenants.make(new_id)
    deploy(api, first.site, {"index.html": PAGE, "old.html": "old"})
    web.until_text(first.domain, PAGE)
    volume = kube.get("PersistentVolumeClaim", "web-data", first.namespace)["spec"]["volumeName"]
    erasing = api.accept("DELETE", f"/customers/{new_id}", params={"purge": "true"})
    problem = api.call("POST", "/domains", 409, json={"customerId": new_id, "domain": first.domain}).json()
    assert "being erased" in problem["detail"]
    assert api.done(erasing)["kind"] == "customer.erase"
    erased_everywhere(api, kube, first, volume)
    web.until_not_served(first.domain)

    second = tenants.make(new_id)
    assert second.accepted["customer"]["uid"] != first.accepted["customer"]["uid"]
    assert second.site != first.site
    for path in ("/", "/old.html"):
        assert "ready for its files" in web.get(second.domain, path, fresh=True).text
    assert api.all(f"/sites/{second.site}/releases") == []
    assert api.events_after(new_id, 0) == []


def test_a_creation_that_fails_does_not_stand_in_the_way_of_the_next(api, kube, web, tenants, new_id):
    """Somebody's own namespace has the name: it is not taken over, and the customer can be erased and made again."""
    namespace = f"cust-{new_id}"
    kube.create("Namespace", {"metadata": {"name": namespace, "labels": {"whose": "somebody"}}})
    try:
        first = tenants.accept(new_id)

        def refused():
            steps = api.operation(first.accepted["operation"]["id"])["steps"]
            return [c for c in steps if c["type"] == "namespace" and "not Berth's" in c["message"]]

        assert until("the step namespace says why it fails", refused)[0]["status"] == "false"
        api.change("DELETE", f"/customers/{new_id}", params={"purge": "true"})
        assert not nameserver.is_served(first.domain)
        assert kube.get("Namespace", namespace)["metadata"]["labels"]["whose"] == "somebody"
    finally:
        kube.delete("Namespace", namespace)
    until("the namespace is gone", lambda: kube.get("Namespace", namespace) is None)
    tenants.make(new_id)
    assert web.get(domain_of(new_id), fresh=True).status_code == 200


def test_erasing_in_the_middle_of_a_creation(api, kube, tenants, new_id):
    tenant = tenants.accept(new_id)
    until("the namespace is there", lambda: kube.get("Namespace", tenant.namespace))
    api.change("DELETE", f"/customers/{new_id}", params={"purge": "true"})
    assert kube.get("Namespace", tenant.namespace) is None
    assert not nameserver.is_served(tenant.domain)
    left = [
        v["metadata"]["name"]
        for v in kube.list("PersistentVolume")
        if v["spec"].get("claimRef", {}).get("namespace") == tenant.namespace
    ]
    for volume in left:
        until(f"volume {volume} is gone", lambda v=volume: kube.get("PersistentVolume", v) is None)

"""What is not valid is refused by name, and nothing changes: not in the database, not in the cluster, not in a zone."""

import pytest

from clients.place import new_id
from clients.tenants import state_of


@pytest.fixture(scope="package")
def tenant(tenants):
    """One customer with a domain and a site, for all of this folder."""
    made = tenants.make()
    yield made
    tenants.leave(made.id)


@pytest.fixture(scope="package")
def asker(api, tenants):
    """A customer without domains, who asks for names of the other one."""
    customer = new_id()
    api.change("POST", "/customers", json={"id": customer, "plan": "small"})
    yield customer
    tenants.leave(customer)


@pytest.fixture(scope="package", autouse=True)
def nothing_changes(api, kube, pdns, tenants, tenant, asker):
    """The state before all of this folder and after it is the same. Customers of other tests are gone first."""
    tenants.drain()
    api.ready(tenant.id)
    api.ready(asker)
    before = state_of(api, kube, pdns)
    yield
    assert state_of(api, kube, pdns) == before


@pytest.fixture(autouse=True)
def nothing_is_accepted(api):
    """After each request no operation is there that was not there before."""
    before = api.get("/operations", params={"limit": 1})
    yield
    assert api.get("/operations", params={"limit": 1}) == before

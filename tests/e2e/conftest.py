"""What all tests share: clients of the running platform, and customers that are gone when the tests are."""

import pytest

from clients import place
from clients.api import Api
from clients.dns import PowerDns
from clients.kube import Kube
from clients.tenants import Tenants
from clients.wait import until
from clients.web import Web

place.localhost_is_loopback()


@pytest.fixture(scope="session")
def api():
    return Api()


@pytest.fixture(scope="session")
def kube():
    return Kube()


@pytest.fixture(scope="session")
def pdns(kube):
    return PowerDns(kube)


@pytest.fixture(scope="session")
def web():
    return Web()


@pytest.fixture(scope="session")
def tenants(api, kube):
    until("the platform answers", lambda: api.get("/plans"))
    factory = Tenants(api, kube)
    factory.clean()
    yield factory
    factory.drain()


@pytest.fixture(scope="module")
def tenant(tenants):
    """One customer with a domain and a site, for the tests of one file."""
    made = tenants.make()
    yield made
    tenants.leave(made.id)


@pytest.fixture
def new_id(tenants):
    """An id for a customer that the test makes by itself."""
    chosen = place.new_id()
    yield chosen
    tenants.leave(chosen)

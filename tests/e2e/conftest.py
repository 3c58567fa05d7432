"""What all tests share: clients of the running platform, and customers that are gone when the tests are."""

import fcntl

import pytest

from clients import place
from clients.api import Api
from clients.cli import Berth
from clients.dns import PowerDns
from clients.kube import Kube
from clients.mailboxes import Mailboxes, People
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


@pytest.fixture(scope="module")
def berth(tmp_path_factory):
    """The command line, signed in as `make up` prints it."""
    cli = Berth(tmp_path_factory.mktemp("signed-in"))
    cli("login", place.PANEL, "--ca", place.CA_FILE, "--token-file", place.TOKEN_FILE)
    return cli


@pytest.fixture(scope="session")
def alone():
    """A run takes the customers of all earlier runs away, so two at the same time would be each other's end."""
    with (place.STATE / "e2e.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pytest.exit("another run of these tests uses the platform; wait until it is over", returncode=1)
        yield


@pytest.fixture(scope="session")
def tenants(api, kube, alone):
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


@pytest.fixture(scope="session")
def mailboxes(api):
    return Mailboxes(api)


@pytest.fixture(scope="session")
def correspondents(tenants, mailboxes):
    """Two customers with mail, for the tests of all files."""
    made = [tenants.make(plan="medium") for _ in range(2)]
    for tenant in made:
        mailboxes.switch_on(tenant.domain)
    yield made
    for tenant in made:
        tenants.leave(tenant.id)


@pytest.fixture(scope="module")
def people(correspondents, mailboxes):
    """Mailboxes of a file's own: what one may send in an hour is enough for a file, and not for all of them."""
    made = People(*correspondents, mailboxes)
    yield made
    for box in made:
        mailboxes.delete(box)

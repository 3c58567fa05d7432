"""Ids, plans, amounts and texts that are none."""

import pytest

from clients.place import new_id
from clients.refused import post, refused

BAD_IDS = {
    "empty": "",
    "41": "a" * 41,
    "upper case": "Shop",
    "underscore": "my_shop",
    "dot": "my.shop",
    "dash first": "-shop",
    "dash last": "shop-",
    "space": "my shop",
    "unicode": "bücher",
    "slash": "a/b",
    "climbs": "../etc",
    "newline": "shop\n",
    "NUL": "shop\u0000x",
    "template": "CUSTOMER_ID",
    "number": 7,
    "null": None,
    "list": ["shop"],
    "object": {},
    "true": True,
}


@pytest.mark.parametrize("value", BAD_IDS.values(), ids=BAD_IDS.keys())
def test_an_id_that_is_none(api, value):
    # A NUL is no text that this API takes, so the body as a whole is refused.
    nul = isinstance(value, str) and "\u0000" in value
    status = 400 if nul else 422
    for path, body, pointer in (
        ("/customers", {"id": value, "plan": "small"}, "/id"),
        ("/domains", {"customerId": value, "domain": f"{new_id()}.localhost"}, "/customerId"),
        ("/plans", {"id": value, "cpu": "1", "memory": "1Gi", "storage": "1Gi"}, "/id"),
    ):
        refused(post(api, path, body), status, None if nul else pointer)


@pytest.mark.parametrize("value", ["nosuchplan", "", "Small", "small ", 7, None, ["small"]], ids=repr)
def test_a_plan_that_is_none(api, tenant, value):
    refused(post(api, "/customers", {"id": new_id(), "plan": value}), 422, "/plan")
    refused(
        post(api, "/domains", {"customerId": new_id(), "domain": f"{new_id()}.localhost", "plan": value}), 422, "/plan"
    )
    refused(api.http.patch(f"/api/v1/customers/{tenant.id}", json={"plan": value}), 422, "/plan")


def test_another_plan_than_the_customers(api, tenant):
    body = {"customerId": tenant.id, "domain": f"{new_id()}.localhost", "plan": "large"}
    refused(post(api, "/domains", body), 409, "/plan")


@pytest.mark.parametrize(
    "value",
    [
        "",
        "0",
        "-1",
        "1.5.1",
        "1e3",
        "1E3",
        " 1",
        "1 ",
        "0x10",
        "one",
        "1k",
        "1Gi",
        "999999999",
        "9" * 40,
        "NaN",
        "1m1",
        1,
        1.5,
        None,
        [],
        {},
    ],
    ids=repr,
)
def test_an_amount_of_cpu_that_is_none(api, value):
    body = {"id": new_id(), "cpu": value, "memory": "1Gi", "storage": "1Gi"}
    refused(post(api, "/plans", body), 422, "/cpu")


@pytest.mark.parametrize("field", ["memory", "storage"])
@pytest.mark.parametrize(
    "value",
    [
        "",
        "0",
        "0Gi",
        "-1Gi",
        "1.5Gi",
        "1G",
        "1Gb",
        "1gi",
        "1GiB",
        "1Gi ",
        "1 Gi",
        "1Ei",
        "99999999999Ti",
        "1m",
        "1",
        "Gi",
        1073741824,
        None,
        [],
        {},
    ],
    ids=repr,
)
def test_an_amount_of_bytes_that_is_none(api, field, value):
    body = {"id": new_id(), "cpu": "1", "memory": "1Gi", "storage": "1Gi", field: value}
    refused(post(api, "/plans", body), 422, f"/{field}")


@pytest.mark.parametrize(
    "field, value",
    [
        ("sites", -1),
        ("sites", 1001),
        ("sites", 1.5),
        ("sites", "5"),
        ("domains", -1),
        ("volumes", 0),
        ("volumes", 101),
        ("mailboxes", 100001),
        ("aliases", 100001),
        ("databases", None),
        ("databases", True),
        ("sites", 2**63),
        ("sites", -(2**63) - 1),
    ],
    ids=repr,
)
def test_a_number_that_is_out_of_range(api, field, value):
    body = {"id": new_id(), "cpu": "1", "memory": "1Gi", "storage": "1Gi", field: value}
    answer = post(api, "/plans", body)
    # A number that no integer of 64 bits can be is no JSON that this API takes.
    if isinstance(value, int) and abs(value) >= 2**63:
        refused(answer, 400)
    else:
        refused(answer, 422, f"/{field}")


@pytest.mark.parametrize("value", [-1, 11, 1.5, "1", None, True, []], ids=repr)
def test_replicas_that_are_none(api, tenant, value):
    refused(api.http.patch(f"/api/v1/sites/{tenant.site}", json={"replicas": value}), 422, "/replicas")


@pytest.mark.parametrize(
    "value",
    ["", "x" * 121, "two\nlines", "tab\t", "del\x7f", 7, None, []],
    ids=["empty", "121", "newline", "tab", "del", "number", "null", "list"],
)
def test_a_name_for_people_that_is_none(api, tenant, value):
    refused(api.http.patch(f"/api/v1/customers/{tenant.id}", json={"name": value}), 422, "/name")


def test_an_image_of_ones_own(api):
    body = {"customerId": new_id(), "domain": f"{new_id()}.localhost", "image": "docker.io/library/nginx"}
    refused(post(api, "/domains", body), 422, "/image")

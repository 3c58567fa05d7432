"""Who may do what: every route that needs a sign-in, by every role, on its own and on others' objects, with tokens of every kind.
The cases are generated from the daemon's own table (`berthd access`) and docs/openapi.yaml; what is expected of each follows
from the table alone."""
import functools
import itertools

import pytest
import yaml
from berth import start
from conftest import REPOSITORY, run

ROLES = ["admin", "reseller", "owner", "member"]
OBJECTS = {"CUSTOMER", "SITE", "DOMAIN", "MAILBOX", "ALIAS", "ADDRESS", "ADDRESSES", "OPERATION", "USER", "TOKEN", "NEW", "WITHIN"}
PEOPLE = {"PLATFORM", "USER", "TOKEN", "NEW"}  # not for tokens that are bound to a customer


@pytest.fixture(scope="module")
def berth(scratch):
    berth = start(scratch / "access")
    yield berth
    berth.stop()


@functools.cache
def described():
    """operationId -> (method, path, schema of the body?), of the operations that need a sign-in."""
    document = yaml.safe_load((REPOSITORY / "docs/openapi.yaml").read_text())
    out = {}
    for path, item in document["paths"].items():
        for method in {"get", "put", "post", "patch", "delete"} & item.keys():
            if item[method].get("security") != []:
                out[item[method]["operationId"]] = (method.upper(), path)
    return out


def table(berth):
    rows = (line.split() for line in run(berth.program, "access").splitlines())
    return {name: (resource, scope, roles.split(",")) for name, resource, scope, roles in rows}


@pytest.fixture(scope="module")
def world(berth):
    """Two customers with one of each object, and of each role one user who sees the first customer only."""
    objects = {}
    for side, customer in (("own", "mine"), ("foreign", "theirs")):
        made = berth.good("POST", "/domains", {"customerId": customer, "domain": f"{customer}.localhost", "mailUsers": ["anna"]}, token=berth.admin)
        berth.good("POST", "/aliases", {"address": f"info@{customer}.localhost", "targets": [f"anna@{customer}.localhost"]}, token=berth.admin)
        berth.good("PUT", f"/domains/{customer}.localhost/records/x.{customer}.localhost/TXT", {"ttl": 300, "values": ["x"]}, token=berth.admin)
        user = berth.user(f"someone@{customer}.example", "member", [customer])
        objects[side] = {"CUSTOMER": customer, "WITHIN": customer, "SITE": made.json["site"]["id"], "DOMAIN": f"{customer}.localhost",
                         "MAILBOX": f"anna@{customer}.localhost", "ALIAS": f"info@{customer}.localhost", "ADDRESS": f"new@{customer}.localhost", "ADDRESSES": f"new@{customer}.localhost",
                         "OPERATION": made.json["operation"]["id"], "USER": user["id"],
                         "NEW": customer if side == "foreign" else "brandnew"}
    tokens = {}
    for role in ROLES:
        berth.user(f"{role}@berth.example", role, [] if role == "admin" else ["mine"])
        secret = berth.sign_in(f"{role}@berth.example").json["token"]
        tokens[role] = {"full": secret, "read": berth.token(secret, scopes=["read"])["secret"],
                        "bound": berth.token(secret, customerId="mine")["secret"]}
    return objects, tokens


def request(berth, world, operation, row, role, kind, side):
    """Sends what is refused behind the door only: a field that nobody knows, a version that never was, a type that is not taken."""
    objects, tokens = world
    (method, path), resource = described()[operation], row[0]
    headers, body = {}, None
    name = objects[side].get(resource, "")
    if "{plan}" in path:
        name = "small"
    if resource == "USER" and role == "member" and side == "own":
        name = "member@berth.example"  # members see nobody else
    if resource == "TOKEN":
        whose = role if side == "own" else next(r for r in ROLES if r != role)
        name = berth.token(tokens[whose]["full"])["token"]["id"]
    if method in ("POST", "PUT", "PATCH"):
        body = {"nonsense": 1} | ({"customerId": name} if resource == "WITHIN" else {"id": name} if resource == "NEW"
                                   else {"address": name} if resource == "ADDRESS"
                                   else {"items": [{"address": name}]} if resource == "ADDRESSES" else {})
    if operation == "createRelease":
        body, headers = b"x", {"Content-Type": "text/plain"}
    if method == "DELETE":
        headers = {"If-Match": '"none"'}
    head, _, tail = path.removeprefix("/api/v1").partition("{")
    path = head + (name + tail.partition("}")[2] if tail else "")
    path = path.replace("{name}", f"x.{name}").replace("{type}", "TXT")
    return berth.ask(method, path, body, token=tokens[role][kind], headers=headers)


def expected(row, role, kind, side):
    """The status, or None: it was let in."""
    resource, scope, roles = row
    if kind == "bound" and resource in PEOPLE:
        return 403
    foreign = side == "foreign" and (role != "admin" or kind == "bound" or resource == "TOKEN")
    if foreign and resource not in ("NEW", "WITHIN"):
        return 404
    if role not in roles or (scope == "write" and kind == "read"):
        return 403
    if foreign:
        return 409 if role in ("admin", "reseller") and kind != "bound" else 422
    return None


def let_in(operation, method, answer):
    """What each request of request() meets behind the door."""
    if operation in ("createRelease", "importZone"):
        return answer.status == 415
    if method == "DELETE":
        return answer.status == (204 if operation == "deleteSession" else 412)
    if method == "GET" or operation in ("diffCustomer", "checkDomainMail"):
        return answer.status == 200
    return answer.status == 422 and "/nonsense" in answer.pointers()


def test_table_and_description_name_the_same_routes(berth):
    assert table(berth).keys() == described().keys()


def test_every_route_role_and_object(berth, world, capsys):
    rows, wrong, count = table(berth), [], 0
    before = berth.snapshot()
    for operation, role, kind in itertools.product(rows, ROLES, ("full", "read", "bound")):
        row = rows[operation]
        for side in ("own", "foreign") if row[0] in OBJECTS else ("own",):
            answer = request(berth, world, operation, row, role, kind, side)
            want = expected(row, role, kind, side)
            count += 1
            if want is None:
                right = let_in(operation, described()[operation][0], answer)
            else:
                right = answer.status == want and answer.json["requestId"]
            if right and want in (409, 422):
                right = answer.pointers() == ["/id" if row[0] == "NEW" else "/customerId"]
            if not right:
                wrong.append(f"{operation} {role} {kind} {side}: {answer.status} in place of {want or 'being let in'}: {answer.text[:200]}")
    after = berth.snapshot()
    for name in ("account", "account_customer", "customer", "site", "domain", "mailbox", "mail_alias", "plan"):
        assert after[name] == before[name], name
    with capsys.disabled():
        print(f"\naccess: {count} cases of {len(rows)} routes, {len(ROLES)} roles, three kinds of tokens, own and foreign objects")
    assert not wrong, "\n".join(wrong)
    assert count > 800


def test_foreign_is_answered_like_missing(berth, world):
    objects, tokens = world
    paths = {"CUSTOMER": "/customers/", "SITE": "/sites/", "DOMAIN": "/domains/", "MAILBOX": "/mailboxes/", "ALIAS": "/aliases/", "OPERATION": "/operations/", "USER": "/users/"}
    for resource, path in paths.items():
        name = objects["foreign"][resource]
        missing = "x" * len(name)
        for role in ROLES[1:]:
            foreign, nothing = (berth.ask("GET", path + n, token=tokens[role]["full"]) for n in (name, missing))
            assert foreign.status == nothing.status == 404
            assert foreign.json["detail"].replace(name, missing) == nothing.json["detail"]


@pytest.mark.parametrize("path, field", [("/customers", "id"), ("/sites", "customerId"), ("/domains", "customerId"), ("/mailboxes", "customerId"), ("/aliases", "customerId"),
                                         ("/operations", "customerId"), ("/events", "customerId"), ("/audit", "customerId")])
def test_lists_hold_only_what_is_seen(berth, world, path, field):
    tokens = world[1]
    for role, kind in itertools.product(ROLES, ("full", "read", "bound")):
        if path == "/audit" and role == "member":
            continue
        answer = berth.good("GET", f"{path}?limit=200", token=tokens[role][kind])
        seen = {item.get(field) for item in answer.json["items"]}
        everything = role == "admin" and kind != "bound"
        if path != "/events":  # nobody works on the customers here, so nothing happens to them
            assert "mine" in seen
            assert everything == ("theirs" in seen), (role, kind, seen)
        if path != "/customers" and not everything:
            assert berth.good("GET", f"{path}?customer=theirs", token=tokens[role][kind]).json["items"] == []


def test_list_of_users_agrees_with_reading_each(berth, world):
    everybody = berth.good("GET", "/users?limit=200", token=berth.admin).json["items"]
    for role in ROLES:
        token = world[1][role]["full"]
        listed = {u["id"] for u in berth.good("GET", "/users?limit=200", token=token).json["items"]}
        read = {u["id"] for u in everybody if berth.ask("GET", f"/users/{u['id']}", token=token).status == 200}
        assert listed == read and listed, role
        assert len(listed) == {"admin": len(everybody), "reseller": 4, "owner": 3, "member": 1}[role]


def test_roles_at_work(berth, world):
    """Not only let in: what each may do is done."""
    tokens = {role: kinds["full"] for role, kinds in world[1].items()}
    made = berth.good("POST", "/customers", {"id": "sold", "plan": "small"}, token=tokens["reseller"])
    assert made.json["operation"]["actor"] == "reseller@berth.example"
    assert "sold" in {c["id"] for c in berth.good("GET", "/customers", token=tokens["reseller"]).json["items"]}
    assert berth.ask("GET", "/customers/sold", token=tokens["owner"]).status == 404
    berth.good("PATCH", "/customers/mine", {"plan": "medium"}, token=tokens["owner"])
    assert berth.ask("PATCH", "/customers/mine", {"plan": "small"}, token=tokens["member"]).status == 403
    berth.good("PATCH", f"/sites/{world[0]['own']['SITE']}", {"replicas": 2}, token=tokens["member"])
    assert berth.ask("POST", "/domains", {"customerId": "nowhere", "domain": "no.localhost"}, token=tokens["owner"]).status == 422
    assert berth.ask("GET", "/customers/nowhere", token=berth.admin).status == 404

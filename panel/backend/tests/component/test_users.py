"""Users at work: signing in and its limits, one-time links, tokens, bad input, and that no secret lies about."""
import itertools
import os
import re
import subprocess

import pytest
from berth import PASSWORD, start
from conftest import run
from database import OnServer

COUNTER = itertools.count()


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def berth(request, scratch):
    database = OnServer(request.getfixturevalue("postgres_server")) if request.param == "postgres" else None
    berth = start(scratch / f"users-{request.param}", database)
    for name in ("one", "two"):
        berth.good("POST", "/customers", {"id": name, "plan": "small"}, token=berth.admin)
    yield berth
    berth.stop()


@pytest.fixture
def anna(berth):
    return berth.user(f"anna{next(COUNTER)}@one.example", "owner", ["one"])


def refused(berth, status, pointer, *words, **options):
    """The answer names the field, and nothing has changed."""
    before = berth.snapshot()
    answer = berth.ask(*words, **options)
    assert answer.status == status, (words, answer.status, answer.text)
    assert answer.json["status"] == status and (pointer is None or pointer in answer.pointers()), answer.text
    assert berth.snapshot() == before, words


def test_sign_in(berth, anna):
    answer = berth.sign_in(anna["email"].upper())
    assert answer.status == 200 and answer.json["role"] == "owner" and answer.json["user"] == anna["email"]
    assert berth.good("GET", "/session", token=answer.json["token"]).json["userId"] == anna["id"]
    cookie = berth.good("POST", "/session", {"email": anna["email"], "password": PASSWORD})
    assert "token" not in cookie.json and "HttpOnly" in cookie.headers["Set-Cookie"]
    for email, password in ((anna["email"], "not the password"), ("nobody@one.example", PASSWORD), (anna["id"], PASSWORD)):
        wrong = berth.sign_in(email, password)
        assert wrong.status == 401 and wrong.json["detail"] == "the e-mail address or the password is not right"


def test_limits_do_not_lock_the_victim_out(berth, anna):
    seen = [berth.sign_in(anna["email"], f"guess {i} of many", address="203.0.113.7") for i in range(12)]
    assert [a.status for a in seen[:6]] == [401] * 6  # the sixth is counted, and from it on each must wait
    assert all(a.status == 429 and int(a.headers["Retry-After"]) >= 1 for a in seen[6:])
    assert berth.sign_in(anna["email"], address="203.0.113.7").status == 429  # the right one too: guesses tell nothing
    assert berth.sign_in(anna["email"], address="198.51.100.9").status == 200
    assert berth.sign_in(anna["email"], address="203.0.113.7, 198.51.100.9").status == 200  # what a stranger put before is nothing


def test_one_address_cannot_try_everybody(berth):
    statuses = [berth.sign_in(f"nobody{i}@one.example", address="203.0.113.99").status for i in range(110)]
    assert statuses[:100] == [401] * 100 and 429 in statuses[101:]


def test_links(berth, anna):
    first = berth.good("POST", f"/users/{anna['id']}/link", token=berth.admin).json["link"].split("#")[1]
    second = berth.good("POST", f"/users/{anna['id']}/link", token=berth.admin).json["link"].split("#")[1]
    session = berth.good("POST", "/session", {"email": anna["email"], "password": PASSWORD})
    cookie = {"Cookie": session.headers["Set-Cookie"].split(";")[0]}
    refused(berth, 422, "/token", "POST", "/session/redeem", {"token": first, "password": PASSWORD})  # a newer one was made
    refused(berth, 422, "/password", "POST", "/session/redeem", {"token": second, "password": "short"})
    assert berth.sign_in(anna["email"]).status == 200  # the old password until the link is used
    berth.good("POST", "/session/redeem", {"token": second, "password": "another battery"})
    refused(berth, 422, "/token", "POST", "/session/redeem", {"token": second, "password": "another battery"})
    assert berth.sign_in(anna["email"], "another battery").status == 200
    assert berth.ask("GET", "/session", headers=cookie).status == 401
    third = berth.good("POST", f"/users/{anna['id']}/link", token=berth.admin).json["link"].split("#")[1]
    berth.database.sql("UPDATE link SET expires_ms = 1")
    refused(berth, 422, "/token", "POST", "/session/redeem", {"token": third, "password": PASSWORD})


def test_own_password(berth, anna):
    token = berth.sign_in(anna["email"]).json["token"]
    change = {"current": PASSWORD, "password": "battery of another kind"}
    berth.good("PUT", "/session/password", change, token=token)
    assert berth.sign_in(anna["email"], change["password"]).status == 200
    wrong = berth.ask("PUT", "/session/password", change, token=token)
    assert wrong.status == 422 and wrong.pointers() == ["/current"]
    refused(berth, 409, None, "PUT", "/session/password", change, token=berth.admin)


def test_tokens(berth, anna):
    own = berth.sign_in(anna["email"]).json["token"]
    made = berth.token(own, scopes=["read"], customerId="one", expiresInDays=1)
    assert made["token"]["scopes"] == ["read"] and made["token"]["expiresAt"] <= berth.good("GET", "/session", token=own).json["expiresAt"]
    berth.good("GET", "/customers/one", token=made["secret"])
    assert berth.ask("PATCH", "/customers/one", {"name": "x"}, token=made["secret"]).status == 403
    session = berth.good("POST", "/session", {"token": made["secret"]})  # reaches no further than the token
    assert session.json["readOnly"] and session.json["customerId"] == "one"
    cookie = {"Cookie": session.headers["Set-Cookie"].split(";")[0]}
    assert made["token"]["id"] in {t["id"] for t in berth.good("GET", "/tokens", token=own).json["items"]}
    berth.good("DELETE", f"/tokens/{made['token']['id']}", token=own)
    assert berth.ask("GET", "/customers/one", token=made["secret"]).status == 401
    assert berth.ask("GET", "/session", headers=cookie).status == 401
    short = berth.token(own)
    berth.database.sql(f"UPDATE token SET expires_ms = 1 WHERE id = '{short['token']['id']}'")
    assert berth.ask("GET", "/session", token=short["secret"]).status == 401


def test_a_deleted_user_is_out(berth, anna):
    token = berth.sign_in(anna["email"]).json["token"]
    berth.good("DELETE", f"/users/{anna['id']}", token=berth.admin)
    assert berth.ask("GET", "/session", token=token).status == 401
    assert berth.sign_in(anna["email"]).status == 401


def test_a_role_holds_at_once(berth, anna):
    token = berth.sign_in(anna["email"]).json["token"]
    berth.good("PATCH", f"/users/{anna['id']}", {"role": "member"}, token=berth.admin)
    assert berth.ask("PATCH", "/customers/one", {"name": "x"}, token=token).status == 403
    berth.good("PATCH", f"/users/{anna['id']}", {"customers": ["two"]}, token=berth.admin)
    assert berth.ask("GET", "/customers/one", token=token).status == 404


def test_the_last_admin_stays(berth):
    root = berth.user("root@berth.example", "admin")
    refused(berth, 409, "/role", "DELETE", f"/users/{root['id']}", token=berth.admin)
    refused(berth, 409, "/role", "PATCH", f"/users/{root['id']}", {"role": "reseller"}, token=berth.admin)
    second = berth.user("second@berth.example", "admin")
    berth.good("PATCH", f"/users/{root['id']}", {"role": "reseller"}, token=berth.admin)
    refused(berth, 409, "/role", "DELETE", f"/users/{second['id']}", token=berth.admin)


@pytest.mark.parametrize("body, pointer", [
    ({"email": "no address", "role": "admin"}, "/email"), ({"email": "a@b", "role": "admin"}, "/email"),
    ({"email": "a@b..example", "role": "admin"}, "/email"), ({"email": "a\r\nb@c.example", "role": "admin"}, "/email"),
    ({"email": "x" * 250 + "@c.example", "role": "admin"}, "/email"), ({"role": "admin"}, "/email"),
    ({"email": "new@c.example", "role": "king"}, "/role"), ({"email": "new@c.example"}, "/role"),
    ({"email": "new@c.example", "role": "owner"}, "/customers"),
    ({"email": "new@c.example", "role": "admin", "customers": ["one"]}, "/customers"),
    ({"email": "new@c.example", "role": "owner", "customers": ["one", "nowhere"]}, "/customers/1"),
    ({"email": "new@c.example", "role": "admin", "password": "x"}, "/password"),
])
def test_bad_users(berth, body, pointer):
    refused(berth, 422, pointer, "POST", "/users", body, token=berth.admin)


def test_bad_users_by_owners(berth, anna):
    token = berth.sign_in(anna["email"]).json["token"]
    new = {"email": "new@one.example", "role": "member", "customers": ["one"]}
    refused(berth, 409, "/email", "POST", "/users", new | {"email": anna["email"].upper()}, token=token)
    refused(berth, 422, "/role", "POST", "/users", new | {"role": "reseller"}, token=token)
    refused(berth, 422, "/role", "PATCH", f"/users/{anna['id']}", {"role": "admin"}, token=token)
    refused(berth, 422, "/customers/0", "POST", "/users", new | {"customers": ["two"]}, token=token)
    refused(berth, 422, "/customers/1", "PATCH", f"/users/{anna['id']}", {"customers": ["one", "two"]}, token=token)


@pytest.mark.parametrize("body, pointer", [
    ({"name": "x", "scopes": ["root"]}, "/scopes/0"), ({"name": "x", "scopes": ["write"]}, "/scopes"), ({"name": "x"}, "/scopes"),
    ({"name": "x", "scopes": []}, "/scopes"), ({"name": "", "scopes": ["read"]}, "/name"),
    ({"name": "x", "scopes": ["read"], "expiresInDays": 0}, "/expiresInDays"),
    ({"name": "x", "scopes": ["read"], "customerId": "nowhere"}, "/customerId"),
])
def test_bad_tokens(berth, body, pointer):
    refused(berth, 422, pointer, "POST", "/tokens", body, token=berth.admin)


def test_secrets_are_nowhere(berth):
    """Not in the database (but for hashes), the log, the metrics, nor a second answer."""
    email, key = "secret@berth.example", {"Idempotency-Key": "once"}
    body = {"email": email, "role": "reseller"}
    link = berth.good("POST", "/users", body, token=berth.admin, headers=key).json["link"].split("#")[1]
    again = berth.good("POST", "/users", body, token=berth.admin, headers=key)
    assert again.json["user"]["email"] == email and "link" not in again.json
    berth.good("POST", "/session/redeem", {"token": link, "password": PASSWORD}, headers=key)
    token = berth.sign_in(email).json["token"]
    made = berth.token(token)["secret"]
    berth.sign_in(email, "a wrong password of mine")
    places = {"database": berth.database.dump(), "log": berth.log.read_text(), "metrics": berth.ask("GET", "/metrics", prefix="").text,
              "user": berth.good("GET", f"/users/{email}", token=berth.admin).text}
    for secret in (link, token, made, PASSWORD, "a wrong password of mine", berth.admin):
        for place, text in places.items():
            assert secret not in text, place
    assert "$argon2id$" in places["database"] and "$argon2id$" not in places["user"]


def test_everything_is_in_the_audit_log(berth, anna):
    token = berth.sign_in(anna["email"]).json["token"]
    berth.token(token)
    berth.good("PATCH", f"/users/{anna['id']}", {"name": "Anna"}, token=token)
    rows = berth.good("GET", "/audit?limit=200", token=berth.admin).json["items"]
    mine = {row["action"] for row in rows if anna["id"] in row["subject"] or row["actor"] == anna["email"]}
    assert mine >= {"user.create", "user.password", "user.update", "token.create"}
    assert berth.good("GET", "/audit/verify", token=berth.admin).json["whole"]
    answers = [berth.good("GET", "/audit?actor=admin&limit=3", token=berth.admin).json]
    answers.append(berth.good("GET", f"/audit?actor=admin&limit=3&cursor={answers[0]['nextCursor']}", token=berth.admin).json)
    seqs = [row["seq"] for page in answers for row in page["items"]]
    assert len(seqs) == 6 and seqs == sorted(seqs, reverse=True)


def test_command_line(berth, scratch):
    """The same by `berth`: make, redeem, sign in by password, and be told no."""
    program = os.path.join(os.path.dirname(berth.program), "berth")
    plain = {"PATH": os.environ["PATH"], "BERTH_SERVER": f"http://127.0.0.1:{berth.port}"}
    admin = plain | {"BERTH_TOKEN": berth.admin}
    password = scratch / "password"
    password.write_text(PASSWORD + "\n")

    def cli(*words, env=admin, code=0):
        done = subprocess.run([program, *words], env=env, text=True, capture_output=True, stdin=subprocess.DEVNULL)
        assert done.returncode == code, (words, done.stdout, done.stderr)
        return done.stdout + done.stderr if code else done.stdout

    link = cli("user", "create", "cli@one.example", "--role", "owner", "--customer", "one").strip()
    cli("redeem", link, "--password-file", str(password), env=plain)
    mine = {"PATH": plain["PATH"], "XDG_CONFIG_HOME": str(scratch / "config")}
    assert "cli@one.example (owner)" in cli("login", plain["BERTH_SERVER"], "--user", "cli@one.example", "--password-file", str(password), env=mine)
    assert "owner" in cli("whoami", env=mine)
    assert "one" in cli("customer", "list", "-o", "name", env=mine)
    secret = cli("token", "create", "ci", "--scope", "read", "--customer", "one", env=mine).strip()
    assert "read-only" not in secret and "reading only" in cli("reconcile", "one", env=plain | {"BERTH_TOKEN": secret}, code=1)
    shown = [cli("token", "show", i, env=mine) for i in cli("token", "list", "-o", "name", env=mine).split()]
    assert sorted(re.search(r"^Name +(\S+)$", text, re.M)[1] for text in shown) == ["ci", "session"]
    assert "may not do this" in cli("customer", "suspend", "one", env=mine, code=1)
    other = scratch / "other-password"
    other.write_text("another battery staple\n")
    assert "current" in cli("password", "--current-file", str(other), "--password-file", str(password), env=mine, code=1)
    assert "is changed" in cli("password", "--current-file", str(password), "--password-file", str(other), env=mine)
    assert "signed in" in cli("login", plain["BERTH_SERVER"], "--user", "cli@one.example", "--password-file", str(other), env=mine)
    cli("login", plain["BERTH_SERVER"], "--user", "cli@one.example", "--password-file", str(password), env=mine, code=4)
    assert "/role" not in cli("user", "create", "x@one.example", "--role", "admin", env=mine, code=1)
    assert "is whole" in cli("audit", "verify")
    seq, actor = berth.database.sql("SELECT seq, actor FROM audit ORDER BY seq LIMIT 1 OFFSET 2")[0]
    berth.database.sql(f"UPDATE audit SET actor = 'somebody' WHERE seq = {seq}")
    assert f"broken at row {seq}" in cli("audit", "verify", code=1)
    berth.database.sql(f"UPDATE audit SET actor = '{actor}' WHERE seq = {seq}")

"""The second factor at sign-in: enabled, used, refused, recovered from, disabled and reset."""
import itertools
import os
import pty
import subprocess
import time
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import totp
from berth import PASSWORD, start
from conftest import run

COUNTER = itertools.count()
WRONG = "is not right, or was used before"


@pytest.fixture(scope="module")
def berth(scratch):
    berth = start(scratch / "totp")
    for name in ("one", "two"):
        berth.good("POST", "/customers", {"id": name, "plan": "small"}, token=berth.admin)
    yield berth
    berth.stop()


@pytest.fixture
def anna(berth):
    """With token: of a session that was there before the second factor was."""
    user = berth.user(f"anna{next(COUNTER)}@one.example", "owner", ["one"])
    return user | {"token": berth.sign_in(user["email"]).json["token"]}


@pytest.fixture
def guarded(berth, anna):
    secret, recovery = totp.enable(berth, anna["id"], anna["token"], PASSWORD)
    return anna | {"secret": secret, "recovery": recovery}


def refused(answer, status, pointer, message=None):
    assert answer.status == status and answer.pointers() == ([pointer] if pointer else []), answer.text
    if message:
        assert answer.json["errors"][0]["message"].startswith(message), answer.text


def state(berth, user):
    return berth.good("GET", "/session/totp", token=user["token"]).json


def actions(berth, user):
    return [row[0] for row in berth.sql("SELECT action FROM audit WHERE subject = ? ORDER BY seq", user["id"])]


def test_enable(berth, anna):
    assert state(berth, anna) == {"state": "off", "recoveryCodesLeft": 0}
    refused(berth.ask("POST", "/session/totp", {"password": "not the password"}, token=anna["token"]), 422, "/password")
    assert berth.sql("SELECT count(*) FROM secret WHERE owner = ?", anna["id"]) == [(0,)]
    first = berth.good("POST", "/session/totp", {"password": PASSWORD}, token=anna["token"]).json
    assert first["totp"]["state"] == state(berth, anna)["state"] == "pending"
    assert berth.sign_in(anna["email"]).status == 200  # nothing changes until it is confirmed
    second = berth.good("POST", "/session/totp", {"password": PASSWORD}, token=anna["token"]).json
    uri = urlsplit(second["uri"])
    query = parse_qs(uri.query)
    assert (uri.scheme, uri.netloc, unquote(uri.path)) == ("otpauth", "totp", f"/Berth berth.localhost:{anna['email']}")
    assert query == {"secret": [second["secret"]], "issuer": ["Berth berth.localhost"], "algorithm": ["SHA1"], "digits": ["6"], "period": ["30"]}
    assert first["secret"] != second["secret"] and len(second["secret"]) == 32
    refused(berth.ask("POST", "/session/totp/confirm", {"code": totp.wrong(second["secret"])}, token=anna["token"]), 422, "/code", WRONG)
    done = berth.good("POST", "/session/totp/confirm", {"code": totp.code(second["secret"])}, token=anna["token"]).json
    assert done["totp"] == {"state": "active", "recoveryCodesLeft": 10} == state(berth, anna)
    assert len(set(done["recoveryCodes"])) == 10
    for path, body in (("", {"password": PASSWORD}), ("/confirm", {"code": totp.code(second["secret"], 1)})):
        assert berth.ask("POST", f"/session/totp{path}", body, token=anna["token"]).status == 409
    assert berth.good("GET", f"/users/{anna['id']}", token=berth.admin).json["hasTotp"]
    assert actions(berth, anna)[-3:] == ["user.totp-enrol", "user.totp-enrol", "user.totp-confirm"]


def test_sign_in(berth, guarded):
    refused(berth.sign_in(guarded["email"]), 401, "/code", "is needed")
    refused(berth.sign_in(guarded["email"], code=totp.wrong(guarded["secret"])), 401, "/code", WRONG)
    assert berth.sign_in(guarded["email"], "not the password", code=totp.code(guarded["secret"])).pointers() == []
    code = totp.code(guarded["secret"])
    answer = berth.sign_in(guarded["email"], code=f" {code[:3]} {code[3:]} ")
    assert answer.status == 200 and answer.json["user"] == guarded["email"]
    refused(berth.sign_in(guarded["email"], code=code), 401, "/code", WRONG)  # the same step again
    assert berth.sign_in(guarded["email"], code=totp.code(guarded["secret"], 1)).status == 200  # a clock that is ahead
    refused(berth.sign_in(guarded["email"], code=code), 401, "/code", WRONG)  # a step before the last one used
    refused(berth.sign_in(guarded["email"], code=totp.code(guarded["secret"], 3)), 401, "/code", WRONG)
    token = berth.token(answer.json["token"])["secret"]  # programs sign in without
    assert berth.good("POST", "/session", {"token": token}).json["user"] == guarded["email"]
    assert berth.ask("POST", "/session", {"token": token, "code": "123456"}).status == 422


def test_one_code_by_many_at_once_is_good_once(berth, guarded):
    from concurrent.futures import ThreadPoolExecutor
    code = totp.code(guarded["secret"])
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: berth.sign_in(guarded["email"], code=code, address=f"203.0.113.{n}"), range(8)))
    assert sorted(a.status for a in answers) == [200] + [401] * 7


def test_recovery_codes(berth, guarded):
    first, second = guarded["recovery"][:2]
    assert berth.sign_in(guarded["email"], code=first.upper().replace("-", " ")).status == 200
    refused(berth.sign_in(guarded["email"], code=first), 401, "/code", WRONG)
    assert state(berth, guarded)["recoveryCodesLeft"] == 9 and actions(berth, guarded)[-1] == "user.recovery-code"
    body = {"password": PASSWORD, "code": totp.wrong(guarded["secret"])}
    refused(berth.ask("POST", "/session/totp/recovery-codes", body, token=guarded["token"]), 422, "/code")
    new = berth.good("POST", "/session/totp/recovery-codes", body | {"code": totp.code(guarded["secret"])}, token=guarded["token"]).json
    assert len(new["recoveryCodes"]) == 10 and not set(new["recoveryCodes"]) & set(guarded["recovery"])
    refused(berth.sign_in(guarded["email"], code=second), 401, "/code", WRONG)
    assert berth.sign_in(guarded["email"], code=new["recoveryCodes"][0]).status == 200


def test_disable(berth, guarded):
    path, code = "/session/totp/disable", totp.code(guarded["secret"])
    refused(berth.ask("POST", path, {"password": "not the password", "code": code}, token=guarded["token"]), 422, "/password")
    refused(berth.ask("POST", path, {"password": PASSWORD, "code": totp.wrong(guarded["secret"])}, token=guarded["token"]), 422, "/code")
    refused(berth.ask("POST", path, {"password": PASSWORD}, token=guarded["token"]), 422, "/code")
    assert state(berth, guarded)["state"] == "active"
    berth.good("POST", path, {"password": PASSWORD, "code": code}, token=guarded["token"])
    assert state(berth, guarded) == {"state": "off", "recoveryCodesLeft": 0}
    assert berth.sign_in(guarded["email"]).status == 200
    assert berth.ask("POST", path, {"password": PASSWORD, "code": code}, token=guarded["token"]).status == 409
    assert berth.sql("SELECT count(*) FROM secret WHERE owner = ?", guarded["id"]) == [(0,)]


def test_a_new_password_leaves_the_second_factor(berth, guarded):
    link = berth.good("POST", f"/users/{guarded['id']}/link", token=berth.admin).json["link"].split("#")[1]
    berth.good("POST", "/session/redeem", {"token": link, "password": "another battery"})
    refused(berth.sign_in(guarded["email"], "another battery"), 401, "/code", "is needed")


def test_reset_by_others(berth, guarded):
    member = berth.user(f"member{next(COUNTER)}@one.example", "member", ["one"])
    stranger = berth.user(f"stranger{next(COUNTER)}@two.example", "owner", ["two"])
    path = f"/users/{guarded['id']}/totp"
    for user, status in ((member, 404), (stranger, 404)):  # they do not even see the user
        assert berth.ask("DELETE", path, token=berth.sign_in(user["email"]).json["token"]).status == status
    assert berth.ask("DELETE", path, token=guarded["token"]).status == 409  # one's own needs password and code
    assert berth.ask("DELETE", path, token=berth.admin, headers={"If-Match": '"0"'}).status == 412
    assert state(berth, guarded)["state"] == "active"
    berth.good("DELETE", path, token=berth.admin)
    assert state(berth, guarded)["state"] == "off" and actions(berth, guarded)[-1] == "user.totp-reset"
    assert berth.sign_in(guarded["email"]).status == 200
    assert berth.ask("DELETE", path, token=berth.admin).status == 409


def test_a_deleted_user_leaves_nothing(berth, guarded):
    berth.good("DELETE", f"/users/{guarded['id']}", token=berth.admin)
    for table, column in (("secret", "owner"), ("totp", "account"), ("recovery_code", "account")):
        assert berth.sql(f"SELECT count(*) FROM {table} WHERE {column} = ?", guarded["id"]) == [(0,)]


def test_limits_do_not_lock_the_victim_out(berth, guarded):
    """Who has the password and guesses codes, from one address and from many."""
    wrong = totp.wrong(guarded["secret"])
    seen = [berth.sign_in(guarded["email"], code=wrong, address="203.0.113.50") for _ in range(9)]
    assert [a.status for a in seen] == [401] * 6 + [429] * 3 and int(seen[-1].headers["Retry-After"]) >= 1
    assert berth.sign_in(guarded["email"], code=totp.code(guarded["secret"]), address="198.51.100.9").status == 200
    for n in range(100):
        answer = berth.sign_in(guarded["email"], code=wrong, address=f"192.0.2.{n}")
        assert answer.status in (401, 429)
    assert answer.status == 429 and "recovery code" in answer.json["detail"]
    assert berth.sign_in(guarded["email"], code=guarded["recovery"][0], address="198.51.100.10").status == 200


def test_asking_for_the_code_is_no_failure(berth, guarded):
    for _ in range(12):
        assert berth.sign_in(guarded["email"], address="203.0.113.60").status == 401
    assert berth.sign_in(guarded["email"], code=totp.code(guarded["secret"]), address="203.0.113.60").status == 200


def test_the_installations_token_has_none(berth):
    assert berth.good("GET", "/session/totp", token=berth.admin).json["state"] == "off"
    assert berth.ask("POST", "/session/totp", {"password": PASSWORD}, token=berth.admin).status == 409


@pytest.mark.parametrize("path, body, pointer", [
    ("", {}, "/password"), ("", {"password": 1}, "/password"), ("", {"password": PASSWORD, "code": "1"}, "/code"),
    ("/confirm", {}, "/code"), ("/confirm", {"code": ""}, "/code"), ("/confirm", {"code": "1" * 65}, "/code"),
    ("/disable", {"code": "123456"}, "/password"), ("/recovery-codes", {"password": PASSWORD}, "/code"),
])
def test_bad_input(berth, anna, path, body, pointer):
    before = berth.snapshot()
    refused(berth.ask("POST", f"/session/totp{path}", body, token=anna["token"]), 422, pointer)
    assert berth.snapshot() == before


def test_without_keys(berth, anna):
    """An installation that has no file of keys says so, and all else works."""
    environment = berth.environment
    berth.environment = environment | {"BERTH_SECRETS_KEY_FILE": ""}
    berth.restart()
    answer = berth.ask("POST", "/session/totp", {"password": PASSWORD}, token=anna["token"])
    assert answer.status == 503 and "BERTH_SECRETS_KEY_FILE" in answer.json["detail"]
    assert berth.sign_in(anna["email"]).status == 200
    berth.environment = environment
    berth.restart()


def test_command_line(berth, scratch, anna):
    program = os.path.join(os.path.dirname(berth.program), "berth")
    server = f"http://127.0.0.1:{berth.port}"
    plain = {"PATH": os.environ["PATH"], "XDG_CONFIG_HOME": str(scratch / "totp-config")}
    mine = plain | {"BERTH_SERVER": server, "BERTH_TOKEN": anna["token"]}
    password = scratch / "totp-password"
    password.write_text(PASSWORD + "\n")

    def cli(*words, env=mine, code=0):
        done = subprocess.run([program, *words], env=env, text=True, capture_output=True, stdin=subprocess.DEVNULL)
        assert done.returncode == code, (words, done.stdout, done.stderr)
        return done.stderr if code else done.stdout

    assert "off" in cli("totp", "show")
    secret, uri = cli("totp", "enable", "--password-file", password).split()
    assert uri.startswith("otpauth://") and secret in uri
    recovery = cli("totp", "confirm", totp.code(secret)).split()
    assert len(recovery) == 10 and "active" in cli("totp", "show")
    login = ("login", server, "--user", anna["email"], "--password-file", password)
    assert "code" in cli(*login, env=plain, code=4)
    cli(*login, "--code", totp.wrong(secret), env=plain, code=4)
    assert anna["email"] in cli(*login, "--code", recovery[0], env=plain)
    assert anna["email"] in on_terminal([program, *map(str, login)], plain, totp.code(secret, 1))
    totp.forget_steps(berth, anna["id"])
    renewed = cli("totp", "recovery-codes", totp.code(secret), "--password-file", password).split()
    assert len(renewed) == 10 and not set(renewed) & set(recovery)
    cli("totp", "disable", renewed[0], "--password-file", password)
    assert "off" in cli("totp", "show")
    totp.enable(berth, anna["id"], anna["token"], PASSWORD)
    cli("user", "reset-totp", anna["email"], "--yes", env=mine | {"BERTH_TOKEN": berth.admin})
    assert "off" in cli("totp", "show")


def on_terminal(words, env, typed):
    """What a command prints that asks once on a terminal; what is typed is not shown."""
    ours, its = pty.openpty()
    process = subprocess.Popen(words, env=env, stdin=its, stdout=its, stderr=its, close_fds=True, start_new_session=True)
    os.close(its)
    seen, answered, end = b"", False, time.monotonic() + 20
    while time.monotonic() < end:
        try:
            part = os.read(ours, 4096)
        except OSError:  # the other end is closed
            break
        seen += part
        if b"authenticator:" in seen and not answered:
            os.write(ours, f"{typed}\n".encode())
            answered = True
    assert process.wait(20) == 0 and typed.encode() not in seen, seen
    os.close(ours)
    return seen.decode()

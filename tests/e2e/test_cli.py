"""The command line: signing in as printed, tables and JSON, exit codes, dry runs, deploys, and help that teaches."""

import json
import stat

import pytest
import yaml

from clients import audit
from clients.archives import bomb, tar, tar_gz, zipped
from clients.cli import Berth
from clients.place import CA_FILE, PANEL, ROOT, TOKEN_FILE
from clients.tenants import domain_of, state_of

OK, FAILED, USAGE, SIGN_IN = 0, 1, 2, 4


@pytest.fixture
def stranger(tmp_path):
    """Somebody who has not signed in."""
    return Berth(tmp_path)


# --- signing in ---


def test_signing_in_and_out(stranger, tmp_path):
    stranger("customer", "list", code=SIGN_IN)
    said = stranger("login", PANEL, "--ca", CA_FILE, "--token-file", TOKEN_FILE)
    assert said.out.startswith(f"signed in to {PANEL} as admin") or said.err.startswith(
        f"signed in to {PANEL} as admin"
    )
    config = tmp_path / "berth" / "config.json"
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    assert json.loads(config.read_text())["server"] == PANEL
    assert stranger("whoami", "-o", "json").json()["role"] == "admin"
    stranger("logout")
    assert not config.exists() or TOKEN_FILE.read_text().strip() not in config.read_text()
    stranger("customer", "list", code=SIGN_IN)


def test_a_token_from_a_pipe_and_from_the_environment(stranger):
    token = TOKEN_FILE.read_text().strip()
    env = {"BERTH_SERVER": PANEL, "BERTH_CA": str(CA_FILE), "BERTH_TOKEN": token}
    assert "small" in stranger("plan", "list", env=env).out
    stranger("plan", "list", code=SIGN_IN)
    stranger("login", PANEL, "--ca", CA_FILE, stdin=token + "\n")
    assert "small" in stranger("plan", "list").out


def test_a_wrong_token_is_not_kept(stranger, tmp_path):
    refused = stranger("login", PANEL, "--ca", CA_FILE, code=SIGN_IN, stdin="wrong\n")
    assert "token" in refused.err
    assert not (tmp_path / "berth" / "config.json").exists()


def test_a_server_that_is_not_trusted_gets_no_token(stranger, tmp_path):
    refused = stranger(
        "login", PANEL, "--token-file", TOKEN_FILE, code=FAILED, env={"CURL_CA_BUNDLE": "", "SSL_CERT_FILE": ""}
    )
    assert "certificate" in refused.err and "--ca" in refused.err
    assert not (tmp_path / "berth" / "config.json").exists()


def test_a_token_never_goes_unencrypted(stranger):
    refused = stranger("login", "http://panel.example.com", "--token-file", TOKEN_FILE, code=USAGE)
    assert "unencrypted" in refused.err


# --- looking ---


def test_tables_json_yaml_and_names_say_the_same(api, berth, tenant):
    customers = api.all("/customers", q=tenant.id)
    table = berth("customer", "list", "--search", tenant.id)
    assert table.out.splitlines()[0].split()[:3] == ["ID", "NAME", "PLAN"]
    assert [row[0] for row in table.rows()] == [tenant.id]
    assert berth("customer", "list", "--search", tenant.id, "-o", "json").json()["items"] == customers
    assert (
        yaml.safe_load(berth("customer", "list", "--search", tenant.id, "-o", "yaml").out)["items"][0]["id"]
        == tenant.id
    )
    assert berth("customer", "list", "--search", tenant.id, "-o", "name").out == f"{tenant.id}\n"
    assert len(berth("customer", "list", "--search", tenant.id, "-o", "wide").out.splitlines()[0]) >= len(
        table.out.splitlines()[0]
    )


def test_what_belongs_to_a_customer(api, berth, tenant):
    assert [r[0] for r in berth("site", "list", "--customer", tenant.id).rows()] == [tenant.site]
    assert [r[0] for r in berth("domain", "list", "--customer", tenant.id).rows()] == [tenant.domain]
    records = berth("domain", "records", tenant.domain, "-o", "json").json()["items"]
    assert records == api.all(f"/domains/{tenant.domain}/records")
    assert [c["type"] for c in berth("customer", "conditions", tenant.id, "-o", "json").json()["items"]]
    assert berth("op", "list", "--customer", tenant.id, "-o", "name").out.split() == [
        tenant.accepted["operation"]["id"]
    ]
    assert berth("customer", "events", tenant.id).code == OK
    assert tenant.domain in berth("site", "show", tenant.domain).out
    assert berth("site", "show", tenant.site, "-o", "json").json() == api.get(f"/sites/{tenant.site}")


def test_tables_have_no_escapes_when_nobody_looks(berth):
    assert "\x1b" not in berth("plan", "list").out


# --- changing ---


def test_a_customer_from_creation_to_erasure(api, berth, web, new_id):
    made = berth("domain", "add", domain_of(new_id), "--customer", new_id, "--wait", "--timeout", "180")
    assert "added" in made.out and f"https://{domain_of(new_id)}:8443" in made.out
    assert web.get(domain_of(new_id), fresh=True).status_code == 200
    changed = berth("customer", "update", new_id, "--plan", "medium", "--wait", "-o", "json").json()
    assert changed["operation"]["state"] == "done" and changed["customer"]["plan"] == "medium"
    assert "all is as it should be" in berth("diff", new_id).err
    berth("reconcile", new_id, "--wait")
    berth("customer", "suspend", new_id, "--reason", "unpaid invoice", "--wait")
    assert "unpaid invoice" in berth("customer", "show", new_id).out
    berth("customer", "resume", new_id, "--wait")
    assert f"berth customer restore {new_id}" in berth("customer", "delete", new_id, "--wait").out
    berth("customer", "restore", new_id, "--wait")
    asked = berth("customer", "delete", new_id, "--purge", code=USAGE)
    assert "--yes" in asked.err and api.get(f"/customers/{new_id}")["state"] == "active"
    berth("customer", "delete", new_id, "--purge", "--yes", "--wait")
    assert "no customer" in berth("customer", "show", new_id, code=FAILED).err


def test_dry_runs_say_and_change_nothing(api, kube, pdns, tenants, berth, tenant):
    tenants.drain()
    api.ready(tenant.id)
    before, begin = state_of(api, kube, pdns), audit.mark()
    path, params = f"/customers/{tenant.id}", {"dryRun": "true"}
    said = api.call("PATCH", path, 200, json={"plan": "medium"}, params=params).json()
    assert berth("customer", "update", tenant.id, "--plan", "medium", "--dry-run", "-o", "json").json() == said
    assert berth("plan", "customer", "update", tenant.id, "--plan", "medium", "-o", "json").json() == said
    table = berth("plan", "customer", "update", tenant.id, "--plan", "medium")
    assert [row[:3] for row in table.rows()][0] == [
        "kubernetes",
        "update",
        f"{tenant.namespace}/ResourceQuota/tenant-quota",
    ]
    assert "/spec/hard/requests.cpu: 550m -> 2050m" in table.out
    assert audit.writes_after(begin, tenant.namespace) == []
    assert state_of(api, kube, pdns) == before


def test_following_an_operation(api, berth, tenant):
    accepted = berth("reconcile", tenant.id, "-o", "json").json()
    operation = accepted["operation"]["id"]
    berth("op", "wait", operation, "--timeout", "60")
    assert api.operation(operation)["state"] == "done"
    assert berth("op", "watch", operation).code == OK
    assert "probe" in berth("op", "show", operation).out


# --- deploying ---

FILES = {"css/site.css": "p { color: teal }", ".well-known/security.txt": "Contact: mailto:me@localhost\n"}


def files_of(where):
    """What is in the folder or archive; each case has its own, so that none is served what another deployed."""
    return {**FILES, "index.html": f"<p>{where.name}"}


def folder(where):
    for name, text in files_of(where).items():
        (where / name).parent.mkdir(parents=True, exist_ok=True)
        (where / name).write_text(text)
    (where / ".git").mkdir()
    (where / ".git" / "config").write_text("not for visitors")
    return where


def packed(where, name, data):
    (where / name).write_bytes(data)
    return where / name


@pytest.mark.parametrize(
    "make",
    [
        folder,
        lambda where: packed(where, "site.tar", tar(files_of(where))),
        lambda where: packed(where, "site.tar.gz", tar_gz(files_of(where))),
        lambda where: packed(where, "site.tgz", tar_gz({f"public/{n}": t for n, t in files_of(where).items()})),
        lambda where: packed(where, "site.zip", zipped(files_of(where))),
    ],
    ids=["folder", "tar", "tar.gz", "folder-in-tgz", "zip"],
)
def test_a_deploy_is_served(berth, web, tenant, tmp_path, make):
    ran = berth("site", "deploy", make(tmp_path), "--site", tenant.domain)
    assert ran.out.startswith(f"site/{tenant.site} serves release r") and f"https://{tenant.domain}:8443" in ran.out
    release = ran.out.split()[3]
    assert berth("site", "show", tenant.site, "-o", "json").json()["release"] == release
    for name, text in files_of(tmp_path).items():
        assert web.get(tenant.domain, "/" if name == "index.html" else f"/{name}").text == text
    assert web.get(tenant.domain, "/.git/config").status_code == 404


def test_releases_and_rollback(berth, web, tenant, tmp_path):
    first = berth(
        "site", "deploy", packed(tmp_path, "one.tar", tar({"index.html": "one"})), "--site", tenant.site, "-o", "name"
    ).out.strip()
    second = berth(
        "site", "deploy", packed(tmp_path, "two.tar", tar({"index.html": "two"})), "--site", tenant.site, "-o", "name"
    ).out.strip()
    releases = berth("site", "releases", tenant.domain, "-o", "name").out.split()
    assert releases[:2] == [second, first]
    berth("site", "rollback", tenant.domain, "--wait")
    assert web.get(tenant.domain).text == "one"
    berth("site", "rollback", tenant.domain, "--release", second, "--wait")
    assert web.get(tenant.domain).text == "two"


def test_a_deploy_that_fails_says_why(berth, web, tenant, tmp_path):
    berth("site", "deploy", packed(tmp_path, "good.tar", tar({"index.html": "good"})), "--site", tenant.site)
    for name, data, word in (
        ("bomb.tar.gz", bomb(1024), "bomb"),
        ("letter.tar", b"no archive" * 100, "archive"),
        ("half.zip", zipped(FILES)[:50], "archive"),
    ):
        failed = berth("site", "deploy", packed(tmp_path, name, data), "--site", tenant.site, code=FAILED)
        assert word in failed.err
        assert web.get(tenant.domain).text == "good"
    assert berth("site", "deploy", tmp_path / "nothing", "--site", tenant.site, code=FAILED).err
    assert "no site" in berth("site", "deploy", ROOT / "examples/hello", "--site", "no-such.localhost", code=FAILED).err


# --- what is wrong is said ---


@pytest.mark.parametrize(
    "args, code, word",
    [
        (["nosuch"], USAGE, "no command 'nosuch'"),
        (["customer", "lst"], USAGE, "customer list"),
        (["customer", "create"], USAGE, "ID"),
        (["customer", "create", "x"], USAGE, "--plan"),
        (["customer", "list", "--nosuch"], USAGE, "--nosuch"),
        (["customer", "list", "-o", "xml"], USAGE, "xml"),
        (["customer", "list", "--limit", "many"], USAGE, "--limit"),
        (["customer", "show", "a", "b"], USAGE, "b"),
        (["customer", "show", "no-such"], FAILED, "there is no customer 'no-such'"),
        (["customer", "create", "e2e-xbad", "--plan", "none"], FAILED, "--plan: there is no plan 'none'"),
        (["customer", "create", "Bad Id", "--plan", "small"], FAILED, "ID: "),
        (["domain", "add", "co.uk", "--customer", "e2e-xbad"], FAILED, "NAME: is a public suffix"),
        (["op", "show", "op-0000000000000000"], FAILED, "no operation"),
        (["site", "update", "no-such.localhost", "--replicas", "2"], FAILED, "no site"),
        (["completion", "tcsh"], USAGE, "tcsh"),
    ],
    ids=lambda v: " ".join(v) if isinstance(v, list) else None,
)
def test_what_is_wrong_is_said_on_stderr(berth, args, code, word):
    ran = berth(*args, code=code)
    assert word in ran.err and ran.out == ""


def test_a_server_that_is_not_there(stranger):
    env = {"BERTH_SERVER": "https://127.0.0.1:1", "BERTH_TOKEN": "x"}
    assert "127.0.0.1" in stranger("customer", "list", code=FAILED, env=env).err


# --- help ---


def test_help_teaches(berth, stranger):
    overview = stranger("help").out
    for noun in ("customer", "site", "domain", "plan", "op", "event"):
        assert f"\n{noun}" in overview
        page = stranger("help", noun).out
        assert page and stranger(noun, "--help").out == page
    assert "--purge" in stranger("customer", "delete", "--help").out
    assert stranger("help", "nosuch", code=USAGE).err
    assert stranger("help", "--man").out.startswith(".TH")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completions(stranger, shell):
    assert "customer" in stranger("completion", shell).out


def test_kubectl_finds_it(berth):
    plugin = Berth(berth.env["XDG_CONFIG_HOME"], "kubectl-berth")
    assert plugin("plan", "list").out == berth("plan", "list").out
    assert "kubectl berth" in plugin("help").out

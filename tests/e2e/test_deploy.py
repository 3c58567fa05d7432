"""Real files: deployed from each kind of archive, switched whole, rolled back; bad archives change nothing."""

import json
import subprocess
import tarfile
import threading

import pytest

from clients.archives import GZIP, TAR, ZIP, bomb, entry, many, sha256, tar, tar_gz, zipped
from clients.deploy import deploy, upload
from clients.place import CA_FILE, PANEL
from clients.wait import until

GOOD = {"index.html": "good"}


def site_files(word):
    return {"index.html": f"<p>{word}", "about/index.html": f"<p>about {word}", "style.css": f"/* {word} */"}


def releases(api, site):
    return api.all(f"/sites/{site}/releases")


@pytest.mark.parametrize("media, pack", [(TAR, tar), (GZIP, tar_gz), (ZIP, zipped)], ids=["tar", "tar.gz", "zip"])
def test_an_archive_is_served(api, web, tenant, media, pack):
    files = site_files(media)
    data = pack(files)
    accepted = upload(api, tenant.site, data, media, **{"X-Content-SHA256": sha256(data)}).json()
    assert accepted["release"]["sha256"] == sha256(data) and accepted["release"]["size"] == len(data)
    api.done(accepted)
    for path, name in (("/", "index.html"), ("/about/", "about/index.html"), ("/style.css", "style.css")):
        assert web.get(tenant.domain, path).text == files[name]
    assert web.get(tenant.domain, "/style.css").headers["Content-Type"].startswith("text/css")
    site = api.get(f"/sites/{tenant.site}")
    assert site["release"] == accepted["release"]["id"]
    newest = releases(api, tenant.site)[0]
    assert (newest["id"], newest["state"]) == (accepted["release"]["id"], "current")


def test_a_release_replaces_all_of_the_one_before(api, web, tenant):
    deploy(api, tenant.site, {"index.html": "one", "gone.html": "one"})
    deploy(api, tenant.site, {"index.html": "two"})
    assert web.get(tenant.domain).text == "two"
    assert web.get(tenant.domain, "/gone.html").status_code == 404


class Visitor(threading.Thread):
    """Asks for one page again and again, and keeps what came: (status, text) in order."""

    def __init__(self, web, host, path):
        super().__init__(daemon=True)
        self.web, self.host, self.path = web, host, path
        self.seen, self.enough = [], threading.Event()

    def run(self):
        while not self.enough.is_set():
            try:
                answer = self.web.get(self.host, self.path)
                self.seen.append((answer.status_code, answer.text))
            except Exception as e:  # whatever a visitor meets is what the test is about
                self.seen.append((0, f"{type(e).__name__}: {e}"))


def test_the_switch_is_whole(api, web, tenant):
    """Visitors see the old release, then the new one: no error, no half of a file, and never the old one again."""
    old, new = ("old " * 50_000, "new " * 50_000)
    deploy(api, tenant.site, {"index.html": old, "big.txt": old})
    visitors = [Visitor(web, tenant.domain, path) for path in ("/", "/big.txt")]
    for v in visitors:
        v.start()
    try:
        for v in visitors:
            until("the visitor sees the old release", lambda v=v: v.seen)
        deploy(api, tenant.site, {"index.html": new, "big.txt": new})
        for v in visitors:
            until("the visitor sees the new release", lambda v=v: v.seen[-1][1] == new)
    finally:
        for v in visitors:
            v.enough.set()
        for v in visitors:
            v.join(30)
    for v in visitors:
        words = [{(200, old): "old", (200, new): "new"}.get(s, (s[0], s[1][:100])) for s in v.seen]
        changes = [w for i, w in enumerate(words) if i == 0 or w != words[i - 1]]
        assert changes == ["old", "new"], f"{v.path}: {changes}"


def test_rollback(api, web, tenant):
    first = deploy(api, tenant.site, {"index.html": "first"})
    second = deploy(api, tenant.site, {"index.html": "second"})
    third = deploy(api, tenant.site, {"index.html": "third"})
    states = {r["id"]: r["state"] for r in releases(api, tenant.site)}
    assert (states[first], states[second], states[third]) == ("kept", "kept", "current")
    assert [r["id"] for r in releases(api, tenant.site)][:3] == [third, second, first]

    api.change("POST", f"/sites/{tenant.site}/rollback")
    assert web.get(tenant.domain).text == "second"
    api.change("POST", f"/sites/{tenant.site}/rollback", json={"release": first})
    assert web.get(tenant.domain).text == "first"
    assert api.get(f"/sites/{tenant.site}")["release"] == first
    api.change("POST", f"/sites/{tenant.site}/rollback", json={"release": third})
    assert web.get(tenant.domain).text == "third"
    states = {r["id"]: r["state"] for r in releases(api, tenant.site)}
    assert (states[first], states[second], states[third]) == ("kept", "kept", "current")
    problem = api.call("POST", f"/sites/{tenant.site}/rollback", 422, json={"release": "r000000000x"}).json()
    assert problem["errors"][0]["pointer"] == "/release"


# --- what is refused at once ---


@pytest.fixture(scope="module")
def good(api, tenant):
    """The release that must stay, whatever is uploaded."""
    return deploy(api, tenant.site, GOOD)


def assert_nothing_changed(api, web, tenant, good):
    assert web.get(tenant.domain).text == GOOD["index.html"]
    assert api.get(f"/sites/{tenant.site}")["release"] == good
    current = [r["id"] for r in releases(api, tenant.site) if r["state"] == "current"]
    assert current == [good]


@pytest.mark.parametrize(
    "data, headers, status",
    [
        (b"", {"Content-Type": TAR}, 400),
        (tar(GOOD), {"Content-Type": "application/x-rar"}, 415),
        (tar(GOOD), {"Content-Type": TAR, "X-Content-SHA256": "0" * 64}, 422),
        (tar(GOOD), {"Content-Type": TAR, "X-Content-SHA256": "short"}, 422),
        (tar(GOOD), {"Content-Type": TAR, "Content-Length": str(2 << 30)}, 413),
    ],
    ids=["empty", "type", "sha256", "no-sha256", "size"],
)
def test_an_upload_that_is_refused(api, web, tenant, good, tmp_path, data, headers, status):
    before = releases(api, tenant.site)
    if "Content-Length" in headers:
        problem = refused_by_its_length(api, tenant.site, int(headers["Content-Length"]), tmp_path)
    else:
        problem = api.call("POST", f"/sites/{tenant.site}/releases", status, content=data, headers=headers).json()
    assert problem["status"] == status and problem["detail"]
    if "X-Content-SHA256" in headers:
        assert problem["errors"][0]["pointer"] == "/X-Content-SHA256"
    assert releases(api, tenant.site) == before
    assert_nothing_changed(api, web, tenant, good)


def refused_by_its_length(api, site, size, folder):
    """The answer comes long before the body's end: nobody sends two GiB to be told that they are too many. The client is slow,
    as one on a line is: whoever sends faster than it reads may lose the answer with the connection (RFC 9112, section 9.6)."""
    archive, answer = folder / "big.tar", folder / "answer.json"
    with open(archive, "wb") as f:
        f.truncate(size)
    words = ["curl", "-sS", "--max-time", "60", "--limit-rate", "1M", "-X", "POST", "-T", archive, "-o", answer, "-w", "%{http_code} %{size_upload}"]
    words += ["--cacert", CA_FILE, "-H", f"Authorization: {api.http.headers['Authorization']}", "-H", f"Content-Type: {TAR}"]
    # The ingress that still sends may see the connection's end before the answer, too, and then says 502: asked again, it comes.
    for _ in range(5):
        done = subprocess.run([*words, f"{PANEL}/api/v1/sites/{site}/releases"], check=True, text=True, stdout=subprocess.PIPE)
        status, sent = done.stdout.split()
        assert int(sent) < 64 << 20
        if status != "502":
            break
    assert status == "413", status
    return json.loads(answer.read_text())


# --- what only unpacking shows ---

BAD = {
    "climbs": (TAR, lambda: tar(GOOD, entries=[entry("../evil.html")]), "'..'"),
    "absolute": (TAR, lambda: tar(GOOD, entries=[entry("/etc/evil.html")]), "absolute"),
    "link-out": (TAR, lambda: tar(GOOD, entries=[entry("out", tarfile.SYMTYPE, "../../../../etc/passwd")]), "link"),
    "file-beneath-link": (
        TAR,
        lambda: tar(GOOD, entries=[entry("out", tarfile.SYMTYPE, ".."), entry("out/evil.html")]),
        "out",
    ),
    "hard-link": (TAR, lambda: tar(GOOD, entries=[entry("hard", tarfile.LNKTYPE, "index.html")]), "hard link"),
    "device": (TAR, lambda: tar(GOOD, entries=[entry("null", tarfile.CHRTYPE)]), "device"),
    "zip-climbs": (ZIP, lambda: zipped({**GOOD, "../evil.html": "x"}), "'..'"),
    "bomb": (GZIP, lambda: bomb(1024), "bomb"),
    "truncated": (GZIP, lambda: tar_gz({"index.html": "x" * 100_000, "b": "y" * 100_000})[:200], "archive"),
    "no-archive": (TAR, lambda: b"This is a letter, and no archive. " * 100, "archive"),
    "entries": (GZIP, lambda: many(50_001), "entries"),
    "twice": (TAR, lambda: tar(GOOD, entries=[entry("index.html", data=b"other")]), "twice"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_archive_leaves_the_old_release(api, web, tenant, good, name):
    media, make, word = BAD[name]
    seq = api.last_event(tenant.id)
    accepted = upload(api, tenant.site, make(), media).json()
    operation = api.ended(accepted)
    assert operation["state"] == "failed", operation
    assert word in operation["message"]
    failed = next(r for r in releases(api, tenant.site) if r["id"] == accepted["release"]["id"])
    assert (failed["state"], failed["message"]) == ("failed", operation["message"])

    def told():
        return [e for e in api.events_after(tenant.id, seq) if e["reason"] == "DeployFailed"]

    assert word in until("an event tells of it", told)[0]["message"]
    assert_nothing_changed(api, web, tenant, good)
    assert api.ready(tenant.id)


def test_after_a_bad_archive_a_good_one_is_served(api, web, tenant, good):
    api.ended(upload(api, tenant.site, b"no archive at all").json())
    deploy(api, tenant.site, {"index.html": "after all"})
    assert web.get(tenant.domain).text == "after all"

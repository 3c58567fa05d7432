"""The spool of uploads in a folder and on a real S3 server (cluster/s3), seen through the programs that use it: `berthd api` takes
an upload, `berthd reconcile` hands it to a helper pod and deletes it. On S3 the two share no folder."""
import hashlib
import io
import json
import os
import secrets
import socket
import sqlite3
import tarfile
import time
import urllib.error
import urllib.request

import pytest
from conftest import REPOSITORY, Server, answers, built, free_port, run

SECRET = secrets.token_hex(16)


def http(method, url, body=None, **headers):
    request = urllib.request.Request(url, method=method, data=body, headers={k.replace("_", "-"): v for k, v in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def archive(size):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        entry = tarfile.TarInfo("index.html")
        entry.size = size
        tar.addfile(entry, io.BytesIO(secrets.token_bytes(size)))
    return out.getvalue()


class S3:
    """The server, with one bucket; `secret` is what it wants."""

    def __init__(self, folder):
        self.program = run(REPOSITORY / "cluster/s3/build.sh").split()[-1]
        self.port, self.data, self.log = free_port(), folder / "s3", folder / "s3.log"
        (self.data / "berth").mkdir(parents=True)
        (folder / "key-id").write_text("berth\n")
        (folder / "secret").write_text(SECRET + "\n")
        (folder / "wrong").write_text("wrong" * 8 + "\n")
        self.environment = {
            "BERTH_SPOOL": f"http://127.0.0.1:{self.port}/berth/spool", "BERTH_SPOOL_REGION": "us-east-1",
            "BERTH_SPOOL_KEY_ID_FILE": str(folder / "key-id"), "BERTH_SPOOL_SECRET_FILE": str(folder / "secret")}
        self.start()

    def start(self):
        self.server = Server([self.program, "--port", f"127.0.0.1:{self.port}", "--access", "berth", "--secret", SECRET, "--quiet",
                              "posix", self.data], self.log, lambda: answers(self.port))

    def stop(self):
        self.server.stop()

    def names(self):
        return sorted(f.name for f in (self.data / "berth").rglob("*") if f.is_file())


class Place:
    """api and reconcile on one database. Its planes are away; a release needs none of them."""

    def __init__(self, folder, berthd, s3):
        self.folder, self.berthd, self.s3 = folder, berthd, s3
        self.api_port, self.internal_port = free_port(), free_port()
        self.token, self.fetch_key = secrets.token_hex(24), secrets.token_hex(24)
        (folder / "token").write_text(self.token)
        (folder / "fetch-key").write_text(self.fetch_key)
        (folder / "pdns-key").write_text("key")
        (folder / "kubeconfig").write_text(json.dumps({
            "current-context": "c", "contexts": [{"name": "c", "context": {"cluster": "c"}}],
            "clusters": [{"name": "c", "cluster": {"server": "http://127.0.0.1:9"}}]}))
        self.environment = os.environ | (s3.environment if s3 else {}) | {
            "BERTH_DATABASE": str(folder / "berth.db"), "BERTH_ADMIN_TOKEN_FILE": str(folder / "token"),
            "BERTH_FETCH_KEY_FILE": str(folder / "fetch-key"), "BERTH_LISTEN": f"127.0.0.1:{self.api_port}",
            "BERTH_INTERNAL_LISTEN": f"127.0.0.1:{self.internal_port}", "BERTH_INTERNAL_URL": f"http://127.0.0.1:{self.internal_port}",
            "BERTH_OPENAPI": str(REPOSITORY / "docs/openapi.yaml"), "BERTH_PUBLIC_URL": "https://panel.berth.localhost",
            "BERTH_PLATFORM_DOMAIN": "berth.localhost", "BERTH_NAMESERVERS": "ns1.berth.localhost",
            "BERTH_KUBECONFIG": str(folder / "kubeconfig"), "BERTH_PDNS_URL": "http://127.0.0.1:9",
            "BERTH_PDNS_KEY_FILE": str(folder / "pdns-key"), "BERTH_PDNS_DNS": "127.0.0.1:9", "BERTH_INGRESS_ADDRESS": "192.0.2.1",
            "BERTH_INGRESS_PROBE": "127.0.0.1:9", "BERTH_IMAGE_STATIC": "x", "BERTH_IMAGE_HELPER": "x", "BERTH_WORKERS": "1",
            "BERTH_TEMPLATES": str(REPOSITORY / "k8s/tenants/templates")}
        run(berthd, "migrate", env=self.environment | {"BERTH_DATA_DIR": str(folder)})
        self.running = {}
        self.start("api")
        self.start("reconcile")
        status, body = self.ask("POST", "/domains", {"customerId": "one", "domain": "files.localhost"})
        assert status == 202, body
        self.site = json.loads(body)["site"]["id"]

    def start(self, command, **more):
        if command in self.running:
            self.running.pop(command).stop()
        data = self.folder / (command if self.s3 else "data")
        data.mkdir(exist_ok=True)
        port = self.api_port if command == "api" else self.internal_port
        self.running[command] = Server([self.berthd, command], self.folder / f"{command}.log", lambda: answers(port),
                                       env=self.environment | {"BERTH_DATA_DIR": str(data)} | more)

    def stop(self):
        for server in self.running.values():
            server.stop()

    def ask(self, method, path, body=None, **headers):
        if isinstance(body, dict):
            body, headers["Content_Type"] = json.dumps(body).encode(), "application/json"
        return http(method, f"http://127.0.0.1:{self.api_port}/api/v1{path}", body, Authorization=f"Bearer {self.token}", **headers)

    def upload(self, content):
        return self.ask("POST", f"/sites/{self.site}/releases", content, Content_Type="application/x-tar")

    def upload_well(self, content):
        status, body = self.upload(content)
        assert status == 202, body
        return json.loads(body)["release"]["id"]

    def fetch(self, release, token=None):
        """As the helper pod of that release asks."""
        token = token or hashlib.blake2b(f"{self.fetch_key} {release}".encode(), digest_size=32).hexdigest()
        return http("GET", f"http://127.0.0.1:{self.internal_port}/spool/{release}", Authorization=f"Bearer {token}")

    def sql(self, statement):
        db = sqlite3.connect(self.folder / "berth.db", timeout=10)
        rows = db.execute(statement).fetchall()
        db.commit()
        db.close()
        return rows

    def names(self):
        """What is in the spool."""
        if self.s3:
            return self.s3.names()
        return sorted(f.name for f in (self.folder / "data/spool").iterdir())


@pytest.fixture(scope="module")
def berthd():
    return f"{built()}/src/berthd"


@pytest.fixture(params=["folder", "s3"])
def place(request, tmp_path, berthd):
    s3 = S3(tmp_path) if request.param == "s3" else None
    here = Place(tmp_path, berthd, s3)
    yield here
    here.stop()
    if s3:
        s3.stop()
    for command in ("api", "reconcile"):
        log = (tmp_path / f"{command}.log").read_text()
        assert "Sanitizer" not in log and SECRET not in log, log


def digest(content):
    return hashlib.sha256(content).hexdigest()


def test_upload_and_fetch(place):
    content = archive(20 << 20)
    release = place.upload_well(content)
    assert place.names() == [digest(content)]
    assert place.fetch(release) == (200, content)
    assert place.fetch(release, "f" * 64)[0] == 404
    again = place.upload_well(content)  # the same content is one archive
    assert place.names() == [digest(content)] and place.fetch(again) == (200, content)
    place.start("api")
    place.start("reconcile")  # the key and the token outlive the processes
    assert place.fetch(release) == (200, content)
    assert place.ask("GET", "/customers/one")[0] == 200


def test_prune(place):
    """What no release names and no upload holds goes; the rest stays, and so does what has only just come."""
    kept, unused, held = archive(1000), archive(2000), archive(3000)
    release = place.upload_well(kept)
    for content in (unused, held):
        other = place.upload_well(content)
        place.sql(f"UPDATE site SET release_id = '{release}'")
        place.sql(f"DELETE FROM site_release WHERE id = '{other}'")
    place.sql(f"UPDATE archive SET hold_until_ms = 0 WHERE sha256 IN ('{digest(kept)}', '{digest(unused)}')")
    place.start("reconcile")
    end = 100
    while digest(unused) in place.names() and (end := end - 1):
        place.running["reconcile"].process.poll()
        time.sleep(0.1)
    assert place.names() == sorted([digest(kept), digest(held)])
    assert place.fetch(release) == (200, kept)
    assert place.sql("SELECT count(*) FROM archive") == [(2,)]
    back = place.upload_well(unused)  # what was deleted can come again
    assert place.fetch(back) == (200, unused)


def test_cut_off_upload_leaves_nothing(place):
    with socket.create_connection(("127.0.0.1", place.api_port)) as s:
        s.sendall(f"POST /api/v1/sites/{place.site}/releases HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {place.token}\r\n"
                  f"Content-Type: application/x-tar\r\nContent-Length: 1000000\r\n\r\n".encode() + b"x" * 100000)
    place.start("api")
    assert place.names() == [] and place.sql("SELECT count(*) FROM archive") == [(0,)]
    if place.s3:
        assert list((place.folder / "api/spool").iterdir()) == []


@pytest.fixture
def s3_place(tmp_path, berthd):
    s3 = S3(tmp_path)
    here = Place(tmp_path, berthd, s3)
    yield here
    here.stop()
    s3.stop()


def test_s3_away_and_back(s3_place):
    """While the server is away uploads and fetches are answered 503 and change nothing; when it is back they go well."""
    first, second = archive(5000), archive(6000)
    release = s3_place.upload_well(first)
    s3_place.s3.stop()
    before = s3_place.sql("SELECT count(*) FROM operation")
    status, body = s3_place.upload(second)
    assert status == 503 and b"spool" in body and b"Traceback" not in body
    assert s3_place.fetch(release)[0] == 503
    assert s3_place.sql("SELECT count(*) FROM operation") == before
    assert s3_place.ask("GET", "/customers/one")[0] == 200  # the rest of the API answers
    s3_place.s3.start()
    assert s3_place.fetch(release) == (200, first)
    later = s3_place.upload_well(second)
    assert s3_place.fetch(later) == (200, second)


def test_s3_wrong_key(s3_place):
    """A wrong key is the operator's fault, not the customer's: 503, the settings are named, and no release is given up."""
    content = archive(5000)
    release = s3_place.upload_well(content)
    wrong = {"BERTH_SPOOL_SECRET_FILE": str(s3_place.folder / "wrong")}
    s3_place.start("api", **wrong)
    s3_place.start("reconcile", **wrong)
    status, body = s3_place.upload(archive(6000))
    assert status == 503 and b"BERTH_SPOOL_SECRET_FILE" in body, body
    assert s3_place.fetch(release)[0] == 503
    s3_place.start("reconcile")
    assert s3_place.fetch(release) == (200, content)


def test_s3_without_its_bucket(s3_place):
    """A bucket that is not there is no reason to tell a helper that the archive is gone for good."""
    content = archive(5000)
    release = s3_place.upload_well(content)
    bucket = s3_place.s3.data / "berth"
    bucket.rename(s3_place.s3.data.parent / "elsewhere")
    assert s3_place.fetch(release)[0] == 503
    status, body = s3_place.upload(archive(6000))
    assert status == 503 and b"bucket" in body
    (s3_place.s3.data.parent / "elsewhere").rename(bucket)
    assert s3_place.fetch(release) == (200, content)
    (bucket / "spool" / digest(content)).unlink()
    assert s3_place.fetch(release)[0] == 410


def test_content_that_changed_on_s3_is_not_handed_out(s3_place):
    content = archive(5000)
    release = s3_place.upload_well(content)
    file = s3_place.s3.data / "berth/spool" / digest(content)
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert s3_place.fetch(release)[0] == 503

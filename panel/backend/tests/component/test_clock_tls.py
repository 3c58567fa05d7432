"""TLS on a host whose clock is an hour off (libfaketime): the server's certificate is good for half an hour before or after now. What
refuses it says so, with the clock's time; and when the clock is right again, so is the same process."""
import http.server
import json
import os
import ssl
import subprocess
import threading

import pytest
from berth import start, wait_for
from conftest import REPOSITORY, Postgres, Server, answers, free_port, unprivileged
from database import OnServer
from test_clock import FAKETIME, off

HALF_DAY_S = 1800, 86400 - 1800  # how long before now a certificate of one day begins, so that it is near its begin, near its end
WAYS = pytest.mark.parametrize("apart, since, says", [("-1h", HALF_DAY_S[0], "not yet valid"), ("+1h", HALF_DAY_S[1], "expired")])


def certificate(folder, since):
    """Of 127.0.0.1, its own root, good for a day since so many seconds."""
    key, crt = folder / "tls.key", folder / "tls.crt"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", crt, "-days", "1", "-subj", "/CN=clock",
                    "-addext", "subjectAltName=IP:127.0.0.1"], check=True, stderr=subprocess.DEVNULL,
                   env=os.environ | {"LD_PRELOAD": FAKETIME, "FAKETIME": f"-{since}s"})
    return key, crt


class Clock:
    """Of a program: what is in the file is how far it is off."""

    def __init__(self, file, apart):
        self.file = file
        self.set(apart)
        self.environment = off(apart) | {"FAKETIME_TIMESTAMP_FILE": str(file), "FAKETIME_NO_CACHE": "1"}
        del self.environment["FAKETIME"]

    def set(self, apart):
        self.file.write_text(apart)


@pytest.fixture
def folder(scratch, request):
    made = scratch / f"tls{request.node.name.split('[')[1][:2]}-{request.node.originalname[5:15]}"
    made.mkdir(mode=0o755)
    return made


class Refuses(http.server.BaseHTTPRequestHandler):
    """An API server that is not ready yet."""

    def do_GET(self):
        body = b'{"kind": "Status", "status": "Failure", "message": "not ready yet", "code": 503}'
        self.send_response(503)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_):
        pass


@pytest.fixture
def api_server(folder):
    """Makes one with such a certificate; gives its kubeconfig."""
    servers = []

    def make(since):
        key, crt = certificate(folder, since)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refuses)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(crt, key)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        (folder / "kubeconfig").write_text(json.dumps({
            "current-context": "c", "contexts": [{"name": "c", "context": {"cluster": "c"}}],
            "clusters": [{"name": "c", "cluster": {"server": f"https://127.0.0.1:{server.server_port}", "certificate-authority": str(crt)}}]}))
        return folder / "kubeconfig"

    yield make
    for server in servers:
        server.shutdown()


@WAYS
def test_the_api_server(folder, api_server, postgres_server, apart, since, says):
    """The condition tells of the certificate, and of the clock; then of what the API server says."""
    (folder / "pdns-key").write_text("key")
    berth = start(folder / "berthd", OnServer(postgres_server), answer_looks=False)
    internal, clock = free_port(), Clock(folder / "clock", apart)
    environment = berth.environment | clock.environment | {
        "BERTH_KUBECONFIG": str(api_server(since)), "BERTH_INTERNAL_LISTEN": f"127.0.0.1:{internal}", "BERTH_INTERNAL_URL": f"http://127.0.0.1:{internal}",
        "BERTH_PDNS_URL": "http://127.0.0.1:9", "BERTH_PDNS_KEY_FILE": str(folder / "pdns-key"), "BERTH_PDNS_DNS": "127.0.0.1:9",
        "BERTH_INGRESS_ADDRESS": "192.0.2.1", "BERTH_INGRESS_PROBE": "127.0.0.1:9", "BERTH_IMAGE_STATIC": "x", "BERTH_IMAGE_HELPER": "x",
        "BERTH_MAIL_HOST": "", "BERTH_WORKERS": "1", "BERTH_TEMPLATES": str(REPOSITORY / "k8s/tenants/templates")}
    reconcile = None

    def said(*words):
        items = berth.good("GET", "/customers/one/conditions", token=berth.admin).json["items"]
        return all(word in " ".join(c["message"] for c in items if c["type"] == "namespace") for word in words)

    try:
        berth.good("POST", "/customers", {"id": "one", "plan": "small"}, token=berth.admin)
        reconcile = Server([berth.program, "reconcile"], folder / "reconcile.log", lambda: answers(internal), env=environment)
        wait_for(lambda: said(says, "the clock here says"), 30)
        clock.set("+0")
        wait_for(lambda: said("not ready yet"), 30)
    finally:
        if reconcile:
            reconcile.stop()
        berth.stop()


@WAYS
def test_postgresql(folder, apart, since, says):
    """Who starts is told; who runs answers 503 once its connections are gone, and goes on when the clock is right."""
    key, crt = certificate(folder, since)
    key.chmod(0o600)
    if owner := unprivileged():
        os.chown(key, owner["user"], owner["group"])
    postgres = Postgres(folder / "postgres", ssl="on", ssl_cert_file=crt, ssl_key_file=key)
    database, clock = OnServer(postgres), Clock(folder / "clock", "+0")
    database.url += f"?sslmode=verify-full&sslrootcert={crt}"
    berth = None
    try:
        berth = start(folder / "berthd", database, answer_looks=False)
        berth.restart(**clock.environment)
        asks = lambda: berth.ask("GET", "/customers", token=berth.admin)
        assert asks().status == 200
        clock.set(apart)
        done = subprocess.run([berth.program, "migrate", "--check"], env=berth.environment | clock.environment, text=True, capture_output=True)
        assert done.returncode != 0 and "certificate verify failed" in done.stderr and "the clock here says" in done.stderr, done
        postgres.sql("postgres", f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database.name}'")
        wait_for(lambda: asks().status == 503, 20)
        clock.set("+0")
        wait_for(lambda: asks().status == 200, 20)
    finally:
        if berth:
            berth.stop()
        postgres.server.stop()

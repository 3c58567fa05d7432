"""A proxy with TLS on both sides between berthd and the API server, that does what its rules say: it answers itself, loses an
answer after the request was carried out, cuts a stream. It keeps a list of all that passed.

It listens on a loopback address within the node's network, where the reconciler runs, and asks the API server from the host."""
import ctypes
import json
import os
import re
import socket
import ssl
import subprocess
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

CLONE_NEWNET = 0x40000000
BACKLOG = 64
HANG_MAX_S = 60
HOP_HEADERS = {"connection", "keep-alive", "transfer-encoding", "content-length", "host"}


class Dropped(Exception):
    """The connection to berthd is to be closed as it is."""


@dataclass
class Rule:
    """method: a regular expression; "WATCH" for a watch that begins, "EVENT" for a line of one. path: one too, searched for in
    the path without its query. home: only what is about this namespace. times: how often for each path, None for always.
    act: what is done in place of passing it on (faults.py)."""
    method: str
    act: object
    path: str = ""
    home: str = ""
    times: int | None = 1
    skip: int = 0
    fired: int = 0
    seen: dict = field(default_factory=dict)
    lock: object = field(default_factory=threading.Lock)

    def takes(self, method, path, home):
        if not re.fullmatch(self.method, method) or not re.search(self.path, path) or self.home not in ("", home):
            return False
        with self.lock:
            n = self.seen[method, path] = self.seen.get((method, path), 0) + 1
            mine = n > self.skip and (self.times is None or n <= self.skip + self.times)
            self.fired += mine
        return mine


@dataclass
class Passed:
    """What came by: at is monotonic, upstream the API server's status (None: it never saw the request), told what berthd was
    answered (None: nothing)."""
    at: float
    method: str
    path: str
    query: dict
    upstream: int | None = None
    told: int | None = None
    retry_after: int = 0
    home: str = ""  # the namespace that it is about


def home_of(method, path, body):
    named = re.match(r"/apis?/.*?/namespaces/([^/]+)", path)
    if named:
        return named[1]
    return json.loads(body)["metadata"]["name"] if method == "POST" and path.endswith("/namespaces") else ""


class Exchange:
    """One request, in the hands of a rule."""

    def __init__(self, handler, passed, body):
        self.handler, self.passed, self.body = handler, passed, body
        self.proxy = handler.server.proxy

    @property
    def path(self):
        return self.passed.path

    def forward(self):
        """(status, headers, body), as the API server answers."""
        answer = self.handler.ask(self.body)
        data = answer.read()
        self.passed.upstream = answer.status
        self.proxy.remember(self.passed, answer.status, data)
        return answer.status, answer.getheaders(), data

    def answer(self, status, headers, data):
        self.passed.told = status
        self.handler.say(status, headers, data)

    def status(self, code, reason, message, retry_after=0):
        """A Status object, as the API server makes one."""
        body = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "message": message, "code": code}
        headers = [("Content-Type", "application/json")]
        if retry_after:
            headers.append(("Retry-After", str(retry_after)))
            self.passed.retry_after = retry_after
        self.answer(code, headers, json.dumps(body).encode())

    def hang(self):
        """Until berthd gives up."""
        self.handler.connection.settimeout(HANG_MAX_S)
        try:
            self.handler.connection.recv(1)
        except OSError:
            pass
        raise Dropped


class Watch:
    """A watch that runs."""

    def __init__(self, handler, passed):
        self.handler, self.passed, self.kind = handler, passed, passed.path.rsplit("/", 1)[1]

    def send(self, data):
        self.handler.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def say(self, kind, object):
        """A line of the proxy's own."""
        self.send(json.dumps({"type": kind, "object": object}).encode() + b"\n")

    def cut(self):
        for s in (self.handler.upstream.sock, self.handler.connection):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except (OSError, AttributeError):
                pass


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    upstream = None

    def setup(self):
        self.request.do_handshake()
        super().setup()

    def finish(self):
        try:
            super().finish()
        except OSError:
            pass
        if self.upstream:
            self.upstream.close()

    def log_message(self, *_):
        pass

    def ask(self, body, again=True):
        if self.upstream is None:
            proxy = self.server.proxy
            self.upstream = HTTPSConnection(proxy.host, proxy.port, context=proxy.upstream_tls)
        headers = {k: v for k, v in self.headers.items() if k.lower() not in HOP_HEADERS}
        try:
            self.upstream.request(self.command, self.path, body, headers)
            return self.upstream.getresponse()
        except (HTTPException, ConnectionError):
            self.upstream.close()
            self.upstream = None
            if not again or self.command != "GET":
                raise
            return self.ask(body, False)

    def say(self, status, headers, data, pace=None):
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in HOP_HEADERS:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        for i in range(0, len(data), pace or max(len(data), 1)):
            self.wfile.write(data[i:i + (pace or len(data))])
            if pace:
                time.sleep(0.01)  # the pace is what is tested

    def serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or None
        at = urlsplit(self.path)
        query = {k: v[0] for k, v in parse_qs(at.query).items()}
        method = "WATCH" if query.get("watch") == "true" else self.command
        passed = Passed(time.monotonic(), method, at.path, query, home=home_of(method, at.path, body))
        proxy = self.server.proxy
        with proxy.lock:
            proxy.passed.append(passed)
        rule = proxy.rule_for(method, at.path, passed.home)
        exchange = Exchange(self, passed, body)
        try:
            if method == "WATCH":
                self.watch(exchange, rule)
            elif rule:
                rule.act(exchange)
            else:
                exchange.answer(*exchange.forward())
        except (Dropped, OSError, HTTPException):
            self.close_connection = True
            try:
                self.connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = serve

    def watch(self, exchange, rule):
        """A rule of a watch answers the request (act(exchange, None)), or lets it begin and is given each line."""
        passed, proxy = exchange.passed, self.server.proxy
        if rule and rule.act(exchange, None):
            return
        answer = self.ask(None)
        passed.upstream = passed.told = answer.status
        if answer.status != 200:
            self.say(answer.status, answer.getheaders(), answer.read())
            return
        self.send_response_only(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        watch = Watch(self, passed)
        with proxy.lock:
            proxy.watches.append(watch)
        try:
            self.lines(answer, watch, exchange)
        finally:
            with proxy.lock:
                proxy.watches.remove(watch)
            self.close_connection = True
        self.wfile.write(b"0\r\n\r\n")

    def lines(self, answer, watch, exchange):
        while line := answer.readline():
            rule = self.server.proxy.rule_for("EVENT", watch.passed.path, "")
            for piece in rule.act(exchange, line) if rule else [line]:
                if piece is None:
                    raise Dropped
                watch.send(piece)


class Proxy:
    def __init__(self, folder, server, ca, netns):
        at = urlsplit(server)
        self.host, self.port = at.hostname, at.port
        self.upstream_tls = ssl.create_default_context(cafile=str(ca))
        self.ca_file = folder / "proxy.crt"
        key = folder / "proxy.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
                        "-subj", "/CN=scripted", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", self.ca_file],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(self.ca_file, key)
        self.lock = threading.Lock()
        self.rules, self.passed, self.watches, self.answers = [], [], [], {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler, bind_and_activate=False)
        self.server.socket.close()
        self.server.socket = tls.wrap_socket(_listen_in(netns), server_side=True, do_handshake_on_connect=False)
        self.server.daemon_threads, self.server.proxy = True, self
        self.server.handle_error = lambda *_: None  # a connection that berthd's end cut off
        self.url = f"https://127.0.0.1:{self.server.socket.getsockname()[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.1})
        self.thread.start()

    def stop(self):
        for watch in list(self.watches):
            watch.cut()
        self.server.shutdown()
        self.thread.join()
        self.server.socket.close()

    # --- rules ---

    def rule_for(self, method, path, home):
        with self.lock:
            return next((r for r in self.rules if r.takes(method, path, home)), None)

    def add(self, *rules):
        with self.lock:
            self.rules += rules
        return rules

    def remove(self, rules):
        with self.lock:
            self.rules = [r for r in self.rules if not any(r is x for x in rules)]

    # --- what passed ---

    def remember(self, passed, status, data):
        """The first answer about each object, and the last to each list."""
        if status in (200, 201) and passed.method in ("GET", "POST", "PATCH"):
            name = passed.path
            if passed.method == "POST":
                name += "/" + json.loads(data)["metadata"]["name"]
            with self.lock:
                self.answers.setdefault(name, data)

    def since(self, mark, home="", methods="(?!WATCH).*"):
        """What passed after the mark (a length of `passed`); only what is about this namespace."""
        with self.lock:
            passed = self.passed[mark:]
        return [p for p in passed if home in ("", p.home) and re.fullmatch(methods, p.method)]

    def mark(self):
        with self.lock:
            return len(self.passed)

    def watches_of(self, plural):
        with self.lock:
            return [w for w in self.watches if w.kind == plural]


def _listen_in(netns):
    """A socket that listens in that network namespace, which only the thread that makes it enters."""
    made = []

    def make():
        libc = ctypes.CDLL(None, use_errno=True)
        fd = os.open(netns, os.O_RDONLY)
        try:
            if libc.setns(fd, CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), f"setns {netns}")
            s = socket.socket()
            s.bind(("127.0.0.1", 0))
            s.listen(BACKLOG)
            made.append(s)
        finally:
            os.close(fd)

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    assert made, f"no socket in {netns}"
    return made[0]

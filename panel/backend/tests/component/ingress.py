"""Who stands before `berthd` in the world, for tests of what domains with mail serve: an ingress that does with `/routes` what Traefik's
HTTP provider does (a certificate for the names in it, at once, and the paths of its rule lead on), and a mail server that knows STARTTLS."""
import http.client
import http.server
import json
import re
import socket
import ssl
import threading

from mailserver import authority, certificate


def context_of(files):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    return context


class Ingress:
    def __init__(self, folder, backend):
        folder.mkdir()
        self.folder, self.backend = folder, backend  # backend: (host, port) of the listener
        self.issuer = authority(folder, "root")
        self.ca, self.known, self.away = str(self.issuer[0]), {}, False
        self.strange = context_of(authority(folder, "nobody"))
        ingress = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                status, headers, body = ingress.forward(self)
                self.send_response(status)
                self.send_header("Content-Type", headers.get("Content-Type", "text/plain"))
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):  # a client that does not like the certificate goes away
                pass

            def get_request(self):
                plain, address = super().get_request()
                plain.settimeout(10)
                return ingress.listening.wrap_socket(plain, server_side=True, do_handshake_on_connect=False), address

        self.listening = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.listening.load_cert_chain(*authority(folder, "default"))
        self.listening.sni_callback = self.choose
        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def routes(self):
        connection = http.client.HTTPConnection(*self.backend, timeout=10)
        connection.request("GET", "/routes")
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        assert answer.status == 200, text
        return json.loads(text)["http"]

    def names(self):
        """A list a certificate."""
        return [[d["main"], *d["sans"]] for r in self.routes()["routers"].values() for d in r["tls"].get("domains", [])]

    def choose(self, connection, name, _):
        if any(name in names for names in self.names()):
            if name not in self.known:
                self.known[name] = context_of(certificate(self.folder, name, self.issuer))
            connection.context = self.known[name]

    def forward(self, request):
        rule = self.routes()["routers"]["mail-0"]["rule"]
        path = request.path.partition("?")[0]
        if self.away or not (f"Path(`{path}`)" in rule or any(re.search(p, path) for p in re.findall(r"PathRegexp\(`(.*?)`\)", rule))):
            return 503, {}, b"nobody is here"
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        connection = http.client.HTTPConnection(*self.backend, timeout=10)
        connection.request(request.command, request.path, body, {"Host": request.headers["Host"], "X-Forwarded-For": "192.0.2.1"})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, answer.headers, text


class MailHost:
    """Port 25: STARTTLS with the certificate of `name`, until another one is asked for."""

    def __init__(self, folder, name, issuer):
        self.good = context_of(certificate(folder, name, issuer))
        self.wrong = context_of(certificate(folder, "other.example", issuer))
        self.context, self.offers = self.good, True
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def stop(self):
        self.socket.close()

    def serve(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.talk, args=(client,), daemon=True).start()

    def talk(self, client):
        client.settimeout(10)
        with client:
            try:
                client.sendall(b"220 mail.berth.localhost ESMTP\r\n")
                while (line := client.recv(512)):
                    if line.startswith(b"EHLO"):
                        client.sendall(b"250-mail.berth.localhost\r\n250-PIPELINING\r\n250 STARTTLS\r\n")
                    elif line.startswith(b"STARTTLS") and self.offers:
                        client.sendall(b"220 go on\r\n")
                        with self.context.wrap_socket(client, server_side=True) as tls:
                            tls.recv(1)
                        return
                    else:
                        client.sendall(b"502 no\r\n")
            except OSError:
                return

"""A mail server of somebody else, who takes what comes for his domain and keeps its Message-ID; recipients called refused... he refuses."""

import contextlib
import re
import socketserver
import threading
from collections import Counter

PORT = 25
MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>\r\n]+>)", re.IGNORECASE | re.MULTILINE)


class _Session(socketserver.StreamRequestHandler):
    timeout = 60

    def _say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self):
        with contextlib.suppress(OSError):  # a client that was killed
            self._dialog()

    def _dialog(self):
        self._say("220 sink.example ESMTP")
        while line := self.rfile.readline():
            word = line[:4].upper().rstrip()
            if word == b"QUIT":
                return self._say("221 2.0.0 Bye")
            if word == b"DATA":
                self._say("354 Go on")
                if not self._content():
                    return None
            elif word == b"RCPT" and b"<refused" in line.lower():
                self._say("550 5.1.1 There is nobody of this name")
            else:
                self._say("250 2.0.0 sink.example")
        return None

    def _content(self):
        """False when the client leaves before the end; such a message is not taken."""
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return False
            lines.append(line)
        found = MESSAGE_ID.search(b"".join(lines))
        with self.server.lock:
            self.server.taken[found[1].decode() if found else ""] += 1
        self._say("250 2.0.0 Taken")
        return True


class Sink(socketserver.ThreadingTCPServer):
    """Serves while its block runs. taken: Message-ID to how often it came."""

    allow_reuse_address = daemon_threads = True
    request_queue_size = 128

    def __init__(self, address):
        super().__init__((address, PORT), _Session)
        self.lock, self.taken = threading.Lock(), Counter()

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

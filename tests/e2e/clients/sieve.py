"""ManageSieve (RFC 5804), as mail programs use it: TLS first, then a name and a password."""

import base64
import re

from .mail import MAIL_HOST, SIEVE, connect
from .place import tls_context


class ManageSieve:
    def __init__(self, address, password):
        self.socket = connect(SIEVE)
        self.file = self.socket.makefile("rb")
        self.capabilities = self._answer()
        self._command("STARTTLS")
        self.socket = tls_context().wrap_socket(self.socket, server_hostname=MAIL_HOST)
        self.file = self.socket.makefile("rb")
        self.capabilities = self._answer()
        secret = base64.b64encode(f"\0{address}\0{password}".encode()).decode()
        self._command(f'AUTHENTICATE "PLAIN" "{secret}"')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._command("LOGOUT")
        self.socket.close()

    def _answer(self):
        """Lines before OK; anything else is a failure with the server's own words."""
        lines = []
        while True:
            line = self.file.readline().decode()
            assert line, f"the connection ended after {lines}"
            word = line.split()[0] if line.split() else ""
            if word in ("NO", "BYE"):
                literal = re.search(r"\{(\d+)\}\s*$", line)
                raise AssertionError(line + (self.file.read(int(literal[1])).decode() if literal else ""))
            if word == "OK":
                return lines
            lines.append(line.rstrip())

    def _command(self, line, content=b""):
        self.socket.sendall(line.encode() + content + b"\r\n")
        return self._answer()

    def install(self, name, script):
        """The script becomes the active one."""
        body = script.encode()
        self._command(f'PUTSCRIPT "{name}" {{{len(body)}+}}\r\n', body)
        self._command(f'SETACTIVE "{name}"')

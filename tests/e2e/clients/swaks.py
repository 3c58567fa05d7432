"""swaks, an SMTP client that is none of ours and none of Python's, as a person at a terminal uses it. It knows the mail servers by the
printed CA file alone."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .mail import MAIL_HOST, OUTSIDE, TIMEOUT_S
from .place import CA_FILE, NODE_ADDRESS

# its exit codes: where the server said no
DONE, TLS_FAILED, AUTH_REFUSED, SENDER_REFUSED, RECIPIENT_REFUSED = 0, 29, 28, 23, 24
STARTTLS, FROM_THE_START = ("--tls",), ("--tls-on-connect",)


@dataclass
class Talk:
    code: int
    text: str

    def answers(self):
        """What the server said, without the marks of TLS and of errors before it."""
        lines = [line.strip() for line in self.text.splitlines() if line.startswith("<")]
        return [line.lstrip("<~-* ") for line in lines]


def swaks(home, port, *options, password=None, ca=CA_FILE):
    """home: a folder for what it reads and writes, so that nobody's settings are used. The password goes by the environment, since
    arguments are everybody's to see."""
    program = shutil.which("swaks")
    assert program, "apt install swaks libnet-ssleay-perl"
    checks = ["--tls-verify", "--tls-ca-path", ca, "--tls-sni", MAIL_HOST]
    if "tls-verify-target" in Path(program).read_text():  # from 20240103 on it looks at the name too
        checks += ["--tls-verify-target", MAIL_HOST]
    words = [program, "--server", NODE_ADDRESS, "--port", port, "--helo", OUTSIDE, "--timeout", TIMEOUT_S, *checks, *options]
    env = {**{k: v for k, v in os.environ.items() if not k.startswith("SWAKS_")}, "HOME": str(home), "LC_ALL": "C.UTF-8"}
    if password:
        env["SWAKS_OPT_auth_password"] = password
    ran = subprocess.run([str(w) for w in words], env=env, cwd=home, text=True, timeout=3 * TIMEOUT_S, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return Talk(ran.returncode, ran.stdout)

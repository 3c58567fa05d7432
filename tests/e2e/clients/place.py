"""Where the platform is on this machine: the files of its state, and the addresses that `make up` prints."""

import os
import secrets
import socket
import ssl
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
STATE = Path(os.environ.get("BERTH_STATE", "/var/lib/berth"))
CA_FILE = STATE / "ca.crt"
TOKEN_FILE = STATE / "admin-token"
KUBECONFIG = STATE / "kubeconfig"
AUDIT_LOG = STATE / "log" / "audit.log"
TEMPLATES = ROOT / "k8s" / "tenants" / "templates"

LOOPBACK = "127.0.0.1"
HTTP_PORT, HTTPS_PORT, DNS_PORT = 8080, 8443, 10053
PANEL_HOST = "panel.berth.localhost"
PANEL = f"https://{PANEL_HOST}:{HTTPS_PORT}"
NODE_ADDRESS = "10.77.0.11"
PREFIX = "e2e-"


def token():
    return TOKEN_FILE.read_text().strip()


def tls_context():
    """Trusts the platform's own CA and nothing else."""
    return ssl.create_default_context(cafile=str(CA_FILE))


def new_id():
    """An id that no other run has; it begins with a letter after the prefix, so that it is a label and a slug."""
    return f"{PREFIX}x{secrets.token_hex(3)}"


def localhost_is_loopback():
    """Names below localhost are the loopback address (RFC 6761, section 6.3). Browsers know; Python does not."""
    real = socket.getaddrinfo

    def getaddrinfo(host, *args, **kwargs):
        name = host.decode() if isinstance(host, bytes) else host
        if isinstance(name, str) and (name == "localhost" or name.endswith(".localhost")):
            host = LOOPBACK
        return real(host, *args, **kwargs)

    socket.getaddrinfo = getaddrinfo


def kubectl_path():
    script = f'. "{ROOT}/cluster/lib.sh" && go_bin_dir'
    folder = subprocess.run(["bash", "-c", script], check=True, text=True, stdout=subprocess.PIPE).stdout.strip()
    return f"{folder}/kubectl"

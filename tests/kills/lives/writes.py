"""What the daemons of all lives wrote to the cluster, from the API server's audit log: a write that was made twice shows."""
import json

from clients.audit import ACTIONS, KIND_OF
from clients.kube import BERTHD
from clients.place import AUDIT_LOG

# The log is rotated by renaming it, so a file is known by its inode.


def mark():
    at = AUDIT_LOG.stat()
    return at.st_ino, at.st_size


def since(begin, lives):
    """Customer to its sorted writes that were carried out, each with its action and object. Read once for all lives."""
    inode, offset = begin
    files = sorted(AUDIT_LOG.parent.glob("audit*.log"), key=lambda f: f.stat().st_mtime_ns)
    while files and files[0].stat().st_ino != inode:
        files.pop(0)
    assert files, "the audit log was rotated away"
    writes = {life.customer: [] for life in lives}
    for file in files:
        with file.open("rb") as log:
            log.seek(offset)
            offset = 0
            for line in log:
                if b"cust-kill-" in line and BERTHD.encode() in line:
                    _take(json.loads(line), writes)
    return {life.customer: life.common("\n".join(sorted(writes[life.customer]))) for life in lives}


def _take(event, writes):
    ref = event.get("objectRef", {})
    body = event.get("requestObject") or {}
    name = ref.get("name") or body.get("metadata", {}).get("name", "")
    home = name if ref["resource"] == "namespaces" else ref.get("namespace", "")
    customer = home.removeprefix("cust-")
    done = event.get("responseStatus", {}).get("code", 0) < 300
    if customer in writes and done and event["user"]["username"] == BERTHD:
        writes[customer].append(f"{ACTIONS[event['verb']]} {KIND_OF[ref['resource']]}/{name}")

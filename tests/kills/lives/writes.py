"""What the daemons of all lives wrote to the cluster, from the API server's audit log: a write that was made twice shows."""
import json
from collections import Counter

from clients.audit import ACTIONS, KIND_OF
from clients.kube import BERTHD
from clients.place import AUDIT_LOG

CANCELLED = 504  # the client was killed while it waited: the write may have been carried out


# The log is rotated by renaming it, so a file is known by its inode.
def mark():
    at = AUDIT_LOG.stat()
    return at.st_ino, at.st_size


def since(begin, lives):
    """Customer to (writes that were carried out, writes that perhaps were), each "ACTION KIND/NAME" with its count. The log
    is read once for all lives."""
    inode, offset = begin
    files = sorted(AUDIT_LOG.parent.glob("audit*.log"), key=lambda f: f.stat().st_mtime_ns)
    while files and files[0].stat().st_ino != inode:
        files.pop(0)
    assert files, "the audit log was rotated away"
    writes = {life.customer: (Counter(), Counter()) for life in lives}
    names = {life.customer: life.common for life in lives}
    for file in files:
        with file.open("rb") as log:
            log.seek(offset)
            offset = 0
            for line in log:
                if b"cust-kill-" in line and BERTHD.encode() in line:
                    _take(json.loads(line), writes, names)
    return writes


def _take(event, writes, names):
    ref = event.get("objectRef", {})
    body = event.get("requestObject") or {}
    name = ref.get("name") or body.get("metadata", {}).get("name", "")
    home = name if ref["resource"] == "namespaces" else ref.get("namespace", "")
    customer = home.removeprefix("cust-")
    code = event.get("responseStatus", {}).get("code", 0)
    if customer not in writes or event["user"]["username"] != BERTHD or code >= 300 and code != CANCELLED:
        return
    write = names[customer](f"{ACTIONS[event['verb']]} {KIND_OF[ref['resource']]}/{name}")
    writes[customer][code == CANCELLED][write] += 1


def faults(expected, found):
    """Texts: what was written too often, and what never was."""
    done, perhaps = found
    return [f"too often: {w}" for w in done - expected] + [f"never: {w}" for w in expected - (done + perhaps)]

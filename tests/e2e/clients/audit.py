"""The API server's audit log: every write to the cluster, with who wrote it and what."""

import json
from collections import namedtuple

from .kube import BERTHD, KINDS
from .place import AUDIT_LOG

ACTIONS = {"create": "create", "patch": "update", "update": "update", "delete": "delete", "deletecollection": "delete"}
KIND_OF = {plural: kind for kind, (_, plural, _) in KINDS.items()}


Request = namedtuple("Request", "user verb resource")


def mark():
    """Where the log ends now: what is written later comes behind it."""
    at = AUDIT_LOG.stat()
    return at.st_ino, at.st_size


def _lines_after(begin):
    inode, offset = begin
    # The log is rotated by renaming it: the file that was current at the mark may be an older one by now.
    files = sorted(AUDIT_LOG.parent.glob("audit*.log"), key=lambda f: f.stat().st_mtime_ns)
    found = [i for i, f in enumerate(files) if f.stat().st_ino == inode]
    assert found, "the audit log was rotated away"
    for i, file in enumerate(files[found[0] :]):
        with file.open("rb") as log:
            log.seek(offset if i == 0 else 0)
            yield from log


def writes_after(begin, namespace):
    """Writes that berthd made in the namespace and that were carried out, in order: (action, object, body)."""
    out = []
    for line in _lines_after(begin):
        if BERTHD.encode() not in line or namespace.encode() not in line:
            continue
        event = json.loads(line)
        ref = event.get("objectRef", {})
        mine = event["user"]["username"] == BERTHD and "dryRun=" not in event["requestURI"]
        here = ref.get("namespace") == namespace or (
            ref.get("resource") == "namespaces" and ref.get("name") == namespace
        )
        if not mine or not here or event.get("responseStatus", {}).get("code", 0) >= 300:
            continue
        kind = KIND_OF[ref["resource"]]
        body = event.get("requestObject") or {}
        name = ref.get("name") or body["metadata"]["name"]
        label = f"Namespace/{name}" if kind == "Namespace" else f"{namespace}/{kind}/{name}"
        out.append((ACTIONS[event["verb"]], label, body))
    return out


def requests_after(begin, namespace):
    """Writes of anybody in the namespace that were carried out, in the order in which they ended."""
    out = []
    for line in _lines_after(begin):
        if namespace.encode() not in line:
            continue
        event = json.loads(line)
        ref = event.get("objectRef", {})
        if ref.get("namespace") != namespace or event.get("responseStatus", {}).get("code", 0) >= 300:
            continue
        resource = "/".join(filter(None, (ref["resource"], ref.get("subresource"))))
        out.append(Request(event["user"]["username"], event["verb"], resource))
    return out

"""Ends what runs in a pod's containers by SIGKILL, as a fault of its own or the kernel's would, and counts how often."""

import os
import signal
from collections import Counter
from pathlib import Path

from .wait import until

BACK_S, GONE_S = 180, 10
NAMESPACES = {"berthd": "panel-system"}  # of the others: mail-system


def processes(containers):
    """Of these containers, as the machine's process ids: by the control groups that they are in."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            groups = (entry / "cgroup").read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if any(c in groups for c in containers):
            found.append(int(entry.name))
    return found


def containers_of(pod):
    """Ids of the containers that run."""
    return {s["containerID"].rpartition("/")[2] for s in pod["status"].get("containerStatuses", []) if "running" in s["state"]}


def is_ready(pod):
    return any(c["type"] == "Ready" and c["status"] == "True" for c in pod["status"].get("conditions", []))


class Killer:
    def __init__(self, kube):
        self.kube, self.kills = kube, Counter()

    def pod(self, part):
        """The one pod, when it is ready."""
        pods = [p for p in self.kube.pods(self._namespace(part), f"app.kubernetes.io/name={part}") if is_ready(p)]
        return pods[0] if len(pods) == 1 else None

    def kill(self, part, replaced):
        """All processes at once. Not replaced: the kubelet starts the containers again in the same pod, with what its memory volumes
        hold. Replaced: the pod goes as well, and another one comes. Returns when the part is ready again."""
        pod = until(f"{part} is ready", lambda: self.pod(part), BACK_S)
        containers = containers_of(pod)
        ended = processes(containers)
        assert ended, f"{part} has no process that could be killed"

        def over():
            for pid in processes(containers):
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            return not processes(containers)

        until(f"the processes of {part} are gone", over, GONE_S, pause=0.01)
        if replaced:
            self.kube.delete("Pod", pod["metadata"]["name"], self._namespace(part), grace=0)

        def again():
            now = self.pod(part)
            return now and containers_of(now) and not containers_of(now) & containers

        until(f"{part} is back", again, BACK_S, pause=0.5)
        self.kills[part] += 1

    @staticmethod
    def _namespace(part):
        return NAMESPACES.get(part, "mail-system")

#!/usr/bin/env python3
"""Sums what the platform's pods request: a line a namespace, read from the manifests, without a cluster.

    requests_sum.py     the table that docs/RESOURCE-ESTIMATION.md shows; docs/check.py holds the two equal

It follows the `resources` of the kustomizations of a local installation, and applies no patches. A pod needs what its
containers request together, or what its largest init container requests, whichever is more. Jobs end and are left out; a
DaemonSet counts once, as on one node.
"""
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
INSTALLED = ["k8s/overlays/local", "cluster/addons"]
WORKLOADS = {"Deployment", "StatefulSet", "DaemonSet"}
UNITS = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30}


def milli(cpu):
    text = str(cpu)
    return int(text[:-1]) if text.endswith("m") else int(float(text) * 1000)


def mebi(memory):
    return int(memory[:-2]) * UNITS[memory[-2:]] // 2**20


def request(container):
    asked = container.get("resources", {}).get("requests", {})
    return milli(asked.get("cpu", 0)), mebi(asked.get("memory", "0Mi"))


def pod_request(spec):
    together = [sum(amounts) for amounts in zip(*map(request, spec["containers"]))]
    first = [max(amounts) for amounts in zip(*map(request, spec.get("initContainers", [])))] or [0, 0]
    return max(together[0], first[0]), max(together[1], first[1])


def workloads(folder):
    """(namespace, workload) of a kustomization and of those that it refers to."""
    kustomization = yaml.safe_load((folder / "kustomization.yaml").read_text())
    for name in kustomization.get("resources", []):
        path = (folder / name).resolve()
        if path.is_dir():
            yield from workloads(path)
            continue
        for document in yaml.safe_load_all(path.read_text()):
            if isinstance(document, dict) and document.get("kind") in WORKLOADS:
                yield kustomization.get("namespace") or document["metadata"]["namespace"], document


def table():
    total = {}
    for folder in INSTALLED:
        for namespace, workload in workloads(ROOT / folder):
            replicas = workload["spec"].get("replicas", 1)
            cpu, memory = pod_request(workload["spec"]["template"]["spec"])
            row = total.setdefault(namespace, [0, 0, 0])
            for i, amount in enumerate((replicas, replicas * cpu, replicas * memory)):
                row[i] += amount
    rows = [(name, *total[name]) for name in sorted(total)]
    rows.append(("all", *(sum(row[i] for row in rows) for i in (1, 2, 3))))
    lines = [f"{'namespace':<18} {'pods':>4} {'CPU':>6} {'memory':>7}"]
    lines += [f"{name:<18} {pods:>4} {cpu:>5}m {memory:>5}Mi" for name, pods, cpu, memory in rows]
    return "\n".join(lines)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(__doc__)
    print(table())

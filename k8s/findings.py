#!/usr/bin/env python3
"""Holds what kube-score and checkov find against exceptions.txt: a finding without an exception is told, and so is an
exception without a finding. Prints a line a gate; exit 1 when there is anything to tell.

    findings.py EXCEPTIONS kube-score REPORT.json checkov REPORT.json
"""
import fnmatch
import json
import sys
from pathlib import Path

TOOLS = ("kube-score", "checkov")


def read_exceptions(path):
    """[(line number, tool, check, object, reason)]"""
    out = []
    for number, line in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        fields = line.split(None, 3)
        if len(fields) != 4 or fields[0] not in TOOLS:
            sys.exit(f"error: {path}:{number}: wanted TOOL CHECK NAMESPACE/KIND/NAME REASON")
        out.append((number, *fields))
    return out


def kube_score(report):
    """Warnings and worse as (check, namespace/kind/name, words)."""
    warning = 5  # kube-score's grades: 1 critical, 5 warning, 7 almost, 10 all is well
    for scored in report:
        meta = scored["object_meta"]
        name = "/".join([meta.get("namespace", "-"), scored["type_meta"]["kind"], meta["name"]])
        for check in scored["checks"]:
            if not check["skipped"] and check["grade"] <= warning:
                words = "; ".join(c["summary"] for c in check["comments"] or []) or check["check"]["name"]
                yield check["check"]["id"], name, words


def checkov(report):
    if report["summary"]["parsing_errors"]:
        yield "parse", "-/-/-", f"checkov could not read {report['summary']['parsing_errors']} files"
    for failed in report["results"]["failed_checks"]:
        kind, namespace, name = failed["resource"].split(".", 2)
        yield failed["check_id"], "/".join([namespace, kind, name]), failed["check_name"]


READERS = {"kube-score": kube_score, "checkov": checkov}


def gate(tool, report, exceptions):
    mine = [e for e in exceptions if e[1] == tool]
    used, left = set(), set()
    for check, name, words in READERS[tool](report):
        hits = [e[0] for e in mine if e[2] == check and fnmatch.fnmatchcase(name, e[3])]
        used.update(hits)
        if not hits:
            left.add(f"  {name}: {check}: {words}")
    unused = [f"  exceptions.txt:{e[0]}: nothing needs this exception any more: {e[2]} {e[3]}" for e in mine if e[0] not in used]
    problems = sorted(left) + unused
    print(f"FAIL {tool}: {len(problems)} findings" if problems else f"ok {tool}: {len(used)} exceptions, each with its reason")
    for problem in problems:
        print(problem)
    return not problems


def main(arguments):
    if len(arguments) < 3 or len(arguments) % 2 == 0:
        print(__doc__, file=sys.stderr)
        return 2
    exceptions = read_exceptions(arguments[0])
    fine = True
    for tool, path in zip(arguments[1::2], arguments[2::2]):
        fine &= gate(tool, json.loads(Path(path).read_text(encoding="utf-8")), exceptions)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

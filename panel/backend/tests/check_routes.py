#!/usr/bin/env python3
"""Holds the server's routes equal to the API's description.

    check_routes.py OPENAPI_YAML COMMAND...

COMMAND prints "METHOD path operationId", a route a line. Only the three kinds of line that matter are looked for in the
YAML, by their indentation, so that this check needs nothing but Python.
"""
import re
import subprocess
import sys

METHODS = "get|put|post|delete|patch|head|options"


def described(path):
    routes, where, method = set(), None, None
    in_paths = False
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if re.match(r"\S", line):
                in_paths = line.startswith("paths:")
            if not in_paths:
                continue
            if found := re.match(r"  (/\S*):\s*$", line):
                where = found[1]
            elif found := re.match(rf"    ({METHODS}):\s*$", line):
                method = found[1].upper()
            elif found := re.match(r"      operationId: (\w+)\s*$", line):
                routes.add((method, where, found[1]))
    return routes


def served(command):
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {tuple(line.split()) for line in out.splitlines()}


def main():
    want, have = described(sys.argv[1]), served(sys.argv[2:])
    if not want:
        sys.exit("no route was found in the description")
    for route in sorted(want - have):
        print("described, but not served:", *route)
    for route in sorted(have - want):
        print("served, but not described:", *route)
    sys.exit(want != have)


main()

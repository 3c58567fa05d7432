#!/usr/bin/env python3
"""Holds the C sources to the rules that no compiler knows.

    check_sources.py PANEL_BACKEND ALLOW_FILE

layer       base <- model <- {store, provider} <- {api, reconcile} <- cmd; api never includes provider (ARCHITECTURE.md)
circle      no headers that include each other round in a circle
call        calls that are banned, and what to use instead
file        500 lines at most
function    60 lines at most, from its brace to its brace; it relies on clang-format's layout
"""
import re
import sys
from pathlib import Path

from check_allow import Findings

FILE_LINES, FUNCTION_LINES = 500, 60
LAYERS = {
    "base": {"base"},
    "model": {"base", "model"},
    "store": {"base", "model", "store"},
    "provider": {"base", "model", "provider"},
    "api": {"base", "model", "store", "api"},
    "reconcile": {"base", "model", "store", "provider", "reconcile"},
    "cmd": {"base", "model", "store", "provider", "api", "reconcile", "cmd"},
}
BANNED = {
    "sprintf": "snprintf or arena_printf", "vsprintf": "vsnprintf or arena_vprintf", "strcpy": "arena_strdup",
    "strcat": "a strbuf", "strncpy": "snprintf or arena_strndup", "strncat": "a strbuf", "strtok": "str_split",
    "strtok_r": "str_split", "atoi": "str_to_i64", "atol": "str_to_i64", "atoll": "str_to_i64", "gets": "fgets",
    "system": "posix_spawn with an argument list", "popen": "posix_spawn with an argument list",
    "alloca": "an arena", "strdupa": "an arena", "tmpnam": "mkstemp", "mktemp": "mkstemp",
}
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)
CALL = re.compile(r"(?<![\w.>])(" + "|".join(BANNED) + r")\s*\(")
NAME = re.compile(r"(\w+)\(")
COMMENT_OR_STRING = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"' + r"|'(?:\\.|[^'\\\n])*'", re.S)


def code_only(text):
    """The text with comments and strings blanked, line by line as it was."""
    return COMMENT_OR_STRING.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)


def check_layers(name, text, found):
    layer = name.split("/")[0]
    for include in INCLUDE.findall(text):
        if "/" in include and include.split("/")[0] in LAYERS and include.split("/")[0] not in LAYERS[layer]:
            found.add("layer", name, f"src/{name}", f"{layer}/ must not include {include}")


def check_circles(includes, found):
    state = {}

    def visit(name, path):
        if state.get(name) == "done":
            return
        if name in path:
            ring = path[path.index(name):] + [name]
            found.add("circle", name, f"src/{name}", "includes itself: " + " -> ".join(ring))
            return
        for other in includes.get(name, []):
            visit(other, path + [name])
        state[name] = "done"

    for name in sorted(includes):
        visit(name, [])


def check_calls(where, code, found):
    for number, line in enumerate(code.splitlines(), 1):
        for call in CALL.findall(line):
            found.add("call", f"{where}:{call}", f"{where}:{number}", f"{call}() is banned; use {BANNED[call]}")


def functions(code):
    """(name, first line, lines) of each function: a `{` alone at a line's start to the next `}` there."""
    lines, begin = code.splitlines(), None
    for number, line in enumerate(lines, 1):
        if line.rstrip() == "{":
            begin = number
        elif line.startswith("}") and begin:
            top = begin - 2
            while top > 0 and not re.match(r"\w.*\(", lines[top]):
                top -= 1
            names = NAME.findall(lines[top])
            yield names[0] if names else "?", begin, number - begin + 1
            begin = None


def check_lengths(where, text, code, found):
    count = len(text.splitlines())
    if count > FILE_LINES:
        found.add("file", where, where, f"{count} lines; {FILE_LINES} at most, so that a file has one purpose")
    for name, line, length in functions(code):
        if length > FUNCTION_LINES:
            found.add("function", f"{where}:{name}", f"{where}:{line}",
                      f"{name}() has {length} lines; {FUNCTION_LINES} at most")


def main(backend, allow_file):
    backend = Path(backend)
    found = Findings(allow_file, {"layer", "circle", "call", "file", "function"})
    includes = {}
    for path in sorted([*backend.glob("src/**/*.[ch]"), *backend.glob("tests/**/*.[ch]")]):
        where, text = str(path.relative_to(backend)), path.read_text()
        code = code_only(text)
        if where.startswith("src/"):
            name = where.removeprefix("src/")
            check_layers(name, text, found)
            if name.endswith(".h"):
                includes[name] = [i for i in INCLUDE.findall(text) if i.endswith(".h")]
        check_calls(where, code, found)
        check_lengths(where, text, code, found)
    check_circles(includes, found)
    return found.end()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

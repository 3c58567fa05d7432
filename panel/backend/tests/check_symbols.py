#!/usr/bin/env python3
"""Every external name carries its module's prefix: that of its file, of another file or header of its
layer, of a type that a header of its layer declares, or of the layer. A name in the plural is as good (steps.c: step_wait;
template.c: templates_load).

    check_symbols.py BUILD/src SRC ALLOW_FILE
"""
import re
import subprocess
import sys
from pathlib import Path

from check_allow import Findings

# libx.a:libx.a.p/x_file.c.o:0000000000000000 T name
LINE = re.compile(r":lib\w+\.a\.p/(?P<object>\S+)\.c\.o:[0-9a-f]* [A-TX-Z] (?P<name>\S+)$|"
                  r":(?P<plain>\S+)\.c\.o:[0-9a-f]* [A-TX-Z] (?P<plain_name>\S+)$")
TYPE = re.compile(r"^(?:struct|enum) (\w+)(?: \{|;)", re.M)


def symbols(library):
    """(file's stem, symbol) of each definition that other files can see."""
    out = subprocess.run(["nm", "-A", "-g", "--defined-only", library], check=True, text=True, stdout=subprocess.PIPE)
    for line in out.stdout.splitlines():
        found = LINE.search(line)
        if not found:
            raise SystemExit(f"nm says what check_symbols.py cannot read: {line}")
        stem = (found["object"] or found["plain"]).split("/")[-1]
        if not stem.startswith("meson-generated"):
            yield stem.split("_", 1)[1], found["name"] or found["plain_name"]


def main(build, sources, allow_file):
    found = Findings(allow_file, {"symbol"})
    libraries = sorted(Path(build).glob("lib*.a"))
    if not libraries:
        raise SystemExit(f"no libraries in {build}")
    for library in libraries:
        layer = library.stem.removeprefix("lib")
        rows = list(symbols(library))
        # The first word of each file's name, without the plural's s.
        prefixes = {p.stem.split("_")[0].removesuffix("s") for p in Path(sources, layer).glob("*.[ch]")} | {layer}
        for header in Path(sources, layer).glob("*.h"):
            prefixes.update(TYPE.findall(header.read_text()))
        for stem, name in rows:
            if not any(re.match(rf"{p}[a-z]*(_|$)", name) for p in prefixes):
                found.add("symbol", name, f"{layer}/{stem}.c", f"the external name {name} has no module's prefix")
    return found.end()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

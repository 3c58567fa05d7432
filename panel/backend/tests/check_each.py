#!/usr/bin/env python3
"""Runs clang-tidy or gcc -fanalyzer over every C file of a build, side by side, and passes over what it found good before.

    check_each.py tidy|analyzer BUILD

A file is known to be good while nothing that went into the verdict has changed: the tool's version and settings, the
compiler's command, and the contents of the file and of every header that it includes, the system's too (cc -M). Its stamp
is an empty file named by the hash of all these, in $BERTH_CACHE/<tool>. The last line of the output is the count.
"""
import concurrent.futures
import functools
import hashlib
import json
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

CACHE = Path(os.environ.get("BERTH_CACHE", Path.home() / ".cache/berth"))
KEEP_S = 60 * 24 * 3600
# The compiler's own files of dependencies and its output are the build's business.
WITH_VALUE, ALONE = {"-o", "-MF", "-MQ", "-MT"}, {"-c", "-MD", "-MMD"}


def output(*words, cwd=None):
    return subprocess.run(words, cwd=cwd, check=True, text=True, stdout=subprocess.PIPE).stdout


@functools.lru_cache(maxsize=None)
def digest(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def bare(command):
    """The command without what names its outputs."""
    words, left = iter(shlex.split(command)), []
    for word in words:
        if word in WITH_VALUE:
            next(words)
        elif word not in ALONE:
            left.append(word)
    return left


def included(entry):
    text = output(*bare(entry["command"]), "-M", cwd=entry["directory"]).replace("\\\n", " ")
    names = text.split(":", 1)[1].split()
    return sorted({os.path.realpath(os.path.join(entry["directory"], n)) for n in names})


class Tidy:
    def __init__(self, build, root):
        self.build = build
        self.common = output("clang-tidy", "--version") + (root / ".clang-tidy").read_text()
        self.tests = (root / "panel/backend/tests/.clang-tidy").read_text()

    def settings(self, path):
        return self.common + (self.tests if "/tests/" in path else "")

    def wants(self, path):
        return True

    def command(self, entry):
        # The commands are gcc's; clang does not know every flag of them.
        return ["clang-tidy", "-p", self.build, "--quiet", "--extra-arg=-Wno-unknown-warning-option",
                "--extra-arg=-Wno-ignored-optimization-argument",
                "--extra-arg=-Wno-string-concatenation", os.path.join(entry["directory"], entry["file"])]


class Analyzer:
    def __init__(self, build, root):
        self.version = output("cc", "--version")

    def settings(self, path):
        return self.version

    def command(self, entry):
        # Its leaks are of pointers that went into a table (gcc 12): the tests' LeakSanitizer knows better.
        return [*bare(entry["command"]), "-fdiagnostics-color=never", "-fanalyzer", "-Wno-analyzer-malloc-leak",
                "-Wno-analyzer-file-leak", "-c", "-o", "/dev/null"]

    def wants(self, path):
        return "/tests/" not in path  # they do not check what malloc() gives, and do not need to


def look(tool, name, path, entry):
    """None when the file is good, else what the tool said; and whether it was known."""
    facts = [tool.settings(path), entry["command"]] + [f"{digest(p)} {p}" for p in included(entry)]
    stamp = CACHE / name / hashlib.sha256("\n".join(facts).encode()).hexdigest()
    if stamp.exists():
        os.utime(stamp)
        return None, True
    done = subprocess.run(tool.command(entry), cwd=entry["directory"], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)
    if done.returncode == 0:
        stamp.touch()
        return None, False
    return done.stdout.strip() or done.stderr.strip(), False


def main(name, build):
    root = Path(output("git", "rev-parse", "--show-toplevel").strip())
    tool = {"tidy": Tidy, "analyzer": Analyzer}[name](build, root)
    entries = {}
    for entry in json.loads((Path(build) / "compile_commands.json").read_text()):
        path = os.path.realpath(os.path.join(entry["directory"], entry["file"]))
        if tool.wants(path) and not path.startswith(os.path.realpath(build)):  # what a program wrote is that program's to answer for
            entries.setdefault(path, entry)
    (CACHE / name).mkdir(parents=True, exist_ok=True)
    for stamp in (CACHE / name).iterdir():
        if time.time() - stamp.stat().st_mtime > KEEP_S:
            stamp.unlink(missing_ok=True)
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        verdicts = list(pool.map(lambda item: look(tool, name, *item), entries.items()))
    for findings, _ in verdicts:
        if findings:
            print(findings)
    print(f"{len(verdicts)} files, {sum(known for _, known in verdicts)} known to be good")
    return any(findings for findings, _ in verdicts)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

#!/usr/bin/env python3
"""Runs suites of tests, shows what they print, counts what passed, and ends with "N passed, N failed".

    run.py SUITE...      check component up e2e panel kills node

Each suite is a list of commands; a command that fails counts as at least one failure, and the others are run all the same
(but a suite that needs the platform is not run when the platform did not come up). With CI set in the environment the
platform starts from nothing, and is ended afterwards; without, a platform that runs is used as it is.
"""
import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATE = Path(os.environ.get("BERTH_STATE", "/var/lib/berth"))
CI = bool(os.environ.get("CI"))

# What a line of a runner says of its counts: (pattern, which group counts as what). The last match of a pattern in a
# command's output is taken; the gates of our own scripts print a line each.
COUNTS = [
    (re.compile(r"^(?:=+ )?(?:(?P<failed>\d+) failed)?(?:, )?(?:(?P<passed>\d+) passed)?[^\n]*? in [\d.]+s\b", re.M), "pytest"),
    (re.compile(r"^(?:=+ )?[^\n]*?(?P<failed>\d+) errors?(?P<passed>) in [\d.]+s\b", re.M), "pytest"),
    (re.compile(r"^Ok:\s+(?P<passed>\d+)[\s\S]*?^Fail:\s+(?P<failed>\d+)", re.M), "meson"),
    (re.compile(r"^\s+Tests\s+(?:(?P<failed>\d+) failed \| )?(?P<passed>\d+) passed", re.M), "vitest"),
]
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def command(*words, cwd=ROOT, env=None):
    return {"words": [str(w) for w in words], "cwd": cwd, "env": env or {}}


def venv_bin():
    return subprocess.run([ROOT / "tests/tools.sh"], check=True, text=True, stdout=subprocess.PIPE).stdout.strip()


def go_bin():
    script = f'. "{ROOT}/cluster/lib.sh" && go_bin_dir'
    return subprocess.run(["bash", "-c", script], check=True, text=True, stdout=subprocess.PIPE).stdout.strip()


def mysql():
    """Where a MySQL is, for the tests that run on MariaDB and on it. Debian unstable may have none on some day: then they say so."""
    if "BERTH_TEST_MYSQLD" in os.environ:
        return {}
    words = subprocess.run([ROOT / "tests/mysql.sh"], text=True, stdout=subprocess.PIPE)
    return {"BERTH_TEST_MYSQLD": words.stdout.strip()} if words.returncode == 0 else {}


def pytest(folder, *options, env=None):
    return command(f"{venv_bin()}/python", "-m", "pytest", "-q", "-ra", "--durations=8", *options, folder, env=env)


def check():
    backend, frontend = ROOT / "panel/backend", ROOT / "panel/frontend"
    yield command("cluster/packages.sh")
    yield command("cluster/build.sh")
    tools = {"BERTH_TOOLS_BIN": venv_bin(), "PATH": f"{go_bin()}:{os.environ['PATH']}"}
    yield command("./check.sh", cwd=backend, env=tools)
    yield command(ROOT / "tests/npm-ci.sh", cwd=frontend)
    yield command("npm", "run", "--silent", "check", cwd=frontend)
    yield command("k8s/check.sh", env=tools)
    yield command("tests/docs.sh", "--check", env=tools)


def component():
    # two processes, with servers of their own: most of the time one waits
    yield pytest("panel/backend/tests/component", "-n", "2", "--dist", "loadfile", env=mysql())


def up():
    if CI:
        yield command("cluster/down.sh", "--data")
    yield command("cluster/up.sh")
    yield command("tests/second-up.sh")


def e2e():
    yield pytest("tests/e2e", "--timeout=600")


def panel():
    yield command("node", "tests/e2e/panel.mjs", cwd=ROOT / "panel/frontend",
                  env={"BERTH_URL": "https://panel.berth.localhost:8443", "BERTH_CA": str(STATE / "ca.crt"),
                       "BERTH_TOKEN_FILE": str(STATE / "admin-token")})


def kills():
    yield pytest("tests/kills", "--timeout=900")
    yield pytest("tests/faults", "--timeout=900")


def node():
    yield command("tests/public-ip.sh")
    yield command("tests/registry-up.sh")
    yield command("tests/platform-domain.sh")
    yield command("tests/several.sh")
    yield command("tests/node-faults.sh")


SUITES = {f.__name__: f for f in (check, component, up, e2e, panel, kills, node)}
NEED_PLATFORM = {"e2e", "panel", "kills", "node"}


def count(output):
    """(passed, failed) that the output of one command tells of."""
    text = ESCAPES.sub("", output)
    passed = len(re.findall(r"^ok \S", text, re.M))
    failed = len(re.findall(r"^(?:not ok|FAIL) \S", text, re.M))
    for pattern, _ in COUNTS:
        for found in pattern.finditer(text):
            passed += int(found["passed"] or 0)
            failed += int(found["failed"] or 0)
    return passed, failed


def run(spec):
    words = spec["words"]
    print(f"--- {' '.join(words)}", flush=True)
    begin, lines = time.monotonic(), []
    process = subprocess.Popen(words, cwd=spec["cwd"], env={**os.environ, **spec["env"]}, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    for line in process.stdout:
        sys.stdout.write(line)
        sys.stdout.flush()
        lines.append(line)
    code = process.wait()
    passed, failed = count("".join(lines))
    if code != 0 and failed == 0:
        failed = 1
    elif code == 0 and passed + failed == 0:
        passed = 1  # a step that has no counts of its own: it ran, and said that all is well
    print(f"--- {Path(words[0]).name}: {passed} passed, {failed} failed, exit {code}, {time.monotonic() - begin:.0f} s",
          flush=True)
    return passed, failed


def main(names):
    unknown = [n for n in names if n not in SUITES]
    if unknown or not names:
        print(__doc__, file=sys.stderr)
        return 2
    passed = failed = 0
    platform, summary = True, []
    for name in names:
        begin = time.monotonic()
        p = f = 0
        if name in NEED_PLATFORM and not platform:
            f = 1
            print(f"--- {name} is not run: the platform did not come up", flush=True)
        else:
            for spec in SUITES[name]():
                one = run(spec)
                p, f = p + one[0], f + one[1]
        if name == "up":
            platform = f == 0
        summary.append(f"{name}: {p} passed, {f} failed, {time.monotonic() - begin:.0f} s")
        passed, failed = passed + p, failed + f
    if CI and "up" in names:
        run(command("cluster/down.sh"))
    print("\n" + "\n".join(summary))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

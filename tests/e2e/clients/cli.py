"""The command line `berth`, as installed, with settings of its own so that nobody's sign-in is touched."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass

TIMEOUT_S = 240


@dataclass
class Ran:
    code: int
    out: str
    err: str

    def json(self):
        return json.loads(self.out)

    def rows(self):
        """The table's rows as lists of words, without the heading."""
        return [line.split() for line in self.out.splitlines()[1:]]


class Berth:
    """`berth`, or the same program under the name that kubectl looks for."""

    def __init__(self, config, program="berth"):
        self.program = shutil.which(program)
        assert self.program, f"{program} is not installed"
        keep = {k: v for k, v in os.environ.items() if not k.startswith(("BERTH_", "XDG_"))}
        self.env = {**keep, "XDG_CONFIG_HOME": str(config), "LC_ALL": "C.UTF-8"}

    def __call__(self, *args, code=0, env=None, stdin=""):
        done = subprocess.run(
            [self.program, *map(str, args)],
            env={**self.env, **(env or {})},
            input=stdin,
            text=True,
            timeout=TIMEOUT_S,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        ran = Ran(done.returncode, done.stdout, done.stderr)
        assert ran.code == code, f"berth {' '.join(map(str, args))}: exit {ran.code}\n{ran.out}{ran.err}"
        return ran

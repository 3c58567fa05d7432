"""One berthd process: started, killed at a point, started again. It ends with the thread that started it."""
import signal
import socket
import subprocess
import time

from .settings import NODE_NETNS

STOP_S = 20
LOG_LINES = 15


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Daemon:
    """command: "api" (in the host's network) or "reconcile" (in the node's, from where services are reached)."""

    def __init__(self, program, command, env, folder):
        self.program, self.command, self.env = program, command, env
        self.points_file = folder / f"{command}.points"
        self.log_file = folder / f"{command}.log"
        self.process = None

    def start(self, at=None):
        """at: "NAME#K", the point where it is to be killed (panel/backend/src/base/crash.h)."""
        self.points_file.unlink(missing_ok=True)
        env = {**self.env, "BERTH_CRASH_LOG": str(self.points_file), **({"BERTH_CRASH_AT": at} if at else {})}
        # Neither program forks, so the process that is started is berthd in the end. The kernel ends it when this thread ends.
        words = ["setpriv", "--pdeathsig", "KILL"]
        if self.command == "reconcile":
            words += ["nsenter", f"--net={NODE_NETNS}"]
        with self.log_file.open("a") as log:
            self.process = subprocess.Popen([*words, self.program, self.command], env=env, stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log)

    def died(self):
        return self.process.poll() is not None

    def check_killed(self, at):
        """It died, and by the kill that was asked for."""
        code = self.process.wait()
        name, _, occurrence = (at or "").rpartition("#")
        # Another thread may have passed a point of its own between the log's line and the signal.
        assert at and code == -signal.SIGKILL and self.passed().count(name) >= int(occurrence), \
            f"berthd {self.command} ended with {code}, to be killed at {at}: {self.passed()[-3:]} {self.log_tail()}"

    def passed(self):
        """The names of the points that were passed since the start."""
        return self.points_file.read_text().splitlines() if self.points_file.exists() else []

    def stop(self):
        self._end(signal.SIGTERM, 0)

    def kill(self):
        self._end(signal.SIGKILL, -signal.SIGKILL)

    def _end(self, how, expected):
        if self.process is None or self.died():
            return
        self.process.send_signal(how)
        code = self.process.wait(STOP_S)
        assert code == expected, f"berthd {self.command} ended with {code}: {self.log_tail()}"

    def quiet(self, seconds):
        """Waits until no point was passed for so long."""
        size, since = -1, time.monotonic()
        while time.monotonic() - since < seconds and not self.died():
            now = self.points_file.stat().st_size if self.points_file.exists() else 0
            if now != size:
                size, since = now, time.monotonic()
            time.sleep(0.02)

    def log_tail(self):
        return "\n".join(self.log_file.read_text().splitlines()[-LOG_LINES:]) if self.log_file.exists() else ""

"""The parts of the one-node cluster: one is ended or halted for a while, and runs again whatever happens meanwhile."""

import contextlib
import ctypes
import os
import signal
import subprocess
from pathlib import Path

from .place import STATE


def _pids(part):
    """(the loop that starts the part again when it dies, the part itself), as cluster/node.sh keeps them."""
    loop = int((STATE / "run" / f"{part}.pid").read_text())
    children = Path(f"/proc/{loop}/task/{loop}/children").read_text().split()
    assert len(children) == 1, f"{part} does not run: {children}"
    child = int(children[0])
    command = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")[0].decode()
    assert command.rpartition("/")[2] == part, f"{part} does not run: {command}"
    return loop, child


@contextlib.contextmanager
def ended(part):
    """It is killed, and its loop held, so that it is not started again before the block ends. Connections are refused."""
    loop, child = _pids(part)
    os.kill(loop, signal.SIGSTOP)
    try:
        os.kill(child, signal.SIGKILL)
        yield
    finally:
        os.kill(loop, signal.SIGCONT)


@contextlib.contextmanager
def halted(part):
    """It stands still until the block ends. Connections are taken, and nothing is ever answered."""
    _, child = _pids(part)
    os.kill(child, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(child, signal.SIGCONT)


NETWORK = "/run/netns/berth-node"
CLONE_NEWNET = 0x40000000


@contextlib.contextmanager
def network():
    """This thread is in the node's network: what it connects to sees the node's own address."""
    libc = ctypes.CDLL(None, use_errno=True)

    def enter(path):
        with open(path, "rb") as space:
            if libc.setns(space.fileno(), CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), f"setns {path}")

    with open("/proc/thread-self/ns/net", "rb") as own:
        enter(NETWORK)
        try:
            yield
        finally:
            assert libc.setns(own.fileno(), CLONE_NEWNET) == 0, "this thread cannot leave the node's network"


@contextlib.contextmanager
def neighbours(count):
    """Addresses of other machines on the node's network, which programs here may use as their own while the block runs."""
    chosen = [f"10.77.0.{100 + i}" for i in range(count)]
    try:
        for address in chosen:
            subprocess.run(["ip", "address", "replace", f"{address}/32", "dev", "berth0"], check=True)
        yield chosen
    finally:
        for address in chosen:
            subprocess.run(["ip", "address", "delete", f"{address}/32", "dev", "berth0"], check=False)

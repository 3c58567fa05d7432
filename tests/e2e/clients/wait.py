"""Waiting for what can be observed: never a fixed time, always a limit, and a word about what was seen last."""

import time

import dns.exception
import httpx

# Generous: a busy machine is no fault, and a wait that is met costs none of it.
TIMEOUT_S, PAUSE_S = 180, 0.1


def until(what, probe, timeout=TIMEOUT_S, pause=PAUSE_S):
    """The first true value of probe(). A probe that raises AssertionError or loses its connection is asked again."""
    end = time.monotonic() + timeout
    while True:
        try:
            seen = probe()
            if seen:
                return seen
        except (AssertionError, httpx.TransportError, dns.exception.Timeout) as e:
            seen = f"{type(e).__name__}: {e}"
        if time.monotonic() >= end:
            raise AssertionError(f"{what}: not within {timeout} s; seen last: {seen!r}")
        time.sleep(pause)

"""What the scripted API server does wrong. Each is the `act` of a Rule."""
import json

from .proxy import Dropped

SLOW_BYTES = 64


# --- answers without the request having been carried out ---

def conflict(x):
    x.status(409, "Conflict", "the object has been modified; please apply your changes to the latest version and try again")


def exists(x):
    x.status(409, "AlreadyExists", "the object already exists")


def busy(seconds):
    return lambda x: x.status(429, "TooManyRequests", "the server is overloaded", seconds)


def unavailable(x):
    x.status(503, "ServiceUnavailable", "the server is currently unable to handle the request")


# --- the request is carried out, but the answer does not tell ---

def error_after(x):
    x.forward()
    x.status(500, "InternalError", "etcdserver: request timed out")


def hang_after(x):
    x.forward()
    x.hang()


def drop_after(x):
    x.forward()
    raise Dropped


def half_after(x):
    """Half of the body, and the end of the connection."""
    status, headers, data = x.forward()
    x.passed.told = status
    x.handler.send_response_only(status)
    x.handler.send_header("Content-Type", "application/json")
    x.handler.send_header("Content-Length", str(len(data)))
    x.handler.end_headers()
    x.handler.wfile.write(data[: len(data) // 2])
    raise Dropped


def nonsense_after(x):
    """A whole answer of 200 that is no JSON."""
    x.forward()
    x.answer(200, [("Content-Type", "application/json")], b'{"kind": "Depl')


# --- answers that are right, but odd ---

def slow(x):
    status, headers, data = x.forward()
    x.passed.told = status
    x.handler.say(status, headers, data, SLOW_BYTES)


def stale(x):
    """The answer of an earlier time; the first one that there was."""
    status, headers, data = x.forward()
    old = x.proxy.answers.get(x.path)
    x.answer(*((200, headers, old) if status == 200 and old else (status, headers, data)))


# --- watches: act(exchange, None) answers the request and returns True, or lets it begin; act(exchange, line) gives the pieces
# --- that are sent in place of a line, None among them closes the connection ---

def gone_answer(x, line):
    x.status(410, "Expired", "too old resource version")
    return True


def closed_at_once(x, line):
    x.answer(200, [("Content-Type", "application/json")], b"")
    return True


def gone_event(x, line):
    error = {"kind": "Status", "code": 410, "reason": "Expired", "message": "too old resource version"}
    return [json.dumps({"type": "ERROR", "object": error}).encode() + b"\n", None]


def cut_in_line(x, line):
    return [line[: len(line) // 2], None]


def repeated(x, line):
    return [line] * 3


def slow_line(x, line):
    return [line[i:i + SLOW_BYTES] for i in range(0, len(line), SLOW_BYTES)]

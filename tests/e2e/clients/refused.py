"""Requests that are refused, and what the answer must say."""


def refused(answer, status, pointer=None):
    """The problem of a refused request: complete, and with a pointer to the field."""
    assert answer.status_code == status, f"{answer.status_code} {answer.text}"
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["type"], problem["status"]) == ("about:blank", status)
    assert problem["title"] and problem["detail"]
    assert problem["requestId"] == answer.headers["X-Request-Id"]
    if pointer is not None:
        assert pointer in [e["pointer"] for e in problem["errors"]], problem
        assert all(e["message"] for e in problem["errors"])
    return problem


def post(api, path, body, **kwargs):
    return api.http.post(f"/api/v1{path}", json=body, **kwargs)

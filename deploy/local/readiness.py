"""Asks a gateway whether Parley can answer, and what it is doing until then."""
import http.client
import json
from dataclasses import dataclass
from typing import Any

ANSWER_S = 3.0


@dataclass(frozen=True)
class Answer:
    """What a gateway said: `up` if anything at all, `ready` from /health/ready, the rest from /v1/parley/status.

    `message` is what a loading worker does, `missing` the first part that is not there.
    """

    up: bool = False
    ready: bool = False
    model: str = ""
    message: str = ""
    progress: float | None = None
    missing: str = ""


def ask(host: str, port: int) -> Answer:
    """One look, blocking, three seconds at most; a gateway that is not there yet is merely not ready."""
    try:
        ready = _get(host, port, "/health/ready")[0] == 200
        code, body = _get(host, port, "/v1/parley/status")
    except (OSError, http.client.HTTPException):
        return Answer()
    return _read(ready, body if code == 200 else b"{}")


def _read(ready: bool, body: bytes) -> Answer:
    try:
        status: Any = json.loads(body)
        loading = [worker for worker in status.get("workers", []) if worker.get("state") == "loading"]
        first: dict[str, Any] = next(iter(loading), {})
        missing: dict[str, Any] = next(iter(status.get("missing", [])), {})
        return Answer(True, ready, status.get("model") or "", first.get("message") or "", first.get("progress"),
                      missing.get("message") or "")
    except (ValueError, AttributeError):
        return Answer(True, ready)


def _get(host: str, port: int, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(host, port, timeout=ANSWER_S)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()

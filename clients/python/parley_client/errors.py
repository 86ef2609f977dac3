"""What can go wrong, one tree; the JavaScript client has the same.

    ParleyError                  code, message, param, retryable, response_id
    ├── RequestError             the request can never work as it is
    │   ├── NotFoundError        what it names does not exist, is not yours, or is remembered no more
    │   └── NotAllowedError      who asks may not
    ├── OverloadedError          not now; the client has tried for as long as its patience lasts
    ├── ServerError              the server's fault
    ├── ResponseFailedError      the response has ended as failed; `response` is all there is of it
    ├── DivergedError            part of what was told has been lost and made anew: read it whole again
    ├── ConnectionLostError      no connection could be made for as long as patience lasts
    └── ClosedError              the client was closed
"""
from typing import Any

Event = dict[str, Any]
FAILED_FOR_NOW = frozenset({
    "queue_full", "queue_timeout", "relay_unavailable", "history_unavailable", "service_restart", "too_many_responses",
    "worker_lost",
})


class ParleyError(Exception):
    """Base of all. Retryable: the same request, made anew, may work. `param` is the field that is wrong."""

    retryable = False

    def __init__(self, code: str, message: str, param: str | None = None, response_id: str | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.param, self.response_id = code, message, param, response_id

    def __str__(self) -> str:
        return f"{self.message} ({self.code})"

    def about(self, response_id: str | None) -> "ParleyError":
        """The same of another response: the end of a connection may be that of many."""
        return type(self)(self.code, self.message, self.param, response_id)


class RequestError(ParleyError):
    """The request can never work as it is."""


class NotFoundError(RequestError):
    """What the request names does not exist, is not yours, or is remembered no more."""


class NotAllowedError(RequestError):
    """A wrong key, or none where one is needed."""


class OverloadedError(ParleyError):
    """A limit was reached or a part of the server was away, and stayed so."""

    retryable = True


class ServerError(ParleyError):
    """The server's fault."""


class ResponseFailedError(ParleyError):
    """The response has ended as failed. `response` is the resource, with what was made until then."""

    def __init__(self, response: Event) -> None:
        error = response.get("error") or {}
        code = str(error.get("code") or "response_failed")
        super().__init__(code, str(error.get("message") or "The response has failed."), None, response.get("id"))
        self.response = response
        self.retryable = code in FAILED_FOR_NOW

    def about(self, response_id: str | None) -> ParleyError:
        return self


class DivergedError(ParleyError):
    """Part of what was told has been lost and made anew. `client.follow(error.response_id)` reads it whole."""


class ConnectionLostError(ParleyError):
    """No connection could be made. A response under way goes on: `client.follow(error.response_id)` later."""

    retryable = True


class ClosedError(ParleyError):
    """The client was closed while the stream was under way."""


def error_of(status: int, error: Event, response_id: str | None = None) -> ParleyError:
    """The error that the server tells, in a frame or in its answer to the upgrade."""
    code = str(error.get("code") or f"http_{status}")
    message = str(error.get("message") or f"The server has answered with status {status}.")
    param = error.get("param")
    return _class_of(status, code)(code, message, param if isinstance(param, str) else None, response_id)


def _class_of(status: int, code: str) -> type[ParleyError]:
    if code == "response_diverged":
        return DivergedError
    if status in (401, 403):
        return NotAllowedError
    if status == 404 or code == "previous_response_not_found":
        return NotFoundError
    if status in (408, 429, 502, 503, 504):
        return OverloadedError
    return ServerError if status >= 500 else RequestError

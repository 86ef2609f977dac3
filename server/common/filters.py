"""What an error is at each door: one table from code to HTTP status, close code and type, and the shapes of bodies.

Frames over the hard limit and half characters in a text frame never get here: the WebSocket library closes such a
socket itself, with 1009 and 1007.
"""
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from loguru import logger
from pydantic_core import ErrorDetails
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from relay.errors import RelayError
from server.common.errors import (
    ApiError,
    BadRequest,
    Code,
    Failure,
    LimitReached,
    NotAllowed,
    NotFound,
    TooLarge,
    Unavailable,
)
from server.common.recent import Door, RecentErrors
from server.common.validation import explain, shown

GOING_AWAY, INTERNAL, RESTART, TRY_AGAIN = 1001, 1011, 1012, 1013  # a client should connect again
POLICY = 1008  # … and here it should not


@dataclass(frozen=True, slots=True)
class Row:
    """One code at the doors. `close` is the code its socket is closed with, None where the socket stays open.

    `retry_after_s` is what a client is advised to wait, if the error is retryable.
    """

    status: int
    error_type: str
    kind: type[ApiError]
    close: int | None = None
    retry_after_s: int = 1


INVALID, LIMIT, SERVER = "invalid_request_error", "rate_limit_error", "server_error"
AUTHENTICATION, PERMISSION, OVERLOADED = "authentication_error", "permission_error", "service_unavailable_error"

TABLE: dict[Code, Row] = {
    Code.INVALID_JSON: Row(400, INVALID, BadRequest),
    Code.INVALID_UTF8: Row(400, INVALID, BadRequest),
    Code.INVALID_TYPE: Row(400, INVALID, BadRequest),
    Code.INVALID_VALUE: Row(400, INVALID, BadRequest),
    Code.MISSING_REQUIRED_PARAMETER: Row(400, INVALID, BadRequest),
    Code.UNKNOWN_PARAMETER: Row(400, INVALID, BadRequest),
    Code.UNSUPPORTED_PARAMETER: Row(400, INVALID, BadRequest),
    Code.UNSUPPORTED_IMAGE: Row(400, INVALID, BadRequest),
    Code.UNSUPPORTED_MEDIA_TYPE: Row(415, INVALID, BadRequest),
    Code.EMPTY_INPUT: Row(400, INVALID, BadRequest),
    Code.INVALID_PROMPT: Row(400, INVALID, BadRequest),
    Code.UNKNOWN_EVENT: Row(400, INVALID, BadRequest),
    Code.INVALID_QUERY: Row(400, INVALID, BadRequest),
    Code.QUERY_TOO_COMPLEX: Row(400, INVALID, TooLarge),
    Code.BINARY_FRAME: Row(400, INVALID, BadRequest),
    Code.METHOD_NOT_ALLOWED: Row(405, INVALID, BadRequest),
    Code.IDEMPOTENCY_MISMATCH: Row(409, INVALID, BadRequest),
    Code.RESPONSE_DIVERGED: Row(409, INVALID, BadRequest),
    Code.FRAME_TOO_LARGE: Row(413, INVALID, TooLarge),
    Code.INPUT_TOO_LARGE: Row(413, INVALID, TooLarge),
    Code.CONTEXT_LENGTH_EXCEEDED: Row(400, INVALID, TooLarge),
    Code.ITEM_NOT_FOUND: Row(400, INVALID, NotFound),
    Code.NOT_FOUND: Row(404, INVALID, NotFound),
    Code.MODEL_NOT_FOUND: Row(404, INVALID, NotFound),
    Code.RESPONSE_NOT_FOUND: Row(404, INVALID, NotFound),
    Code.PREVIOUS_RESPONSE_NOT_FOUND: Row(400, INVALID, NotFound),
    Code.CONVERSATION_NOT_FOUND: Row(404, INVALID, NotFound),
    Code.TURN_NOT_FOUND: Row(404, INVALID, NotFound),
    Code.SHARE_NOT_FOUND: Row(404, INVALID, NotFound),
    Code.CONVERSATION_LOCKED: Row(409, INVALID, LimitReached, retry_after_s=2),
    Code.COUNT_DIFFERS: Row(409, INVALID, BadRequest),
    Code.INVALID_API_KEY: Row(401, AUTHENTICATION, NotAllowed, close=POLICY),
    Code.INVALID_CREDENTIALS: Row(401, AUTHENTICATION, NotAllowed),
    Code.INVALID_TICKET: Row(401, AUTHENTICATION, NotAllowed, close=POLICY),
    Code.SESSION_ENDED: Row(401, AUTHENTICATION, NotAllowed, close=POLICY),
    Code.IDENTITY_CHANGED: Row(503, OVERLOADED, Unavailable, close=GOING_AWAY),
    Code.FORBIDDEN_ORIGIN: Row(403, PERMISSION, NotAllowed, close=POLICY),
    Code.SSO_DENIED: Row(403, PERMISSION, NotAllowed),
    Code.SSO_STATE_MISMATCH: Row(400, INVALID, BadRequest),
    Code.SSO_EXPIRED: Row(400, INVALID, BadRequest),
    Code.SSO_REFUSED: Row(400, INVALID, BadRequest),
    Code.SSO_EMAIL_MISSING: Row(400, INVALID, BadRequest),
    Code.SSO_UNAVAILABLE: Row(503, OVERLOADED, Unavailable, retry_after_s=30),
    Code.ACCOUNT_NOT_LINKABLE: Row(409, INVALID, BadRequest),
    Code.IDENTITY_TAKEN: Row(409, INVALID, BadRequest),
    Code.LAST_SIGN_IN: Row(409, INVALID, BadRequest),
    Code.EMAIL_TAKEN: Row(409, INVALID, BadRequest),
    Code.INSUFFICIENT_SCOPE: Row(403, PERMISSION, NotAllowed, close=POLICY),
    Code.ACCOUNT_REQUIRED: Row(403, PERMISSION, NotAllowed),
    Code.REGISTRATION_CLOSED: Row(403, PERMISSION, NotAllowed),
    Code.ADMINISTRATOR_REQUIRED: Row(403, PERMISSION, NotAllowed),
    Code.LAST_ADMINISTRATOR: Row(409, INVALID, BadRequest),
    Code.INVALID_PASSWORD: Row(400, INVALID, BadRequest),
    Code.INVALID_TOKEN: Row(400, INVALID, BadRequest),
    Code.TOO_MANY_ATTEMPTS: Row(429, LIMIT, LimitReached, retry_after_s=60),
    Code.TOO_MANY_KEYS: Row(400, INVALID, BadRequest),
    Code.TOO_MANY_LANES: Row(400, INVALID, BadRequest),
    Code.TOO_MANY_IN_FLIGHT_LANES: Row(429, LIMIT, LimitReached),
    Code.TOO_MANY_QUEUED_TURNS: Row(429, LIMIT, LimitReached),
    Code.TOO_MANY_RESPONSES: Row(429, LIMIT, LimitReached, retry_after_s=5),
    Code.TOO_MANY_SOCKETS: Row(503, OVERLOADED, LimitReached, close=TRY_AGAIN, retry_after_s=5),
    Code.QUEUE_FULL: Row(429, LIMIT, LimitReached, retry_after_s=10),
    Code.QUEUE_TIMEOUT: Row(503, OVERLOADED, LimitReached, retry_after_s=10),
    Code.VIEWER_BEHIND: Row(408, INVALID, LimitReached, close=TRY_AGAIN),
    Code.WEBSOCKET_CONNECTION_LIMIT_REACHED: Row(400, INVALID, LimitReached, close=GOING_AWAY),
    Code.RELAY_UNAVAILABLE: Row(503, OVERLOADED, Unavailable, retry_after_s=3),
    Code.HISTORY_UNAVAILABLE: Row(503, OVERLOADED, Unavailable, retry_after_s=3),
    Code.ACCOUNTS_UNAVAILABLE: Row(503, OVERLOADED, Unavailable, retry_after_s=3),
    Code.SERVICE_RESTART: Row(503, OVERLOADED, Unavailable, close=RESTART),
    Code.WORKER_LOST: Row(503, SERVER, Unavailable),
    Code.ENGINE_ERROR: Row(500, SERVER, Failure),
    Code.INTERNAL_ERROR: Row(500, SERVER, Failure),
}


told: Counter[Code] = Counter()  # errors that this process has told clients, for its metrics; they only grow
recent = RecentErrors()  # … and the last of them
OURS = (LimitReached, Unavailable, Failure)  # whose messages are our own words alone


def api_error(error: BaseException) -> ApiError:
    """An error as a client may see it; one that nobody expected is logged and becomes `internal_error`.

    An error of another layer that brings a `code` of the table and a `message` (the relay's do) keeps both.
    """
    if isinstance(error, ApiError):
        return error
    code, message = getattr(error, "code", None), getattr(error, "message", None)
    if isinstance(code, str) and isinstance(message, str) and code in set(Code):
        return TABLE[Code(code)].kind(Code(code), message)
    logger.opt(exception=error).error("unexpected {}", type(error).__name__)
    return Failure()


def note(error: ApiError, door: Door, *, user: str | None = None) -> None:
    """For administrators. A message that may hold a client's words is left out; of a field's path its first name stays,
    which is one of ours, unless nobody knows it.
    """
    row = TABLE[error.code]
    param = error.param if error.param is None else re.split(r"[.\[]", error.param, maxsplit=1)[0]
    recent.note(
        error.code.value, row.status, door, error.message if issubclass(row.kind, OURS) else None,
        param=None if error.code is Code.UNKNOWN_PARAMETER else param, response_id=error.response_id, user=user)


def note_failed(code: str, message: str, *, response_id: str, user: str) -> None:
    """A response has failed, for this reason of its worker's or a gateway's."""
    known = Code(code) if code in set(Code) else Code.INTERNAL_ERROR
    error = TABLE[known].kind(known, message)
    error.response_id = response_id
    note(error, "response", user=user)


def _tell(error: ApiError, door: Door) -> Row:
    told[error.code] += 1
    note(error, door)
    return TABLE[error.code]


def payload(error: ApiError, door: Door = "http") -> dict[str, Any]:
    """The `error` object of an HTTP body and of a WebSocket frame."""
    row = _tell(error, door)
    return {"type": row.error_type, "code": error.code.value, "message": error.message, "param": error.param}


def http_body(error: ApiError, door: Door = "http") -> dict[str, Any]:
    """The body of an HTTP answer, in OpenAI's shape."""
    return {"error": payload(error, door)}


def http_headers(error: ApiError) -> dict[str, str]:
    """Headers of an HTTP answer: when to try again, how to authenticate."""
    if error.retryable:
        return {"Retry-After": str(error.retry_after_s or TABLE[error.code].retry_after_s)}
    return {"WWW-Authenticate": "Bearer"} if error.code is Code.INVALID_API_KEY else {}


def status_of(error: ApiError) -> int:
    """Its HTTP status."""
    return TABLE[error.code].status


def socket_frame(error: ApiError, stream_id: str | None = None) -> dict[str, Any]:
    """The error event of a WebSocket (Open Responses, `WebSocketErrorEvent`), with the lane it belongs to."""
    frame: dict[str, Any] = {"type": "error", "status": TABLE[error.code].status, "error": payload(error, "websocket")}
    if stream_id is not None:
        frame["stream_id"] = stream_id
    return frame


def stream_event(error: ApiError, sequence_number: int) -> dict[str, Any]:
    """The `error` event of an SSE stream: flat, as OpenAI's API has it, and with the `error` object that Open Responses
    asks for and by which OpenAI's SDKs raise it.

    `sequence_number` is the last one that was sent (-1: none), so that it stays a place to resume from.
    """
    error_object = payload(error, "sse")
    flat = {name: error_object[name] for name in ("code", "message", "param")}
    return {"type": "error", **flat, "error": error_object, "sequence_number": sequence_number}


def graphql_extensions(error: ApiError) -> dict[str, Any]:
    """The `extensions` of a GraphQL error: what HTTP would say of it, and whether to try again."""
    row = _tell(error, "graphql")
    return {
        "code": error.code.value,
        "type": row.error_type,
        "status": row.status,
        "param": error.param,
        "retryable": error.retryable,
    }


def http_answer(error: ApiError) -> JSONResponse:
    """The HTTP answer that an error is."""
    return JSONResponse(http_body(error), TABLE[error.code].status, http_headers(error))


def install(app: FastAPI) -> None:
    """Make every error that leaves a route an answer in the one shape."""
    app.add_exception_handler(ApiError, _answer)
    app.add_exception_handler(RelayError, _answer)  # without a row of its own it would be logged as nobody's
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(RequestValidationError, _answer_parameters)
    app.add_exception_handler(Exception, _answer)


async def _answer(_: HTTPConnection, error: Exception) -> JSONResponse:
    """Of a WebSocket, what is raised before it is accepted: its upgrade is answered like any HTTP request."""
    return http_answer(api_error(error))


async def _answer_http(_: Request, raised: Exception) -> JSONResponse:
    error = cast(HTTPException, raised)
    if error.status_code == 405:
        known: ApiError = BadRequest(Code.METHOD_NOT_ALLOWED, "This path does not know that method.")
    elif error.status_code == 404:
        known = NotFound(Code.NOT_FOUND, "There is nothing at this path.")
    else:
        known = Failure() if error.status_code >= 500 else BadRequest(Code.INVALID_VALUE, str(error.detail))
    return JSONResponse(http_body(known), error.status_code, error.headers)


async def _answer_parameters(request: Request, raised: Exception) -> JSONResponse:
    """A query parameter, header or body that FastAPI could not read."""
    first = cast(RequestValidationError, raised).errors()[0]
    if first["loc"][0] == "body":
        return http_answer(_wrong_body(request, first))
    name = str(first["loc"][-1])
    missing = first["type"] == "missing"
    code = Code.MISSING_REQUIRED_PARAMETER if missing else Code.INVALID_VALUE
    return http_answer(BadRequest(code, f"`{name}`: {first['msg']}.", name))


def _wrong_body(request: Request, first: dict[str, Any]) -> ApiError:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if first["type"] == "missing" and first["loc"] == ("body",):
        return BadRequest(Code.INVALID_JSON, "A body is needed: a JSON object.")
    if kind != "application/json":
        return BadRequest(
            Code.UNSUPPORTED_MEDIA_TYPE, f"Send JSON with `Content-Type: application/json`; this is {shown(kind)}.")
    if first["type"] == "json_invalid":
        return BadRequest(Code.INVALID_JSON, f"The body is not JSON: {first.get('ctx', {}).get('error', '')}.")
    if first["loc"] == ("body",) and first["type"] != "value_error" and first["type"] not in set(Code):
        return BadRequest(Code.INVALID_TYPE, f"The body should be a JSON object; it is {shown(first['input'])}.")
    return explain(cast(ErrorDetails, {**first, "loc": first["loc"][1:]}))

"""The one table of error codes, and the shapes an error takes at each door."""
from functools import partial

import pytest
from fastapi import FastAPI
from loguru import logger
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient

from server.common import errors, filters
from server.common.errors import ApiError, BadRequest, Code, Failure, LimitReached, NotAllowed, NotFound, Unavailable
from tests import spec

RECONNECT = {1001, 1012, 1013}


@pytest.mark.parametrize("code", list(Code))
def test_every_code_is_in_the_table(code: Code) -> None:
    row = filters.TABLE[code]
    assert 400 <= row.status <= 599
    assert row.kind in vars(errors).values()
    assert row.close is None or row.close in RECONNECT | {1008}
    assert row.retry_after_s > 0


@pytest.mark.parametrize("code", list(Code))
def test_what_closes_a_socket_and_is_retryable_asks_to_reconnect(code: Code) -> None:
    row = filters.TABLE[code]
    if row.close is not None:
        assert (row.close in RECONNECT) == row.kind.retryable


def test_the_tree_is_drawn_whole_in_the_docstring() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ApiError)]
    assert len(kinds) == 8
    assert all(kind.__name__ in (errors.__doc__ or "") for kind in kinds)


class RelayLike(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def test_a_coded_error_of_another_layer_keeps_its_code_and_words() -> None:
    error = filters.api_error(RelayLike("queue_full", "1,000 jobs wait already."))
    assert isinstance(error, LimitReached)
    assert (error.code, error.message, error.retryable) == (Code.QUEUE_FULL, "1,000 jobs wait already.", True)


@pytest.mark.parametrize("error", [ValueError("secret"), RelayLike("no_such_code", "secret")])
def test_an_unexpected_error_is_logged_and_tells_nothing(error: Exception) -> None:
    lines: list[str] = []
    sink = logger.add(lines.append, format="{message}")
    try:
        shown = filters.api_error(error)
    finally:
        logger.remove(sink)
    assert shown.code is Code.INTERNAL_ERROR
    assert "secret" not in shown.message
    assert type(error).__name__ in lines[0]


def test_an_api_error_stays_itself() -> None:
    error = NotFound(Code.RESPONSE_NOT_FOUND, "There is no response x.", "response_id")
    assert filters.api_error(error) is error
    assert repr(error) == "NotFound(response_not_found, 'There is no response x.', param='response_id')"


def test_shapes() -> None:
    error = BadRequest(Code.INVALID_VALUE, "Too hot.", "temperature")
    body = {"type": "invalid_request_error", "code": "invalid_value", "message": "Too hot.", "param": "temperature"}
    assert filters.http_body(error) == {"error": body}
    assert filters.socket_frame(error) == {"type": "error", "status": 400, "error": body}
    assert filters.socket_frame(error, "a") == {"type": "error", "status": 400, "error": body, "stream_id": "a"}
    event = filters.stream_event(error, 7)
    spec.check_event(event)
    assert event == {
        "type": "error", "code": "invalid_value", "message": "Too hot.", "param": "temperature", "sequence_number": 7,
        "error": body,
    }


def test_an_error_is_counted_once_whatever_its_shape() -> None:
    shapes = (filters.http_body, filters.socket_frame, partial(filters.stream_event, sequence_number=7))
    for shape in shapes:
        before = filters.told[Code.QUEUE_FULL]
        shape(LimitReached(Code.QUEUE_FULL, "Full."))
        assert filters.told[Code.QUEUE_FULL] == before + 1


def test_headers() -> None:
    assert filters.http_headers(Unavailable(Code.RELAY_UNAVAILABLE, "")) == {"Retry-After": "3"}
    assert filters.http_headers(NotAllowed(Code.INVALID_API_KEY, "")) == {"WWW-Authenticate": "Bearer"}
    assert filters.http_headers(Failure()) == {}


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()
    filters.install(app)

    @app.get("/api")
    async def api() -> None:
        raise Unavailable(Code.RELAY_UNAVAILABLE, "Redis is away.")

    @app.get("/bug")
    async def bug() -> None:
        raise KeyError("secret")

    @app.get("/number/{number}")
    async def number(number: int, needed: str) -> None: ...

    @app.get("/http/{status}")
    async def http(status: int) -> None:
        raise HTTPException(status, "words")

    return TestClient(app, raise_server_exceptions=False)


@pytest.mark.parametrize(
    ("path", "status", "code", "param"),
    [
        ("/api", 503, "relay_unavailable", None),
        ("/bug", 500, "internal_error", None),
        ("/nothing", 404, "not_found", None),
        ("/number/x?needed=1", 400, "invalid_value", "number"),
        ("/number/1", 400, "missing_required_parameter", "needed"),
        ("/http/418", 418, "invalid_value", None),
        ("/http/502", 502, "internal_error", None),
    ],
)
def test_every_error_of_a_route_has_the_one_shape(
    client: TestClient, path: str, status: int, code: str, param: str | None
) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert set(answer.json()) == {"error"}
    error = answer.json()["error"]
    assert set(error) == {"type", "code", "message", "param"}
    assert (error["code"], error["param"]) == (code, param)
    assert "secret" not in answer.text
    assert ("Retry-After" in answer.headers) == (code == "relay_unavailable")


def test_a_wrong_method_has_the_one_shape_and_keeps_its_header(client: TestClient) -> None:
    answer = client.post("/api")
    assert (answer.status_code, answer.json()["error"]["code"]) == (405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET"

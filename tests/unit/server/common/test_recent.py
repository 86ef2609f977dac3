"""The last errors that were told: whose, at which door, and nothing of what a client has written."""
from functools import partial

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from server.auth.guards import CurrentUser
from server.auth.service import Authenticator
from server.common import filters
from server.common.errors import ApiError, BadRequest, Code, Failure, LimitReached, NotFound
from server.common.recent import MOST, RecentError, RecentErrors, asking


@pytest.fixture(autouse=True)
def recent(monkeypatch: pytest.MonkeyPatch) -> RecentErrors:
    """This test's own."""
    recent = RecentErrors(lambda: 5.0)
    monkeypatch.setattr(filters, "recent", recent)
    return recent


def test_each_door_says_which_it_is(recent: RecentErrors) -> None:
    error = LimitReached(Code.QUEUE_FULL, "Full.")
    for shape in (filters.http_body, filters.socket_frame, partial(filters.stream_event, sequence_number=7),
                  filters.graphql_extensions, partial(filters.http_body, door="sse")):
        shape(error)
    assert [(one.door, one.code, one.status, one.message) for one in recent.take()] == [
        (door, "queue_full", 429, "Full.") for door in ("http", "websocket", "sse", "graphql", "sse")]
    assert recent.take() == []


@pytest.mark.parametrize(("error", "message", "param"), [
    (BadRequest(Code.INVALID_VALUE, "`a.b` should be less; it is 'my words'.", "metadata.my words"), None, "metadata"),
    (BadRequest(Code.INVALID_TYPE, "`input[0]` is 'my words'.", "input[0].content"), None, "input"),
    (BadRequest(Code.UNKNOWN_PARAMETER, "`my words` is not known.", "my words"), None, None),
    (NotFound(Code.MODEL_NOT_FOUND, "`my words` is not served.", "model"), None, "model"),
    (Failure(Code.ENGINE_ERROR, "The engine could not go on."), "The engine could not go on.", None)])
def test_nothing_is_kept_of_what_a_client_has_written(
        recent: RecentErrors, error: ApiError, message: str | None, param: str | None) -> None:
    filters.payload(error)
    (kept,) = recent.take()
    assert (kept.message, kept.param) == (message, param)
    assert "my words" not in repr(kept)


def test_a_response_that_failed_is_its_users(recent: RecentErrors) -> None:
    filters.note_failed("worker_lost", "Lost.", response_id="resp_1", user="ann")
    filters.note_failed("nobody_knows_it", "Odd.", response_id="resp_2", user="")
    assert recent.take() == [
        RecentError(5.0, "worker_lost", 503, "response", "Lost.", None, "ann", "resp_1"),
        RecentError(5.0, "internal_error", 500, "response", "Odd.", None, None, "resp_2")]


def test_of_one_response_the_same_is_kept_once(recent: RecentErrors) -> None:
    filters.note_failed("worker_lost", "Lost.", response_id="resp_1", user="ann")
    error = filters.TABLE[Code.WORKER_LOST].kind(Code.WORKER_LOST, "Lost.")
    error.response_id = "resp_1"
    before = filters.told[Code.WORKER_LOST]
    filters.payload(error)
    assert filters.told[Code.WORKER_LOST] == before + 1, "it is counted all the same"
    assert len(recent.take()) == 1
    filters.payload(error)
    assert recent.take() == []
    for number in range(MOST):
        filters.note_failed("worker_lost", "Lost.", response_id=f"resp_x{number}", user="ann")
    filters.payload(error)
    assert recent.take()[-1].response_id == "resp_1", "what was long ago is forgotten"


def test_no_more_are_kept_than_that(recent: RecentErrors) -> None:
    for number in range(MOST + 5):
        recent.note(f"code_{number}", 500, "http", None)
    assert [one.code for one in recent.take()] == [f"code_{number}" for number in range(5, MOST + 5)]


def test_it_says_who_asked(recent: RecentErrors) -> None:
    app = FastAPI()
    filters.install(app)
    app.state.authenticator = Authenticator("a-bootstrap-key")

    @app.get("/full")
    async def full(user: CurrentUser) -> None:
        raise LimitReached(Code.QUEUE_FULL, "Full.")

    @app.get("/number")
    async def number(user: CurrentUser, n: int) -> None: ...

    client = TestClient(app)
    right, wrong = ({"Authorization": f"Bearer {key}"} for key in ("a-bootstrap-key", "wrong"))
    for path, headers in (("/full", right), ("/number?n=x", right), ("/full", wrong), ("/no", {})):
        client.get(path, headers=headers)
    assert [(one.code, one.user) for one in recent.take()] == [
        ("queue_full", "admin"), ("invalid_value", "admin"), ("invalid_api_key", None), ("not_found", None)]
    assert asking.get() is None

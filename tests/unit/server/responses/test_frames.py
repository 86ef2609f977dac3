"""A client's events out of text frames."""
from collections.abc import Callable
from functools import partial

import pytest

from server.common.errors import ApiError, Code
from server.responses import frames


def refusal(work: Callable[[], object]) -> tuple[Code, str | None]:
    with pytest.raises(ApiError) as caught:
        work()
    return caught.value.code, caught.value.param


@pytest.mark.parametrize("text", ["", "{", "nonsense", '{"a": NaN}', '"\\ud800"', "[" * 2000, '{"n": 1e999}'])
def test_not_json(text: str) -> None:
    assert refusal(lambda: frames.event_of(text)) == (Code.INVALID_JSON, None)


@pytest.mark.parametrize("text", ["[]", "1", "null", '"x"'])
def test_not_an_object(text: str) -> None:
    assert refusal(lambda: frames.event_of(text)) == (Code.INVALID_TYPE, None)


def test_an_event() -> None:
    assert frames.event_of('{"type":"é"}') == {"type": "é"}


@pytest.mark.parametrize("stream_id", ["a", "A-z_0.9", "x" * 256, None])
def test_stream_ids(stream_id: str | None) -> None:
    assert frames.stream_id_of({"stream_id": stream_id}) == stream_id
    assert frames.stream_id_of({}) is None


@pytest.mark.parametrize("stream_id", ["", "x" * 257, "a b", "a\n", 'a"', "ä", "٣", 5, [], True])
def test_bad_stream_ids(stream_id: object) -> None:
    assert refusal(lambda: frames.stream_id_of({"stream_id": stream_id})) == (Code.INVALID_VALUE, "stream_id")


def test_kinds() -> None:
    assert [frames.kind_of({"type": kind}) for kind in frames.EVENTS] == list(frames.EVENTS)
    assert refusal(lambda: frames.kind_of({})) == (Code.MISSING_REQUIRED_PARAMETER, "type")
    assert refusal(lambda: frames.kind_of({"type": 5})) == (Code.INVALID_TYPE, "type")
    assert refusal(lambda: frames.kind_of({"type": "x" * 1000})) == (Code.UNKNOWN_EVENT, "type")


def test_only_fields() -> None:
    frames.only_fields({"type": "x", "stream_id": "y", "a": 1}, "a", "b")
    assert refusal(lambda: frames.only_fields({"c": 1}, "a")) == (Code.UNKNOWN_PARAMETER, "c")


def test_response_ids() -> None:
    assert frames.response_id_of({"response_id": "resp_1"}) == "resp_1"
    assert refusal(lambda: frames.response_id_of({})) == (Code.MISSING_REQUIRED_PARAMETER, "response_id")
    assert refusal(lambda: frames.response_id_of({"response_id": 5})) == (Code.INVALID_TYPE, "response_id")
    for bad in ("", "x" * 129):
        event = {"response_id": bad}
        assert refusal(partial(frames.response_id_of, event)) == (Code.RESPONSE_NOT_FOUND, "response_id")


def test_numbers() -> None:
    assert [frames.number_of({"starting_after": n}) for n in (-1, 0, frames.MAX_NUMBER)] == [-1, 0, frames.MAX_NUMBER]
    assert frames.number_of({}) == -1
    for bad in (True, "1", 1.0):
        assert refusal(partial(frames.number_of, {"starting_after": bad}))[0] is Code.INVALID_TYPE
    for out in (-2, frames.MAX_NUMBER + 1):
        assert refusal(partial(frames.number_of, {"starting_after": out}))[0] is Code.INVALID_VALUE


def test_numbers_of_a_query() -> None:
    assert [frames.query_number(text) for text in ("12", "-1", "1.5", "", "٣", "9" * 21)] == [
        12, -1, "1.5", "", "٣", "9" * 21]

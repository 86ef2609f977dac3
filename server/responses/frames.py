"""A client's WebSocket event, and its fields, out of a text frame. All raise ApiError with the field's name."""
import re
from typing import Any

import orjson

from server.common.errors import BadRequest, Code, NotFound
from server.common.validation import shorten, shown

EVENTS = ("response.create", "response.cancel", "parley:resume", "parley:ping")
STREAM_ID = re.compile(r"[A-Za-z0-9_.-]{1,256}", re.ASCII)
MAX_ID_LENGTH = 128
MAX_NUMBER = 2**53 - 1  # what JavaScript counts exactly


def event_of(text: str) -> dict[str, Any]:
    """The event that a text frame is."""
    try:
        event = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadRequest(Code.INVALID_JSON, f"The message is not JSON: {error}.") from None
    if not isinstance(event, dict):
        raise BadRequest(Code.INVALID_TYPE, f"An event should be a JSON object; it is {shown(event)}.")
    return event


def stream_id_of(event: dict[str, Any]) -> str | None:
    """The lane that an event is of."""
    stream_id = event.get("stream_id")
    if stream_id is None or (isinstance(stream_id, str) and STREAM_ID.fullmatch(stream_id)):
        return stream_id
    raise BadRequest(
        Code.INVALID_VALUE, "`stream_id` should be 1 to 256 letters, digits, `_`, `.` or `-`.", "stream_id"
    )


def kind_of(event: dict[str, Any]) -> str:
    """Its type, one of EVENTS."""
    kind = event.get("type")
    if kind is None:
        raise BadRequest(Code.MISSING_REQUIRED_PARAMETER, "`type` is required.", "type")
    if not isinstance(kind, str):
        raise BadRequest(Code.INVALID_TYPE, f"`type` should be a string; it is {shown(kind)}.", "type")
    if kind not in EVENTS:
        raise BadRequest(
            Code.UNKNOWN_EVENT, f"The event {shown(kind)} is not known; there are {', '.join(EVENTS)}.", "type"
        )
    return kind


def only_fields(event: dict[str, Any], *known: str) -> None:
    """It has no field but these, and those of every event."""
    for name in event:
        if name not in (*known, "type", "stream_id"):
            raise BadRequest(Code.UNKNOWN_PARAMETER, f"`{shorten(name)}` is not a known parameter.", shorten(name))


def response_id_of(event: dict[str, Any]) -> str:
    """The response that it is about."""
    value = event.get("response_id")
    if value is None:
        raise BadRequest(Code.MISSING_REQUIRED_PARAMETER, "`response_id` is required.", "response_id")
    if not isinstance(value, str):
        raise BadRequest(Code.INVALID_TYPE, f"`response_id` should be a string; it is {shown(value)}.", "response_id")
    if not 0 < len(value) <= MAX_ID_LENGTH:
        raise NotFound(Code.RESPONSE_NOT_FOUND, "There is no such response.", "response_id")
    return value


def number_of(event: dict[str, Any], name: str = "starting_after") -> int:
    """A sequence number to go on behind; -1, or none, for the beginning."""
    value = event.get(name)
    if value is None:
        return -1
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadRequest(Code.INVALID_TYPE, f"`{name}` should be a whole number; it is {shown(value)}.", name)
    if not -1 <= value <= MAX_NUMBER:
        raise BadRequest(Code.INVALID_VALUE, f"`{name}` should be a sequence number; it is {value}.", name)
    return value


def query_flag(value: str | None, name: str) -> bool:
    """A switch of a query string, as in HTTP's."""
    if value in (None, "false", "0"):
        return False
    if value in ("true", "1"):
        return True
    raise BadRequest(Code.INVALID_VALUE, f"`{name}` should be true or false; it is {shown(value)}.", name)


def query_number(value: str) -> int | str:
    """A number of a query string; the words themselves where they are none, to be refused as such."""
    return int(value) if re.fullmatch(r"-?[0-9]{1,20}", value, re.ASCII) else value

"""A client's messages of the protocol `graphql-transport-ws`, out of text frames."""
from dataclasses import dataclass
from typing import Any

import orjson

from server.common.errors import ApiError
from server.graphql.requests import Operation, parse_operation

PROTOCOL = "graphql-transport-ws"
BAD_MESSAGE, UNAUTHORIZED, FORBIDDEN, SLOW_INIT, SAME_ID, SECOND_INIT = 4400, 4401, 4403, 4408, 4409, 4429
MAX_ID_LENGTH = 256


class BadMessage(Exception):
    """It is none of the protocol's, so the socket is closed with BAD_MESSAGE; the text says why."""


@dataclass(frozen=True, slots=True)
class Init:
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ping:
    pass


@dataclass(frozen=True, slots=True)
class Pong:
    pass


@dataclass(frozen=True, slots=True)
class Subscribe:
    """`operation` is what is wrong with the payload where it is none."""

    id: str
    operation: Operation | ApiError


@dataclass(frozen=True, slots=True)
class Complete:
    """The client wants no more of it."""

    id: str


Message = Init | Ping | Pong | Subscribe | Complete


def parse(text: str) -> Message:
    """Raises BadMessage."""
    try:
        message = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise BadMessage("A message must be JSON") from None
    if not isinstance(message, dict):
        raise BadMessage("A message must be a JSON object")
    match message.get("type"):
        case "connection_init":
            return Init(_object(message.get("payload")))
        case "ping":
            return Ping()
        case "pong":
            return Pong()
        case "subscribe":
            return Subscribe(_id(message), _operation(message))
        case "complete":
            return Complete(_id(message))
    raise BadMessage("The type of the message is not known")


def _operation(message: dict[str, Any]) -> Operation | ApiError:
    try:
        return parse_operation(message.get("payload"))
    except ApiError as error:
        return error


def _object(payload: object) -> dict[str, Any]:
    if payload is None:
        return {}
    if not isinstance(payload, dict):
        raise BadMessage("`payload` must be an object")
    return payload


def _id(message: dict[str, Any]) -> str:
    value = message.get("id")
    if not isinstance(value, str) or not 0 < len(value) <= MAX_ID_LENGTH:
        raise BadMessage(f"`id` must be a string of 1 to {MAX_ID_LENGTH} characters")
    return value

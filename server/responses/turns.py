"""What a socket's session hands to the shell that does its I/O: turns to run, and the other things to do."""
from dataclasses import dataclass
from typing import Any

from server.common.errors import ApiError
from server.responses.chains import Past
from server.responses.schemas import ResponseCreate


@dataclass(slots=True, eq=False)
class Turn:
    """A response to make (`create`), to follow (`response_id`, behind number `after`), or an error to tell in order."""

    lane: str | None
    create: ResponseCreate | None = None
    hash: str = ""
    response_id: str = ""
    after: int = -1
    parent: str | None = None
    past: Past | None = None  # the parent, where this socket remembers it
    error: ApiError | None = None
    size_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Send:
    """A frame to send."""

    frame: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Start:
    """Run this turn, and say in the end `ended` or `failed`."""

    turn: Turn


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop a response; say `refused` if that is not possible."""

    response_id: str
    lane: str | None


@dataclass(frozen=True, slots=True)
class Close:
    """Close the socket; nothing is sent after it."""

    code: int
    reason: str


Action = Send | Start | Cancel | Close

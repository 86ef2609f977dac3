"""What a session hands to the shell that does its I/O."""
from dataclasses import dataclass

from parley_client.errors import Event, ParleyError
from parley_client.turn import Turn


@dataclass(frozen=True, slots=True)
class Connect:
    """Open a socket to this address; there is none now."""

    url: str


@dataclass(frozen=True, slots=True)
class Send:
    """Send this frame on the socket that is open."""

    text: str


@dataclass(frozen=True, slots=True)
class Drop:
    """Give up the socket there is, open or not; nothing that it still brings may reach the session."""


@dataclass(frozen=True, slots=True)
class Tell:
    """An event for who follows this turn."""

    turn: Turn
    event: Event


@dataclass(frozen=True, slots=True)
class Finish:
    """Nothing more will come for this turn; `error` says why, where it did not end well."""

    turn: Turn
    error: ParleyError | None = None


Action = Connect | Send | Drop | Tell | Finish

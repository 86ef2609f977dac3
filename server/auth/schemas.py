"""Who asks, and what they bring to show it."""
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class User:
    """Whoever owns responses. `id` may be logged: no secret can be read from it."""

    id: str
    admin: bool = False


@dataclass(frozen=True, slots=True)
class Credentials:
    """What an HTTP request or a WebSocket upgrade says about who sends it; empty where it says nothing."""

    authorization: str = field(default="", repr=False)
    guest_cookie: str = field(default="", repr=False)
    origin: str = ""
    host: str = ""

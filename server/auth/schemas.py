"""Who asks, and what they bring to show it."""
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What an account may do beyond its own affairs."""

    USER = "user"
    ADMINISTRATOR = "administrator"


class Scope(StrEnum):
    """What an API key may be used for; `server.auth.scopes` says which path needs which."""

    RESPONSES = "responses"
    CONVERSATIONS = "conversations"
    ACCOUNT = "account"
    ADMIN = "admin"


ALL_SCOPES = frozenset(Scope)


@dataclass(frozen=True, slots=True)
class User:
    """Whoever owns responses. `id` may be logged: no secret can be read from it.

    `has_account`: there is a row of it among the accounts, so it can have keys, sessions and a profile.
    """

    id: str
    admin: bool = False
    has_account: bool = False
    scopes: frozenset[Scope] = ALL_SCOPES


@dataclass(frozen=True, slots=True)
class Credentials:
    """What an HTTP request or a WebSocket upgrade says about who sends it; empty where it says nothing."""

    authorization: str = field(default="", repr=False)
    guest_cookie: str = field(default="", repr=False)
    origin: str = ""
    host: str = ""
    session_cookie: str = field(default="", repr=False)
    ticket: str = field(default="", repr=False)

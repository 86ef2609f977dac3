"""Who asks, and what they bring to show it."""
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel

from server.auth.sso.schemas import ProviderRead
from server.common.errors import Code, NotAllowed, Unavailable


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
GUEST, VISITOR = "guest_", "visitor_"  # how ids begin; a visitor is a guest whose cookie was another guest's before


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


class EntryOptions(BaseModel):
    """Which ways in there are. What the database knows is null while that is away.

    `guests`: one may chat at once. `registration`: one may make an account. `first_account`: nobody has one yet, and
    the first is the administrator's. `verified_only`: one can sign in only once the address is confirmed. `mail`:
    letters go out, so that a forgotten password can be replaced.
    """

    object: Literal["auth.options"] = "auth.options"
    guests: bool
    registration: bool | None
    first_account: bool | None
    verified_only: bool
    mail: bool
    providers: list[ProviderRead]


class Kind(StrEnum):
    """By what somebody may be here."""

    BOOTSTRAP = "bootstrap"  # the administrator's key out of the settings
    BEARER = "bearer"  # any key, on an installation of one's own
    GUEST = "guest"  # a browser's cookie
    SESSION = "session"  # a browser that is signed in
    KEY = "key"  # an API key
    TOKEN = "token"  # noqa: S105 - a JSON web token


@dataclass(frozen=True, slots=True)
class Proof:
    """What credentials come down to: a hash of a secret, or an id that a signature vouches for."""

    kind: Kind
    value: str
    token_id: str = ""
    issued_at: float = 0.0
    expires_at: float | None = None


class Grant:
    """That somebody is let in, by one thing that they have shown. It ends once, and then all that it let in ends.

    Sockets hold it as long as they are open, and there are thousands: it has no more than it needs.
    """

    __slots__ = ("__weakref__", "_calls", "ended", "expires_at", "id", "user")

    def __init__(self, id: str, user: User, expires_at: float | None = None) -> None:
        self.id, self.user, self.expires_at = id, user, expires_at
        self.ended: Code | None = None
        self._calls: set[Callable[[], None]] | None = None

    def check(self) -> None:
        """For all that is done on a connection that it opened. Raises NotAllowed once it has ended; or Unavailable,
        if whoever holds it is let in again otherwise.
        """
        if self.ended is Code.IDENTITY_CHANGED:
            raise Unavailable(self.ended, "You have signed in; connect again to go on as yourself.")
        if self.ended is not None:
            raise NotAllowed(self.ended, "Your session or key has ended; sign in again, or use another key.")

    def end(self, code: Code) -> None:
        """Only the first end counts."""
        if self.ended is None:
            self.ended = code
            while self._calls:
                self._calls.pop()()

    def call(self, callback: Callable[[], None]) -> None:
        """Call this when it ends, or at once if it has. It must not raise."""
        if self.ended is not None:
            callback()
        elif self._calls is None:
            self._calls = {callback}
        else:
            self._calls.add(callback)

    def forget(self, callback: Callable[[], None]) -> None:
        """Who has left is not called."""
        if self._calls is not None:
            self._calls.discard(callback)

"""Who may enter, and as whom. Knows nothing of HTTP's objects.

A bearer is an API key, a token or the bootstrap key; on an installation of one's own any other, too, as a user of its
own. Without one it is a ticket, the cookie of a session, or a guest, where guests are let in.
"""
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from server.auth.schemas import GUEST, Credentials, Grant, Kind, Proof, User
from server.common.errors import Code, NotAllowed

ADMIN = User("admin", admin=True)
COMMON_GUEST = User("guest")
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
DIGEST_LENGTH = 16
KEY_PREFIX = "pk_"


class Identities(Protocol):
    """Whose sessions, keys and tokens are."""

    async def find(self, proof: Proof) -> Grant:
        """Raises NotAllowed, Unavailable."""


class Tokens(Protocol):
    """JSON web tokens of this installation."""

    async def read(self, token: str) -> Proof:
        """Raises NotAllowed for one that is not ours or has expired, Unavailable."""


class Tickets(Protocol):
    """What lets somebody open one socket."""

    async def redeem(self, ticket: str) -> Proof:
        """Raises NotAllowed for one that is unknown, used or too old, Unavailable."""


@dataclass(frozen=True, slots=True)
class Authenticator:
    """`local_names_only`: guests must have come to a loopback name, which keeps out a page of another host whose
    name was made to point here (DNS rebinding). `any_bearer`: an unknown key is a user of its own. Origins, in lower
    case, are those of pages beside our own that may use our cookies; under `public_host` people sign in, too. Without
    `identities` there are no accounts.
    """

    bootstrap_key: str | None = None
    admits_guests: bool = True
    local_names_only: bool = False
    any_bearer: bool = True
    allowed_origins: frozenset[str] = frozenset()
    public_host: str = ""
    identities: Identities | None = None
    tokens: Tokens | None = None
    tickets: Tickets | None = None

    async def identify(self, credentials: Credentials) -> Grant:
        """Raises NotAllowed, and Unavailable where that cannot be known now."""
        return await self.grant(await self.prove(credentials))

    async def prove(self, credentials: Credentials) -> Proof:
        """What the credentials come down to; whether it is still good `grant` says."""
        if credentials.authorization:
            return await self._bearer(credentials.authorization)
        if credentials.ticket and self.tickets is not None:
            return await self.tickets.redeem(credentials.ticket)
        self.refuse_foreign(credentials)
        if credentials.session_cookie and self.identities is not None:
            return Proof(Kind.SESSION, digest(credentials.session_cookie))
        if not self.admits_guests:
            raise NotAllowed(
                Code.INVALID_API_KEY, "Sign in, or send an API key as `Authorization: Bearer KEY`.")
        self._refuse_names(credentials)
        return Proof(Kind.GUEST, guest_id(credentials.guest_cookie) if credentials.guest_cookie else COMMON_GUEST.id)

    async def grant(self, proof: Proof) -> Grant:
        """Raises NotAllowed, Unavailable."""
        if proof.kind is Kind.BOOTSTRAP:
            return Grant("bootstrap", ADMIN)
        if proof.kind is Kind.BEARER or (proof.kind is Kind.GUEST and proof.value == COMMON_GUEST.id):
            return Grant(f"{proof.kind.value}:{proof.value}", User(proof.value))
        if self.identities is not None:
            return await self.identities.find(proof)
        if proof.kind is Kind.GUEST:
            return Grant(f"guest:{proof.value}", User(proof.value))
        raise NotAllowed(Code.INVALID_API_KEY, "This API key is not known here.")

    async def _bearer(self, authorization: str) -> Proof:
        scheme, _, key = authorization.partition(" ")
        key = key.strip()
        if scheme.lower() != "bearer" or not key:
            raise NotAllowed(Code.INVALID_API_KEY, "The Authorization header must be `Bearer KEY`.")
        if self.bootstrap_key is not None and hmac.compare_digest(key.encode(), self.bootstrap_key.encode()):
            return Proof(Kind.BOOTSTRAP, "")
        if key.startswith(KEY_PREFIX):
            return Proof(Kind.KEY, digest(key))
        if self.tokens is not None and is_token(key):
            return await self.tokens.read(key)
        if self.bootstrap_key is not None or not self.any_bearer:
            raise NotAllowed(Code.INVALID_API_KEY, "This API key is not known here.")
        return Proof(Kind.BEARER, f"key_{digest(key)[:DIGEST_LENGTH]}")

    def refuse_foreign(self, credentials: Credentials) -> None:
        """Browsers send cookies also with what another site's page asks for, but tell that page's origin.

        Raises NotAllowed with `forbidden_origin`.
        """
        origin = credentials.origin.lower()
        if not origin or origin.partition("://")[2] == credentials.host.lower() or origin in self.allowed_origins:
            return
        raise NotAllowed(
            Code.FORBIDDEN_ORIGIN,
            "Pages of other origins need an API key or a ticket to talk to this server, "
            "or their origin among PARLEY_ALLOWED_ORIGINS.")

    def refuse_strangers(self, credentials: Credentials) -> None:
        """Where nobody has signed in yet: a page of elsewhere may not do that for its visitor. Raises NotAllowed."""
        self.refuse_foreign(credentials)
        if credentials.host.lower() != self.public_host:
            self._refuse_names(credentials)

    def welcomes_guests(self, credentials: Credentials) -> bool:
        """Whether who comes under this name may chat without signing in."""
        return self.admits_guests and (not self.local_names_only or is_local(credentials.host))

    def _refuse_names(self, credentials: Credentials) -> None:
        if self.local_names_only and not is_local(credentials.host):
            raise NotAllowed(
                Code.FORBIDDEN_ORIGIN,
                "Under this name nobody is let in without an API key: come to localhost, or set PARLEY_PUBLIC_URL "
                "to sign in, or PARLEY_GUESTS=true to let everybody in.")


def new_guest_cookie() -> str:
    """A secret that nobody guesses."""
    return secrets.token_urlsafe(24)


def guest_id(cookie: str) -> str:
    """Whose the cookie is, from which nobody learns the cookie."""
    return f"{GUEST}{digest(cookie)[:DIGEST_LENGTH]}"


def digest(secret: str) -> str:
    """A fast hash will do: what is hashed is random, and as long as the hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def is_token(key: str) -> bool:
    """Whether it has the form of a JSON web token (RFC 7515, 7.1): a header `{"`, and two dots."""
    return key.startswith("eyJ") and key.count(".") == 2


def is_local(host: str) -> bool:
    """Whether a Host header names the machine that it was sent from."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return name in LOOPBACK_NAMES or name.endswith(".localhost")

"""The port: a place where people have an account already, and that can say who they are."""
from typing import Protocol

from server.auth.sso.schemas import Attempt, Identity


class IdentityProvider(Protocol):
    """One of them; `id` is part of addresses, `title` what people call it."""

    id: str
    title: str

    async def address(self, attempt: Attempt, challenge: str) -> str:
        """Where the browser is sent. Raises ApiError with `sso_unavailable`."""

    async def identify(self, attempt: Attempt, code: str, issuer: str | None) -> Identity:
        """Who has come back with this code; `issuer` as the answer named it (RFC 9207), if it did. Raises ApiError."""

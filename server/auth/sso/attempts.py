"""The cookie that binds a way to a provider and back to one browser: signed, short-lived, and for its callback only."""
import base64
import hashlib
import hmac
import secrets
from dataclasses import asdict

import jwt

from server.auth.sso import errors
from server.auth.sso.schemas import Attempt

LIFETIME_S = 600
ALGORITHM = "HS256"
AUDIENCE = "parley:sso"


class Attempts:
    """`secret` is the installation's, so that any gateway understands what another has signed."""

    def __init__(self, secret: str) -> None:
        self._key = hmac.digest(secret.encode(), AUDIENCE.encode(), "sha256")

    def begin(self, provider: str, redirect_uri: str, next_: str, link_to: str = "") -> Attempt:
        return Attempt(
            provider=provider, redirect_uri=redirect_uri, next=next_, link_to=link_to, state=secrets.token_urlsafe(24),
            nonce=secrets.token_urlsafe(24), verifier=secrets.token_urlsafe(48))

    def seal(self, attempt: Attempt, now: float) -> str:
        """The cookie's value. Its owner could read it, but holds all of it anyway."""
        claims = {**asdict(attempt), "aud": AUDIENCE, "exp": int(now) + LIFETIME_S}
        return jwt.encode(claims, self._key, ALGORITHM)

    def open(self, cookie: str, provider: str, state: str, now: float) -> Attempt:
        """Raises BadRequest with `sso_state_mismatch` or `sso_expired`."""
        try:
            claims = jwt.decode(
                cookie, self._key, [ALGORITHM], audience=AUDIENCE, options={"require": ["exp"], "verify_exp": False})
        except jwt.PyJWTError:
            raise errors.mismatch() from None
        expires = claims.pop("exp")
        del claims["aud"]
        attempt = Attempt(**claims)
        if not hmac.compare_digest(attempt.state.encode(), state.encode()) or attempt.provider != provider:
            raise errors.mismatch()
        if now >= expires:
            raise errors.expired()
        return attempt


def challenge(verifier: str) -> str:
    """PKCE's S256 (RFC 7636, 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def local_path(asked: str | None) -> str:
    """Where a browser goes afterwards: a path of this page, never another site."""
    fine = asked and asked.startswith("/") and not asked.startswith(("//", "/\\")) and len(asked) <= 1000
    return asked if asked and fine and asked.isprintable() and asked.isascii() else "/"

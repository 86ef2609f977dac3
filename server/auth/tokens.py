"""JSON web tokens for programs: fastapi-users' strategy, with a number and a time, so that they can be ended."""
import secrets
import time
from typing import Protocol

import jwt
from fastapi_users.authentication import JWTStrategy
from fastapi_users.jwt import decode_jwt, generate_jwt

from server.auth.models import Account
from server.auth.schemas import Kind, Proof
from server.common.errors import Code, NotAllowed

LIFETIME_S = 3600
AUDIENCE = ["parley:api"]


class Secret(Protocol):
    async def get(self) -> str:
        """Raises Unavailable, or what a database's driver raises when it is away."""


class TokenStrategy(JWTStrategy[Account, str]):
    """`jti` and `at` are ours, the rest is fastapi-users'. (A clock that is a moment behind would refuse an `iat`.)"""

    async def write_token(self, user: Account) -> str:
        claims = {
            "sub": user.id, "aud": self.token_audience, "at": time.time(), "jti": secrets.token_hex(12)}
        return generate_jwt(claims, self.encode_key, self.lifetime_seconds, algorithm=self.algorithm)


def token_strategy(secret: str) -> TokenStrategy:
    return TokenStrategy(secret, LIFETIME_S, AUDIENCE)


class TokenReader:
    """What a token says; whether its user may still come in is looked up elsewhere."""

    def __init__(self, secret: Secret) -> None:
        self.secret = secret

    async def read(self, token: str) -> Proof:
        """Raises NotAllowed, Unavailable."""
        try:
            claims = decode_jwt(token, await self.secret.get(), AUDIENCE)
            return Proof(
                Kind.TOKEN, str(claims["sub"]), token_id=str(claims["jti"]), issued_at=float(claims["at"]),
                expires_at=float(claims["exp"]))
        except (jwt.PyJWTError, KeyError, TypeError, ValueError) as error:
            raise NotAllowed(
                Code.INVALID_API_KEY, "This token is none of ours, or has expired; sign in for another.") from error

"""Tickets: each opens one socket, within half a minute, as whoever has asked for it. For browsers on other origins,
which can send no header with a WebSocket, and in whose addresses a key would be in every log.
"""
import secrets
from typing import Protocol

import msgspec
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from server.auth.schemas import Proof
from server.auth.service import digest
from server.common.errors import Code, NotAllowed, Unavailable

LIFETIME_S = 30
PREFIX = "parley:tickets:"
TIMEOUT_S = 3.0
AWAY = (RedisError, OSError, TimeoutError)


class TicketStore(Protocol):
    """Both raise Unavailable. What is kept is taken once, whichever gateways ask for it at the same time."""

    async def keep(self, name: str, value: bytes, seconds: int) -> None: ...
    async def take(self, name: str) -> bytes | None: ...


class RedisTickets:
    """Kept in Redis, so that every gateway knows them."""

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(
            url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S, retry=Retry(NoBackoff(), 0))

    async def keep(self, name: str, value: bytes, seconds: int) -> None:
        try:
            await self._redis.set(f"{PREFIX}{name}", value, ex=seconds, nx=True)
        except AWAY as error:
            raise _away() from error

    async def take(self, name: str) -> bytes | None:
        try:
            value = await self._redis.getdel(f"{PREFIX}{name}")
        except AWAY as error:
            raise _away() from error
        return value if isinstance(value, bytes) else None

    async def close(self) -> None:
        await self._redis.aclose()


class Tickets:
    """What is kept is a proof, no permission: whose session ends before the socket opens is not let in."""

    def __init__(self, store: TicketStore) -> None:
        self.store = store

    async def issue(self, proof: Proof) -> str:
        """Raises Unavailable."""
        ticket = secrets.token_urlsafe(32)
        await self.store.keep(digest(ticket), msgspec.msgpack.encode(proof), LIFETIME_S)
        return ticket

    async def redeem(self, ticket: str) -> Proof:
        """Raises NotAllowed, Unavailable."""
        kept = await self.store.take(digest(ticket))
        if kept is None:
            raise NotAllowed(Code.INVALID_TICKET, "This ticket is unknown, used or too old; ask for another.")
        return msgspec.msgpack.decode(kept, type=Proof)


def _away() -> Unavailable:
    return Unavailable(Code.RELAY_UNAVAILABLE, "Redis is away just now; try again in a few seconds.")

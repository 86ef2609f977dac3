"""How often somebody may try: by the address that they come from, and by the account that they try at.

Attempts are counted in Redis, for all gateways together; while it is away each gateway counts for itself.
"""
import math
import time
from typing import Any

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from loguru import logger
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from server.common.errors import Code, LimitReached

PREFIX = "parley:limits"
TIMEOUT_S = 2.0
AWAY = (RedisError, OSError, TimeoutError)


class Throttle:
    """So many attempts a minute. `redis_url` None: each gateway counts for itself from the start."""

    def __init__(self, redis_url: str | None, *, by_address: int, by_account: int) -> None:
        self.by_address, self.by_account = RateLimitItemPerMinute(by_address), RateLimitItemPerMinute(by_account)
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._storage = None if redis_url is None else RedisStorage(
            _address(redis_url), implementation="redispy", key_prefix=PREFIX, socket_timeout=TIMEOUT_S,
            socket_connect_timeout=TIMEOUT_S, retry=Retry(NoBackoff(), 0))  # type: ignore[arg-type]
        self._shared = None if self._storage is None else MovingWindowRateLimiter(self._storage)
        self._failing = False

    async def attempt(self, what: str, address: str, account: str = "") -> None:
        """Count one more. Raises LimitReached with `too_many_attempts`, which says when to come back."""
        await self._count(self.by_address, what, "address", address)
        if account:
            await self._count(self.by_account, what, "account", account)

    async def _count(self, limit: RateLimitItem, *by: str) -> None:
        wait_s = await self._wait_s(limit, *by)
        if wait_s > 0:
            error = LimitReached(
                Code.TOO_MANY_ATTEMPTS, f"That was tried too often; try again in {math.ceil(wait_s)} s.")
            error.retry_after_s = math.ceil(wait_s)
            raise error

    async def _wait_s(self, limit: RateLimitItem, *by: str) -> float:
        if self._shared is not None:
            try:
                wait_s = await _hit(self._shared, limit, *by)
            except AWAY as error:
                if not self._failing:
                    logger.warning("Attempts cannot be counted in Redis, so each gateway counts alone: {}", error)
                self._failing = True
            else:
                self._failing = False
                return wait_s
        return await _hit(self._own, limit, *by)

    async def close(self) -> None:
        if self._storage is not None:
            bridge: Any = self._storage.bridge
            await bridge.storage.aclose()


async def _hit(limiter: MovingWindowRateLimiter, limit: RateLimitItem, *by: str) -> float:
    """How long to wait; 0 if it counts."""
    if await limiter.hit(limit, *by):
        return 0.0
    stats = await limiter.get_window_stats(limit, *by)
    return max(1.0, stats.reset_time - time.time())


def _address(redis_url: str) -> str:
    """As `limits` wants it: `unix:` is a kind of Redis there."""
    return f"async+redis+{redis_url}" if redis_url.startswith("unix:") else f"async+{redis_url}"

"""How often one may try, counted for all gateways together."""
import pytest

from server.auth.throttle import Throttle
from server.common.errors import Code, LimitReached
from server.common.filters import http_headers
from tests.redis_server import RedisServer


async def attempts(throttle: Throttle, number: int, address: str = "10.0.0.1", account: str = "ann") -> int:
    """How many of them are let through."""
    done = 0
    for _ in range(number):
        try:
            await throttle.attempt("login", address, account)
        except LimitReached:
            continue
        done += 1
    return done


async def test_gateways_count_together_by_account_and_by_address(redis_url: str) -> None:
    one, other = (Throttle(redis_url, by_address=5, by_account=3) for _ in range(2))
    assert await attempts(one, 2) + await attempts(other, 2) == 3
    assert await attempts(other, 1, "10.0.0.2") == 0
    assert await attempts(one, 5, account="bob") == 1
    assert await attempts(one, 5, "10.0.0.3", account="eve") == 3
    await one.close()
    await other.close()


async def test_says_when_to_come_back(redis_url: str) -> None:
    throttle = Throttle(redis_url, by_address=1, by_account=1)
    await throttle.attempt("login", "10.0.0.1")
    with pytest.raises(LimitReached) as refused:
        await throttle.attempt("login", "10.0.0.1")
    assert refused.value.code is Code.TOO_MANY_ATTEMPTS
    assert 1 <= int(http_headers(refused.value)["Retry-After"]) <= 60
    await throttle.attempt("register", "10.0.0.1")
    await throttle.close()


async def test_counts_alone_while_redis_is_away(own_redis: RedisServer) -> None:
    throttle = Throttle(own_redis.url, by_address=100, by_account=2)
    assert await attempts(throttle, 1) == 1
    own_redis.stop()
    assert await attempts(throttle, 3) == 2
    await throttle.close()


async def test_without_redis_a_gateway_counts_for_itself() -> None:
    throttle = Throttle(None, by_address=100, by_account=2)
    assert await attempts(throttle, 3) == 2
    await throttle.close()

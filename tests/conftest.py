"""Fixtures for all tests: a real Redis."""
from collections.abc import Iterator

import pytest

from tests.redis_server import RedisServer


@pytest.fixture(scope="session")
def shared_redis() -> Iterator[RedisServer]:
    """One Redis for the whole run; tests take `redis_url`, which is empty at their beginning."""
    with RedisServer() as server:
        yield server


@pytest.fixture
def redis_url(shared_redis: RedisServer) -> str:
    """The URL of an empty Redis that the test must not stop."""
    with shared_redis.client() as client:
        client.flushall()
        client.script_flush()
    return shared_redis.url


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    """A Redis of this test's own, to stop, restart and start from an older copy of its data."""
    with RedisServer() as server:
        yield server

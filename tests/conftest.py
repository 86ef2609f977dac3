"""Fixtures for all tests: a real Redis, and a whole installation."""
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.parley import Parley
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


@pytest.fixture(scope="session")
def parley() -> Iterator[Parley]:
    """One installation for the whole run, its synthetic worker 200 tokens/s fast; a test must not break it."""
    with Parley(settings={"synthetic_tokens_per_s": "200"}) as installation:
        yield installation


@pytest.fixture
def start_parley() -> Iterator[Callable[..., Parley]]:
    """Starts an installation of this test's own, with `Parley`'s arguments, to do anything to."""
    with ExitStack() as running:
        def start(**arguments: Any) -> Parley:
            return running.enter_context(Parley(**arguments))

        yield start

"""Redis really loses what the run says it loses."""
from collections.abc import Iterator

import pytest

from tests.chaos import loss
from tests.redis_server import RedisServer


@pytest.fixture
def prompt_redis() -> Iterator[RedisServer]:
    """Else it may hold back what it writes for as long as the disk is busy, and lose that beside."""
    with RedisServer("--appendfsync", "always") as server:
        yield server


def test_what_was_written_since_is_lost_and_counted(prompt_redis: RedisServer) -> None:
    with prompt_redis.client() as client:
        client.set("kept", 1)
        mark = loss.mark(prompt_redis)
        client.set("lost", 1)
        with client.pipeline(transaction=True) as pipeline:
            pipeline.rpush("list", "a").rpush("list", "b").execute()
    prompt_redis.stop(kill=True)
    assert loss.cut_back(prompt_redis, mark) == 3
    prompt_redis.start()
    with prompt_redis.client() as client:
        assert client.keys() == [b"kept"]


def test_what_is_cut_off_in_its_middle_does_not_count() -> None:
    command = b"*2\r\n$3\r\nDEL\r\n$1\r\na\r\n"
    assert loss.count_commands(command * 2) == 2
    assert [loss.count_commands(command + command[:n]) for n in range(len(command))] == [1] * len(command)

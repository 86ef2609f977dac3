"""The throwaway Redis itself: data outlives a restart, and can be set back to a copy."""
from tests.redis_server import RedisServer


def test_is_empty_for_each_test(redis_url: str, shared_redis: RedisServer) -> None:
    with shared_redis.client() as client:
        assert client.dbsize() == 0
        client.set("a", "1")


def test_restart_keeps_what_a_kill_leaves(own_redis: RedisServer) -> None:
    with own_redis.client() as client:
        client.set("a", "1")
    own_redis.stop(kill=True)
    own_redis.start()
    with own_redis.client() as client:
        assert client.get("a") == b"1"


def test_restart_from_a_copy_loses_what_came_later(own_redis: RedisServer) -> None:
    with own_redis.client() as client:
        client.set("a", "1")
        copy = own_redis.keep_copy()
        client.set("b", "1")
    own_redis.restart_from(copy)
    with own_redis.client() as client:
        assert (client.get("a"), client.get("b")) == (b"1", None)

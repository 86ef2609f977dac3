"""Running a verb's script so that its k-th write fails, and comparing whole databases."""
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any
from unittest.mock import patch

import msgspec
import redis

from relay import scripts
from relay.link import Link
from tests.integration.relay.world import KEYS, Client

Call = tuple[str, tuple[Any, ...]]  # verb, its arguments

PRELUDE = """
local real, writes = redis, 0
local redis = setmetatable({}, {__index = real})
local WRITES = {}
for name in ('SET HSET HDEL ZADD ZREM ZREMRANGEBYSCORE SADD SREM RPUSH LREM XADD XACK XDEL XGROUP DEL PEXPIRE PERSIST')
  :gmatch('%a+') do WRITES[name] = true end
local READS = {}
for name in ('GET HGET HMGET HKEYS HGETALL ZSCORE ZCARD ZRANGE ZREVRANGE ZRANK SCARD SMEMBERS LLEN LPOS LRANGE EXISTS '
  .. 'INFO XRANGE XREVRANGE'):gmatch('%a+') do READS[name] = true end
local function guard(how, name, ...)
  if name == 'TIME' then return {'$SECONDS', '0'} end
  if WRITES[name] then
    writes = writes + 1
    if writes == $K then error('injected') end
  elseif not READS[name] then
    error('neither a read nor a write: ' .. name)
  end
  return how(name, ...)
end
function redis.call(...) return guard(real.call, ...) end
function redis.pcall(...) return guard(real.pcall, ...) end
"""


class _Captured(Exception):
    pass


async def capture(make: Callable[[], Awaitable[object]]) -> Call:
    """What a call would send, unsent."""
    seen: list[Call] = []

    async def call(link: Link, verb: str, *args: Any) -> Any:
        seen.append((verb, args))
        raise _Captured

    with patch.object(Link, "call", call), contextlib.suppress(_Captured):
        await make()
    return seen[0]


def run(client: Client, call: Call, *, fail_at: int = 0, seconds: int) -> Any:
    """Run the real script with Redis's time standing still. False if its `fail_at`-th write was reached, and failed."""
    verb, args = call
    text = PRELUDE.replace("$K", str(fail_at)).replace("$SECONDS", str(seconds)) + scripts.source(verb)
    try:
        return client.eval(text, 1, KEYS.prefix, *args) or True
    except redis.ResponseError as error:
        if "injected" not in str(error):
            raise
        return False


def save(client: Client) -> dict[bytes, tuple[bytes, int]]:
    return {key: (client.dump(key), max(0, client.pttl(key))) for key in client.scan_iter()}


def restore(client: Client, saved: dict[bytes, tuple[bytes, int]]) -> None:
    client.flushall()
    for key, (value, ttl_ms) in saved.items():
        client.restore(key, ttl_ms, value)


def contents(client: Client) -> dict[str, Any]:
    """All that matters, so that two can be compared: without the values of fresh tokens and how much room a nudged
    worker was thought to have; of streams that are read in passing, which different things they hold. Nudges that there
    is work are left out: a worker with room looks by itself each second. A held job that another has, or nobody, counts
    for nothing.
    """
    found: dict[str, Any] = {}
    for key in client.scan_iter():
        name = key.decode().removeprefix(KEYS.prefix)
        if (value := _value(client, key, name)) != set():
            found[name] = (value, client.pttl(key) > 0)
    return found


def _value(client: Any, key: bytes, name: str) -> Any:
    match client.type(key):
        case b"hash":
            fields = client.hgetall(key)
            if name in ("workers", "gateways"):
                return {of: _entry(packed) for of, packed in fields.items()}
            fields.pop(b"token", None)
            return fields
        case b"zset":
            return client.zrange(key, 0, -1, withscores=True)
        case b"set":
            members = client.smembers(key)
            if name.startswith("held:"):
                return {m for m in members if _is_running(client, m.decode(), name.removeprefix("held:"))}
            return members
        case b"list":
            return client.lrange(key, 0, -1)
        case b"stream":
            entries = client.xrange(key)
            if name.startswith("log:"):
                return [(entry_id, sorted(fields.items())) for entry_id, fields in entries]
            return {tuple(sorted(fields.items())) for _, fields in entries if fields.get(b"kind") != b"work"}
    return client.get(key)


def _is_running(client: Any, response_id: str, worker: str) -> bool:
    return bool(client.hmget(KEYS.job(response_id), "state", "owner") == [b"running", worker.encode()])


def _entry(packed: bytes) -> list[Any]:
    entry = msgspec.msgpack.decode(packed)
    entry[0] = entry[0] != ""
    entry[5] = "room"
    return list(entry)

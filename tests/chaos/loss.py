"""Making Redis really lose what it wrote last: its append-only file as it was some moments before, and what that cost.

The file only grows (it is never rewritten by itself here), so cutting it at the length it had is the copy taken then.
"""
import time
from dataclasses import dataclass
from pathlib import Path

from tests.redis_server import RedisServer

NEVER_REWRITES = ("--auto-aof-rewrite-percentage", "0")
LARGE_BYTES = 40_000_000  # loading more would make each return of Redis longer than the last
REWRITE_S = 30.0
FLUSH_S = 10.0


@dataclass(frozen=True, slots=True)
class Mark:
    """Where the append-only file stood."""

    path: Path
    size: int


def keep_small(redis: RedisServer) -> None:
    """Have it rewrite the file if it has become large, and wait for that."""
    if _file(redis).size < LARGE_BYTES:
        return
    with redis.client() as client:
        client.bgrewriteaof()
        limit = time.monotonic() + REWRITE_S
        while any(client.info("persistence")[f"aof_rewrite_{what}"] for what in ("scheduled", "in_progress")):
            if time.monotonic() > limit:
                raise TimeoutError(f"Redis did not rewrite its append-only file within {REWRITE_S:g} s")
            time.sleep(0.05)


def mark(redis: RedisServer) -> Mark:
    """The file that Redis appends to now, and its length, with all that was written before this call in it.

    While the disk is slow, Redis keeps writes back for up to two seconds: cut here, more would be lost than is told.
    """
    limit = time.monotonic() + FLUSH_S
    with redis.client() as client:
        while client.info("persistence")["aof_buffer_length"] and time.monotonic() < limit:
            time.sleep(0.002)
    return _file(redis)


def _file(redis: RedisServer) -> Mark:
    path = max(redis.folder.glob("appendonlydir/*.incr.aof"), key=lambda file: file.stat().st_mtime_ns, default=None)
    path = path or redis.folder / "appendonly.aof"
    return Mark(path, path.stat().st_size)


def cut_back(redis: RedisServer, to: Mark) -> int:
    """Lose what a stopped Redis wrote since. Returns how many write commands that were."""
    lost = written_since(redis, to)
    with to.path.open("r+b") as file:
        file.truncate(to.size)
    return lost


def written_since(redis: RedisServer, since: Mark) -> int:
    """How many write commands."""
    if _file(redis).path != since.path:
        raise RuntimeError("Redis has rewritten its append-only file in between")
    with since.path.open("rb") as file:
        file.seek(since.size)
        return count_commands(file.read())


def count_commands(data: bytes) -> int:
    """Complete commands in a piece of an append-only file that begins with one; MULTI and EXEC are none."""
    at = count = 0
    while (line_end := data.find(b"\r\n", at)) >= 0:
        if data[at:at + 1] != b"*":
            break
        at, words, first = line_end + 2, int(data[at + 1:line_end]), b""
        for n in range(words):
            line_end = data.find(b"\r\n", at)
            if line_end < 0:
                return count
            length = int(data[at + 1:line_end])
            first = data[line_end + 2:line_end + 2 + length] if n == 0 else first
            at = line_end + 2 + length + 2
        if at > len(data):
            return count
        count += first.upper() not in (b"MULTI", b"EXEC", b"SELECT")
    return count

"""What moving the bytes costs at all: one who writes a step's batch again and again, and one who reads it and looks at
nothing. Redis between them is the real one, and keeps its file. With `--records` the one makes each step's records and
encodes them, and the other decodes them: the least that can be called a relay.

    python -m tests.load.relay.bare_relay writer --socket redis.sock --responses 256 --rate 20
    python -m tests.load.relay.bare_relay reader --socket redis.sock
"""
import argparse
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hiredis import Reader, pack_command

from relay.events import Delta
from relay.records import Record, decode_batch, encode_batch
from tests.parley import ROOT
from tests.redis_server import RedisServer

INBOX, KEEP = "inbox", 600  # batches
RECEIVE_BYTES = 1 << 20
MAIN = "tests.load.relay.bare_relay"


def packed(*words: str | bytes) -> bytes:
    command: bytes = pack_command(words)  # type: ignore[arg-type]  # its stub means a tuple of one
    return command


def a_command(ids: list[str]) -> bytes:
    """That appends a batch: one token of each response, as long as a stamp of `StampingEngine`."""
    now = time.time()
    made_at = int(now * 1000)
    batch = encode_batch(now, [Record(id, made_at, 1001, 1002, [Delta("123456789012 ", [1])]) for id in ids])
    return packed("XADD", INBOX, "MAXLEN", "~", str(KEEP), "*", "b", batch)


class Link:
    """Commands and answers, one at a time."""

    def __init__(self, path: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(path)
        self._answers = Reader()

    def call(self, command: bytes) -> Any:
        self._socket.sendall(command)
        while (answer := self._answers.gets()) is False:
            self._answers.feed(self._socket.recv(RECEIVE_BYTES))
        return answer


def write(path: str, responses: int, rate: float, *, records: bool) -> None:
    """For ever, so many times a second."""
    link, due_at = Link(path), time.monotonic()
    ids = [f"resp_0{number:032x}" for number in range(responses)]
    command = a_command(ids)
    while True:
        if records:
            command = a_command(ids)
        link.call(command)
        due_at += 1 / rate
        time.sleep(max(0.0, due_at - time.monotonic()))


def read(path: str, *, records: bool) -> None:
    """For ever."""
    link = Link(path)
    command = packed("XREAD", "BLOCK", "0", "STREAMS", INBOX, "$")
    while True:
        [[_, entries]] = link.call(command)
        if records:
            for _, (_, batch) in entries:
                decode_batch(batch)


@contextmanager
def bare_relay(responses: int, rate: float, *, records: bool) -> Iterator[dict[str, int]]:
    """The process ids of `worker`, `redis` and `gateway`, while they run."""
    with RedisServer() as redis:
        words = [sys.executable, "-m", MAIN, "--socket", str(redis.socket), *(["--records"] if records else [])]
        writes = [*words, "writer", "--responses", str(responses), "--rate", f"{rate:g}"]
        with subprocess.Popen([*words, "reader"], cwd=ROOT) as reader, subprocess.Popen(writes, cwd=ROOT) as writer:
            try:
                assert redis.process is not None
                yield {"worker": writer.pid, "redis": redis.process.pid, "gateway": reader.pid}
            finally:
                writer.kill()
                reader.kill()


def main() -> None:
    parser = argparse.ArgumentParser(prog=f"python -m {MAIN}")
    parser.add_argument("role", choices=["writer", "reader"])
    parser.add_argument("--socket", required=True)
    parser.add_argument("--responses", type=int, default=256)
    parser.add_argument("--rate", type=float, default=20.0)
    parser.add_argument("--records", action="store_true", help="make them, and read them")
    given = parser.parse_args()
    if given.role == "writer":
        write(given.socket, given.responses, given.rate, records=given.records)
    else:
        read(given.socket, records=given.records)


if __name__ == "__main__":
    main()

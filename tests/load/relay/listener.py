"""Sockets with one endless answer each, in a process of its own: counts deltas, and reads how late each token is.

    python -m tests.load.relay.listener --url http://127.0.0.1:8000 --sockets 256 --seconds 5 [--stamps]

Says a line when every socket has heard its first delta, then waits for one, measures for that time, and says the rest.
"""
import argparse
import asyncio
import gc
import sys
import time

import msgspec
import orjson
import uvloop

from tests.load.asker import Asker, Unreachable
from tests.load.client import raise_file_limit
from tests.load.histogram import Histogram
from tests.load.tally import Tally
from tests.load.turn import DELTA, Turn, request

FOR_EVER = 10**8  # tokens
AT_ONCE = 64


class Heard(msgspec.Struct):
    """`delays` are a histogram's counts, from when a token was due to when the socket had it."""

    deltas: int
    seconds: float
    cpu_s: float
    delays: dict[int, int]


class Stamped(Turn):
    """Its text consists of moments in µs, as `StampingEngine` makes them."""

    __slots__ = ("delays",)

    def __init__(self, delays: Histogram) -> None:
        super().__init__(time.monotonic(), Histogram())
        self.delays = delays

    def hear(self, frame: bytes, now: float) -> bool:
        if not frame.startswith(DELTA):
            return super().hear(frame, now)
        self.deltas += 1
        for stamp in orjson.loads(frame)["delta"].split():
            self.delays.add(now - int(stamp) / 1e6)
        return False


class Counted(Turn):
    """Nothing but a count."""

    def hear(self, frame: bytes, now: float) -> bool:
        self.deltas += frame.startswith(DELTA)
        return False


async def listen(url: str, sockets: int, seconds: float, stamps: bool) -> Heard:
    tally, delays, room = Tally(), Histogram(), asyncio.Semaphore(AT_ONCE)
    address = url.replace("http", "ws", 1) + "/v1/responses"
    ask = request("0", tokens=FOR_EVER, store=False, model="")

    async def one() -> Turn:
        async with room:
            try:
                asker = await Asker.open(address, "", tally)
            except Unreachable as error:
                raise SystemExit(f"a socket could not be opened: {error}") from error
            turn = Stamped(delays) if stamps else Counted(time.monotonic(), Histogram())
            asker.listen(turn, ask)
            while not turn.deltas and turn.ended is None:  # noqa: ASYNC110 - cheaper than an event for each
                await asyncio.sleep(0.01)
            return turn

    turns = await asyncio.gather(*[one() for _ in range(sockets)])
    if broken := [turn.error for turn in turns if turn.ended is not None]:
        raise SystemExit(f"{len(broken)} of {sockets} answers have ended: {broken[0]}")
    gc.freeze()
    await asyncio.to_thread(_say_and_wait)
    delays.counts.clear()
    before, began, cpu = sum(turn.deltas for turn in turns), time.monotonic(), time.process_time()
    await asyncio.sleep(seconds)
    deltas = sum(turn.deltas for turn in turns) - before
    return Heard(deltas, time.monotonic() - began, time.process_time() - cpu, dict(delays.counts))


def _say_and_wait() -> None:
    sys.stdout.write("standing\n")
    sys.stdout.flush()
    sys.stdin.readline()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.load.relay.listener")
    parser.add_argument("--url", required=True)
    parser.add_argument("--sockets", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--stamps", action="store_true")
    given = parser.parse_args()
    raise_file_limit()
    heard = uvloop.run(listen(given.url, given.sockets, given.seconds, given.stamps))
    sys.stdout.write(msgspec.json.encode(heard).decode() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

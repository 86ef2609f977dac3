"""The client process of one measurement: an order on its standard input, what it heard on its standard output.

    python -m tests.load.peers.client

All streams ask at once, answers of staggered lengths; when each has had one, it says a line. From then on each stream
asks for the next answer when it has one, until a line comes; those under way are waited for.
"""
import asyncio
import gc
import itertools
import sys

import msgspec
import uvloop

from tests.load.client import raise_file_limit
from tests.load.peers.order import LEAST_TOKENS, Heard, Order, Told, stagger
from tests.load.peers.streams import Stream, open_streams

LAST_ANSWERS_S = 300.0
STANDING = b"standing\n"


class Asking:
    """All streams of one order."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._heard = Heard([], [])
        self._ending = False
        self.standing = asyncio.Event()

    async def run(self) -> Heard:
        streams = await open_streams(self._order)
        await streams[0].ask(f"{self._order.tag}hello", LEAST_TOKENS)  # what only the first question takes is done then
        gc.collect()
        gc.freeze()
        asking = [asyncio.create_task(self._again_and_again(n, stream)) for n, stream in enumerate(streams)]
        try:
            await asyncio.gather(*asking)
        finally:
            for stream in streams:
                stream.drop()
        return self._heard

    def end(self) -> None:
        """Ask no more."""
        self._ending = True

    async def _again_and_again(self, at: int, stream: Stream) -> None:
        for count in itertools.count():
            if self._ending:
                return
            tokens = self._order.tokens if count else stagger(at, self._order.streams, self._order.tokens)
            number = f"{self._order.tag}{at}-{count}"
            turn = await stream.ask(number, tokens)
            told = Told(number, turn.read, turn.answer())
            if count:
                self._heard.others.append(told)
            else:
                self._heard.first.append(told)
                if len(self._heard.first) == self._order.streams:
                    self.standing.set()
            if told.answer.error:
                self._heard_badly()
                return

    def _heard_badly(self) -> None:
        """One bad answer spoils the measurement: no need to go on."""
        self._ending = True
        self.standing.set()


async def main() -> None:
    raise_file_limit()
    order = msgspec.json.decode(await asyncio.to_thread(sys.stdin.buffer.readline), type=Order)
    asking = Asking(order)
    running = asyncio.create_task(asking.run())
    standing = asyncio.create_task(asking.standing.wait())
    await asyncio.wait({running, standing}, return_when=asyncio.FIRST_COMPLETED)
    if standing.done():
        sys.stdout.buffer.write(STANDING)
        sys.stdout.buffer.flush()
        await asyncio.to_thread(sys.stdin.buffer.readline)
        asking.end()
    async with asyncio.timeout(LAST_ANSWERS_S):
        heard = await running
    sys.stdout.buffer.write(msgspec.json.encode(heard) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    uvloop.run(main())

"""Many answers at once, each over a socket of its own, and what was seen of each and when."""
import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import cycle, pairwise
from typing import Any

from websockets.asyncio.client import connect

from relay.keys import Keys
from tests.integration.server.talk import TERMINAL, Event, expected, numbers, text_of
from tests.parley import Parley

DELTA = "response.output_text.delta"


class Stream:
    """One response from `response.create` to its end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.events: list[Event] = []
        self.delta_at: list[float] = []  # of a clock that only grows
        self.grown = asyncio.Event()

    async def run(self, ws_url: str, **fields: Any) -> None:
        """Ask, and read to the end, on one socket that never closes."""
        async with connect(f"{ws_url}/v1/responses", max_size=2**20) as socket:
            await socket.send(json.dumps({"type": "response.create", "input": self.text, **fields}))
            while not self.ended:
                event: Event = json.loads(await socket.recv(decode=True))
                self.events.append(event)
                if event["type"] == DELTA:
                    self.delta_at.append(time.monotonic())
                self.grown.set()

    @property
    def ended(self) -> bool:
        return bool(self.events) and self.events[-1]["type"] in TERMINAL

    @property
    def response_id(self) -> str:
        return str(self.events[0]["response"]["id"])

    @property
    def said(self) -> str:
        return text_of(self.events)

    @property
    def continued(self) -> int:
        """How often another attempt went on."""
        return sum(event["type"] == "parley:response.continued" for event in self.events)

    @property
    def longest_pause_s(self) -> float:
        """Between two deltas."""
        return max((after - before for before, after in pairwise(self.delta_at)), default=0.0)

    async def until_said(self, characters: int) -> None:
        while len(self.said) < characters:
            self.grown.clear()
            await self.grown.wait()

    async def until_ended(self) -> None:
        while not self.ended:
            self.grown.clear()
            await self.grown.wait()

    def check(self) -> None:
        """As undisturbed: each character once, numbers that only grow, one end, and the usage right."""
        end = self.events[-1]
        assert end["type"] == "response.completed", end
        tokens = int(self.text.partition("[[tokens=")[2].partition("]]")[0])
        assert self.said == expected(self.text)
        assert end["response"]["output"][0]["content"][0]["text"] == self.said
        assert numbers(self.events) == sorted(set(numbers(self.events)))
        assert sum(event["type"] in TERMINAL for event in self.events) == 1
        assert end["response"]["usage"]["output_tokens"] == tokens


@asynccontextmanager
async def streaming(ws_urls: list[str], texts: list[str], **fields: Any) -> AsyncIterator[list[Stream]]:
    """All of them at once, over the gateways in turn. Leaving the block waits for their ends."""
    streams = [Stream(text) for text in texts]
    async with asyncio.TaskGroup() as group:
        for stream, url in zip(streams, cycle(ws_urls), strict=False):
            group.create_task(stream.run(url, **fields))
        yield streams


async def all_said(streams: list[Stream], characters: int) -> None:
    await asyncio.gather(*(stream.until_said(characters) for stream in streams))


async def all_go_on(streams: list[Stream]) -> None:
    """Until each has said something more than it has now."""
    await asyncio.gather(*(stream.until_said(len(stream.said) + 1) for stream in streams))


def busiest(parley: Parley) -> str:
    """Of two workers the one that holds more now."""
    with parley.redis.client() as client:
        return max(("worker-1", "worker-2"), key=lambda name: client.scard(f"{Keys('0').prefix}held:{name}"))

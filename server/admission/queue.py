"""Tells who follows a response that waits for a worker where it stands: each second, for all of a gateway together.

One call to the relay, however many wait; none while nobody does.
"""
import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Protocol

from loguru import logger

from relay.errors import RelayError
from relay.views import Places, WorkerInfo
from server.admission.pace import Pace
from server.admission.standing import Standing
from server.common.clock import Clock

TICK_S = 1.0
MAX_ASKED = 1000  # a call; those beyond it have their turn at the next
TOLD_AT_ONCE = 100  # then others may do something
HOLDING = ("ready", "draining")


class Feed(Protocol):
    """A response that this gateway follows. `number` is its last event that has come."""

    @property
    def response_id(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def number(self) -> int: ...
    def stand(self, standing: Standing | None) -> None:
        """Where it stands in the queue, or that it is in none."""


class Feeds(Protocol):
    def asking(self) -> Sequence[Feed]:
        """Those of which somebody wants to know where they stand, and that may wait."""


class Relay(Protocol):
    async def places(self, asked: Mapping[str, Sequence[str]]) -> dict[str, Places]:
        """Where responses stand, by model. Raises RelayError."""


class Workers(Protocol):
    async def workers(self) -> list[WorkerInfo]:
        """The live ones. Raises RelayError."""


class QueueWatch:
    """`pace` learns from others how long responses take."""

    def __init__(self, feeds: Feeds, relay: Relay, workers: Workers, pace: Pace, clock: Clock) -> None:
        self.feeds, self.relay, self.workers, self.pace, self.clock = feeds, relay, workers, pace, clock
        self._first = 0  # whose turn it is, where there are too many

    async def run(self) -> None:
        """For ever."""
        while True:
            await self.clock.sleep(TICK_S)
            try:
                await self.look()
            except RelayError as error:
                logger.debug("the relay cannot be asked who waits: {}", error)

    async def look(self) -> None:
        """Once. Raises RelayError."""
        asking = self._some(self.feeds.asking())
        if not asking:
            return
        asked = defaultdict[str, list[str]](list)
        for feed in asking:
            asked[feed.model].append(feed.response_id)
        numbers = [feed.number for feed in asking]
        places = await self.relay.places(asked)
        held = await self._held()
        for count, (feed, number) in enumerate(zip(asking, numbers, strict=True), 1):
            if feed.number == number:  # else it has been heard of meanwhile, and what the relay said is old
                feed.stand(self._standing(feed, places[feed.model], held[feed.model]))
            if count % TOLD_AT_ONCE == 0:
                await asyncio.sleep(0)

    def _some(self, asking: Sequence[Feed]) -> Sequence[Feed]:
        if len(asking) <= MAX_ASKED:
            return asking
        first = self._first % len(asking)
        self._first = first + MAX_ASKED
        return [*asking[first:], *asking[:first]][:MAX_ASKED]

    async def _held(self) -> Counter[str]:
        """How many responses workers hold, by model: those that run, and those on their way into an engine."""
        held = Counter[str]()
        for worker in await self.workers.workers():
            if worker.state in HOLDING:
                held[worker.model] += worker.running + worker.waiting
        return held

    def _standing(self, feed: Feed, places: Places, held: int) -> Standing | None:
        position = places.of.get(feed.response_id)
        if position is None:
            return None
        estimated_s = self.pace.estimate_s(feed.model, position, held, self.clock.monotonic())
        return Standing(position, places.waiting, estimated_s)

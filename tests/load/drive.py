"""How a client process carries a phase out: when it asks, when it drops, when it reads."""
import asyncio
import itertools
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from tests.load.asker import Asker, Unreachable
from tests.load.histogram import Histogram
from tests.load.phase import Order, Phase
from tests.load.tally import Tally
from tests.load.turn import Turn, request

AT_ONCE = 64  # sockets that are being opened at the same moment
LAST_ANSWERS_S = 60.0  # how long what was asked for in time is waited for
STORM_AFTER = 0.3  # of the phase's time
SLOW_EVERY_S, SLOW_READS_S = 1.0, 0.1
RETRY_S = 0.25


class Drive:
    """One order. `standing` is awaited when all sockets are open; what is measured begins after it."""

    def __init__(self, order: Order, standing: Callable[[], Awaitable[None]]) -> None:
        self.order, self.phase, self._standing = order, order.phase, standing
        self.tally = Tally()
        self._address = order.url.rstrip("/").replace("http", "ws", 1) + "/v1/responses"
        self._numbers = itertools.count()
        self._deadline = 0.0
        self._askers: list[Asker] = []

    async def run(self) -> None:
        watching = asyncio.create_task(self.tally.watch())
        try:
            if self.phase.kind != "rate":
                await self._open_all(self.phase.sockets)
            await self._standing()
            self.tally.begin()
            self._deadline = time.monotonic() + self.phase.seconds
            await _WAYS[self.phase.kind](self)
        finally:
            watching.cancel()
        for asker in self._askers:
            asker.unfinished()
            asker.drop()

    def _turn(self, began: float | None = None) -> Turn:
        return Turn(time.monotonic() if began is None else began, self.tally.gaps)

    def _request(self, phase: Phase) -> bytes:
        number = f"{self.order.number}-{next(self._numbers)}"
        return request(number, tokens=phase.tokens, store=phase.store, model=phase.model)

    async def _open(self, query: str = "", turn: Turn | None = None) -> Asker | None:
        try:
            asker = await Asker.open(self._address + query, self.order.key, self.tally, turn)
        except Unreachable:
            return None
        self._askers.append(asker)
        return asker

    async def _open_all(self, sockets: int) -> None:
        room = asyncio.Semaphore(AT_ONCE)

        async def one() -> None:
            async with room:
                await self._open()

        await asyncio.gather(*[one() for _ in range(sockets)])

    async def _finish(self, tasks: list[asyncio.Task[None]]) -> None:
        """Until the phase's time is over and the last answers are there, but not for ever."""
        if tasks:
            await asyncio.wait(tasks, timeout=max(0.0, self._deadline - time.monotonic()) + LAST_ANSWERS_S)
        else:  # nothing to do here, but this process's share in the work is measured over the same time
            await asyncio.sleep(max(0.0, self._deadline - time.monotonic()))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def idle(self) -> None:
        await asyncio.sleep(self.phase.seconds)

    async def closed(self) -> None:
        await self._finish([asyncio.create_task(self._again_and_again(asker)) for asker in self._askers])

    async def _again_and_again(self, asker: Asker, *, slow: bool = False) -> None:
        while time.monotonic() < self._deadline:
            if asker.lost:
                await asyncio.sleep(RETRY_S)
                asker = await self._open() or asker
                continue
            turn = self._turn()
            if slow:
                turn.slow, turn.gaps = True, Histogram()
            await asker.ask(turn, self._request(self.phase))

    async def rate(self) -> None:
        """What is late is measured from when it was due: a server that stalls must not be asked less for that."""
        free: list[Asker] = []
        tasks: list[asyncio.Task[None]] = []
        chance = random.Random(self.order.number)

        async def one(due: float) -> None:
            turn = self._turn(due)
            asker = next((free.pop() for _ in range(len(free)) if not free[-1].lost), None) or await self._open()
            if asker is None:
                turn.fail("unreachable", time.monotonic())
                self.tally.take(turn.answer())
                return
            await asker.ask(turn, self._request(self.phase))
            free.append(asker)

        due = time.monotonic()
        while self.phase.per_second and (due := due + chance.expovariate(self.phase.per_second)) < self._deadline:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            tasks.append(asyncio.create_task(one(due)))
        await self._finish(tasks)

    async def slow(self) -> None:
        slow = self._askers[::2]
        breathing = asyncio.create_task(self._breathe(slow))
        try:
            await self._finish([
                asyncio.create_task(self._again_and_again(asker, slow=asker in slow)) for asker in list(self._askers)])
        finally:
            breathing.cancel()

    async def _breathe(self, askers: list[Asker]) -> None:
        """Read for a moment only, again and again; after the phase read on, to see the answers' ends."""
        while time.monotonic() < self._deadline:
            for paused, seconds in ((True, SLOW_EVERY_S - SLOW_READS_S), (False, SLOW_READS_S)):
                for asker in askers:
                    asker.pause(paused)
                await asyncio.sleep(seconds)

    async def storm(self) -> None:
        """All ask, all are lost at once when each has begun, and all come back to go on from the last number they saw.
        """
        asked = [(asker, self._turn()) for asker in self._askers]
        for asker, turn in asked:
            asker.listen(turn, self._request(self.phase))
        begun = asyncio.gather(*[asker.heard.wait() for asker in self._askers])
        await asyncio.sleep(self.phase.seconds * STORM_AFTER)
        with suppress(TimeoutError):
            await asyncio.wait_for(begun, LAST_ANSWERS_S)
        under_way = [(asker, turn) for asker, turn in asked if turn.ended is None and turn.created]
        for asker, _ in under_way:
            asker.turn = None
            asker.drop()
        lost = time.monotonic()
        await self._finish([asyncio.create_task(self._come_back(turn, lost)) for _, turn in under_way])

    async def _come_back(self, turn: Turn, lost: float) -> None:
        response_id, number = turn.place
        while turn.ended is None:
            asker = await self._open(f"?resume={response_id}&starting_after={number}", turn)
            if asker is None:
                await asyncio.sleep(RETRY_S)
                continue
            await asker.heard.wait()
            self.tally.waits_s.append(time.monotonic() - lost)
            await asker.over.wait()


_WAYS: dict[str, Callable[[Drive], Awaitable[None]]] = {
    "rate": Drive.rate, "closed": Drive.closed, "idle": Drive.idle, "slow": Drive.slow, "storm": Drive.storm}

"""One run: starts the stack, the streams and the faults, and gathers what came of it."""
import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from tests.chaos.engines import Expect
from tests.chaos.faults import FAULTS, PARTS, Happening, when
from tests.chaos.plan import FaultPlan, Plan, StreamPlan
from tests.chaos.stack import Stack
from tests.chaos.stream import Reader, Stream

MOST_AT_ONCE = 400
FAULTS_BEHIND = 3  # before streams wait for them
LEAST_TO_HIT = 3  # readers; a fault that nobody could notice waits


@dataclass(slots=True)
class Outcome:
    """All that a run has seen."""

    plan: Plan
    streams: list[Stream] = field(default_factory=list)
    happenings: list[Happening] = field(default_factory=list)
    began: float = 0.0
    took_s: float = 0.0
    most_readers: int = 0


class Run:
    """`seconds` is how long it takes until the last stream begins."""

    def __init__(
            self, stack: Stack, plan: Plan, seconds: float, expect: Expect, tell: Callable[[str], None]) -> None:
        self._stack, self._seconds, self._expect, self._tell = stack, seconds, expect, tell
        self.outcome = Outcome(plan)
        self._running: dict[Stream, None] = {}
        self._locks = {name: asyncio.Lock() for name in PARTS}
        self._room = asyncio.Semaphore(MOST_AT_ONCE)

    async def go(self) -> Outcome:
        """Until every stream has ended and every fault has happened."""
        plan, outcome = self.outcome.plan, self.outcome
        outcome.began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            telling = group.create_task(self._report())
            faults = group.create_task(self._break(plan.faults))
            async with asyncio.TaskGroup() as streams:
                for stream in plan.streams:
                    await self._until(stream.at * self._seconds)
                    await when(partial(self._wanted, stream))
                    await self._room.acquire()
                    streams.create_task(self._read(stream))
            await faults
            telling.cancel()
        outcome.took_s = time.monotonic() - outcome.began
        return outcome

    def _readers(self) -> list[Reader]:
        return [reader for stream in self._running for reader in stream.readers
                if reader.track.end is None and stream.response_id]

    async def _until(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, self.outcome.began + seconds - time.monotonic()))

    async def _read(self, plan: StreamPlan) -> None:
        try:
            stream = Stream(plan, await self._expect(plan), self._stack.urls)
            self.outcome.streams.append(stream)
            self._running[stream] = None
            try:
                await stream.run()
            finally:
                del self._running[stream]
        finally:
            self._room.release()

    async def _break(self, faults: list[FaultPlan]) -> None:
        async with asyncio.TaskGroup() as group:
            for number, fault in enumerate(faults):
                await asyncio.sleep(fault.gap_s)
                locks = [self._locks[name] for name in FAULTS[fault.kind].locks]
                for lock in locks:
                    await lock.acquire()
                await when(partial(self._worth, fault, number))
                group.create_task(self._happen(fault, locks))

    def _wanted(self, stream: StreamPlan) -> bool:
        """Whether the faults have come as far, or there is hardly anybody left for them."""
        due = stream.at * len(self.outcome.plan.faults) - FAULTS_BEHIND
        return len(self.outcome.happenings) >= due or len(self._readers()) < 4 * LEAST_TO_HIT

    def _worth(self, fault: FaultPlan, number: int) -> bool:
        """Whether it is its turn, beside the streams', and somebody is there to notice it."""
        plan, begun = self.outcome.plan, len(self.outcome.streams)
        if begun == len(plan.streams):
            return True
        at_one_gateway = FAULTS[fault.kind].locks == ("clients",)
        readers = [reader for reader in self._readers() if not at_one_gateway or reader.gateway == fault.target]
        return len(readers) >= LEAST_TO_HIT and begun >= 0.8 * number / len(plan.faults) * len(plan.streams)

    async def _happen(self, fault: FaultPlan, locks: list[asyncio.Lock]) -> None:
        await asyncio.sleep(FAULTS[fault.kind].settle_s)
        it = Happening(fault, time.monotonic(), watched=[(reader, reader.gateway) for reader in self._readers()])
        self.outcome.happenings.append(it)
        try:
            await FAULTS[fault.kind].act(self._stack, it)
        finally:
            it.ended = time.monotonic()
            began, ended = it.began - self.outcome.began, it.ended - self.outcome.began
            self._tell(f"{began:5.1f}–{ended:.1f} s  {fault.kind} {fault.target}, {fault.size:.2f}: {it.proof}")
            for lock in locks:
                lock.release()

    async def _report(self) -> None:
        while True:
            await asyncio.sleep(5)
            readers = len(self._readers())
            outcome = self.outcome
            wrong = sum(len(reader.track.wrong) for stream in outcome.streams for reader in stream.readers)
            done = len(outcome.streams) - len(self._running)
            self._tell(f"{time.monotonic() - outcome.began:5.0f} s  {done} streams done, {len(self._running)} under way"
                       f" with {readers} readers, {len(outcome.happenings)} faults, {wrong} wrong")

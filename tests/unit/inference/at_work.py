"""A worker at work on a scripted relay, its engine one that a test holds up, refuses with and kills."""
import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from inference.engine.port import EngineDead, Generation, Output, Progress
from inference.engine.settings import EngineSettings
from inference.engine.synthetic import SyntheticEngine
from inference.prompt import messages_of
from inference.worker import Worker, WorkerOptions
from relay.errors import RedisUnfit
from relay.views import Leased
from tests.unit.inference.fake_relay import FakeRelay
from tests.unit.inference.jobs import response_id

LONG = "[[tokens=100000]]"


class Engine(SyntheticEngine):
    """The synthetic one, observed; `refuses` maps a message's text to what `add` raises."""

    def __init__(self, *, rate: float = 0.0, capacity: int = 64, can_continue: bool = True) -> None:
        super().__init__(EngineSettings(engine="synthetic", synthetic_tokens_per_s=rate, capacity=capacity))
        self.can_continue = can_continue
        self.generations: list[Generation] = []
        self.refuses: dict[str, Exception] = {}
        self.may_start = asyncio.Event()
        self.may_start.set()
        self.late: list[str] | None = None  # what is to be aborted, while that takes its time
        self.may_add = asyncio.Event()
        self.may_add.set()
        self.dies: EngineDead | None = None
        self.does_not_start: OSError | None = None

    async def start(self, progress: Progress) -> None:
        progress("reading the weights", 0.25)
        await self.may_start.wait()
        if self.does_not_start:
            raise self.does_not_start
        await super().start(progress)

    async def add(self, generation: Generation) -> None:
        self.generations.append(generation)
        if refusal := self.refuses.get(str(generation.messages[-1]["content"])):
            raise refusal
        await self.may_add.wait()
        await super().add(generation)

    def abort(self, response_id: str) -> None:
        if self.late is None:
            super().abort(response_id)
        else:
            self.late.append(response_id)

    def finish_aborting(self) -> None:
        late, self.late = self.late or [], None
        for key in late:
            super().abort(key)

    async def outputs(self) -> list[Output]:
        outputs = await super().outputs()
        if self.dies:
            raise self.dies
        return outputs


async def spoken(job: Leased) -> str:
    """What the engine says to this job, undisturbed."""
    engine = SyntheticEngine(EngineSettings(engine="synthetic", synthetic_tokens_per_s=0))
    await engine.add(Generation("x", messages_of(job.request), job.request.sampling))
    text, finish = "", None
    while not finish:
        for output in await engine.outputs():
            text, finish = text + output.text, output.finish
    return text


class Running:
    """A worker at work, and ways to wait for what it does."""

    def __init__(self, relay: FakeRelay, engine: Engine, worker: Worker) -> None:
        self.relay, self.engine, self.worker = relay, engine, worker
        self.task = asyncio.create_task(worker.run())

    async def until(self, condition: Callable[[], Any]) -> None:
        async with self.relay.changed:
            await self.relay.changed.wait_for(lambda: condition() or self.task.done())
        assert condition()

    async def ended(self, *numbers: int) -> None:
        await self.until(lambda: all(self.relay.end(response_id(number)) for number in numbers))


@asynccontextmanager
async def working(relay: FakeRelay, engine: Engine | None = None, **options: Any) -> AsyncIterator[Running]:
    engine = engine or Engine()
    worker = Worker(engine, relay, WorkerOptions(name="w1", **{"drain_s": 0.0} | options))
    running = Running(relay, engine, worker)
    try:
        yield running
    finally:
        worker.drain()
        with suppress(EngineDead, RedisUnfit, OSError):
            await asyncio.wait_for(running.task, 10)

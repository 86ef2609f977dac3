"""A gateway that looks at what arrives, and workers over the synthetic engine, on a real Redis."""
import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from inference.engine.port import Generation, Progress
from inference.engine.settings import EngineSettings
from inference.engine.synthetic import SyntheticEngine
from inference.prompt import messages_of
from inference.worker import Worker, WorkerOptions
from relay.cursor import Cursor, Gap
from relay.events import AnyEvent, Delta, Ended
from relay.gateway import GatewayRelay
from relay.job import Request, Sampling
from relay.records import Batch, Record, first_record
from relay.settings import RelaySettings
from relay.views import Shown, Step, Submission, WorkerInfo
from relay.worker import WorkerRelay

MODEL = "synthetic"


def request(number: int, text: str = "Hello", **more: Any) -> Request:
    items = [{"type": "message", "role": "user", "content": f"{number}: {text}"}]
    return Request(f"resp_0{number:032x}", "anna", MODEL, 1.0, items, sampling=Sampling(**more))


async def spoken(asked: Request) -> str:
    """What the engine says to it when nothing comes in between."""
    engine = SyntheticEngine(EngineSettings(engine="synthetic", synthetic_tokens_per_s=0))
    await engine.add(Generation("x", messages_of(asked), asked.sampling))
    text, finish = "", None
    while not finish:
        for output in await engine.outputs():
            text, finish = text + output.text, output.finish
    return text


class Engine(SyntheticEngine):
    """The synthetic one; its loading takes until `may_start`."""

    def __init__(self, rate: float, capacity: int) -> None:
        super().__init__(EngineSettings(engine="synthetic", synthetic_tokens_per_s=rate, capacity=capacity))
        self.may_start = asyncio.Event()
        self.may_start.set()

    @property
    def running(self) -> int:
        return self.load().running

    async def start(self, progress: Progress) -> None:
        progress("reading the weights", 0.5)
        await self.may_start.wait()
        await super().start(progress)


class SleepyRelay(WorkerRelay):
    """Falls silent while `awake` is not set, as a paused process would."""

    def __init__(self, name: str, settings: RelaySettings) -> None:
        super().__init__(name, settings)
        self.awake = asyncio.Event()
        self.awake.set()

    async def append(self, step: Step) -> None:
        await self.awake.wait()
        await super().append(step)

    async def renew(self, info: WorkerInfo) -> None:
        await self.awake.wait()
        await super().renew(info)


class Gateway:
    """Shows what a viewer would see of each response: batches, and the log where there is a gap."""

    def __init__(self, settings: RelaySettings, name: str = "g1") -> None:
        self.relay = GatewayRelay(name, settings, self)
        self.events: dict[str, list[AnyEvent]] = {}
        self.requests: dict[str, Request] = {}
        self.most_in_a_batch = 0
        self._cursors: dict[str, Cursor] = {}
        self._records: dict[str, list[Record]] = {}
        self._gaps: set[str] = set()
        self._changed = asyncio.Event()

    def on_batch(self, batch: Batch, data: bytes) -> None:
        self.most_in_a_batch = max(self.most_in_a_batch, len(batch.records))
        for record in batch.records:
            self._take(record)
        self._changed.set()

    def on_up(self, new_run: bool) -> None:
        self._gaps.update(self._cursors)
        self._changed.set()

    def on_down(self) -> None:
        self._changed.set()

    def shown(self) -> list[Shown]:
        return [Shown(self.requests[name], records) for name, records in self._records.items()]

    def _take(self, record: Record) -> None:
        cursor = self._cursors.get(record.response_id)
        if cursor is None:
            return
        try:
            new = cursor.take(record)
        except Gap:
            self._gaps.add(record.response_id)
            return
        if new:
            self._records[record.response_id].append(record)
        self.events[record.response_id] += new

    def expect(self, asked: Request) -> None:
        name = asked.response_id
        self.requests[name], self._records[name] = asked, []
        self.events[name], self._cursors[name] = [], Cursor()

    async def submit(self, *requests: Request) -> None:
        for asked in requests:
            self.expect(asked)
            self._take(first_record(asked.response_id))
            await self.relay.submit(Submission(asked))

    async def follow(self, asked: Request) -> None:
        self.expect(asked)
        self._gaps.add(asked.response_id)
        await self.relay.follow(asked.response_id)
        self._changed.set()

    async def repair(self) -> None:
        gaps, self._gaps = self._gaps, set()
        for name in gaps:
            for record in await self.relay.log(name):
                self._take(record)

    async def until(self, what: Callable[["Gateway"], object]) -> None:
        """Until it holds; a gap is repaired from the log, and so is a silence of a second."""
        while not what(self):
            try:
                async with asyncio.timeout(1):
                    await self._changed.wait()
            except TimeoutError:
                self._gaps.update(self._cursors)
            self._changed.clear()
            if self._gaps and self.relay.up:
                await self.repair()

    async def ended(self, *requests: Request) -> None:
        await self.until(lambda gateway: all(gateway.end(asked) for asked in requests))

    async def said(self, length: int, *requests: Request) -> None:
        """Until each response's text has so many characters."""
        await self.until(lambda gateway: all(len(gateway.text(asked)) >= length for asked in requests))

    async def until_up(self) -> None:
        await self.until(lambda gateway: gateway.relay.up)

    def end(self, asked: Request) -> Ended | None:
        last = self.events[asked.response_id][-1:]
        return last[0] if last and isinstance(last[0], Ended) else None

    def text(self, asked: Request) -> str:
        return "".join(event.text for event in self.events[asked.response_id] if isinstance(event, Delta))


@asynccontextmanager
async def gateway(settings: RelaySettings, name: str = "g1") -> AsyncIterator[Gateway]:
    watching = Gateway(settings, name)
    async with asyncio.TaskGroup() as group:
        group.create_task(watching.relay.run())
        await watching.until_up()
        yield watching
        await watching.relay.leave()


@asynccontextmanager
async def worker(
    settings: RelaySettings,
    name: str = "w1",
    *,
    rate: float = 0.0,
    capacity: int = 64,
    relay: WorkerRelay | None = None,
) -> AsyncIterator[tuple[Worker, Engine]]:
    """At work until the block ends; then it drains."""
    engine = Engine(rate, capacity)
    options = WorkerOptions(name=name, deadline_s=settings.deadline_s, drain_s=0)
    working = Worker(engine, relay or WorkerRelay(name, settings), options)
    task = asyncio.create_task(working.run())
    try:
        yield working, engine
    finally:
        working.drain()
        await asyncio.wait_for(task, 10)

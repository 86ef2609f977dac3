"""A listener that does what a gateway's hub must: show by the rule of all readers, repair from the log, keep what it
has shown.
"""
import asyncio

from relay.cursor import Cursor, Gap
from relay.errors import RelayAway
from relay.events import AnyEvent
from relay.gateway import GatewayRelay
from relay.job import Request
from relay.records import Batch, Record, first_record
from relay.settings import RelaySettings
from relay.views import Shown, Submission
from tests.integration.relay.world import until


class FakeHub:
    """Shows responses to nobody in particular; `said` is what the relay has told it."""

    def __init__(self, name: str, settings: RelaySettings) -> None:
        self.relay = GatewayRelay(name, settings, self)
        self.said: list[str] = []
        self.requests: dict[str, Request] = {}
        self.records: dict[str, list[Record]] = {}
        self.cursors: dict[str, Cursor] = {}
        self.gaps: set[str] = set()
        self.task: asyncio.Task[None] | None = None

    async def start(self) -> "FakeHub":
        self.task = asyncio.create_task(self.relay.run())
        await until(lambda: self.relay.up)
        return self

    async def stop(self) -> None:
        await self.relay.leave()
        if self.task:
            await self.task

    def open(self, request: Request) -> None:
        self.requests[request.response_id] = request
        self.cursors[request.response_id] = Cursor()
        self.records[request.response_id] = []
        self._show(first_record(request.response_id))

    async def send(self, request: Request) -> None:
        self.open(request)
        await self.relay.submit(Submission(request))

    def on_batch(self, batch: Batch, data: bytes) -> None:
        for record in batch.records:
            if record.response_id in self.cursors:
                self._show(record)

    def _show(self, record: Record) -> None:
        try:
            if self.cursors[record.response_id].take(record):
                self.records[record.response_id].append(record)
        except Gap:
            self.gaps.add(record.response_id)

    def on_up(self, new_run: bool) -> None:
        self.said.append("new run" if new_run else "up")
        self.gaps.update(self.cursors)

    def on_down(self) -> None:
        self.said.append("down")

    def shown(self) -> list[Shown]:
        return [Shown(request, self.records[name]) for name, request in self.requests.items()]

    async def repair(self) -> None:
        """Read the logs of those with a gap."""
        for response_id in list(self.gaps):
            try:
                records = await self.relay.log(response_id)
            except RelayAway:
                return
            self.gaps.discard(response_id)
            for record in records:
                self._show(record)

    def events(self, response_id: str) -> list[AnyEvent]:
        cursor = Cursor()
        return [event for record in self.records[response_id] for event in cursor.take(record)]

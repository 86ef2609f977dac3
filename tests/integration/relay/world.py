"""What tests of the relay are made of: requests, records, workers, and gateways without a heart beat of their own."""
import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from relay.cursor import Cursor
from relay.events import AnyEvent, Delta, Ended, InProgress
from relay.job import Request
from relay.keys import Keys
from relay.link import Link
from relay.overview import OverviewCalls
from relay.records import ATTEMPT_GAP, Batch, Record
from relay.settings import RelaySettings
from relay.views import Held, Leased, Step, Submission, Submitted, WorkerInfo
from relay.worker import WorkerRelay

Client = Any  # a blocking redis.Redis, whose typed answers may be of every kind

MODEL = "tiny"
KEYS = Keys("0")


def request(number: int, user: str = "ann", model: str = MODEL, *, store: bool = True) -> Request:
    return Request(response_id=f"resp_0{number:04}", user=user, model=model, created_at=1.0, input=[], store=store)


def ended(status: str = "completed") -> Ended:
    return msgspec.convert([10, status, 9.5], Ended)


class BareGateway(OverviewCalls):
    """Registered, with a link, and quiet: it renews and takes back only when a test says so."""

    async def open(self) -> "BareGateway":
        self.link = await Link.open(self.settings)
        await self.link.hello("", holds=False)
        await self.register(self.link)
        self.attach(self.link)
        return self

    async def close(self) -> None:
        await self.link.close()

    async def send(self, number: int, user: str = "ann", *, store: bool = True) -> Submitted:
        return await self.submit(Submission(request(number, user, store=store)))

    async def place(self, response_id: str) -> int | None:
        """Where it stands in the queue, from 1 on; None where it does not wait."""
        return (await self.places({MODEL: [response_id]}))[MODEL].of.get(response_id)

    async def inbox(self) -> list[Batch]:
        """All that lies in it."""
        entries = await self.link.command("XRANGE", KEYS.inbox(self.name), "-", "+")
        return [msgspec.msgpack.decode(fields[1], type=Batch) for _, fields in entries]

    async def read_all(self, response_id: str) -> list[AnyEvent]:
        """The events in the log, by the rule of all readers."""
        cursor = Cursor()
        return [event for record in await self.log(response_id) for event in cursor.take(record)]


class Running:
    """A leased response as its worker sees it: makes records with the right numbers."""

    def __init__(self, leased: Leased) -> None:
        self.leased, self.id, self.attempt = leased, leased.response_id, leased.attempt
        self.began = leased.last + ATTEMPT_GAP
        self.after, self.next = leased.last, self.began

    def make(self, *events: AnyEvent) -> Record:
        record = Record(self.id, self.attempt, self.after, self.next, list(events))
        self.after = record.last
        self.next = record.last + 1
        return record

    def held(self, *records: Record) -> Held:
        return Held(self.id, self.attempt, self.leased.last, list(records))


class BareWorker(WorkerRelay):
    """A worker with shortcuts."""

    async def open(self, model: str = MODEL, capacity: int = 16) -> "BareWorker":
        await self.connect()
        await self.register(self.info(model, capacity))
        return self

    def info(self, model: str = MODEL, capacity: int = 16) -> WorkerInfo:
        return WorkerInfo(self.name, model, capacity=capacity, context_tokens=100)

    async def take(self, n: int = 1) -> list[Running]:
        return [Running(leased) for leased in await self.lease(n)]

    async def stream(self, running: Running, *events: AnyEvent, to: list[str], log: bool = False) -> Record:
        """Append one record to inboxes, and to the log if asked."""
        record = running.make(*events)
        batches = {gateway: [record] for gateway in to}
        await self.append(Step(batches=batches, entries=[record] if log else []))
        return record

    async def finish(self, running: Running, *, to: list[str], status: str = "completed") -> None:
        record = running.make(ended(status))
        await self.append(Step(
            batches={gateway: [record] for gateway in to}, entries=[record], ends={running.id: status}))


def beginning() -> InProgress:
    return InProgress(2.5)


def token(number: int) -> Delta:
    return Delta(f"t{number}é", [number])


def make_late(client: Client, kind: str, name: str, *, sighted: bool = True, now_ms: int | None = None) -> None:
    """As if it had been silent for long, and been sighted so five seconds ago."""
    now_ms = client.time()[0] * 1000 if now_ms is None else now_ms
    registry = f"{KEYS.prefix}{kind}"
    packed = client.hget(registry, name)
    entry = msgspec.msgpack.decode(packed)
    entry[1], entry[2] = 1, now_ms - 5000 if sighted else 0
    client.hset(registry, name, msgspec.msgpack.encode(entry))


async def until(condition: Callable[[], bool], timeout_s: float = 10) -> None:
    """Wait for a condition; TimeoutError if it does not come true."""
    async with asyncio.timeout(timeout_s):
        while not condition():  # noqa: ASYNC110 - what it waits for happens in another process
            await asyncio.sleep(0.005)


def settings_for(url: str) -> RelaySettings:
    """Deadlines so late that nobody is taken back by chance."""
    return RelaySettings(url, deadline_s=60)

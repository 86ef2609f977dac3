"""The hub on a real relay: a response goes on at another gateway, and Redis loses what was shown."""
import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import orjson
import pytest

from relay.events import AnyEvent, Delta, InProgress, ItemAdded, PartAdded
from relay.gateway import GatewayRelay
from relay.records import Record
from relay.settings import RelaySettings
from relay.views import Step, Submission
from server.common.clock import SystemClock
from server.responses.feed import Feed
from server.responses.hub import Hub, HubSettings
from tests.integration.relay.world import BareWorker, Running, request, settings_for, until
from tests.redis_server import RedisServer
from tests.unit.server.responses.story import an_end, deltas, message

BEGIN: list[AnyEvent] = [InProgress(1.0), ItemAdded("msg_1", "message"), PartAdded("output_text")]
REST = [*message()[2:], an_end()]


class Gateway:
    """A hub and its relay, with their tasks."""

    def __init__(self, name: str, settings: RelaySettings) -> None:
        self.hub = Hub(HubSettings(), SystemClock())
        self.relay = GatewayRelay(name, settings, self.hub)
        self.hub.use(self.relay)
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self._tasks = [asyncio.create_task(self.relay.run()), asyncio.create_task(self.hub.run())]
        await until(lambda: self.relay.up)

    async def stop(self) -> None:
        await self.relay.leave()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def send(self, number: int) -> Feed:
        feed = self.hub.open(request(number))
        await self.relay.submit(Submission(feed.request))
        return feed


class Cell:
    """Starts gateways and workers, and stops them at the end."""

    def __init__(self, running: AsyncExitStack) -> None:
        self._running = running

    async def gateway(self, name: str, settings: RelaySettings) -> Gateway:
        gateway = Gateway(name, settings)
        self._running.push_async_callback(gateway.stop)
        await gateway.start()
        return gateway

    async def worker(self, name: str, settings: RelaySettings) -> BareWorker:
        worker = BareWorker(name, settings)
        self._running.push_async_callback(worker.leave)
        return await worker.open()


@pytest.fixture
async def cell() -> AsyncIterator[Cell]:
    async with AsyncExitStack() as running:
        yield Cell(running)


async def told(feed: Feed, after: int = -1) -> list[dict[str, Any]]:
    """All events behind a number, to the end."""
    async with asyncio.timeout(10):
        return [orjson.loads(frame) async for frames in feed.follow(after) for frame in frames]


def text(events: list[dict[str, Any]]) -> str:
    return "".join(event["delta"] for event in events if event["type"] == "response.output_text.delta")


async def lead_to(worker: BareWorker, running: Running, known: list[Record], gateways: list[str]) -> None:
    """What a worker does when it is nudged to look: the log brought up to date, the destinations changed, in one."""
    await worker.append(Step(entries=known, destinations={running.id: gateways}))


async def test_another_gateway_takes_up_a_response_in_the_middle(redis_url: str, cell: Cell) -> None:
    settings = settings_for(redis_url)
    home, other = await cell.gateway("home", settings), await cell.gateway("other", settings)
    worker = await cell.worker("w", settings)
    feed = await home.send(1)
    (running,) = await worker.take()
    logged = await worker.stream(running, *BEGIN, *deltas("a", "b"), to=["home"], log=True)
    live = await worker.stream(running, *deltas("c", "d"), to=["home"])
    seen = feed.follow()
    while seen.number < live.last:
        await seen.next()

    attached = await other.hub.attach(running.id)
    assert attached.transcript.cursor.last == logged.last
    resumed = asyncio.create_task(told(attached, after=live.last))  # it has seen more than the log has
    await lead_to(worker, running, [live], ["home", "other"])
    await worker.stream(running, Delta("e"), to=["home", "other"])
    end = running.make(*REST)
    await worker.append(Step({"home": [end], "other": [end]}, [end], ends={running.id: "completed"}))

    assert text(await resumed) == "e"
    assert text(await told(attached)) == text(await told(feed)) == "abcde"
    assert attached.resource() == feed.resource()


async def test_who_comes_late_to_a_silent_response_sees_its_end(redis_url: str, cell: Cell) -> None:
    settings = settings_for(redis_url)
    home, other = await cell.gateway("home", settings), await cell.gateway("other", settings)
    worker = await cell.worker("w", settings)
    await home.send(1)
    (running,) = await worker.take()
    await worker.stream(running, *BEGIN, *deltas("a"), to=["home"], log=True)
    attached = await other.hub.attach(running.id)
    end = running.make(*REST)  # it goes to the log and to nobody's inbox, as if the other had been too late
    await worker.append(Step({}, [end], ends={running.id: "completed"}))
    assert text(await told(attached)) == "a"


async def test_what_redis_lost_is_put_back(own_redis: RedisServer, cell: Cell) -> None:
    settings = RelaySettings(own_redis.url, deadline_s=60, grace_s=1.2)
    gateway = await cell.gateway("home", settings)
    worker = await cell.worker("w", settings)
    copy = own_redis.keep_copy()
    feed = await gateway.send(1)
    (running,) = await worker.take()
    await worker.stream(running, *BEGIN, *deltas("a", "b"), to=["home"], log=True)
    shown = await worker.stream(running, *deltas("c"), to=["home"])
    await until(lambda: feed.transcript.cursor.last == shown.last)
    own_redis.restart_from(copy)  # neither job nor log is known any more
    await until(lambda: not gateway.relay.up)
    await until(lambda: gateway.relay.up)
    records = await gateway.relay.log(running.id)
    assert [event for record in records for event in record.events][-3:] == [*deltas("a", "b"), *deltas("c")]
    successor = await cell.worker("w2", settings)
    (again,) = await successor.take()
    end = again.make(*deltas("d"), *REST)
    await successor.append(Step({"home": [end]}, [end], ends={again.id: "completed"}))
    assert text(await told(feed)) == "abcd"

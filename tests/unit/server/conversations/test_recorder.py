"""What has ended is saved, whatever is away meanwhile, and nothing holds the others up."""
import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from relay.job import Request
from relay.records import Record
from server.conversations import recorder as module
from server.conversations.recorder import Recorder
from server.conversations.repository import ResponseRepository
from tests.unit.server.conversations.fakes import FakeRelay, fold


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY_S", 0.01)


@pytest.fixture
def relay() -> FakeRelay:
    return FakeRelay()


class OneAtATime(FakeRelay):
    """Gives up control before it answers, as the real one does, and tells when there is nothing left."""

    def __init__(self) -> None:
        super().__init__()
        self.idle = asyncio.Event()

    async def to_record(self, block_ms: int) -> list[str]:
        await asyncio.sleep(0)
        if not self.to_be_recorded:
            self.idle.set()
        return await super().to_record(block_ms)


@asynccontextmanager
async def running(recorder: Recorder) -> AsyncIterator[None]:
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        tasks.create_task(recorder.run())
        yield
        recorder.stop()


class Trees:
    """Conversations: which responses have ended in them."""

    def __init__(self) -> None:
        self.ended: list[str] = []

    async def end(self, request: Request, response: dict[str, Any]) -> None:
        self.ended.append(request.response_id)


def forget(request: Request, records: list[Record]) -> None:
    """Nobody keeps it."""


async def test_saves_what_has_ended(repository: ResponseRepository) -> None:
    relay = OneAtATime()
    for response_id in ("resp_0a", "resp_0b"):
        relay.add(response_id)
    kept: list[tuple[Request, list[Record]]] = []
    recorder = Recorder(relay, repository, Trees(), fold, lambda *shown: kept.append(shown))
    async with running(recorder):
        await relay.idle.wait()
    assert recorder.saved == 2
    assert kept == [(relay.jobs[name].request, relay.logs[name]) for name in ("resp_0a", "resp_0b")]
    assert await repository.records("resp_0a") == relay.logs["resp_0a"]
    assert (await repository.find("resp_0b")) is not None


async def test_goes_on_when_relay_and_database_are_back(away: ResponseRepository) -> None:
    relay = OneAtATime()
    relay.add("resp_0a")
    relay.away = True
    recorder = Recorder(relay, away, Trees(), fold, forget)
    async with running(recorder):
        await asyncio.sleep(0)
        relay.away = False
        assert relay.to_be_recorded == ["resp_0a"]
        await away.database.prepare()
        await relay.idle.wait()
    assert await away.find("resp_0a") is not None


async def test_what_cannot_be_saved_holds_up_nobody(relay: FakeRelay, repository: ResponseRepository) -> None:
    def broken(request: Request, records: Iterable[Record]) -> dict[str, Any]:
        raise ZeroDivisionError

    relay.add("resp_0a")
    await Recorder(relay, repository, Trees(), broken, forget).record("resp_0a")
    assert relay.to_be_recorded == []
    assert await repository.find("resp_0a") is None


async def test_what_the_relay_lost_holds_up_nobody(relay: FakeRelay, repository: ResponseRepository) -> None:
    relay.add("resp_0a")
    relay.forget("resp_0a")
    await Recorder(relay, repository, Trees(), fold, forget).record("resp_0a")
    assert relay.to_be_recorded == []


async def test_what_is_not_to_be_stored_is_not(relay: FakeRelay, repository: ResponseRepository) -> None:
    relay.add("resp_0a", store=False)
    await Recorder(relay, repository, Trees(), fold, forget).record("resp_0a")
    assert await repository.find("resp_0a") is None

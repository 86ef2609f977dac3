"""Who waits is told where, with one question for all, and nobody is told what has been overtaken by events."""
import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from relay.errors import RelayAway
from relay.views import Places, WorkerInfo
from server.admission import queue
from server.admission.pace import Pace
from server.admission.queue import QueueWatch
from server.admission.standing import Standing
from tests.unit.server.clock import FakeClock
from tests.unit.server.responses.gateway import until


@dataclass
class FakeFeed:
    response_id: str
    model: str = "tiny"
    number: int = 1
    told: list[Standing | None] = field(default_factory=list)

    def stand(self, standing: Standing | None) -> None:
        self.told.append(standing)


@dataclass
class World:
    """Feeds that ask, queues that answer, and workers."""

    feeds: list[FakeFeed] = field(default_factory=list)
    queues: dict[str, list[str]] = field(default_factory=dict)
    live: list[WorkerInfo] = field(default_factory=list)
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    away: bool = False
    meanwhile: FakeFeed | None = None

    def asking(self) -> Sequence[FakeFeed]:
        return self.feeds

    async def places(self, asked: Mapping[str, Sequence[str]]) -> dict[str, Places]:
        if self.away:
            raise RelayAway
        self.asked.append({model: list(ids) for model, ids in asked.items()})
        if self.meanwhile is not None:
            self.meanwhile.number += 1
        return {
            model: Places(len(waiting := self.queues.get(model, [])), 0, {
                one: waiting.index(one) + 1 for one in ids if one in waiting})
            for model, ids in asked.items()}

    async def workers(self) -> list[WorkerInfo]:
        return self.live

    def watch(self, pace: Pace | None = None) -> QueueWatch:
        return QueueWatch(self, self, self, pace or Pace(), FakeClock())


async def test_nothing_is_asked_while_nobody_waits() -> None:
    world = World()
    await world.watch().look()
    assert world.asked == []


async def test_one_question_for_all_models_and_each_is_told_its_place() -> None:
    one, two, other, running = FakeFeed("one"), FakeFeed("two"), FakeFeed("other", "big"), FakeFeed("running")
    world = World([one, two, other, running], {"tiny": ["x", "two", "one"], "big": ["other"]})
    await world.watch().look()
    assert world.asked == [{"tiny": ["one", "two", "running"], "big": ["other"]}]
    assert (one.told, two.told, other.told) == ([Standing(3, 3)], [Standing(2, 3)], [Standing(1, 1)])
    assert running.told == [None]


async def test_the_estimate_counts_what_all_workers_of_the_model_hold() -> None:
    one = FakeFeed("one")
    world = World([one], {"tiny": ["x", "one"]}, [
        WorkerInfo("w1", "tiny", running=2, waiting=1), WorkerInfo("w2", "tiny", "draining", running=1),
        WorkerInfo("w3", "tiny", "loading", running=5), WorkerInfo("w4", "big", running=50)])
    pace = Pace()
    pace.note("tiny", 12.0, FakeClock().monotonic())
    await world.watch(pace).look()
    assert one.told == [Standing(2, 2, 6)]


async def test_who_was_heard_of_meanwhile_is_told_nothing() -> None:
    one, two = FakeFeed("one"), FakeFeed("two")
    world = World([one, two], {"tiny": ["one", "two"]}, meanwhile=one)
    await world.watch().look()
    assert (one.told, two.told) == ([], [Standing(2, 2)])


async def test_of_very_many_each_has_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "MAX_ASKED", 3)
    feeds = [FakeFeed(f"r{number}") for number in range(7)]
    world = World(list(feeds), {"tiny": [feed.response_id for feed in feeds]})
    watch = world.watch()
    for _ in range(3):
        await watch.look()
    assert [len(asked["tiny"]) for asked in world.asked] == [3, 3, 3]
    assert all(feed.told for feed in feeds)


async def test_it_goes_on_after_redis_was_away() -> None:
    class Ticks(FakeClock):
        async def sleep(self, seconds: float) -> None:
            await asyncio.sleep(0)
            world.away = not world.away

    one = FakeFeed("one")
    world = World([one], {"tiny": ["one"]})
    watch = QueueWatch(world, world, world, Pace(), Ticks())
    running = asyncio.create_task(watch.run())
    await until(lambda: one.told)
    running.cancel()
    assert one.told[0] == Standing(1, 1)

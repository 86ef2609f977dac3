"""How a worker ends: drained, with a dead engine, or with a Redis that cannot be used."""
import pytest

from inference.engine.port import EngineDead
from relay.errors import LinkLost, RedisUnfit, RelayAway
from tests.unit.inference.at_work import LONG, Engine, working
from tests.unit.inference.fake_relay import FakeRelay
from tests.unit.inference.jobs import leased, response_id


async def test_draining_finishes_what_is_held_and_leases_no_more() -> None:
    relay = FakeRelay(leased(0, text="[[tokens=100]]"))
    async with working(relay, Engine(rate=500), drain_s=20.0) as running:
        await running.until(lambda: relay.steps)
        running.worker.drain()
        await running.until(lambda: relay.infos[-1].state == "draining")
        relay.jobs.append(leased(1))
        relay.nudge("work")
        await running.task
    assert relay.end(response_id(0)) is not None
    assert len(relay.jobs) == 1
    assert relay.calls[-1] == "leave"
    assert "release" not in relay.calls


async def test_what_cannot_be_finished_is_given_back_with_its_log_up_to_date() -> None:
    relay = FakeRelay(leased(0, text=LONG), leased(1, text=LONG))
    async with working(relay, Engine(rate=500)) as running:
        await running.until(lambda: len(relay.steps) > 5)
        running.worker.drain()
        await running.task
        assert running.engine.load().running == 0
    assert {held.response_id for held in relay.released} == {response_id(0), response_id(1)}
    assert relay.calls[-2:] == ["release", "leave"]
    assert relay.sent(response_id(0)) == relay.events(response_id(0))


async def test_draining_while_redis_is_away_ends_all_the_same() -> None:
    relay = FakeRelay()
    relay.failures["connect"] += [RelayAway()] * 1000
    async with working(relay) as running:
        await running.until(lambda: relay.calls)
        running.worker.drain()
        await running.task


async def test_a_dead_engines_responses_are_taken_back_at_once_and_not_given_back() -> None:
    relay, engine = FakeRelay(leased(text=LONG)), Engine(rate=200)
    async with working(relay, engine) as running:
        await running.until(lambda: relay.steps)
        engine.dies = EngineDead("gone")
        with pytest.raises(EngineDead, match="gone"):
            await running.task
    assert relay.calls[-2:] == ["register", "leave"]
    assert relay.infos[-1].state == "draining"
    assert "release" not in relay.calls


async def test_a_dead_engine_ends_the_worker_whatever_the_relay_does() -> None:
    relay, engine = FakeRelay(leased(text=LONG)), Engine(rate=200)
    async with working(relay, engine) as running:
        await running.until(lambda: relay.steps)
        relay.failures["register"].append(LinkLost("It broke."))
        engine.dies = EngineDead("gone")
        with pytest.raises(EngineDead, match="gone"):
            await running.task


async def test_an_engine_that_stands_still_is_dead() -> None:
    relay = FakeRelay(leased(text=LONG))
    async with working(relay, Engine(rate=0.01), stall_s=0.3) as running:
        with pytest.raises(EngineDead, match="no step"):
            await running.task


async def test_an_engine_that_makes_steps_is_well() -> None:
    relay = FakeRelay(leased(text=LONG))
    async with working(relay, Engine(rate=50), stall_s=0.6) as running:
        await running.until(lambda: relay.calls.count("take_back") >= 3)
        assert not running.task.done()


async def test_an_engine_that_does_not_start_ends_the_worker_in_order() -> None:
    relay, engine = FakeRelay(), Engine()
    engine.does_not_start = OSError("no such weights")
    async with working(relay, engine) as running:
        with pytest.raises(OSError, match="no such weights"):
            await running.task
    assert relay.calls[-1] == "leave"


async def test_an_unfit_redis_ends_the_worker() -> None:
    relay = FakeRelay()
    relay.failures["connect"].append(RedisUnfit("It may evict."))
    async with working(relay) as running:
        with pytest.raises(RedisUnfit):
            await running.task

"""What becomes of what a worker holds when it is fenced, loses its link, or Redis is away."""

from relay.errors import Fenced, LinkLost, RelayAway, RelayWait
from relay.events import Delta
from tests.unit.inference.at_work import LONG, Engine, spoken, working
from tests.unit.inference.fake_relay import FakeRelay
from tests.unit.inference.jobs import leased, response_id


async def test_fenced_it_drops_all_and_registers_anew() -> None:
    relay = FakeRelay(leased(0, text=LONG), leased(1, text=LONG))
    async with working(relay, Engine(rate=200)) as running:
        await running.until(lambda: len(relay.steps) > 3)
        relay.failures["append"].append(Fenced())
        await running.until(lambda: relay.calls.count("register") == 2)
        assert (len(running.worker.holds), running.engine.load().running) == (0, 0)
        relay.jobs.append(leased(0, attempt=9))
        relay.nudge("work")
        await running.ended(0)
    record = relay.entries(response_id(0))[-1]
    assert record.attempt == 9
    assert "rejoin" not in relay.calls


async def test_what_comes_late_of_a_dropped_attempt_is_not_taken_for_the_next() -> None:
    relay, engine = FakeRelay(leased(text=LONG)), Engine(rate=200)
    async with working(relay, engine) as running:
        await running.until(lambda: len(relay.steps) > 3)
        engine.late = []
        relay.failures["renew"].append(Fenced())
        await running.until(lambda: relay.calls.count("register") == 2)
        relay.jobs.append(leased(text=LONG, attempt=9))
        await running.until(lambda: len(engine.generations) == 2)
        engine.finish_aborting()
        await running.until(lambda: relay.entries(response_id()) and relay.entries(response_id())[-1].attempt == 9)
        assert engine.load().running == 1
        assert relay.end(response_id()) is None


async def test_after_a_lost_link_it_rejoins_with_its_tail_and_goes_on() -> None:
    job, other = leased(0, text="[[tokens=300]]"), leased(1, text=LONG)
    relay = FakeRelay(job, other)
    async with working(relay, Engine(rate=400)) as running:
        await running.until(lambda: len(relay.steps) > 5)
        relay.keeps = {response_id(0)}
        relay.views[response_id(0)] = (["g1"], False)
        lost = len(relay.steps)
        relay.failures["append"] += [LinkLost(), LinkLost()]
        relay.failures["connect"].append(RelayAway())
        await running.until(lambda: relay.rejoined)
        tails = {held.response_id: held for held in relay.rejoined}
        await running.ended(0)
        assert running.engine.load().running == 0
    assert relay.calls.count("register") == 1
    tail = tails[response_id(0)].records
    assert tail[0].first == 0
    assert [later.after for later in tail[1:]] == [earlier.last for earlier in tail[:-1]]
    first = next(step for step in relay.steps[lost:] if step.batches)
    assert first.destinations == {response_id(0): ["g1"]}, "whom Redis does not know as destination is sent nothing"
    assert relay.text(response_id(0)) == await spoken(job)
    assert relay.sent(response_id(0)) == relay.events(response_id(0))
    assert relay.end(response_id(1)) is None


async def test_what_it_has_ended_lately_is_put_back_too_if_redis_has_lost_it() -> None:
    """The gateway that knew of it may be gone by then."""
    ended, going_on = leased(0, text="[[tokens=5]]"), leased(1, text=LONG)
    relay = FakeRelay(ended, going_on)
    async with working(relay, Engine(rate=400)) as running:
        await running.ended(0)
        relay.failures["append"].append(LinkLost())
        await running.until(lambda: relay.rejoined)
        known = {held.response_id: held for held in relay.rejoined}
    assert [held.request for held in known.values()] == [ended.request, going_on.request]
    events = [event for record in known[response_id(0)].records for event in record.events]
    assert events[:2] == ended.records[0].events
    assert events[2:] == relay.events(response_id(0))


async def test_a_grace_is_waited_for_and_nothing_is_said_twice_in_the_log() -> None:
    job = leased(text="[[tokens=60]]")
    relay = FakeRelay(job)
    relay.failures["register"].append(RelayWait(0.01))
    async with working(relay, Engine(rate=1000)) as running:
        await running.until(lambda: relay.steps)
        relay.failures["append"] += [RelayWait(0.01), RelayWait(0.01)]
        await running.ended(0)
    assert relay.text(response_id()) == await spoken(job)
    assert relay.calls.count("connect") == 1


async def test_while_redis_is_away_the_engine_goes_on_and_its_outputs_are_one_each() -> None:
    job = leased(text="[[tokens=200]]")
    relay = FakeRelay(job)
    async with working(relay, Engine(rate=500)) as running:
        await running.until(lambda: len(relay.steps) > 3)
        relay.failures["append"].append(LinkLost())
        relay.failures["connect"] += [RelayAway()] * 2
        relay.views[response_id()] = (["g1"], False)
        steps = len(relay.steps)
        await running.ended(0)
    assert len(relay.steps) < steps + 150
    deltas = [event for event in relay.events(response_id()) if isinstance(event, Delta)]
    assert max(len(delta.tokens) for delta in deltas) > 50
    assert "".join(delta.text for delta in deltas) == await spoken(job)

"""The loop with a relay that fails on order and the synthetic engine."""
import asyncio

import pytest

from inference.engine.port import EngineRequestError
from inference.worker import MOST_AT_ONCE
from relay.errors import RelayWait
from relay.events import AnyEvent, Continued, Delta, Done, Ended, InProgress, ItemAdded, PartAdded
from relay.views import Leased, Step
from tests.unit.inference.at_work import LONG, Engine, spoken, working
from tests.unit.inference.fake_relay import FakeRelay
from tests.unit.inference.jobs import leased, response_id


async def test_a_job_becomes_the_engines_text() -> None:
    job = leased()
    relay = FakeRelay(job)
    async with working(relay) as running:
        await running.ended(0)
    assert relay.text(response_id()) == await spoken(job)
    assert isinstance(relay.events(response_id())[0], InProgress)
    assert relay.sent(response_id()) == relay.events(response_id())
    assert relay.steps[-1].ends == {response_id(): "completed"}


async def test_many_run_side_by_side() -> None:
    relay = FakeRelay(*[leased(number) for number in range(40)])
    async with working(relay) as running:
        await running.ended(*range(40))
        assert len(running.worker.holds) == 0
    most = max(len(step.batches.get("g1", [])) for step in relay.steps)
    assert most >= 16


async def test_a_large_step_goes_out_in_parts() -> None:
    jobs = [leased(number) for number in range(2 * MOST_AT_ONCE + 10)]
    relay = FakeRelay(*jobs)
    async with working(relay, Engine(rate=100, capacity=1000)) as running:
        await running.ended(*range(len(jobs)))
    said = [sum(isinstance(record.events[-1], Delta) for record in step.batches.get("g1", [])) for step in relay.steps]
    assert max(said) == MOST_AT_ONCE
    for number in (0, len(jobs) - 1):
        assert relay.text(response_id(number)) == await spoken(jobs[number])


async def test_no_more_is_leased_than_the_engine_can_run_and_a_few() -> None:
    relay = FakeRelay(*[leased(number, text=LONG) for number in range(40)])
    async with working(relay, Engine(rate=50, capacity=8), deadline_s=0.3) as running:
        await running.until(lambda: len(running.worker.holds) == 9)
        lease_calls = relay.calls.count("lease")
        running.relay.nudge("work")
        await running.until(lambda: relay.calls.count("renew") > 4)
        assert relay.calls.count("lease") == lease_calls
        assert len(relay.jobs) == 31


async def test_the_more_it_holds_the_more_it_leases_in_a_turn() -> None:
    relay = FakeRelay(*[leased(number, text=LONG) for number in range(1500)])
    async with working(relay, Engine(rate=1, capacity=10_000)) as running:
        await running.until(lambda: len(running.worker.holds) == 1500)
    asked = [n for n, _ in relay.leases]
    assert asked == sorted(asked)
    assert asked[:3] == [16, 16, 16]
    assert max(asked) == 128
    assert len(asked) < 1500 / 16 / 2


async def test_a_nudge_brings_a_job_at_once() -> None:
    relay = FakeRelay()
    async with working(relay) as running:
        await running.until(lambda: "lease" in relay.calls)
        relay.jobs.append(leased())
        relay.nudge("work")
        await asyncio.wait_for(running.ended(0), 0.5)


async def test_while_loading_it_is_registered_and_leases_nothing() -> None:
    relay, engine = FakeRelay(leased()), Engine()
    engine.may_start.clear()
    async with working(relay, engine, deadline_s=0.03) as running:
        await running.until(lambda: relay.calls.count("renew") >= 3)
        assert "lease" not in relay.calls
        info = relay.infos[-1]
        assert (info.state, info.message, info.progress, info.capacity) == ("loading", "reading the weights", 0.25, 0)
        engine.may_start.set()
        await running.ended(0)
        await running.until(lambda: relay.infos[-1].state == "ready")
        assert (relay.infos[-1].capacity, relay.infos[-1].model) == (64, "synthetic")


async def test_a_stop_reaches_the_engine_and_says_how_many_tokens() -> None:
    relay = FakeRelay(leased(text=LONG))
    async with working(relay, Engine(rate=200)) as running:
        await running.until(lambda: relay.text(response_id()))
        relay.views[response_id()] = (["g1"], True)
        relay.failures["look"].append(RelayWait(0.01))  # what a nudge asked for is not forgotten over it
        relay.nudge("look", response_id())
        await running.ended(0)
        assert running.engine.load().running == 0
    end = relay.end(response_id())
    assert end is not None
    assert (end.status, end.reason) == ("incomplete", "cancelled")
    tokens = [t for e in relay.events(response_id()) if isinstance(e, Delta | Done) for t in e.tokens]
    assert end.usage.output_tokens == len(tokens) > 0


async def test_who_follows_changes_where_batches_go() -> None:
    relay = FakeRelay(leased(text=LONG))
    async with working(relay, Engine(rate=200)) as running:
        await running.until(lambda: relay.steps)
        relay.views[response_id()] = (["g2"], False)
        relay.nudge("look", response_id())
        await running.until(lambda: relay.steps and set(relay.steps[-1].batches) == {"g2"})
    changing = next(step for step in relay.steps if step.destinations)
    assert changing.destinations == {response_id(): ["g2"]}
    assert set(changing.batches) >= {"g1"} or changing.entries


async def test_nudges_for_jobs_that_it_does_not_hold_change_nothing() -> None:
    relay = FakeRelay(leased(0))
    async with working(relay) as running:
        relay.nudge("look", response_id(5))
        await running.ended(0)
    assert "look" not in relay.calls


async def test_a_stop_before_the_engine_has_it_needs_no_engine() -> None:
    relay, engine = FakeRelay(leased(0, text=LONG), leased(1, text=LONG)), Engine(rate=50)
    engine.may_add.clear()
    async with working(relay, engine) as running:
        await running.until(lambda: engine.generations)
        for number in (0, 1):  # the one is on its way in, the other waits behind it
            relay.views[response_id(number)] = (["g1"], True)
            relay.nudge("look", response_id(number))
        await running.ended(0, 1)
        engine.may_add.set()
        await running.until(lambda: relay.calls[-1] == "take_back")
        assert len(engine.generations) == 1
        assert engine.load().running == 0
    assert not relay.text(response_id(0))


async def test_a_job_whose_log_has_ended_is_only_closed() -> None:
    relay = FakeRelay(leased(log=[InProgress(1.0), Ended("completed", 2.0)]))
    async with working(relay) as running:
        await running.until(lambda: relay.steps)
    assert relay.steps == [Step(ends={response_id(): "completed"})]


async def test_a_job_that_is_gone_is_dropped() -> None:
    relay = FakeRelay(leased(text=LONG))
    async with working(relay, Engine(rate=200)) as running:
        await running.until(lambda: relay.steps)
        relay.nudge("look", response_id())
        await running.until(lambda: not running.worker.holds)
        assert running.engine.load().running == 0


@pytest.mark.parametrize(
    ("job", "code"),
    [
        (leased(expired=True), "queue_timeout"),
        (leased(unreadable=True), "internal_error"),
        (leased(hopeless=True, crashes=3), "worker_lost"),
        (leased(text="x" * 1_000_000), "context_length_exceeded"),
    ],
)
async def test_what_must_not_be_run_fails_with_a_reason(job: Leased, code: str) -> None:
    relay = FakeRelay(job)
    async with working(relay) as running:
        await running.ended(0)
    end = relay.end(response_id())
    assert end is not None
    assert (end.status, end.code) == ("failed", code)
    assert relay.steps[-1].ends == {response_id(): "failed"}


async def test_a_cancelled_job_never_enters_the_engine() -> None:
    relay = FakeRelay(leased(cancelled=True))
    async with working(relay) as running:
        await running.ended(0)
        assert running.engine.generations == []
    end = relay.end(response_id())
    assert end is not None
    assert (end.status, end.reason) == ("incomplete", "cancelled")


@pytest.mark.parametrize(
    ("raised", "code"),
    [(EngineRequestError("invalid_prompt", "no"), "invalid_prompt"), (RuntimeError("a bug"), "engine_error")],
)
async def test_a_request_that_the_engine_refuses_disturbs_no_other(raised: Exception, code: str) -> None:
    relay, engine = FakeRelay(leased(0, text="bad"), leased(1)), Engine()
    engine.refuses["bad"] = raised
    async with working(relay, engine) as running:
        await running.ended(0, 1)
    ends = [relay.end(response_id(number)) for number in (0, 1)]
    assert [end and (end.status, end.code) for end in ends] == [("failed", code), ("completed", "")]
    assert "a bug" not in (ends[0].message if ends[0] else "")


async def test_a_later_attempt_goes_on_with_the_known_tokens() -> None:
    first = leased(attempt=6)
    relay = FakeRelay(first)
    async with working(relay) as running:
        await running.ended(0)
    begun = relay.events(response_id())[:9]
    known = [token for event in begun if isinstance(event, Delta) for token in event.tokens]
    shown = "".join(event.text for event in begun if isinstance(event, Delta))
    relay = FakeRelay(leased(log=begun))
    async with working(relay) as running:
        await running.ended(0)
        generation = running.engine.generations[0]
        assert (generation.known, generation.said) == (known, len(shown))
    assert shown + relay.text(response_id()) == await spoken(first)
    assert isinstance(relay.events(response_id())[0], Continued)


async def test_an_engine_that_cannot_continue_fails_what_was_begun() -> None:
    begun: list[AnyEvent] = [InProgress(1.0), ItemAdded("msg_1", "message"), PartAdded("output_text"), Delta("a", [1])]
    relay = FakeRelay(leased(0, log=begun), leased(1, log=begun[:1]))
    async with working(relay, Engine(can_continue=False)) as running:
        await running.ended(0, 1)
    ends = [relay.end(response_id(number)) for number in (0, 1)]
    assert [end and (end.status, end.code) for end in ends] == [("failed", "worker_lost"), ("completed", "")]
    assert isinstance(relay.events(response_id(1))[0], Continued)


async def test_says_how_many_it_took_up_and_how_many_another_had_begun() -> None:
    relay = FakeRelay(leased(0), leased(1, log=[InProgress(1.0)]), leased(2, crashes=1))
    async with working(relay) as running:
        await running.ended(0, 1, 2)
        await running.until(lambda: relay.infos[-1].attempts == 3)
    assert relay.infos[-1].taken_over == 2

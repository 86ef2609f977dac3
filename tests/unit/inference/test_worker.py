"""The loop with a relay that fails on order and the synthetic engine."""
import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from inference.engine.port import EngineDead, EngineRequestError, Generation, Output, Progress
from inference.engine.settings import EngineSettings
from inference.engine.synthetic import SyntheticEngine
from inference.prompt import messages_of
from inference.worker import Worker, WorkerOptions
from relay.errors import Fenced, LinkLost, RedisUnfit, RelayAway, RelayWait
from relay.events import AnyEvent, Continued, Delta, Done, Ended, InProgress, ItemAdded, PartAdded
from relay.views import Leased, Step
from tests.unit.inference.fake_relay import FakeRelay
from tests.unit.inference.jobs import leased, response_id

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
        if refusal := self.refuses.get(generation.messages[-1]["content"]):
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


async def test_no_more_is_leased_than_the_engine_can_run_and_a_few() -> None:
    relay = FakeRelay(*[leased(number, text=LONG) for number in range(40)])
    async with working(relay, Engine(rate=50, capacity=8), deadline_s=0.3) as running:
        await running.until(lambda: len(running.worker.holds) == 9)
        lease_calls = relay.calls.count("lease")
        running.relay.nudge("work")
        await running.until(lambda: relay.calls.count("renew") > 4)
        assert relay.calls.count("lease") == lease_calls
        assert len(relay.jobs) == 31


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
        relay.jobs.append(leased(text=LONG, attempt=9))
        relay.failures["renew"].append(Fenced())
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

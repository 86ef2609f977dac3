"""Jobs that have crashed: nothing is leased beside one before it has said something, and its first word is logged."""
from inference.hold import Hold
from inference.standing import read
from relay.events import Delta
from tests.unit.inference.at_work import LONG, Engine, working
from tests.unit.inference.fake_relay import FakeRelay
from tests.unit.inference.jobs import leased, response_id


async def test_nothing_is_leased_beside_a_suspect_that_is_silent() -> None:
    relay, engine = FakeRelay(leased(0, text=LONG, crashes=1)), Engine(rate=100)
    engine.may_add.clear()
    async with working(relay, engine, deadline_s=0.03) as running:
        await running.until(lambda: len(running.worker.holds) == 1)
        relay.jobs.append(leased(1, text=LONG))
        relay.nudge("work")
        renewed = relay.calls.count("renew")
        await running.until(lambda: relay.calls.count("renew") > renewed + 3)
        assert relay.leases == [(16, False)]
        engine.may_add.set()
        await running.until(lambda: relay.text(response_id(1)))
        assert relay.leases[1] == (16, False)


async def test_the_relay_is_told_that_one_is_silent_and_asked_again_once_it_is_not() -> None:
    relay, engine = FakeRelay(leased(0, text=LONG)), Engine(rate=100)
    engine.may_add.clear()
    async with working(relay, engine) as running:
        await running.until(lambda: len(relay.leases) == 2)
        assert relay.leases[-1] == (16, True)
        relay.jobs.append(leased(1, text=LONG, crashes=1))
        engine.may_add.set()
        await running.until(lambda: len(relay.leases) > 2)
        assert relay.leases[2] == (16, False)
        await running.until(lambda: relay.text(response_id(1)))


def hold(*, crashes: int = 0, followers: tuple[str, ...] = ("g1",)) -> Hold:
    job = leased(crashes=crashes, followers=followers)
    begun = Hold(job, read(job.records), 100.0, 0)
    begun.composer.begin(1.0)
    begun.number()
    return begun


def say(speaking: Hold) -> None:
    speaking.composer.said = True
    speaking.composer.events.append(Delta("a", [1]))
    speaking.number()


def test_the_first_word_of_a_suspect_and_of_one_without_a_gateway_is_logged_at_once() -> None:
    for job, at_once in ((hold(), False), (hold(crashes=1), True), (hold(followers=()), True)):
        assert not job.due(100.0), "it has not said anything yet"
        say(job)
        assert job.due(100.0) is at_once
        job.logged(job.entry(), 100.0)
        say(job)
        assert not job.due(100.0), "the first word only"

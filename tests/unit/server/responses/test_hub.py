"""The table of feeds: what arrives, what is repaired, looked at, closed and forgotten."""
import asyncio

import orjson
import pytest

from relay.events import Delta, Ended, InProgress
from relay.records import Record, first_record
from relay.views import JobState, Shown
from server.responses.feed import ResponseDiverged, ResponseGone
from server.responses.hub import LOOKS_PER_SWEEP, MAX_GAP_S, Hub, HubSettings
from server.responses.viewer import ViewerBehind
from tests.unit.server.clock import FakeClock
from tests.unit.server.responses.hub_at_hand import RECORDS, World, text
from tests.unit.server.responses.story import RESPONSE, a_request, arrive, deltas, message, numbered


@pytest.fixture
def world() -> World:
    return World()


def test_without_its_relay_it_says_so() -> None:
    with pytest.raises(RuntimeError, match="was not given its relay"):
        Hub(HubSettings(), FakeClock()).relay  # noqa: B018


async def test_a_response_from_submission_to_its_end(world: World) -> None:
    feed = world.hub.open(a_request())
    assert world.hub.find(RESPONSE) is feed
    viewer = feed.follow()
    kinds = [orjson.loads(frame)["type"] for frame in await viewer.next()]
    assert kinds == ["response.created", "response.queued"]
    world.batch(*RECORDS[1:4], first_record("resp_of_somebody_else"))
    world.batch(*RECORDS[4:])
    frames = [frame async for frames in viewer for frame in frames]
    assert orjson.loads(frames[-1])["response"]["status"] == "completed"
    assert (world.hub.counts.batches, world.hub.counts.events) == (2, 13)


async def test_it_counts_feeds_and_viewers(world: World) -> None:
    feed = world.hub.open(a_request())
    viewers = [feed.follow(), feed.follow()]
    assert (world.hub.feeds, world.hub.viewers) == (1, 2)
    viewers[0].close()
    assert (world.hub.feeds, world.hub.viewers) == (1, 1)


async def test_a_response_that_was_never_submitted_is_dropped(world: World) -> None:
    feed = world.hub.open(a_request())
    viewer = feed.follow()
    world.hub.drop(RESPONSE)
    world.hub.drop(RESPONSE)
    assert world.hub.find(RESPONSE) is None
    assert world.hub.shown() == []
    with pytest.raises(ResponseGone):
        await viewer.next()


class TestGaps:
    """What is missing is read from the log."""

    async def test_a_gap_is_repaired(self, world: World) -> None:
        feed = world.hub.open(a_request())
        world.relay.add(a_request(), RECORDS[:6])
        world.batch(*RECORDS[1:4], RECORDS[6])
        assert feed.has_gap
        await world.hub.repair()
        assert text(feed) == "abc"
        assert world.called("log") == [("log", RESPONSE, 1003)]
        assert (world.hub.counts.gaps, world.hub.counts.repairs) == (1, 1)
        await world.hub.repair()
        assert world.hub.counts.repairs == 1

    async def test_a_log_that_is_behind_is_read_again(self, world: World) -> None:
        feed = world.hub.open(a_request())
        world.relay.add(a_request(), RECORDS[:4])
        world.batch(*RECORDS[1:4], RECORDS[6])
        await world.hub.repair()
        assert feed.has_gap
        world.relay.logs[RESPONSE] = RECORDS[:6]
        await world.hub.repair()
        assert text(feed) == "abc"
        assert feed.gap_since is None

    async def test_while_redis_is_away_it_waits(self, world: World) -> None:
        feed = world.hub.open(a_request())
        world.relay.add(a_request(), RECORDS)
        world.batch(*RECORDS[1:4], RECORDS[6])
        world.relay.away = True
        await world.hub.repair()
        world.relay.away = False
        await world.hub.repair()
        assert feed.done.is_set()

    async def test_a_gap_that_the_log_never_fills_is_a_divergence(self, world: World) -> None:
        feed = world.hub.open(a_request())
        viewer = feed.follow()
        world.relay.add(a_request(), RECORDS[:4])
        world.batch(*RECORDS[1:4], RECORDS[6])
        await world.hub.repair()
        world.pass_(MAX_GAP_S)
        await world.hub.repair()
        assert world.hub.counts.diverged == 0
        world.pass_(1.0)
        await world.hub.repair()
        assert world.hub.counts.diverged == 1
        with pytest.raises(ResponseDiverged):
            await viewer.next()
        await world.hub.repair()
        assert feed.transcript.cursor.last == 1003

    async def test_a_log_that_went_another_way_is_read_anew(self, world: World) -> None:
        begin = [InProgress(1.0), *message("a")[:3]]
        feed = world.hub.open(a_request())
        world.batch(*numbered([*begin, Delta("lost")])[1:])
        log = numbered(begin, deltas("b"))
        world.relay.add(a_request(), log)
        world.batch(log[-1])
        await world.hub.repair()
        assert text(feed) == "ab"

    async def test_one_that_was_dropped_is_not_repaired(self, world: World) -> None:
        world.hub.open(a_request())
        world.batch(RECORDS[6])
        world.hub.drop(RESPONSE)
        await world.hub.repair()
        assert world.relay.calls == []


class TestSilence:
    """A response of which nothing is heard."""

    async def test_it_looks_at_log_and_job(self, world: World) -> None:
        feed = world.hub.open(a_request())
        world.relay.add(a_request(), RECORDS)
        await world.sweeps(1)
        assert world.relay.calls == []
        await world.sweeps(1)
        assert [call[0] for call in world.relay.calls] == ["find", "log"]
        assert feed.done.is_set()
        await world.sweeps(3)
        assert world.hub.counts.looks == 1

    async def test_it_looks_less_and_less_often(self, world: World) -> None:
        world.hub.open(a_request())
        world.relay.add(a_request(), RECORDS[:1], "waiting", attempt=0)
        await world.sweeps(2 + 4 + 8 + 15 + 15 + 14)
        assert world.hub.counts.looks == 5
        world.batch(*RECORDS[1:4])
        await world.sweeps(2)
        assert world.hub.counts.looks == 6

    async def test_who_is_heard_of_is_left_alone(self, world: World) -> None:
        world.hub.open(a_request())
        for record in RECORDS[1:]:
            world.batch(record)
            await world.sweeps(1)
        assert world.relay.calls == []

    async def test_a_response_that_has_vanished_is_gone_at_the_second_look(self, world: World) -> None:
        feed = world.hub.open(a_request())
        viewer = feed.follow()
        await viewer.next()
        await world.sweeps(2)
        assert feed.error is None
        await world.sweeps(4)
        with pytest.raises(ResponseGone):
            await viewer.next()

    async def test_while_redis_is_away_nobody_looks(self, world: World) -> None:
        feed = world.hub.open(a_request())
        world.hub.on_down()
        await world.sweeps(60)
        assert world.relay.calls == []
        world.hub.on_up(False)
        world.relay.away = True
        await world.sweeps(9)
        assert feed.error is None
        world.relay.away = False
        world.relay.add(a_request(), RECORDS)
        await world.sweeps(1)
        assert feed.done.is_set()

    @pytest.mark.parametrize("new_run", [True, False])
    async def test_when_redis_is_back_all_are_looked_at(self, world: World, new_run: bool) -> None:
        """Whether it restarted or only the connection broke: an end may have gone by meanwhile."""
        feed = world.hub.open(a_request())
        world.relay.add(a_request(), RECORDS)
        world.hub.on_down()
        world.hub.on_up(new_run)
        await world.hub.sweep()
        assert feed.done.is_set()

    async def test_only_so_many_are_looked_at_in_a_sweep(self, world: World) -> None:
        for i in range(LOOKS_PER_SWEEP + 1):
            request = a_request(response_id=f"resp_{i}")
            world.hub.open(request)
            world.relay.add(request, [first_record(request.response_id)], "waiting", attempt=0)
        await world.sweeps(2)
        assert world.hub.counts.looks == LOOKS_PER_SWEEP
        await world.sweeps(1)
        assert world.hub.counts.looks == LOOKS_PER_SWEEP + 1

    @pytest.mark.parametrize(("state", "attempt", "given_up"), [
        ("waiting", 0, True), ("waiting", 1, False), ("running", 1, False)
    ])
    async def test_who_has_waited_too_long_is_given_up(
        self, world: World, state: JobState, attempt: int, given_up: bool
    ) -> None:
        world.hub.open(a_request())
        world.relay.add(a_request(), RECORDS[:1], state, attempt)
        await world.sweeps(290)
        assert world.called("cancel") == []
        await world.sweeps(30)
        calls = world.called("cancel")
        assert bool(calls) is given_up
        if calls:
            _, response_id, reason, (end,) = calls[0]
            assert (response_id, reason) == (RESPONSE, "queue_timeout")
            assert isinstance(end, Ended)
            assert (end.status, end.code) == ("failed", "queue_timeout")


class TestForgetting:
    """What nobody needs is kept for a while, because Redis may lose its last writes."""

    async def test_a_response_that_has_ended(self, world: World) -> None:
        feed = world.hub.open(a_request())
        world.batch(*RECORDS[1:])
        async for _ in feed.follow():
            pass
        await world.sweeps(10)
        assert world.hub.shown() == [Shown(a_request(), RECORDS)]
        await world.sweeps(1)
        assert world.hub.shown() == []
        assert world.hub.feeds == 0
        assert world.called("unfollow") == []

    async def test_a_response_that_goes_on_without_viewers_is_unfollowed(self, world: World) -> None:
        feed = world.hub.open(a_request())
        world.relay.add(a_request(), RECORDS[:1])
        feed.follow().close()
        await world.sweeps(5)
        viewer = feed.follow()
        await world.sweeps(20)
        viewer.close()
        await world.sweeps(10)
        assert world.hub.feeds == 1
        await world.sweeps(1)
        assert world.hub.feeds == 0
        assert world.called("unfollow") == [("unfollow", RESPONSE, 10)]

    @pytest.mark.parametrize(("store", "detach_s", "kept_s"), [
        (False, 3, 3), (False, 60, 10), (False, 0, 10), (True, 3, 10)])
    async def test_what_may_be_stopped_soon_is_left_in_time(
            self, world: World, store: bool, detach_s: int, kept_s: int) -> None:
        hub = world.hub = Hub(HubSettings(detach_s=detach_s), world.time)
        hub.use(world.relay)
        hub.on_up(False)
        hub.open(a_request(store=store)).follow().close()
        await world.sweeps(kept_s)
        assert hub.feeds == 1
        await world.sweeps(1)
        assert hub.feeds == 0
        assert world.called("unfollow") == [("unfollow", RESPONSE, kept_s)]

    async def test_an_end_is_kept_as_long_as_any(self, world: World) -> None:
        hub = world.hub = Hub(HubSettings(detach_s=1), world.time)
        hub.on_up(False)
        hub.open(a_request(store=False)).follow().close()
        world.batch(*RECORDS[1:])
        await world.sweeps(10)
        assert hub.feeds == 1

    async def test_a_response_that_nobody_has_followed_yet_is_kept(self, world: World) -> None:
        world.hub.open(a_request())
        world.relay.add(a_request(), RECORDS[:1])
        await world.sweeps(60)
        assert world.hub.feeds == 1

    async def test_what_was_read_without_following_is_kept_too(self, world: World) -> None:
        world.hub.keep(a_request(), RECORDS[:6])
        assert world.hub.shown() == [Shown(a_request(), RECORDS[:6])]
        followed = world.hub.open(a_request(response_id="resp_two"))
        world.hub.keep(followed.request, [])
        assert world.hub.find("resp_two") is followed
        world.relay.add(a_request(), RECORDS[:6])
        assert text(await world.hub.attach(RESPONSE)) == "ab"
        assert world.called("follow") == [("follow", RESPONSE)]
        await world.sweeps(11)
        assert world.hub.find(RESPONSE) is None

    async def test_while_redis_is_away_nothing_is_forgotten(self, world: World) -> None:
        world.hub.open(a_request())
        world.batch(*RECORDS[1:])
        await world.sweeps(2)
        world.hub.on_down()
        world.hub.on_down()
        await world.sweeps(3600)
        assert world.hub.shown() == [Shown(a_request(), RECORDS)]
        world.hub.on_up(True)
        world.hub.on_up(True)
        await world.sweeps(8)
        assert world.hub.feeds == 1
        await world.sweeps(1)
        assert world.hub.feeds == 0

    async def test_what_could_not_be_unfollowed_is_tried_again(self, world: World) -> None:
        world.hub.open(a_request()).follow().close()
        world.relay.away = True
        await world.sweeps(12)
        assert world.hub.feeds == 1
        world.relay.away = False
        await world.sweeps(1)
        assert world.hub.feeds == 0


async def test_viewers_that_stay_behind_are_closed(world: World) -> None:
    world.relay.add(a_request(), RECORDS[:4])
    feed = world.hub.open(a_request())
    viewer = feed.follow()
    await viewer.next()
    world.batch(*RECORDS[1:4])
    await world.sweeps(15)
    assert world.hub.counts.behind == 0
    await world.sweeps(1)
    assert world.hub.counts.behind == 1
    with pytest.raises(ViewerBehind):
        await viewer.next()


class TestRunning:
    """The background task, with the real event loop's time."""

    async def test_it_repairs_at_once_and_sweeps_each_second(self, world: World) -> None:
        feed = world.hub.open(a_request())
        world.relay.add(a_request(), RECORDS[:6])
        task = asyncio.create_task(world.hub.run())
        await asyncio.sleep(0)
        world.batch(*RECORDS[1:4], RECORDS[6])
        viewer = feed.follow(1003)
        assert orjson.loads((await viewer.next())[0])["delta"] == "abc"
        world.relay.logs[RESPONSE] = RECORDS
        world.pass_(2.0)  # so the next tick is a sweep, which finds it silent
        await feed.end()
        assert world.hub.counts.looks == 1
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def test_a_gap_that_shows_during_a_repair_is_repaired_at_once(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("server.responses.hub.TICK_S", 3600.0)
        one, two = world.hub.open(a_request()), world.hub.open(a_request(response_id="resp_two"))
        others = [Record("resp_two", r.attempt, r.after, r.first, r.events) for r in RECORDS]
        world.relay.add(one.request, RECORDS)
        world.relay.add(two.request, others)
        read = world.relay.log

        async def log(response_id: str, after: int = -1) -> list[Record]:
            world.batch(others[6])
            return await read(response_id, after)

        world.relay.log = log  # type: ignore[method-assign]
        task = asyncio.create_task(world.hub.run())
        await asyncio.sleep(0)
        world.batch(RECORDS[6])
        assert [(await feed.end())["status"] for feed in (one, two)] == ["completed", "completed"]
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def test_it_measures_the_load(self, world: World) -> None:
        hub = Hub(HubSettings(), world.time)
        hub.use(world.relay)
        hub.on_up(False)
        feed = hub.open(a_request())
        viewer = feed.follow()
        await viewer.next()
        task = asyncio.create_task(hub.run())
        await asyncio.sleep(0)
        arrive(hub, *RECORDS[1:5])
        world.pass_(0.5)
        world.time.busy += 0.5
        await viewer.next()
        async with asyncio.timeout(5):
            while not hub.pacing:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        waits = asyncio.create_task(viewer.next())
        await asyncio.sleep(0)
        arrive(hub, *RECORDS[5:7])
        assert orjson.loads((await waits)[0])["delta"] == "bc"
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

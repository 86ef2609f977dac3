"""Records in any order, gaps, divergence, and viewers that begin anywhere and go at any pace."""
import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.events import AnyEvent, Delta, InProgress
from relay.records import Record
from server.common.errors import Code, Failure
from server.responses.feed import MAX_EARLY, MAX_SHARED, Feed, ResponseDiverged, ResponseGone
from server.responses.viewer import Viewer, ViewerBehind
from tests.unit.server.responses.story import (
    RESPONSE,
    a_feed,
    a_request,
    apply,
    chopped,
    deltas,
    join,
    message,
    numbered,
    numbers,
    stories,
    told,
    unhurried,
)
from tests.unit.server.responses.test_position import check_told, one_by_one

RECORDS = told("a", "b", "c", "d")


def take(feed: Feed, viewer: Viewer) -> list[bytes]:
    frames: list[bytes] = []
    while new := feed.take(viewer):
        frames += new
    return frames


def beyond(log: list[Record], after: int) -> list[Record]:
    """What the relay's `log` gives."""
    return [record for record in log if record.last > after]


@unhurried
@given(stories(), st.data())
def test_however_records_arrive_every_viewer_is_told_the_same(records: list[Record], data: st.DataObject) -> None:
    sizes = st.integers(1, 4)
    full = one_by_one(records)
    known = numbers(full)
    batches = chopped(records, iter(lambda: data.draw(sizes), None))
    log = chopped(records, iter(lambda: data.draw(sizes), None))
    arrivals = data.draw(st.permutations([*batches, *data.draw(st.lists(st.sampled_from(batches), max_size=4))]))
    arrivals = [record for record in arrivals if data.draw(st.integers(0, 9))]  # some never arrive
    gaps: list[Feed] = []
    feed = a_feed(gaps=gaps)
    viewers: list[tuple[Viewer, int, list[bytes]]] = []
    for record in arrivals:
        if data.draw(st.booleans()):
            after = data.draw(st.sampled_from([-1, *known]))  # it may be ahead of this feed
            viewers.append((feed.follow(after), after, []))
        apply(feed, record)
        if data.draw(st.booleans()) and gaps:
            gaps.clear()
            written = beyond(log[:data.draw(st.integers(0, len(log)))], feed.repair_from)
            feed.repair(written, 0.0)
        for viewer, _, frames in viewers:
            if data.draw(st.booleans()):
                frames += take(feed, viewer)
    feed.repair(beyond(log, feed.repair_from), 0.0)
    assert feed.done.is_set()
    assert not feed.has_gap
    for viewer, after, frames in [*viewers, (feed.follow(), -1, [])]:
        frames += take(feed, viewer)
        assert numbers(frames) == sorted(set(numbers(frames)))
        check_told(frames, full, after)
        assert feed.finished(viewer)


@unhurried
@given(stories(), st.data())
def test_what_it_keeps_for_redis_is_what_came(records: list[Record], data: st.DataObject) -> None:
    batches = chopped(records, iter(lambda: data.draw(st.integers(1, 4)), None))
    log = chopped(records, iter(lambda: data.draw(st.integers(1, 4)), None))
    feed = a_feed()
    for record in batches[: len(batches) // 2]:
        apply(feed, record)
    feed.repair(log, 0.0)
    kept = feed.records(batches[: len(batches) // 2])
    assert [event for record in kept for event in record.events] == [e for record in records for e in record.events]
    again = a_feed()
    apply(again, *kept)
    assert again.resource() == feed.resource()


def test_a_gap_is_told_once_and_filled_from_the_log() -> None:
    gaps: list[Feed] = []
    feed = a_feed(gaps=gaps)
    apply(feed, *RECORDS[:4], RECORDS[6], RECORDS[7])
    assert gaps == [feed]
    assert feed.has_gap
    assert feed.repair_from == 1003
    feed.repair(RECORDS[4:6], 0.0)
    assert not feed.has_gap
    assert feed.transcript.items[0].parts[0].text() == "abcd"


def test_a_gap_may_be_filled_by_what_comes_late() -> None:
    feed = a_feed()
    apply(feed, *RECORDS[:4], RECORDS[5], RECORDS[4])
    assert not feed.has_gap
    assert feed.transcript.items[0].parts[0].text() == "ab"


def test_a_log_that_is_behind_leaves_the_gap() -> None:
    gaps: list[Feed] = []
    feed = a_feed(gaps=gaps)
    apply(feed, *RECORDS[:4], RECORDS[6])
    feed.repair(RECORDS[4:5], 0.0)
    assert feed.has_gap
    assert gaps == [feed, feed]
    feed.repair([], 0.0)
    assert feed.repair_from == 1004


def test_of_too_many_early_records_the_oldest_go() -> None:
    texts = ["x"] * (MAX_EARLY + 10)
    records = told(*texts)
    feed = a_feed()
    apply(feed, *records[:4], *records[5:])
    feed.repair(records[4:5], 0.0)
    assert feed.has_gap
    feed.repair(records, 0.0)
    assert feed.transcript.items[0].parts[0].text() == "".join(texts)


def test_a_newer_attempt_is_judged_by_its_beginning() -> None:
    records = numbered([InProgress(1.0), *message("a")[:3]], deltas("b", "c", "d"))
    feed = a_feed()
    apply(feed, *records[:5], records[6])
    assert feed.repair_from == -1
    feed.repair(records, 0.0)
    assert feed.transcript.items[0].parts[0].text() == "abcd"


def lost() -> tuple[list[Record], list[Record]]:
    """What was shown, with a token that Redis has lost, and what the log says instead."""
    begin = [InProgress(1.0), *message("a")[:3]]
    return numbered([*begin, Delta("lost")]), numbered(begin, deltas("b", "c"))


def test_a_log_that_went_another_way_ends_the_viewers_and_is_read_anew() -> None:
    shown, log = lost()
    gaps: list[Feed] = []
    feed = a_feed(gaps=gaps)
    apply(feed, *shown)
    viewer = feed.follow()
    feed.take(viewer)
    apply(feed, log[-2])
    assert feed.viewers == 0
    assert gaps == [feed]
    assert feed.repair_from == -1
    with pytest.raises(ResponseDiverged):
        asyncio.run(viewer.next())
    feed.repair(log, 0.0)
    assert feed.transcript.items[0].parts[0].text() == "abc"
    check_told(take(feed, feed.follow()), one_by_one(log))


async def test_a_place_in_a_hole_is_a_divergence() -> None:
    _, log = lost()
    feed = a_feed()
    apply(feed, *log)
    with pytest.raises(ResponseDiverged) as caught:
        feed.follow(1005)
    assert caught.value.code is Code.RESPONSE_DIVERGED
    assert feed.viewers == 0


async def test_a_place_ahead_of_the_feed_waits_until_it_is_reached() -> None:
    feed = a_feed()
    apply(feed, *RECORDS[:5])
    viewer = feed.follow(1005)
    assert feed.take(viewer) == []
    assert viewer.number == 1005
    task = asyncio.create_task(viewer.next())
    apply(feed, RECORDS[5])
    await asyncio.sleep(0)
    assert not task.done()
    apply(feed, RECORDS[6])
    assert numbers(await task) == [1006]


def test_a_place_beyond_the_end_is_a_divergence() -> None:
    feed = a_feed()
    apply(feed, *RECORDS[:4])
    viewer = feed.follow(5000)
    apply(feed, *RECORDS)
    assert feed.take(viewer) == []
    assert feed.viewers == 0
    with pytest.raises(ResponseDiverged):
        feed.follow(5000)


def test_viewers_at_one_place_share_their_frames() -> None:
    feed = a_feed()
    apply(feed, *RECORDS[:5])
    one, two, late = feed.follow(), feed.follow(), feed.follow(1003)
    assert feed.take(one) is feed.take(two)
    assert numbers(take(feed, late)) == [1004]
    apply(feed, RECORDS[5])
    first = feed.take(one)
    assert numbers(first) == [1005]
    assert feed.take(late) is first
    apply(feed, RECORDS[6])
    assert numbers(feed.take(one)) == [1006]
    assert numbers(feed.take(two)) == [1006]


def test_only_so_many_places_share_their_frames() -> None:
    feed = a_feed()
    apply(feed, *told(*["x"] * 20))
    viewers = [feed.follow(number) for number in range(1003, 1013)]
    taken = [feed.take(viewer) for viewer in viewers]
    again = [feed.take(feed.follow(number)) for number in range(1003, 1013)]
    assert again == taken
    assert [one is other for one, other in zip(taken, again, strict=True)] == [True] * MAX_SHARED + [False] * 6


def test_it_counts() -> None:
    feed = a_feed()
    apply(feed, *RECORDS)
    take(feed, feed.follow())
    counts = feed._counts
    assert (counts.events, counts.tokens) == (13, 4)
    assert (counts.frames, counts.merged) == (10, 3)


@pytest.mark.parametrize("viewers", [1, 2])
def test_much_text_leaves_its_viewer_awake(viewers: int) -> None:
    feed = a_feed()
    apply(feed, *told(*["\0" * 20_000] * 100))
    one, *_ = [feed.follow() for _ in range(viewers)]

    async def takes() -> int:
        return len([frames async for frames in one])

    assert asyncio.run(takes()) > 5


async def test_what_makes_no_sense_ends_it() -> None:
    feed = a_feed()
    viewer = feed.follow()
    malformed: list[AnyEvent] = [Delta("outside")]
    apply(feed, *numbered(malformed))
    with pytest.raises(Failure):
        await viewer.next()
    apply(feed, *RECORDS)
    assert feed.transcript.ended is None
    for call in (feed.follow, feed.resource):
        with pytest.raises(Failure):
            call()
    with pytest.raises(Failure):
        await feed.end()


async def test_waiting_for_the_end() -> None:
    feed = a_feed()
    apply(feed, *RECORDS[:4])
    assert feed.resource()["status"] == "in_progress"
    task = asyncio.create_task(feed.end())
    await asyncio.sleep(0)
    assert feed.needed
    apply(feed, *RECORDS)
    made: dict[str, Any] = await task
    assert made["status"] == "completed"
    assert made == feed.resource()
    assert not feed.needed


def test_who_needs_it() -> None:
    feed = a_feed()
    assert feed.needed, "it has just begun"
    viewer = feed.follow()
    assert feed.needed
    viewer.close()
    assert not feed.needed
    unwatched = a_feed()
    apply(unwatched, *RECORDS)
    assert not unwatched.needed
    unwatched.fail(ResponseGone())
    assert unwatched.done.is_set()
    assert unwatched.viewers == 0


async def test_who_is_behind_is_ended() -> None:
    feed = a_feed()
    apply(feed, *RECORDS[:4])
    slow, quick = feed.follow(), feed.follow()
    await slow.next()
    await quick.next()
    apply(feed, RECORDS[4])
    await quick.next()
    feed.sweep(0, 100)
    assert feed.viewers == 1
    with pytest.raises(ViewerBehind):
        await slow.next()
    with pytest.raises(Failure):
        await until_failed(feed, quick)


async def until_failed(feed: Feed, viewer: Viewer) -> None:
    feed.fail(Failure())
    await viewer.next()


def test_one_large_record_is_as_good_as_many() -> None:
    feed = a_feed(a_request())
    apply(feed, RECORDS[0], join(RECORDS[1:]))
    assert feed.resource()["status"] == "completed"
    assert feed.response_id == RESPONSE

"""Waiting for frames, waking, falling behind, ending."""
import asyncio
from typing import Any

import orjson
import pytest

from relay.records import Record
from server.common.errors import ApiError, Code
from server.responses.feed import Feed, ResponseDiverged
from server.responses.viewer import Viewer, ViewerBehind
from tests.unit.server.responses.story import a_feed, told

RECORDS = told("a", "b", "c", "d")


def apply(feed: Feed, records: list[Record]) -> None:
    for record in records:
        feed.apply(record, 0.0)


def events(frames: list[bytes]) -> list[dict[str, Any]]:
    return [orjson.loads(frame) for frame in frames]


async def waiting(viewer: Viewer) -> asyncio.Task[list[bytes]]:
    """A task that waits in `next`."""
    task = asyncio.create_task(viewer.next())
    await asyncio.sleep(0)
    assert not task.done()
    return task


async def test_it_gives_all_there_is_and_then_waits() -> None:
    feed = a_feed()
    apply(feed, RECORDS[:5])
    viewer = feed.follow()
    assert [event["sequence_number"] for event in events(await viewer.next())] == [0, 1, 1001, 1002, 1003, 1004]
    assert viewer.number == 1004
    task = await waiting(viewer)
    apply(feed, RECORDS[5:6])
    (event,) = events(await task)
    assert event["delta"] == "b"


async def test_what_comes_while_it_sends_is_merged() -> None:
    feed = a_feed()
    apply(feed, RECORDS[:4])
    viewer = feed.follow()
    await viewer.next()
    apply(feed, RECORDS[4:7])
    (event,) = events(await viewer.next())
    assert (event["delta"], event["sequence_number"]) == ("abc", 1006)


async def test_many_wakes_are_one_turn() -> None:
    feed = a_feed()
    apply(feed, RECORDS[:4])
    viewer = feed.follow()
    await viewer.next()
    task = await waiting(viewer)
    apply(feed, RECORDS[4:6])
    (event,) = events(await task)
    assert event["delta"] == "ab"


async def test_it_ends_after_the_terminal_event() -> None:
    feed = a_feed()
    apply(feed, RECORDS)
    viewer = feed.follow()
    turns = [events(frames) async for frames in viewer]
    assert turns[-1][-1]["type"] == "response.completed"
    assert feed.viewers == 0
    assert await viewer.next() == []


async def test_it_wakes_to_end() -> None:
    feed = a_feed()
    apply(feed, RECORDS[:-1])
    viewer = feed.follow()
    await viewer.next()
    task = await waiting(viewer)
    apply(feed, RECORDS[-1:])
    assert events(await task)[-1]["type"] == "response.completed"
    assert await viewer.next() == []


async def test_closing_ends_who_waits() -> None:
    feed = a_feed()
    apply(feed, RECORDS[:2])
    viewer = feed.follow()
    await viewer.next()
    task = await waiting(viewer)
    viewer.close()
    assert await task == []
    viewer.close()
    assert feed.viewers == 0


async def test_a_cancelled_wait_loses_nothing() -> None:
    feed = a_feed()
    apply(feed, RECORDS[:4])
    viewer = feed.follow()
    await viewer.next()
    task = await waiting(viewer)
    task.cancel()
    apply(feed, RECORDS[4:5])
    await asyncio.gather(task, return_exceptions=True)
    assert events(await viewer.next())[0]["delta"] == "a"


async def test_an_error_ends_it_and_is_told_once() -> None:
    feed = a_feed()
    apply(feed, RECORDS[:2])
    told_of: list[ApiError] = []
    viewer = feed.follow(on_fail=told_of.append)
    await viewer.next()
    task = await waiting(viewer)
    error = ResponseDiverged()
    viewer.fail(error)
    viewer.fail(ViewerBehind())
    feed.follow().fail(error)
    with pytest.raises(ResponseDiverged):
        await task
    with pytest.raises(ResponseDiverged):
        await viewer.next()
    assert told_of == [error]
    assert feed.viewers == 0


async def test_who_stays_away_with_something_to_take_is_behind() -> None:
    feed = a_feed()
    apply(feed, RECORDS[:4])
    viewer = feed.follow()
    assert not any(viewer.sweep(0, 0) for _ in range(3)), "it has not begun"
    await viewer.next()
    assert not any(viewer.sweep(0, 0) for _ in range(3)), "it has all there is"
    apply(feed, RECORDS[4:5])
    assert [viewer.sweep(2, 100) for _ in range(3)] == [False, False, True]
    await viewer.next()
    apply(feed, RECORDS[5:6])
    assert not viewer.sweep(2, 100)
    task = await waiting_for_more(viewer)
    assert not viewer.sweep(0, 0), "it waits"
    viewer.close()
    await task


async def waiting_for_more(viewer: Viewer) -> asyncio.Task[list[bytes]]:
    await viewer.next()
    return await waiting(viewer)


async def test_who_is_far_behind_is_behind_at_once() -> None:
    feed = a_feed()
    apply(feed, RECORDS[:4])
    viewer = feed.follow()
    await viewer.next()
    apply(feed, RECORDS[4:6])
    assert not viewer.sweep(10, 2)
    apply(feed, RECORDS[6:7])
    assert viewer.sweep(10, 2)


async def test_the_feed_closes_who_is_behind_even_if_its_send_is_stuck() -> None:
    feed = a_feed()
    apply(feed, RECORDS[:4])
    told_of: list[ApiError] = []
    viewer = feed.follow(on_fail=told_of.append)
    other = feed.follow()
    await viewer.next()
    apply(feed, RECORDS[4:5])
    feed.sweep(0, 100)
    assert [error.code for error in told_of] == [Code.VIEWER_BEHIND]
    with pytest.raises(ViewerBehind):
        await viewer.next()
    assert feed.viewers == 1
    other.close()

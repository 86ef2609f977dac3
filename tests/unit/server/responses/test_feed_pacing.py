"""When a feed's viewers are told of another token: under load, and where a response is faster than a screen."""
import asyncio

from server.responses.feed import Feed
from server.responses.pacer import Pacer
from server.responses.viewer import Viewer
from tests.unit.server.responses.story import a_feed, apply, numbers, told

RECORDS = told("a", "b", "c", "d")


async def watched(pacer: Pacer, count: int) -> tuple[Feed, Viewer]:
    """A feed of so many records, and a viewer that has been told them."""
    feed = a_feed(pacer=pacer)
    apply(feed, *RECORDS[:count])
    viewer = feed.follow()
    await viewer.next()
    return feed, viewer


class TestPacing:
    """Above the threshold only what must not wait wakes a viewer at once."""

    async def test_deltas_wait_for_the_interval(self) -> None:
        pacer = Pacer(3600.0)
        feed, viewer = await watched(pacer, 4)
        task = asyncio.create_task(viewer.next())
        await asyncio.sleep(0)
        apply(feed, RECORDS[4])  # the first token
        assert numbers(await task) == [1004]
        task = asyncio.create_task(viewer.next())
        apply(feed, RECORDS[5], RECORDS[6])
        await asyncio.sleep(0)
        assert not task.done()
        pacer.close()  # as the end of the interval does
        assert numbers(await task) == [1006]

    async def test_the_end_does_not_wait(self) -> None:
        pacer = Pacer(3600.0)
        feed, viewer = await watched(pacer, 5)
        apply(feed, RECORDS[5])
        task = asyncio.create_task(viewer.next())
        await asyncio.sleep(0)
        apply(feed, *RECORDS[6:])
        assert numbers(await task)[-1] == 1011
        pacer.close()


class TestFrameGap:
    """A response that comes faster than a screen is drawn is told in steps."""

    async def test_what_comes_soon_after_a_frame_goes_out_together(self) -> None:
        pacer = Pacer(gap_s=0.02)
        feed, viewer = await watched(pacer, 4)
        feed.apply(RECORDS[4], 1.0)
        assert numbers(viewer.take()) == [1004]  # the first token, at once
        feed.apply(RECORDS[5], 1.019)
        feed.apply(RECORDS[6], 1.021)  # part of what already waits
        assert viewer.take() == []
        assert numbers(await viewer.next()) == [1006]

    async def test_after_a_pause_a_token_is_told_at_once(self) -> None:
        feed, viewer = await watched(Pacer(gap_s=3600.0), 4)
        for number, now in ((4, 1e4), (5, 2e4), (6, 3e4)):
            feed.apply(RECORDS[number], now)
            assert numbers(viewer.take()) == [1000 + number]

    async def test_the_end_takes_what_waits_along(self) -> None:
        pacer = Pacer(gap_s=3600.0)
        feed, viewer = await watched(pacer, 6)
        apply(feed, RECORDS[6])
        assert viewer.take() == []
        apply(feed, *RECORDS[7:])
        assert numbers(viewer.take())[-1] == 1011
        assert viewer.finished
        pacer.close()
        assert viewer.take() == []

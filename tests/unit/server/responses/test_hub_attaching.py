"""Following what another gateway began, or what only the database has."""
import asyncio

import orjson
import pytest

from relay.errors import RelayAway
from relay.records import Record
from server.common.errors import Code
from server.responses.feed import ResponseGone
from tests.unit.server.responses.hub_at_hand import RECORDS, World, text
from tests.unit.server.responses.story import RESPONSE, a_request


@pytest.fixture
def world() -> World:
    return World()


class TestAttaching:
    """A response of another gateway."""

    async def test_it_reads_the_log_and_goes_on_live(self, world: World) -> None:
        world.relay.add(a_request(), RECORDS[:6])
        feed = await world.hub.attach(RESPONSE)
        assert [call[0] for call in world.relay.calls] == ["find", "follow", "log"]
        assert text(feed) == "ab"
        assert await world.hub.attach(RESPONSE) is feed
        assert len(world.relay.calls) == 3
        world.batch(RECORDS[6])
        assert text(feed) == "abc"

    async def test_batches_may_come_before_the_log(self, world: World) -> None:
        world.relay.add(a_request(), RECORDS[:6])
        read = world.relay.log

        async def log(response_id: str, after: int = -1) -> list[Record]:
            world.batch(RECORDS[6])
            return await read(response_id, after)

        world.relay.log = log  # type: ignore[method-assign]
        assert text(await world.hub.attach(RESPONSE)) == "abc"

    async def test_one_that_has_ended_is_not_followed(self, world: World) -> None:
        world.relay.add(a_request(), RECORDS, "ended")
        feed = await world.hub.attach(RESPONSE)
        assert feed.done.is_set()
        assert world.called("follow") == []

    async def test_one_that_nobody_knows(self, world: World) -> None:
        with pytest.raises(ResponseGone) as caught:
            await world.hub.attach(RESPONSE)
        assert caught.value.code is Code.RESPONSE_NOT_FOUND
        assert world.hub.feeds == 0

    async def test_what_failed_half_way_is_done_again(self, world: World) -> None:
        world.relay.add(a_request(), RECORDS[:6])
        follow = world.relay.follow

        async def break_down(response_id: str) -> bool:
            world.relay.away = True
            return await follow(response_id)

        world.relay.follow = break_down  # type: ignore[method-assign]
        with pytest.raises(RelayAway):
            await world.hub.attach(RESPONSE)
        world.relay.away = False
        world.relay.follow = follow  # type: ignore[method-assign]
        assert text(await world.hub.attach(RESPONSE)) == "ab"

    async def test_two_at_once_get_the_same(self, world: World) -> None:
        world.relay.add(a_request(), RECORDS[:6])
        one, two = await asyncio.gather(world.hub.attach(RESPONSE), world.hub.attach(RESPONSE))
        assert one is two
        assert text(one) == "ab"


class TestReplaying:
    """What the relay no longer knows is told from what was stored with it."""

    async def test_it_is_told_whole_and_from_any_place(self, world: World) -> None:
        feed = world.hub.replay(a_request(), RECORDS)
        assert text(feed) == "abcd"
        assert feed.done.is_set()
        assert world.hub.replay(a_request(), RECORDS) is await world.hub.attach(RESPONSE) is feed
        frames = [frame async for frames in feed.follow(RECORDS[-2].last) for frame in frames]
        assert [orjson.loads(frame)["type"] for frame in frames] == ["response.completed"]

    async def test_nothing_of_it_is_put_back_into_redis(self, world: World) -> None:
        world.hub.replay(a_request(), RECORDS)
        assert world.hub.shown() == []
        await world.sweeps(11)
        assert world.hub.feeds == 0
        assert world.relay.calls == []

    async def test_it_takes_the_place_of_one_that_was_given_up(self, world: World) -> None:
        world.hub.open(a_request()).fail(ResponseGone())
        assert text(world.hub.replay(a_request(), RECORDS)) == "abcd"

    async def test_it_completes_one_that_another_attaches_to_or_that_waits_for_its_end(self, world: World) -> None:
        feed = world.hub.open(a_request())
        viewer = feed.follow()
        assert world.hub.replay(a_request(), RECORDS) is feed
        frames = [frame async for frames in viewer for frame in frames]
        assert orjson.loads(frames[-1])["type"] == "response.completed"

    async def test_what_has_no_end_is_gone(self, world: World) -> None:
        with pytest.raises(ResponseGone):
            world.hub.replay(a_request(), RECORDS[:-1])
        assert world.hub.feeds == 0


async def test_a_log_that_goes_while_it_is_read_is_gone(world: World) -> None:
    world.relay.add(a_request(), [], state="ended")
    with pytest.raises(ResponseGone):
        await world.hub.attach(RESPONSE)
    assert world.hub.feeds == 0


async def test_what_was_given_up_may_be_known_again(world: World) -> None:
    world.hub.open(a_request()).fail(ResponseGone())
    world.relay.add(a_request(), RECORDS, state="ended")
    assert text(await world.hub.attach(RESPONSE)) == "abcd"

"""One sends at a time: nothing is mixed, what comes meanwhile is merged, and nobody who waits is forgotten."""
import asyncio
from typing import Any

import orjson
import pytest
from starlette.websockets import WebSocketDisconnect

from server.common.over import Over
from server.responses.feed import Feed, ResponseDiverged
from server.responses.writer import Outlet, Writer
from tests.unit.server.responses.story import a_feed, apply, told

RECORDS = told("a", "b", "c", "d")
MARKS = 4  # records before the first delta
WORD = '{"type":"word"}'


class Socket:
    """Takes messages; those that a test lets through when it is `full`."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.room = asyncio.Event()
        self.room.set()
        self.gone = False

    async def send(self, message: dict[str, Any]) -> None:
        await self.room.wait()
        if self.gone:
            raise WebSocketDisconnect(1006)
        self.heard.append(message["text"])

    def send_now(self, frames: list[bytes]) -> int:
        """As a server's short way, which knows nothing of a client that has gone; three at once at most."""
        if not self.room.is_set() or self.gone:
            return 0
        self.heard += [frame.decode() for frame in frames[:3]]
        return len(frames[:3])

    @property
    def texts(self) -> list[str]:
        """The deltas."""
        events = [orjson.loads(text) for text in self.heard]
        return [event["delta"] for event in events if event["type"] == "response.output_text.delta"]


class World:
    """A writer over a socket, and feeds whose viewers it serves. Tasks made by it are counted."""

    def __init__(self, *, short_way: bool) -> None:
        self.socket, self.over = Socket(), Over()
        self.writer = Writer(self.socket.send, self.over, send_now=self.socket.send_now if short_way else None)

    def open(self, feed: Feed, lane: str | None = None) -> Outlet:
        return self.writer.open(feed.follow(), lane)


async def turns(count: int = 5) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


@pytest.fixture(params=["send", "send_now"])
async def world(request: pytest.FixtureRequest) -> World:
    return World(short_way=request.param == "send_now")


@pytest.fixture
def feed() -> Feed:
    feed = a_feed()
    apply(feed, *RECORDS[:MARKS])
    return feed


async def test_each_token_goes_out_without_a_task(world: World, feed: Feed) -> None:
    outlet = world.open(feed)
    await turns()
    before = len(asyncio.all_tasks())
    for record in RECORDS[MARKS:]:
        apply(feed, record)
        assert len(asyncio.all_tasks()) == before
        await turns(1)
    await turns()
    assert world.socket.texts == ["a", "b", "c", "d"]
    await outlet.ended


async def test_what_comes_while_the_socket_is_full_is_merged(world: World, feed: Feed) -> None:
    world.open(feed)
    await turns()
    world.socket.room.clear()
    apply(feed, *RECORDS[MARKS:MARKS + 1])
    await turns()
    apply(feed, *RECORDS[MARKS + 1:MARKS + 4])
    await turns()
    assert world.socket.texts == []
    world.socket.room.set()
    await turns()
    assert world.socket.texts == ["a", "bcd"]


@pytest.mark.parametrize("room", range(10))
async def test_of_many_frames_none_is_lost_wherever_the_socket_is_full(feed: Feed, room: int) -> None:
    apply(feed, *RECORDS[MARKS:])
    expected = [frame.decode() for frame in await feed.follow().next()]
    assert len(expected) == 10
    socket, left = Socket(), room

    def send_now(frames: list[bytes]) -> int:
        nonlocal left
        sent = socket.send_now(frames[:left])
        left -= sent
        return sent

    await Writer(socket.send, Over(), send_now=send_now).open(feed.follow(), None).ended
    assert socket.heard == expected


async def test_what_came_in_one_turn_of_the_loop_is_merged(world: World, feed: Feed) -> None:
    world.open(feed)
    await turns()
    apply(feed, *RECORDS[MARKS:MARKS + 3])
    await turns()
    assert world.socket.texts == ["abc"]


async def test_words_and_frames_take_turns(world: World, feed: Feed) -> None:
    other = a_feed()
    apply(other, *RECORDS[:MARKS + 1])
    world.socket.room.clear()
    world.open(feed, "one")
    await turns()  # stuck in the first of its frames
    words = [asyncio.create_task(world.writer.say([word, word])) for word in (b"x", b"y")]
    world.open(other, "two")
    await turns()
    words[0].cancel()
    world.socket.room.set()
    await turns(20)
    heard = [text if text in "xy" else orjson.loads(text)["stream_id"] for text in world.socket.heard]
    assert "".join(dict.fromkeys(heard)) == "oneytwo"  # each together, who waits longest first
    assert heard.count("y") == 2
    assert words[0].cancelled()


async def test_words_that_wait_are_not_kept_waiting_by_a_stream(world: World, feed: Feed) -> None:
    outlet = world.open(feed)
    await turns()
    world.socket.room.clear()
    apply(feed, *RECORDS[MARKS:MARKS + 1])
    await turns()
    word = asyncio.create_task(world.writer.say([WORD.encode()]))
    await turns()
    apply(feed, *RECORDS[MARKS + 1:])
    world.socket.room.set()
    await word
    await outlet.ended
    assert world.socket.heard.index(WORD) < len(world.socket.heard) - 2
    assert world.socket.texts == ["a", "bcd"]


async def test_words_that_are_taken_back_as_their_turn_comes_hold_up_nobody(feed: Feed) -> None:
    socket = Socket()

    async def send(message: dict[str, Any]) -> None:
        await socket.send(message)
        if message["text"] == "a":
            asyncio.get_running_loop().call_soon(taken_back.cancel)

    writer = Writer(send, Over())
    socket.room.clear()
    _, taken_back, last = [asyncio.create_task(writer.say([word])) for word in (b"a", b"b", b"c")]
    await turns()
    socket.room.set()
    await last
    assert socket.heard == ["a", "c"]
    assert taken_back.cancelled()
    await writer.open(feed.follow(), None).begun.wait()


async def test_an_error_of_the_viewer_ends_its_outlet_only(world: World, feed: Feed) -> None:
    other = a_feed()
    apply(other, *RECORDS[:MARKS])
    broken, whole = world.open(feed, "one"), world.open(other, "two")
    await turns()
    feed.start_over()
    apply(other, *RECORDS[MARKS:])
    with pytest.raises(ResponseDiverged):
        await broken.ended
    await whole.ended
    assert world.socket.texts == ["abcd"]


async def test_a_socket_that_is_gone_ends_it(world: World, feed: Feed) -> None:
    outlet = world.open(feed)
    await turns()
    world.socket.gone = True
    apply(feed, *RECORDS[MARKS:])
    with pytest.raises(WebSocketDisconnect):
        await outlet.ended
    with pytest.raises(WebSocketDisconnect):
        await world.writer.say([b"x"])


async def test_an_outlet_that_nothing_was_sent_of_begins_with_its_error(world: World, feed: Feed) -> None:
    world.socket.gone = True
    outlet = world.open(feed)
    await outlet.begun.wait()
    with pytest.raises(WebSocketDisconnect):
        await outlet.ended


async def test_nothing_is_sent_when_it_is_over(world: World, feed: Feed) -> None:
    async with world.over:
        outlet = world.open(feed)
        await turns()
        before = len(world.socket.heard)
        world.over.set()
    apply(feed, *RECORDS[MARKS:])
    await turns()
    await world.writer.say([b"x"])
    assert len(world.socket.heard) == before
    outlet.close()
    assert outlet.ended.cancelled()


@pytest.mark.parametrize("short_way", [False, True])
async def test_when_it_is_over_nothing_is_tried_again(feed: Feed, short_way: bool) -> None:
    socket, over, calls = Socket(), Over(), list[Any]()
    writer = Writer(socket.send, over, calls.append, socket.send_now if short_way else None)
    async with over:
        writer.open(feed.follow(), None)
    for _ in range(3):
        due, calls[:] = calls[:], []
        for call in due:
            call()
    assert calls == []


async def test_what_is_stuck_is_left_at_the_end(world: World, feed: Feed) -> None:
    world.socket.room.clear()
    outlet = world.open(feed)
    await turns()
    before = asyncio.all_tasks()
    world.writer.close()
    outlet.close()
    await turns()
    assert len(before) - len(asyncio.all_tasks()) == 1
    world.socket.room.set()
    await turns()
    assert world.socket.heard == []


async def test_all_writers_of_a_gateway_have_one_call_in_a_turn_of_the_loop(feed: Feed) -> None:
    calls: list[Any] = []
    sockets = [Socket() for _ in range(3)]
    writers = [Writer(socket.send, Over(), calls.append) for socket in sockets]
    for writer in writers:
        writer.open(feed.follow(), None)
    assert len(calls) == 3
    for call in calls:
        call()
    assert [len(socket.heard) for socket in sockets] == [len(sockets[0].heard)] * 3
    assert sockets[0].heard

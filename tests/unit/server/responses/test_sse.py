"""Server-sent events: their form, and what ends a stream."""
import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from server.admission.sockets import Sockets
from server.admission.standing import Standing
from server.common.errors import Failure
from server.responses import sse
from server.responses.feed import Feed
from server.responses.signals import interrupted_frame, queue_frame
from server.responses.viewer import ViewerBehind
from tests.unit.server.responses.gateway import until
from tests.unit.server.responses.story import a_feed, a_request, told


def test_an_event_has_its_name_and_number() -> None:
    frame = b'{"type":"response.x","sequence_number":12,"response":{"type":"y","sequence_number":3}}'
    assert sse.sse_event(frame) == b"event: response.x\nid: 12\ndata: " + frame + b"\n\n"


@pytest.mark.parametrize("frame", [b"{}", b'{"type":"parley:other"}', b'{"type":"response.x"}'])
def test_a_frame_without_a_number_is_a_bug(frame: bytes) -> None:
    with pytest.raises(ValueError, match="without type and number"):
        sse.sse_event(frame)


@pytest.mark.parametrize("frame", [queue_frame("resp_0123", Standing(2, 3)), interrupted_frame("resp_0123")])
def test_a_signal_has_no_id_so_that_a_reader_goes_on_behind_the_event_before_it(frame: bytes) -> None:
    kind = json.loads(frame)["type"].encode()
    assert sse.sse_event(frame) == b"event: " + kind + b"\ndata: " + frame + b"\n\n"


@pytest.mark.parametrize("signals", [True, False])
async def test_signals_are_told_to_who_asks_for_them(signals: bool) -> None:
    feed, client = a_feed(), Client()
    records = told("A")
    feed.apply(records[0], 0.0)
    serving = asyncio.create_task(
        sse.EventStream(feed, client.sockets, signals=signals)({"type": "http"}, client.receive, client.send))
    await until(lambda: "response.queued" in client.text)
    feed.stand(Standing(2, 3, 4))
    for record in records[1:]:
        await asyncio.sleep(0)
        feed.apply(record, 0.0)
    await serving
    assert client.text.count("parley:queue") == 2 * signals  # in the event's name and in its data


async def test_every_frame_of_a_response_is_told_by_its_own_name_and_number() -> None:
    feed = a_feed(a_request(echo={"metadata": {'"sequence_number":7': '"sequence_number":8,"type":"x"'}}))
    viewer = feed.follow()
    for record in told('"sequence_number":9', "\n\n{"):
        feed.apply(record, 0.0)
        for frame in await viewer.next():
            event = json.loads(frame)
            name, number, data = sse.sse_event(frame).decode().strip().split("\n")
            assert name == f"event: {event['type']}"
            assert number == f"id: {event['sequence_number']}"
            assert json.loads(data.removeprefix("data: ")) == event


class Client:
    """What a server holds of one: it takes so many messages, and then no more until it has left."""

    def __init__(self, takes: int = 1000) -> None:
        self.sent: list[dict[str, Any]] = []
        self.takes = takes
        self.left = asyncio.Event()
        self.sockets = Sockets(1)

    async def receive(self) -> dict[str, Any]:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if len(self.sent) >= self.takes:
            await asyncio.Event().wait()
        self.sent.append(message)

    @property
    def text(self) -> str:
        return b"".join(message.get("body", b"") for message in self.sent).decode()


async def serve(feed: Feed, client: Client, meanwhile: Callable[[], None]) -> None:
    stream = sse.EventStream(feed, client.sockets)
    serving = asyncio.create_task(stream({"type": "http"}, client.receive, client.send))
    await until(lambda: client.sent)
    meanwhile()
    await serving
    assert feed.viewers == 0


async def test_a_whole_stream() -> None:
    feed, client = a_feed(), Client()

    def tell() -> None:
        for record in told("A"):
            feed.apply(record, 0.0)

    await serve(feed, client, tell)
    assert client.text.endswith("data: [DONE]\n\n")
    assert client.sent[-1] == {"type": "http.response.body", "body": b""}


async def test_a_client_that_leaves() -> None:
    feed, client = a_feed(), Client()
    await serve(feed, client, client.left.set)


async def test_a_client_whose_socket_is_gone() -> None:
    feed, client = a_feed(), Client()

    async def broken(message: Any) -> None:
        raise OSError

    def breaks() -> None:
        client.send = broken  # type: ignore[method-assign]
        for record in told("A"):
            feed.apply(record, 0.0)

    stream = sse.EventStream(feed, client.sockets)
    serving = asyncio.create_task(stream({"type": "http"}, client.receive, lambda message: client.send(message)))
    await until(lambda: client.sent)
    breaks()
    await serving
    assert feed.viewers == 0


async def test_an_error_is_the_last_event() -> None:
    feed, client = a_feed(), Client()
    for record in told("A")[:3]:
        feed.apply(record, 0.0)
    await serve(feed, client, lambda: feed.fail(Failure()))
    *_, last = client.text.strip().split("\n\n")
    name, data = last.split("\n")
    assert name == "event: error"
    assert json.loads(data.removeprefix("data: "))["code"] == "internal_error"


async def test_a_gateway_that_stops_says_so_and_where_to_go_on() -> None:
    feed, client = a_feed(), Client()
    for record in told("A")[:3]:
        feed.apply(record, 0.0)
    stream = sse.EventStream(feed, client.sockets)
    serving = asyncio.create_task(stream({"type": "http"}, client.receive, client.send))
    await until(lambda: "in_progress" in client.text)
    client.sockets.draining.set()
    await serving
    last = json.loads(client.text.strip().split("\n")[-1].removeprefix("data: "))
    number = feed.transcript.cursor.last
    assert (last["type"], last["code"], last["sequence_number"]) == ("error", "service_restart", number)


async def test_a_gateway_that_stops_already_says_first_which_response_it_is() -> None:
    feed, client = a_feed(), Client()
    feed.apply(told("A")[0], 0.0)
    client.sockets.draining.set()
    await sse.EventStream(feed, client.sockets)({"type": "http"}, client.receive, client.send)
    *events, last = client.text.strip().split("\n\n")
    assert [event.split("\n")[0] for event in events] == ["event: response.created", "event: response.queued"]
    assert json.loads(last.split("data: ")[1])["code"] == "service_restart"


async def test_a_reader_that_is_stuck_does_not_hold_up_a_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "LAST_WORDS_S", 0.01)
    feed, client = a_feed(), Client(takes=1)
    feed.apply(told("A")[0], 0.0)
    await serve(feed, client, client.sockets.draining.set)
    assert client.text == ""


async def test_a_reader_that_is_stuck_is_let_go() -> None:
    feed, client = a_feed(), Client(takes=1)
    feed.apply(told("A")[0], 0.0)
    await serve(feed, client, lambda: feed.fail(ViewerBehind()))
    assert client.text == ""


async def test_work_ends_with_what_ends_it() -> None:
    async def soon(value: str) -> str:
        return value

    async def never() -> str:
        await asyncio.Event().wait()
        raise AssertionError

    assert await sse.unless(soon("a"), never()) == "a"
    assert await sse.unless(never(), soon("b")) is None
    with pytest.raises(ZeroDivisionError):
        await sse.unless(_fails(), never())


async def _fails() -> None:
    raise ZeroDivisionError

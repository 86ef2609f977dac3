"""The Python client without asyncio."""
import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from parley_client import Client, ClosedError, Connection, RequestError

from tests.parley import free_port
from tests.unit.clients.fake_server import Script, Talk, server


async def script(talk: Talk) -> None:
    """Says hello, then an error, then waits to be stopped."""
    await talk.receive()
    await talk.created()
    await talk.say("Hel", 3)
    await talk.say("lo", 4)
    await talk.complete(5)
    await talk.receive()
    await talk.error(400, "invalid_value", lane="lane-2")
    await talk.receive()
    await talk.created("resp_3", lane="lane-3")
    assert (await talk.receive())["type"] == "response.cancel"
    await talk.send("response.incomplete", 1, lane="lane-3", response={"id": "resp_3", "status": "incomplete"})


async def says_hello_to_each(talk: Talk) -> None:
    while True:
        event = await talk.receive()
        if event["type"] == "response.create":
            lane = event["stream_id"]
            await talk.created(lane=lane)
            await talk.say("Hello", 3, lane=lane)
            await talk.complete(4, lane=lane)


@contextmanager
def threaded(script: Script) -> Iterator[str]:
    """A server in a thread of its own, as servers are. Its address."""
    addresses: list[str] = []
    started = threading.Event()
    loop = asyncio.new_event_loop()
    over = asyncio.Event()

    async def serve() -> None:
        async with server(script) as address:
            addresses.append(address)
            started.set()
            await over.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert started.wait(10)
    yield addresses[0]
    loop.call_soon_threadsafe(over.set)
    thread.join()
    loop.close()


@pytest.fixture
def url() -> Iterator[str]:
    with threaded(script) as address:
        yield address


def test_the_blocking_client(url: str) -> None:
    with Client(url) as client:
        assert client.state == "idle"
        stream = client.stream("hi")
        assert list(stream) == ["Hel", "lo"]
        assert (stream.id, stream.text, stream.usage) == ("resp_1", "Hello", {"output_tokens": 5})
        assert stream.final() == stream.response
        with pytest.raises(RequestError, match="invalid_value"):
            list(client.stream("hi", temperature=9))
        stopped = client.stream("hi")
        events = stopped.events()
        assert next(events)["type"] == "response.created"
        stopped.stop()
        assert [event["type"] for event in events] == ["response.incomplete"]
        client.hurry()
        assert client.connection == Connection("open")
        open_still = client.follow("resp_1", starting_after=3)
    with pytest.raises(ClosedError):
        open_still.final()
    open_still.stop()
    open_still.close()
    client.close()
    assert client.connection == Connection("closed")
    with pytest.raises(ClosedError):
        client.stream("hi")
    assert not any(thread.name == "parley-client" for thread in threading.enumerate())


def test_closing_wakes_a_thread_that_reads() -> None:
    client = Client(f"http://127.0.0.1:{free_port()}")
    raised: list[BaseException] = []

    def read() -> None:
        try:
            list(stream)
        except ClosedError as error:
            raised.append(error)

    stream = client.stream("hi")
    reader = threading.Thread(target=read)
    reader.start()
    client.close()
    reader.join(10)
    assert len(raised) == 1


@pytest.mark.parametrize("read", [0, 1], ids=["before-it-began", "in-the-middle"])
def test_a_stream_can_be_left(read: int) -> None:
    with threaded(says_hello_to_each) as url, Client(url) as client:
        stream = client.stream("hi")
        assert [next(stream) for _ in range(read)] == ["Hello"] * read
        stream.close()
        stream.final()
        assert list(client.stream("again")) == ["Hello"]


def test_what_is_not_json_is_refused_at_once(url: str) -> None:
    with Client(url) as client:
        with pytest.raises(TypeError):
            client.stream("hi", metadata=object())
        list(client.stream("hi"))

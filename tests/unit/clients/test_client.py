"""The Python client's I/O, over real sockets to a small server."""
import asyncio
import json
from http import HTTPStatus

import pytest
from parley_client import (
    AsyncClient,
    ClosedError,
    Connection,
    ConnectionLostError,
    DivergedError,
    NotAllowedError,
    Options,
    RequestError,
)
from parley_client.pending import MERGE_AFTER
from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request, Response

from tests.parley import free_port
from tests.unit.clients.fake_server import Event, Talk, server

QUICK = Options(first_delay_s=0.01, max_delay_s=0.02, patience_s=5)


async def hello(talk: Talk) -> None:
    await talk.receive()
    await talk.created()
    await talk.say("Hel", 3)
    await talk.say("lo", 4)
    await talk.complete(5)


async def test_text_is_one_iterator() -> None:
    async with server(hello) as url, AsyncClient(url) as client:
        stream = client.stream("hi")
        assert (stream.id, stream.usage) == (None, None)
        assert [text async for text in stream] == ["Hel", "lo"]
        assert (stream.id, stream.text, stream.usage) == ("resp_1", "Hello", {"output_tokens": 5})
        assert [text async for text in stream] == []


async def test_events_and_the_final_response() -> None:
    async with server(hello) as url, AsyncClient(url) as client:
        stream = client.stream("hi")
        events = [event async for event in stream.events()]
        assert [event["sequence_number"] for event in events] == [0, 3, 4, 5]
        assert stream.text == "Hello"
        assert await stream.final() == events[-1]["response"]


async def test_what_is_asked_for_is_sent_with_a_key_and_headers() -> None:
    asked: list[Event] = []
    headers: list[str | None] = []

    async def script(talk: Talk) -> None:
        asked.append(await talk.receive())
        assert talk.connection.request is not None
        headers.extend(talk.connection.request.headers.get(name) for name in ("Authorization", "X-More"))
        await talk.complete(0)

    more = {"X-More": "x"}
    async with server(script) as url, AsyncClient(url, api_key="k", headers=more, new_key=lambda: "key") as client:
        await client.stream("hi", model="m", temperature=0).final()
    create = {"input": "hi", "idempotency_key": "key", "model": "m", "temperature": 0}
    assert asked == [{"type": "response.create", "stream_id": "lane-1", **create}]
    assert headers == ["Bearer k", "x"]


async def test_a_stream_goes_on_where_it_was_cut() -> None:
    asked: list[Event] = []

    async def cut(talk: Talk) -> None:
        asked.append(await talk.receive())
        await talk.created()
        await talk.say("Hel", 3)
        asked.append(await talk.receive())  # so that what was sent has been read
        talk.cut()

    async def go_on(talk: Talk) -> None:
        asked.append(await talk.receive())
        await talk.say("Hel", 3)
        await talk.say("lo", 4)
        await talk.complete(5)

    async with server(cut, go_on) as url, AsyncClient(url, options=QUICK) as client:
        stream = client.stream("hi")
        assert await anext(stream) == "Hel"
        client.hurry()
        assert [text async for text in stream] == ["lo"]
    assert [event["type"] for event in asked] == ["response.create", "parley:ping", "parley:resume"]
    assert asked[-1]["starting_after"] == 3


async def test_a_silent_connection_is_dropped() -> None:
    async def fall_silent(talk: Talk) -> None:
        await talk.receive()
        await talk.created()

    async def go_on(talk: Talk) -> None:
        assert (await talk.receive())["type"] == "parley:resume"
        await talk.say("Hello", 3)
        await talk.complete(4)

    options = Options(first_delay_s=0.01, heartbeat_s=0.05, heartbeat_timeout_s=0.05)
    async with server(fall_silent, go_on) as url, AsyncClient(url, options=options) as client:
        assert [text async for text in client.stream("hi")] == ["Hello"]


async def test_an_error_of_a_turn_ends_its_stream_alone() -> None:
    async def script(talk: Talk) -> None:
        await talk.receive()
        await talk.receive()
        await talk.error(400, "invalid_value", lane="lane-2")
        await talk.say("Hello", 3)
        await talk.complete(4)

    async with server(script) as url, AsyncClient(url) as client:
        good, bad = client.stream("hi"), client.stream("hi", temperature=9)
        with pytest.raises(RequestError, match="invalid_value"):
            await bad.final()
        with pytest.raises(RequestError):  # it stays so
            await anext(bad)
        assert [text async for text in good] == ["Hello"]


async def test_a_divergence_names_its_response() -> None:
    async def script(talk: Talk) -> None:
        await talk.receive()
        await talk.created()
        await talk.say("Hello", 3)
        await talk.error(409, "response_diverged")
        await talk.receive()
        await talk.say("Help", 3, lane="lane-2")
        await talk.complete(4, lane="lane-2")

    async with server(script, script) as url:
        for reads_events in (False, True):
            async with AsyncClient(url, options=QUICK) as client:
                stream = client.stream("hi", reread=True)
                if reads_events:
                    kinds = [event["type"] async for event in stream.events()]
                    assert "parley:restarted" in kinds
                    assert stream.text == "Help"
                else:
                    assert await anext(stream) == "Hello"
                    with pytest.raises(DivergedError) as raised:
                        await anext(stream)
                    assert raised.value.response_id == "resp_1"


async def test_a_reader_that_is_slow_gets_merged_deltas() -> None:
    async def script(talk: Talk) -> None:
        await talk.receive()
        await talk.receive()
        await talk.created()
        for number in range(1, 1001):
            await talk.say(f"{number},", number)
        await talk.complete(1001)
        await talk.complete(0, "resp_2", lane="lane-2")

    async with server(script) as url, AsyncClient(url) as client:
        stream, behind = client.stream("hi"), client.stream("hi")
        await behind.final()
        events = [event async for event in stream.events()]
    assert stream.text == "".join(f"{number}," for number in range(1, 1001))
    assert len(events) == MERGE_AFTER + 1
    assert [event["sequence_number"] for event in events][-2:] == [1000, 1001]


async def test_leaving_the_loop_changes_nothing() -> None:
    async with server(hello) as url, AsyncClient(url) as client:
        stream = client.stream("hi")
        async for text in stream:
            assert text == "Hel"
            break
        assert await anext(stream) == "lo"


async def test_stop_and_leave() -> None:
    asked: list[Event] = []

    async def script(talk: Talk) -> None:
        await talk.receive()
        await talk.created()
        asked.append(await talk.receive())
        await talk.send("response.incomplete", 1, response={"id": "resp_1", "status": "incomplete"})
        asked.append(await talk.receive())

    async with server(script) as url, AsyncClient(url) as client:
        stream = client.stream("hi")
        await anext(stream.events())
        stream.stop()
        assert (await stream.final())["status"] == "incomplete"
        left = client.stream("hi")
        left.close()
        assert await left.final() == {}
    assert asked[0] == {"type": "response.cancel", "stream_id": "lane-1.stop", "response_id": "resp_1"}


async def test_a_refused_upgrade_says_why() -> None:
    def refuse(connection: ServerConnection, request: Request) -> Response:
        response = connection.respond(HTTPStatus.UNAUTHORIZED, "")
        body = json.dumps({"error": {"code": "invalid_api_key", "message": "Unknown key."}}).encode()
        del response.headers["Content-Length"]
        response.headers["Content-Length"] = str(len(body))
        response.body = body
        return response

    async with server(answer=refuse) as url, AsyncClient(url) as client:
        with pytest.raises(NotAllowedError, match="Unknown key") as raised:
            await client.stream("hi").final()
    assert raised.value.code == "invalid_api_key"


async def test_a_proxy_that_answers_something_else() -> None:
    def refuse(connection: ServerConnection, request: Request) -> Response:
        return connection.respond(HTTPStatus.FORBIDDEN, "Go away.")

    async with server(answer=refuse) as url, AsyncClient(url) as client:
        with pytest.raises(NotAllowedError, match="http_403"):
            await client.stream("hi").final()


async def test_patience_ends() -> None:
    options = Options(first_delay_s=0.01, patience_s=0.1)
    async with AsyncClient(f"http://127.0.0.1:{free_port()}", options=options) as client:
        with pytest.raises(ConnectionLostError) as raised:
            await client.stream("hi").final()
    assert raised.value.retryable


async def test_the_next_address_is_tried() -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    async with server(hello) as url, AsyncClient([nobody, url], options=QUICK) as client:
        assert "".join([text async for text in client.stream("hi")]) == "Hello"


async def test_closing_ends_what_is_under_way_and_leaves_no_task() -> None:
    async def script(talk: Talk) -> None:
        await talk.receive()
        await talk.created()

    before = asyncio.all_tasks()
    async with server(script) as url:
        async with AsyncClient(url) as client:
            stream = client.stream("hi")
            await anext(stream.events())
        with pytest.raises(ClosedError):
            await stream.final()
        with pytest.raises(ClosedError):
            await client.stream("hi").final()
        await client.close()
    assert asyncio.all_tasks() == before


async def test_an_application_can_show_how_the_connection_is() -> None:
    async def cut(talk: Talk) -> None:
        await talk.receive()
        await talk.created()
        talk.cut()

    async def ends(talk: Talk) -> None:
        await talk.receive()
        await talk.complete(4)

    told: list[Connection] = []
    async with server(cut, ends) as url, AsyncClient(url, options=QUICK) as client:
        client.on_state = told.append
        assert client.state == "idle"
        await client.stream("hi").final()
    await asyncio.sleep(0)
    states = [connection.state for connection in told]
    assert states == ["connecting", "open", "waiting", "connecting", "open", "closed"]
    (waiting,) = [connection for connection in told if connection.state == "waiting"]
    assert waiting.retry_in_s is not None
    assert 0 <= waiting.retry_in_s <= QUICK.max_delay_s
    assert isinstance(waiting.error, ConnectionLostError)
    assert client.connection == Connection("closed")


async def test_who_is_not_let_in_is_refused_until_another_stream_tries_again() -> None:
    def refuse(connection: ServerConnection, request: Request) -> Response:
        return connection.respond(HTTPStatus.UNAUTHORIZED, "{}")

    async with server(answer=refuse) as url, AsyncClient(url, options=QUICK) as client:
        with pytest.raises(NotAllowedError):
            await client.stream("hi").final()
        assert client.state == "refused"
        assert isinstance(client.connection.error, NotAllowedError)
        client.stream("again").close()
        assert client.state == "connecting"


async def test_where_a_response_stands_is_asked_for_and_told() -> None:
    async def script(talk: Talk) -> None:
        assert talk.connection.request is not None
        assert talk.connection.request.path == "/v1/responses?signals=true"
        await talk.receive()
        await talk.created()
        await talk.send("parley:queue", position=2, waiting=3, estimated_s=4)
        await talk.send("parley:interrupted")
        await talk.complete(4)

    async with server(script) as url, AsyncClient(url) as client:
        kinds = [event["type"] async for event in client.stream("hi").events()]
    assert kinds == ["response.created", "parley:queue", "parley:interrupted", "response.completed"]


async def test_closing_while_it_connects() -> None:
    async with server() as url, AsyncClient(url) as client:
        client.stream("hi")


async def test_what_is_not_json_is_refused_at_once() -> None:
    client = AsyncClient("http://a")
    with pytest.raises(ValueError, match="JSON"):
        client.stream("hi", temperature=float("inf"))
    with pytest.raises(TypeError):
        client.stream("hi", metadata=object())


def test_a_client_needs_an_address() -> None:
    with pytest.raises(ValueError, match="address"):
        AsyncClient([])

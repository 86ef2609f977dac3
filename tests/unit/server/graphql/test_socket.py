"""Operations over graphql-transport-ws: a real uvicorn and websockets."""
import asyncio
import json
import socket as sockets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.frames import Frame, Opcode

from relay.events import Delta, Ended, InProgress, ItemAdded, PartAdded
from server.graphql.socket import SocketLimits
from tests.unit.server.graphql.door import (
    CREATE,
    FOLLOW,
    VIEWER,
    Client,
    OpenDoor,
    an_open_door,
    closed,
    codes,
    raw_socket,
)
from tests.unit.server.responses.gateway import until


@pytest.fixture
async def door() -> AsyncIterator[OpenDoor]:
    async with an_open_door() as opened:
        yield opened


async def created(door: OpenDoor) -> str:
    response_id: str = (await door.post(CREATE))["data"]["createResponse"]["id"]
    return response_id


async def events_of(client: Client, response_id: str, after: int = -1, id: str = "1") -> list[Any]:
    await client.subscribe(id, FOLLOW, id=response_id, after=after)
    return [payload["data"]["response"] for payload in await client.until_end(id)]


async def test_a_response_is_followed_to_its_end(door: OpenDoor) -> None:
    response_id = await created(door)
    async with door.socket() as client:
        await client.subscribe("a", FOLLOW, id=response_id)
        first = await client.receive()
        assert first["payload"]["data"]["response"] == {
            "__typename": "ResponseProgress", "type": "response.created", "sequenceNumber": 0,
            "response": {"status": "QUEUED"}}
        door.world.relay.answer(response_id, "Hi", " there")
        events = [payload["data"]["response"] for payload in await client.until_end("a")]
        numbers = [event["sequenceNumber"] for event in events]
        assert numbers == sorted(numbers)
        deltas = [event for event in events if event["__typename"] == "ResponseDelta"]
        assert "".join(event["delta"] for event in deltas) == "Hi there"
        places = {(event["kind"], event["outputIndex"], event["contentIndex"]) for event in deltas}
        assert places == {("OUTPUT_TEXT", 0, 0)}
        items = [event for event in events if event["__typename"] == "ResponseItem"]
        assert [event["type"] for event in items] == ["response.output_item.added", "response.output_item.done"]
        assert {event["item"]["id"] for event in items} == {deltas[0]["itemId"]}
        assert events[-1]["__typename"] == "ResponseEnded"
        assert (events[-1]["response"]["status"], events[-1]["response"]["text"]) == ("COMPLETED", "Hi there")
    await until(lambda: door.world.hub.viewers == 0)


async def test_it_goes_on_behind_any_number(door: OpenDoor) -> None:
    response_id = await created(door)
    door.world.relay.answer(response_id, "a", "b", "c")
    async with door.socket() as client:
        whole = await events_of(client, response_id)
        for place, event in enumerate(whole):
            rest = await events_of(client, response_id, event["sequenceNumber"])
            assert rest == whole[place + 1:]


async def test_a_number_that_is_none_of_it(door: OpenDoor) -> None:
    response_id = await created(door)
    door.world.relay.answer(response_id, "a")
    async with door.socket() as client:
        for after, code in [(77, "response_diverged"), *((wrong, "invalid_value") for wrong in (-2, 2**40, "x"))]:
            await client.subscribe("1", FOLLOW, id=response_id, after=after)
            [told] = await client.until_end("1")
            assert codes(told) == [code]


async def test_somebody_elses_response_is_not_there(door: OpenDoor) -> None:
    response_id = await created(door)
    async with door.socket("ben") as client:
        await client.subscribe("1", FOLLOW, id=response_id)
        [told] = await client.until_end("1")
        assert (told["data"], codes(told)) == (None, ["response_not_found"])


async def test_what_has_failed_ends_too(door: OpenDoor) -> None:
    response_id = await created(door)
    door.world.relay.answer(response_id, end=Ended("failed", 2.0, code="engine_error", message="It broke."))
    async with door.socket() as client:
        events = await events_of(client, response_id)
    assert (events[-1]["__typename"], events[-1]["response"]["status"]) == ("ResponseEnded", "FAILED")


async def test_queries_and_mutations_go_over_the_socket_too(door: OpenDoor) -> None:
    async with door.socket() as client:
        await client.subscribe("1", CREATE)
        [told] = await client.until_end("1")
        response_id = told["data"]["createResponse"]["id"]
        await client.subscribe("2", FOLLOW, id=response_id)
        await client.receive()
        await client.subscribe("3", "mutation ($id: ID!) { cancelResponse(id: $id) { status } }", id=response_id)
        messages = [await client.receive()]
        while sum(message["type"] == "complete" for message in messages) < 2:
            messages.append(await client.receive())
        by_operation = {id: [message for message in messages if message["id"] == id] for id in ("2", "3")}
        assert by_operation["3"][0]["payload"]["data"] == {"cancelResponse": {"status": "INCOMPLETE"}}
        ended = by_operation["2"][-2]["payload"]["data"]["response"]
        assert ended["response"]["incompleteReason"] == "cancelled"


async def test_whoever_wants_no_more_of_it_is_told_no_more(door: OpenDoor) -> None:
    response_id = await created(door)
    async with door.socket() as client:
        await client.subscribe("1", FOLLOW, id=response_id)
        await client.receive()
        await client.send(id="1", type="complete")
        await until(lambda: door.world.hub.viewers == 0)
        assert not door.world.relay.ended(response_id)
        await client.subscribe("2", VIEWER)
        while (message := await client.receive())["id"] == "1":
            assert message["type"] == "next", "it was on its way already"
        told = message["payload"]
        assert told["data"] == {"viewer": {"isAdministrator": False}}


async def test_a_query_that_is_wrong_leaves_the_socket_and_its_other_operations(door: OpenDoor) -> None:
    response_id = await created(door)
    async with door.socket() as client:
        await client.subscribe("live", FOLLOW, id=response_id)
        await client.receive()
        for query in ("{", "{ nonsense }", "query a { viewer { id } } query b { viewer { id } }", ""):
            await client.subscribe("bad", query)
            message = await client.receive()
            while message["id"] != "bad":
                message = await client.receive()
            assert message["type"] == "error"
            assert message["payload"][0]["extensions"]["code"] in ("invalid_query", "missing_required_parameter")
        await client.send(id="bad", type="subscribe", payload={"query": 1})
        assert (await client.receive())["payload"][0]["extensions"]["code"] == "invalid_type"
        door.world.relay.answer(response_id, "Hi")
        assert (await client.until_end("live"))[-1]["data"]["response"]["response"]["text"] == "Hi"


async def test_ping(door: OpenDoor) -> None:
    async with door.socket() as client:
        await client.send(type="ping")
        assert await client.receive() == {"type": "pong"}
        await client.send(type="pong")
        await client.send(type="ping", payload={"a": 1})
        assert await client.receive() == {"type": "pong"}


@pytest.mark.parametrize(("messages", "code"), [
    (["{"], 4400),
    ([b"{}"], 4400),
    (['{"type": "start"}'], 4400),
    (['{"type": "subscribe", "id": "1", "payload": {"query": "{viewer{id}}"}}'], 4401),
    (['{"type": "connection_init"}', '{"type": "connection_init"}'], 4429),
])
async def test_what_breaks_the_protocol_closes_the_socket(
        door: OpenDoor, messages: list[str | bytes], code: int) -> None:
    async with raw_socket(door) as connection:
        for message in messages:
            await connection.send(message)
        assert (await closed(Client(connection)))[0] == code


async def test_the_same_id_twice(door: OpenDoor) -> None:
    response_id = await created(door)
    async with door.socket() as client:
        await client.subscribe("1", FOLLOW, id=response_id)
        await client.subscribe("1", FOLLOW, id=response_id)
        assert await closed(client) == (4409, "Subscriber for 1 already exists")
    await until(lambda: door.world.hub.viewers == 0)


async def test_who_says_nothing_is_not_waited_for() -> None:
    async with an_open_door(limits=SocketLimits(init_s=0.01)) as door, raw_socket(door) as connection:
        assert (await closed(Client(connection)))[0] == 4408


async def test_no_more_operations_than_allowed(door: OpenDoor) -> None:
    response_id = await created(door)
    async with door.socket() as client:
        for number in range(16):
            await client.subscribe(str(number), FOLLOW, id=response_id)
        await client.subscribe("more", "{ viewer { id } }")
        message = await client.receive()
        while message["id"] != "more":
            message = await client.receive()
        assert message["payload"][0]["extensions"]["code"] == "too_many_in_flight_lanes"


async def test_another_protocol_or_none(door: OpenDoor) -> None:
    for protocols in ([], ["graphql-ws"]):
        with pytest.raises(InvalidStatus) as raised:
            async with raw_socket(door, protocols=protocols):
                pass
        assert raised.value.response.status_code == 400
    assert door.sockets.open == 0


async def test_no_more_sockets_than_allowed() -> None:
    async with an_open_door(max_sockets=1) as door, door.socket():
        with pytest.raises(InvalidStatus) as raised:
            async with raw_socket(door):
                pass
        assert raised.value.response.status_code == 503


async def test_an_old_socket_is_closed(door: OpenDoor) -> None:
    async with an_open_door(limits=SocketLimits(max_age_s=0.05)) as door, door.socket() as client:
        assert await closed(client) == (1001, "websocket_connection_limit_reached")


async def test_a_gateway_that_stops_sends_its_followers_elsewhere(door: OpenDoor) -> None:
    response_id = await created(door)
    async with door.socket() as client, door.socket() as idle:
        await client.subscribe("1", FOLLOW, id=response_id)
        await client.receive()
        door.sockets.draining.set()
        told = await client.until_end("1")
        assert codes(told[-1]) == ["service_restart"]
        assert await closed(client) == (1012, "service_restart")
        assert await closed(idle) == (1012, "service_restart")
    await until(lambda: door.sockets.open == 0)
    assert not door.world.relay.ended(response_id)


@asynccontextmanager
async def a_deaf_client(door: OpenDoor, response_id: str) -> AsyncIterator[None]:
    """One that follows a response and does not read a byte of it: its buffers and the gateway's are full."""
    with sockets.socket() as client:
        client.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
        client.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(client, ("127.0.0.1", door.port))
        upgrade = (
            "GET /graphql HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Protocol: graphql-transport-ws\r\nAuthorization: Bearer anna\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        await loop.sock_sendall(client, upgrade.encode())
        assert b" 101 " in await loop.sock_recv(client, 4096)
        payload = {"query": FOLLOW, "variables": {"id": response_id}}
        for message in ({"type": "connection_init"}, {"type": "subscribe", "id": "1", "payload": payload}):
            await loop.sock_sendall(client, Frame(Opcode.TEXT, json.dumps(message).encode()).serialize(mask=True))
        await until(lambda: door.world.hub.viewers == 1)
        door.world.relay.tell(response_id, [InProgress(1.0), ItemAdded("msg_1", "message"), PartAdded("output_text")])
        for _ in range(400):
            door.world.relay.tell(response_id, [Delta("x" * 20_000, [1])])
            await asyncio.sleep(0.001)
        yield


async def test_who_does_not_read_holds_up_nobody_and_is_sent_away_in_the_end() -> None:
    async with an_open_door(limits=SocketLimits(last_words_s=0.01)) as door:
        response_id = await created(door)
        async with a_deaf_client(door, response_id), door.socket() as other:
            for _ in range(20):
                await door.world.hub.sweep()
            await until(lambda: door.sockets.open == 1)
            assert door.world.hub.counts.behind == 1
            await other.subscribe("1", VIEWER)
            assert len(await other.until_end("1")) == 1


async def test_who_does_not_read_cannot_hold_up_a_stop() -> None:
    async with an_open_door(limits=SocketLimits(last_words_s=0.01)) as door:
        response_id = await created(door)
        async with a_deaf_client(door, response_id):
            door.sockets.draining.set()
            await until(lambda: door.sockets.open == 0)

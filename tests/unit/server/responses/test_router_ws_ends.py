"""How sockets at /v1/responses are refused and how they end: a real uvicorn, and the websockets client."""
import asyncio
import json
import socket as sockets
from dataclasses import replace

import pytest
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Frame, Opcode

from relay.events import AnyEvent, Delta, InProgress, ItemAdded, PartAdded
from server.serving import config
from server.settings import GatewaySettings
from tests.unit.server.responses.gateway import LIMITS, Gateway, a_gateway, until
from tests.unit.server.responses.talk import create, created, hear, hear_until, told, turn


async def test_who_may_not_enter_is_told_in_the_answer_to_the_upgrade(gateway: Gateway) -> None:
    with pytest.raises(InvalidStatus) as caught:
        async with connect(gateway.ws, origin="http://evil.example"):  # type: ignore[arg-type]
            pass
    response = caught.value.response
    assert response.status_code == 403
    assert json.loads(response.body or b"")["error"]["code"] == "forbidden_origin"


async def test_so_many_sockets_and_no_more(caplog: pytest.LogCaptureFixture) -> None:
    config(FastAPI(), GatewaySettings())  # as the real one, which says to uvicorn what is no error
    async with a_gateway(max_sockets=1) as gateway, connect(gateway.ws):
        with pytest.raises(InvalidStatus) as caught:
            async with connect(gateway.ws):
                pass
        assert caplog.messages == []
        assert caught.value.response.status_code == 503
        assert caught.value.response.headers["Retry-After"] == "5"


async def closing(socket: ClientConnection) -> tuple[int, str]:
    with pytest.raises(ConnectionClosed) as caught:
        await hear_until(socket, "nothing")
    assert caught.value.rcvd is not None
    return caught.value.rcvd.code, caught.value.rcvd.reason


async def test_a_gateway_that_stops_closes_with_1012(gateway: Gateway, socket: ClientConnection) -> None:
    await create(socket)
    await created(socket)
    gateway.sockets.draining.set()
    assert await closing(socket) == (1012, "service_restart")
    assert gateway.world.relay.cancelled == []


async def test_a_connection_has_an_age() -> None:
    async with a_gateway(replace(LIMITS, max_age_s=60)) as gateway, connect(gateway.ws) as socket:
        await create(socket)
        await created(socket)
        await hear(socket)
        before = gateway.world.clock.now()
        gateway.world.clock.slept.set()
        assert await told(socket) == (400, "websocket_connection_limit_reached", None, None)
        assert await closing(socket) == (1001, "websocket_connection_limit_reached")
        assert gateway.world.clock.now() - before == 60


async def stuck(gateway: Gateway) -> sockets.socket:
    """A client that has a turn and does not read a byte of it: its buffers and the gateway's are full."""
    client = sockets.socket()
    client.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    client.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(client, ("127.0.0.1", gateway.port))
    upgrade = (
        "GET /v1/responses HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    await loop.sock_sendall(client, upgrade.encode())
    assert b" 101 " in await loop.sock_recv(client, 4096)
    event = json.dumps({"type": "response.create", "input": "hi"}).encode()
    await loop.sock_sendall(client, Frame(Opcode.TEXT, event).serialize(mask=True))
    await until(lambda: gateway.world.relay.requests)
    begin: list[AnyEvent] = [InProgress(1.0), ItemAdded("msg_1", "message"), PartAdded("output_text")]
    gateway.world.relay.tell(gateway.world.last, begin)
    for _ in range(400):
        gateway.world.relay.tell(gateway.world.last, [Delta("x" * 20_000, [1])])
        await asyncio.sleep(0)
    return client


async def test_who_does_not_read_is_closed_and_holds_up_nobody(
    gateway: Gateway, socket: ClientConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.responses.connection.LAST_WORDS_S", 0.01)
    with await stuck(gateway):
        for _ in range(20):
            await gateway.world.hub.sweep()
        await until(lambda: gateway.sockets.open == 1)
        assert gateway.world.hub.counts.behind == 1
        await turn(gateway, socket, "A")


async def test_who_does_not_read_cannot_hold_up_a_stop(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.responses.connection.LAST_WORDS_S", 0.01)
    with await stuck(gateway):
        gateway.sockets.draining.set()
        await until(lambda: gateway.sockets.open == 0)


async def test_a_bug_in_reading_closes_with_1011(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    def bug(*_: object) -> None:
        raise KeyError("secret")

    monkeypatch.setattr("server.responses.session.Session.receive_text", bug)
    async with connect(gateway.ws) as socket:
        await socket.send("{}")
        assert await closing(socket) == (1011, "internal_error")


async def test_a_client_that_breaks_off(gateway: Gateway) -> None:
    socket = await connect(gateway.ws)
    await create(socket)
    await created(socket)
    socket.transport.abort()
    await until(lambda: gateway.sockets.open == 0)
    assert gateway.world.hub.viewers == 0
    assert gateway.world.relay.cancelled == []

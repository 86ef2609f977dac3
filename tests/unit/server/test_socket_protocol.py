"""uvicorn's WebSocket protocol as the gateway has it."""
import gc
from types import SimpleNamespace

import pytest
from websockets.asyncio.client import ClientConnection, connect

from server.socket_protocol import MOST_JOINED, SocketProtocol
from tests.unit.server.responses.gateway import a_gateway


async def served(socket: ClientConnection) -> SocketProtocol:
    """The server's end, when it has taken the client in. Those of sockets that have ended may still be there."""
    await (await socket.ping())
    [held] = [found for found in gc.get_objects() if type(found) is SocketProtocol
              and found.client == socket.local_address and not found.disconnected]
    return held


async def test_nothing_of_the_upgrade_is_kept() -> None:
    """Neither the headers that uvicorn and its parser have read, nor those that the application was given."""
    async with a_gateway() as gateway, connect(gateway.ws, additional_headers={"X-Large": "x" * 4000}) as socket:
        assert socket.response is not None
        assert socket.response.headers["Upgrade"] == "websocket"
        held = await served(socket)
        assert dict(held.request.headers) == dict(held.response.headers) == {}
        assert held.scope["headers"] == []
        assert held.ping_timer is not None  # and what uvicorn does at this moment it does


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536, 1 << 20])
async def test_a_text_goes_out_at_once_whatever_its_size(size: int) -> None:
    async with a_gateway() as gateway, connect(gateway.ws, max_size=None) as socket:
        held = await served(socket)
        assert held.send_now([b"x" * size]) == 1
        assert held.send_now(["zwölf".encode()]) == 1
        assert await socket.recv() == "x" * size
        assert await socket.recv() == "zwölf"


async def test_nothing_goes_out_at_once_where_that_needs_waiting_or_makes_no_sense() -> None:
    async with a_gateway() as gateway, connect(gateway.ws) as socket:
        held = await served(socket)
        held.pause_writing()
        assert held.send_now([b"full", b"to the brim"]) == 0
        held.resume_writing()
        assert held.send_now([b"now"]) == 1
        assert await socket.recv() == "now"
        await socket.close()
        assert held.send_now([b"closed"]) == 0


async def test_several_texts_go_out_in_one_write_that_is_not_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [b"", b"x" * 125, b"y" * 126, b"z" * MOST_JOINED, b"next time"]
    async with a_gateway() as gateway, connect(gateway.ws, max_size=None) as socket:
        held, writes = await served(socket), list[bytes]()
        monkeypatch.setattr(held, "transport", SimpleNamespace(write=writes.append))
        assert held.send_now(texts) == 4
        monkeypatch.undo()
        (whole,) = writes
        held.transport.write(whole)
        assert held.send_now(texts[4:]) == 1
        assert [await socket.recv() for _ in texts] == [text.decode() for text in texts]


async def test_compression_is_not_agreed_on() -> None:
    """Frames that go out at once are written as they are."""
    async with a_gateway() as gateway, connect(gateway.ws, compression="deflate") as socket:
        assert (await served(socket)).conn.extensions == []

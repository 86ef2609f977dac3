"""uvicorn's WebSocket protocol as the gateway has it."""
import gc

from websockets.asyncio.client import connect

from server.socket_protocol import SocketProtocol
from tests.unit.server.responses.gateway import a_gateway


async def test_nothing_of_the_upgrade_is_kept() -> None:
    """Neither the headers that uvicorn and its parser have read, nor those that the application was given."""
    async with a_gateway() as gateway, connect(gateway.ws, additional_headers={"X-Large": "x" * 4000}) as socket:
        assert socket.response is not None
        assert socket.response.headers["Upgrade"] == "websocket"
        await (await socket.ping())
        [held] = [found for found in gc.get_objects()
                  if isinstance(found, SocketProtocol) and found.client == socket.local_address]
        assert dict(held.request.headers) == dict(held.response.headers) == {}
        assert held.scope["headers"] == []
        assert held.ping_timer is not None  # and what uvicorn does at this moment it does

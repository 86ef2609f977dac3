"""The shell of a socket, where its client is gone in the middle of something."""
import asyncio
from collections.abc import Callable
from typing import Any

from starlette.websockets import WebSocketDisconnect

from server.auth.schemas import Grant, User
from server.common.clock import SystemClock
from server.common.errors import Code, NotFound
from server.common.notice import Notice
from server.responses.connection import Connection
from server.responses.session import Session, SessionLimits


class Gone:
    """A socket that has said one more thing, and hears nothing."""

    def __init__(self, text: str) -> None:
        self.scope: dict[str, Any] = {}  # of a server that knows only ASGI
        self.messages = [{"type": "websocket.receive", "text": text}, {"type": "websocket.disconnect"}]

    async def receive(self) -> dict[str, Any]:
        return self.messages.pop(0)

    async def send(self, message: dict[str, Any]) -> None:
        raise WebSocketDisconnect(1006)

    async def close(self, code: int, reason: str) -> None:
        raise WebSocketDisconnect(1006)


class Nothing:
    """A service that knows no response."""

    clock = SystemClock()

    def soon(self, call: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_soon(call)

    async def cancel(self, user: str, response_id: str) -> None:
        raise NotFound(Code.RESPONSE_NOT_FOUND, "There is none.")


async def test_a_stop_that_cannot_be_answered_any_more_ends_the_socket_and_raises_nothing() -> None:
    socket: Any = Gone('{"type": "response.cancel", "response_id": "resp_1"}')
    service: Any = Nothing()
    await Connection(socket, Session(SessionLimits()), service, Grant("ann", User("ann"))).run([], Notice())


class Told(Gone):
    """A socket that hears what it is told."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.told: list[str] = []
        self.heard = asyncio.Event()
        self.closed: tuple[int, str] | None = None

    async def receive(self) -> dict[str, Any]:
        if not self.messages:
            self.heard.set()
            await asyncio.Event().wait()
        return await super().receive()

    async def send(self, message: dict[str, Any]) -> None:
        await self.heard.wait()  # it takes long enough for the client to say more
        self.told.append(str(message.get("text") or message.get("bytes")))

    async def close(self, code: int, reason: str) -> None:
        self.closed = code, reason


async def test_what_comes_after_its_grant_has_ended_is_not_done() -> None:
    socket: Any = Told('{"type": "response.cancel", "response_id": "resp_1"}')
    socket.messages.pop()
    service: Any = Nothing()
    grant = Grant("ses_1", User("ann"))
    grant.end(Code.SESSION_ENDED)
    await Connection(socket, Session(SessionLimits()), service, grant).run([], Notice())
    assert socket.closed == (1008, "session_ended")
    [told] = socket.told
    assert "session_ended" in told

"""A small server that speaks the protocol as a test tells it to: what is tested is the client's I/O."""
import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

Event = dict[str, Any]


class Talk:
    """One connection, as the test sees it."""

    def __init__(self, connection: ServerConnection) -> None:
        self.connection = connection

    async def receive(self) -> Event:
        event: Event = json.loads(await self.connection.recv())
        return event

    async def send(self, kind: str, number: int | None = None, *, lane: str = "lane-1", **fields: Any) -> None:
        event = {"type": kind, "stream_id": lane, **fields}
        await self.connection.send(json.dumps(event if number is None else {**event, "sequence_number": number}))

    async def created(self, response_id: str = "resp_1", **where: Any) -> None:
        await self.send("response.created", 0, response={"id": response_id}, **where)

    async def say(self, text: str, number: int, **where: Any) -> None:
        place: Event = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
        await self.send("response.output_text.delta", number, **{**place, "delta": text, **where})

    async def complete(self, number: int, response_id: str = "resp_1", **where: Any) -> None:
        response = {"id": response_id, "status": "completed", "usage": {"output_tokens": number}}
        await self.send("response.completed", number, response=response, **where)

    async def error(self, status: int, code: str, **where: Any) -> None:
        await self.send("error", status=status, error={"code": code, "message": "Why."}, **where)

    def cut(self) -> None:
        """Break the connection without a word."""
        self.connection.transport.abort()


Script = Callable[[Talk], Awaitable[None]]
Answer = Callable[[ServerConnection, Request], Response | None]


@asynccontextmanager
async def server(*scripts: Script, answer: Answer | None = None) -> AsyncIterator[str]:
    """Runs one script per connection, in order; a connection is held open behind its script. Its address."""
    left = list(scripts)
    failures: list[BaseException] = []

    async def talk(connection: ServerConnection) -> None:
        try:
            await left.pop(0)(Talk(connection))
            await connection.wait_closed()
        except ConnectionClosed:
            pass
        except BaseException as error:
            failures.append(error)
            raise

    async with serve(talk, "127.0.0.1", 0, process_request=answer, ping_interval=None) as running:
        port = next(iter(running.sockets)).getsockname()[1]
        async with asyncio.timeout(20):
            yield f"http://127.0.0.1:{port}"
    assert not failures
    assert not left, f"{len(left)} connections were never made"

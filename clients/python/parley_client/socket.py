"""The I/O of one WebSocket: from the attempt to connect until it is gone. Decides nothing."""
import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Protocol

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from parley_client.errors import Event

CLOSE_S = 1.0  # how long the closing handshake may take: what is under way goes on in any case


class Listener(Protocol):
    """Who is told; not any more after `drop`. `closed` or `refused` is the last thing, if the socket ends by itself."""

    def opened(self) -> None: ...
    def refused(self, status: int, error: Event) -> None: ...
    def received(self, text: str) -> None: ...
    def closed(self, code: int, reason: str) -> None: ...


class Socket:
    """Begins to connect at once. Owns its task; `drop` ends it, and `gone` waits for that."""

    def __init__(self, url: str, headers: Mapping[str, str], listener: Listener) -> None:
        self._listener = listener
        self._dropped = False
        self._outgoing: asyncio.Queue[str] = asyncio.Queue()  # a frame for each of few turns, so it needs no bound
        self.task = asyncio.create_task(self._run(url, headers))

    def send(self, text: str) -> None:
        self._outgoing.put_nowait(text)

    def drop(self) -> None:
        self._dropped = True
        self.task.cancel()

    async def gone(self) -> None:
        await asyncio.wait([self.task])

    async def _run(self, url: str, headers: Mapping[str, str]) -> None:
        try:
            connection = await connect(
                url, additional_headers=headers, compression=None, max_size=None,
                open_timeout=None, ping_interval=None, close_timeout=CLOSE_S)  # both timed by the session
        except InvalidStatus as refusal:
            self._listener.refused(refusal.response.status_code, _error_in(refusal.response.body))
        except (OSError, EOFError, WebSocketException) as error:
            self._listener.closed(1006, str(error) or type(error).__name__)
        else:
            await self._talk(connection)

    async def _talk(self, connection: ClientConnection) -> None:
        writing = asyncio.create_task(self._write(connection))
        try:
            self._listener.opened()
            while not self._dropped:
                text = await connection.recv(decode=True)
                if not self._dropped:
                    self._listener.received(text)
        except ConnectionClosed as closed:
            if not self._dropped:
                told = closed.rcvd
                self._listener.closed(told.code if told else 1006, told.reason if told else "")
        finally:
            writing.cancel()
            await connection.close()

    async def _write(self, connection: ClientConnection) -> None:
        with suppress(ConnectionClosed):  # the reader tells
            while True:
                await connection.send(await self._outgoing.get())


def _error_in(body: bytes | bytearray | None) -> Event:
    """The error object of an HTTP answer; an empty one where it is not the server's but some proxy's."""
    with suppress(ValueError):
        answer = json.loads(body or b"")
        if isinstance(answer, dict) and isinstance(answer.get("error"), dict):
            error: Event = answer["error"]
            return error
    return {}

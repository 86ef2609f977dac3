"""A TCP proxy before a gateway that breaks connections when it is told to."""
import asyncio
from collections.abc import Iterable
from contextlib import suppress
from types import TracebackType

CHUNK_BYTES = 1024
HEAD_END = b"\r\n\r\n"  # of the gateway's answer to the upgrade


class FaultProxy:
    """`cuts`: how many bytes behind the handshake each connection in turn lets through to the client before it breaks;
    later connections do not break.
    """

    def __init__(self, port: int, cuts: Iterable[int] = ()) -> None:
        self.port = port
        self.connections = 0
        self._cuts = iter(cuts)
        self._links: dict[Link, asyncio.Task[None]] = {}

    async def __aenter__(self) -> "FaultProxy":
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        self.cut()
        if self._links:
            await asyncio.wait(self._links.values())

    def cut(self) -> None:
        """Break every connection, without a word."""
        for link in self._links:
            link.cut()

    def stall(self) -> None:
        """What is open now lets nothing through any more, and does not say so; what comes later does."""
        for link in self._links:
            link.flowing.clear()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        link = Link(writer, next(self._cuts, None))
        task = asyncio.current_task()
        assert task is not None
        self._links[link] = task
        try:
            await link.run(reader, self.port)
        finally:
            del self._links[link]


class Link:
    """One connection through the proxy."""

    def __init__(self, client: asyncio.StreamWriter, bytes_left: int | None) -> None:
        self.client, self.bytes_left = client, bytes_left
        self.flowing = asyncio.Event()
        self.flowing.set()
        self._over = asyncio.Event()

    def cut(self) -> None:
        self._over.set()

    async def run(self, reader: asyncio.StreamReader, port: int) -> None:
        try:
            gateway_reader, gateway = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await _abort(self.client)
            return
        works = [self._up(reader, gateway), self._down(gateway_reader), self._over.wait()]
        tasks = [asyncio.ensure_future(work) for work in works]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        for writer in (self.client, gateway):
            await _abort(writer)

    async def _up(self, reader: asyncio.StreamReader, gateway: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK_BYTES):
                await self.flowing.wait()
                gateway.write(data)
                await gateway.drain()

    async def _down(self, gateway: asyncio.StreamReader) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            self.client.write(await gateway.readuntil(HEAD_END))
            while data := await gateway.read(CHUNK_BYTES):
                await self.flowing.wait()
                if self.bytes_left is not None:
                    data, self.bytes_left = data[:self.bytes_left], self.bytes_left - len(data)
                self.client.write(data)
                await self.client.drain()
                if self.bytes_left is not None and self.bytes_left <= 0:
                    return


async def _abort(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()
    with suppress(OSError):
        await writer.wait_closed()

"""The proxy breaks what it is told to, and nothing else: what goes through is the same bytes in the same order."""
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial

import pytest

from tests.chaos.proxy import Proxy
from tests.chaos.stack import dial_tcp

DATA = bytes(range(256)) * 1000


class Watched(Proxy):
    """With its port, and what the server behind it has heard."""

    port: int
    arrived: list[bytes]

    async def has_delayed(self, pieces: int) -> None:
        while self.delayed < pieces:  # noqa: ASYNC110 - a count, of which nobody tells
            await asyncio.sleep(0)


@pytest.fixture
async def proxy() -> AsyncIterator[Watched]:
    """Before a server that says back what it hears."""
    arrived: list[bytes] = []

    async def say_back(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(1000):
                arrived.append(data)
                writer.write(data)
        writer.close()

    async with await asyncio.start_server(say_back, "127.0.0.1", 0) as server:
        proxy = Watched(partial(dial_tcp, server.sockets[0].getsockname()[1]))
        proxy.arrived = arrived
        proxy.port = await proxy.listen_tcp()
        yield proxy
        await proxy.close()


@asynccontextmanager
async def connected(proxy: Watched) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def said_back(proxy: Watched, *, data: bytes = DATA) -> bytes:
    async with connected(proxy) as (reader, writer):
        writer.write(data)
        return await reader.readexactly(len(data))


async def test_what_goes_through_is_the_same(proxy: Watched) -> None:
    assert await said_back(proxy) == DATA
    proxy.delay_s = 0.01
    hearing = asyncio.create_task(said_back(proxy))
    await proxy.has_delayed(3)
    proxy.delay_s = 0.0
    assert await hearing == DATA


async def test_half_of_what_is_said_arrives_and_then_nothing(proxy: Watched) -> None:
    """What was on its way before is not overtaken: half of all that."""
    proxy.delay_s = 60.0  # it is over when the next is halved
    async with connected(proxy) as (reader, writer):
        writer.write(b"first,")
        await proxy.has_delayed(1)
        proxy.delay_s = 0.0
        assert proxy.halve() == 1
        writer.write(b"second")
        assert await reader.read() == b""
    assert proxy.halved == 1
    assert proxy.arrived == [b"first,"]


async def test_who_is_stalled_hears_nothing_until_it_goes_on(proxy: Watched) -> None:
    async with connected(proxy) as (reader, writer):
        writer.write(b"one")
        assert await reader.readexactly(3) == b"one"
        links = proxy.stall()
        writer.write(b"two")
        await proxy.has_delayed(1)
        proxy.resume(links)
        assert await reader.readexactly(3) == b"two"
        assert proxy.cut() == 1
        with pytest.raises((asyncio.IncompleteReadError, ConnectionResetError)):
            await reader.readexactly(1)

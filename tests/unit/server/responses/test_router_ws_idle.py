"""What a gateway holds for a socket that says nothing, counted in objects: memory follows from them."""
import asyncio
import gc
import socket
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

import pytest

from server.common.clock import SystemClock
from server.responses.connection import Connection
from tests.unit.server.responses.gateway import Gateway, a_gateway, until

SOCKETS = 50
MOST_OBJECTS = 110  # they are 97
UPGRADE = (
    b"GET /v1/responses HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)


@asynccontextmanager
async def idle(gateway: Gateway, number: int) -> AsyncIterator[None]:
    """So many sockets, open and silent. Their clients are plain sockets, which have no task, and one object each."""
    before = gateway.sockets.open
    with ExitStack() as stack:
        for _ in range(number):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", gateway.port)))
            client.sendall(UPGRADE)
        await until(lambda: gateway.sockets.open == before + number)
        yield
    await until(lambda: gateway.sockets.open == before)


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with a_gateway() as gateway:
        gateway.world.service.clock = SystemClock()  # a test's own waits in a task
        yield gateway


async def test_an_idle_socket_has_one_task(gateway: Gateway) -> None:
    before = len(asyncio.all_tasks())
    async with idle(gateway, SOCKETS):
        assert len(asyncio.all_tasks()) - before == SOCKETS
    await until(lambda: len(asyncio.all_tasks()) == before)


async def test_an_idle_socket_has_few_objects(gateway: Gateway) -> None:
    """Of those that can hold others, for of the rest nobody knows how many there are."""
    async with idle(gateway, 1):  # what all have together is made by the first
        before = objects()
        async with idle(gateway, SOCKETS):
            assert (objects() - before) / SOCKETS <= MOST_OBJECTS


async def test_nothing_is_left_of_a_socket_that_has_left(gateway: Gateway) -> None:
    """Neither its age nor a stop of the gateway may hold on to it: they come much later."""
    async with idle(gateway, SOCKETS):
        assert connections(gateway) == SOCKETS
    await until(lambda: connections(gateway) == 0)


def objects() -> int:
    gc.collect()
    return len(gc.get_objects())


def connections(gateway: Gateway) -> int:
    gc.collect()
    return sum(isinstance(found, Connection) and found.service is gateway.world.service for found in gc.get_objects())

"""What the tests of HTTP's and sockets' shells have in common."""
from collections.abc import AsyncIterator

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect

from tests.unit.server.responses.gateway import Gateway, a_gateway


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with a_gateway() as gateway:
        yield gateway


@pytest.fixture
async def client(gateway: Gateway) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=gateway.http) as client:
        yield client


@pytest.fixture
async def socket(gateway: Gateway) -> AsyncIterator[ClientConnection]:
    async with connect(gateway.ws, compression=None) as socket:
        yield socket

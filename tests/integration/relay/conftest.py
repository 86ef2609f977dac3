"""Two gateways and two workers on an empty Redis, all quiet."""
from collections.abc import AsyncIterator, Iterator

import pytest

from relay.settings import RelaySettings
from tests.integration.relay.world import BareGateway, BareWorker, Client, settings_for
from tests.redis_server import RedisServer


@pytest.fixture
def settings(redis_url: str) -> RelaySettings:
    return settings_for(redis_url)


@pytest.fixture
def client(redis_url: str, shared_redis: RedisServer) -> Iterator[Client]:
    with shared_redis.client() as client:
        yield client


@pytest.fixture
async def ga(settings: RelaySettings) -> AsyncIterator[BareGateway]:
    gateway = await BareGateway("ga", settings).open()
    yield gateway
    await gateway.close()


@pytest.fixture
async def gb(settings: RelaySettings) -> AsyncIterator[BareGateway]:
    gateway = await BareGateway("gb", settings).open()
    yield gateway
    await gateway.close()


@pytest.fixture
async def w1(settings: RelaySettings) -> AsyncIterator[BareWorker]:
    worker = await BareWorker("w1", settings).open()
    yield worker
    await worker.leave()


@pytest.fixture
async def w2(settings: RelaySettings) -> AsyncIterator[BareWorker]:
    worker = await BareWorker("w2", settings).open()
    yield worker
    await worker.leave()

"""An installation as it is now, over all its gateways and workers: what they tell of themselves, read on request."""
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Literal, Protocol

from relay.errors import RelayError
from relay.views import GatewayInfo, Queue, RedisInfo, Stay, WorkerInfo
from server.admin import live_mappers as mappers
from server.admin.live_schemas import ConnectedList, DatabaseRead, LiveRead, RedisRead
from server.admin.ports import Member, Names
from server.common.clock import Clock
from server.common.errors import ApiError


class Relay(Protocol):
    """What gateways tell. All raise RelayError while Redis is away."""

    async def gateways(self) -> list[GatewayInfo]: ...
    async def queues(self) -> list[Queue]: ...
    async def redis(self) -> RedisInfo: ...
    async def count_connected(self, gateways: Sequence[str]) -> int | None: ...
    async def connected(
            self, gateways: Sequence[str], after: str, limit: int) -> tuple[dict[str, list[Stay]], bool]: ...
    async def stays(self, gateways: Sequence[str], users: Sequence[str]) -> dict[str, list[Stay]]: ...


class Redis(Protocol):
    """Whether Redis can be used; `fault` says why it never can, if so."""

    @property
    def up(self) -> bool: ...
    @property
    def fault(self) -> str: ...


class Catalog(Protocol):
    async def workers(self) -> list[WorkerInfo]: ...


class Database(Protocol):
    @property
    def kind(self) -> Literal["sqlite", "postgresql"]: ...
    async def answers(self) -> bool: ...


class Ourselves(Protocol):
    def __call__(self) -> GatewayInfo:
        """This gateway, as it says of itself."""


class Live:
    def __init__(
            self, relay: Relay, redis: Redis, catalog: Catalog, database: Database, names: Names, ourselves: Ourselves,
            clock: Clock) -> None:
        self.relay, self.redis, self.catalog, self.database = relay, redis, catalog, database
        self.names, self.ourselves, self.clock = names, ourselves, clock

    async def picture(self) -> LiveRead:
        us = self.ourselves()
        gateways, known, users = [us], False, None
        workers: list[WorkerInfo] | None = None
        queues: list[Queue] | None = None
        redis: RedisInfo | None = None
        with suppress(RelayError):  # `redis` says so
            redis, queues, workers = await self.relay.redis(), await self.relay.queues(), await self.catalog.workers()
            gateways, known = await self.relay.gateways(), True
            users = await self.relay.count_connected([one.name for one in gateways])
        return LiveRead(
            at=round(self.clock.now(), 3),
            gateway_id=us.name,
            totals=mappers.totals(gateways if known else None, workers, queues, users),
            gateways=[mappers.gateway(one) for one in gateways],
            workers=None if workers is None else [mappers.worker(one) for one in workers],
            queues=None if queues is None else [mappers.queue(one) for one in queues],
            redis=self._redis(redis),
            database=DatabaseRead(
                up=await self.database.answers(), kind=self.database.kind, unsaved=redis.unsaved if redis else None),
        )

    def _redis(self, info: RedisInfo | None) -> RedisRead:
        if info is None:
            message = self.redis.fault or "Redis cannot be reached, or is coming back just now."
            return RedisRead(up=False, message=message, version=None, memory_bytes=None, connections=None)
        return RedisRead(
            up=self.redis.up, message=self.redis.fault, version=info.version, memory_bytes=info.memory_bytes,
            connections=info.connections)

    async def connected(self, after: str, limit: int) -> ConnectedList:
        """In the order of ids. Raises RelayError."""
        gateways = [one.name for one in await self.relay.gateways()]
        page, has_more = await self.relay.connected(gateways, after, limit)
        members = await self.known(page)
        data = [mappers.connected(user, stays, members) for user, stays in page.items()]
        return ConnectedList(
            data=data, first_id=data[0].id if data else None, last_id=data[-1].id if data else None, has_more=has_more)

    async def holdings(self, users: Sequence[str]) -> Mapping[str, list[Stay]] | None:
        """What each of these holds open, and where; None while that cannot be known."""
        try:
            gateways = [one.name for one in await self.relay.gateways()]
            return await self.relay.stays(gateways, users)
        except RelayError:
            return None

    async def known(self, ids: Collection[str]) -> Mapping[str, Member]:
        """The accounts among them; none while the database is away."""
        try:
            return await self.names.named(ids)
        except ApiError:
            return {}

"""What gateways tell of themselves, and what an administrator reads of all of them. No rule of the relay rests on it.

A gateway's figures ride on its registration, so they cost no write of their own.
"""
import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Literal

from relay.calls import GatewayCalls
from relay.link import fields, ms
from relay.views import GatewayInfo, Queue, RedisInfo, Stay, live_gateways

HISTORY_KEEP_S = 3600.0
ERRORS_KEEP_S = 86_400.0
MOST_ERRORS = 200  # of a kind
READ_AT_ONCE = 500  # of the history, so that nothing waits for long behind it
MOST_COUNTED = 2000

ErrorKind = Literal["failure", "refusal"]
Holding = tuple[float, int, int]  # since (Unix seconds), sockets, streams


class OverviewCalls(GatewayCalls):
    """All raise RelayAway while Redis is away; what is told raises Fenced, too, once this gateway was taken back."""

    async def attend(self, before: str, after: str, changed: Mapping[str, Holding | None]) -> bool:
        """Who is connected here, since `before`, as this gateway has named its last word (empty: all of it).

        None: no more. False where Redis has not that word: then all has to be said anew. Names are good for one
        registration of a gateway.
        """
        gone = [user for user, holding in changed.items() if holding is None]
        here = [part for user, holding in changed.items() if holding is not None for part in (user, _packed(holding))]
        return bool(await self._alive().call(
            "attend", self.name, self._token, before, after, len(gone), *gone, *here))

    async def report(self, sample: bytes, failures: Sequence[bytes], refusals: Sequence[bytes]) -> None:
        """What was counted in a while, and the errors of that while: our own, and clients'."""
        await self._alive().call(
            "report", ms(HISTORY_KEEP_S), MOST_ERRORS, ms(ERRORS_KEEP_S), sample, len(failures), *failures, *refusals)

    async def gateways(self) -> list[GatewayInfo]:
        """Those that are registered, by name."""
        return live_gateways(await self._alive().command("HGETALL", self._keys.gateways))

    async def queues(self) -> list[Queue]:
        """Of the models that anybody waits for, by name."""
        found = [Queue(model.decode(), int(waiting), int(handed_over), int(oldest_ms) / 1000 if oldest_ms else None)
                 for model, waiting, handed_over, oldest_ms in await self._alive().call("queues")]
        return sorted(found, key=lambda queue: queue.model)

    async def redis(self) -> RedisInfo:
        link = self._alive()
        server, memory, clients, unsaved = await asyncio.gather(
            link.command("INFO", "server"), link.command("INFO", "memory"), link.command("INFO", "clients"),
            link.command("XLEN", self._keys.to_record))
        info = fields(server) | fields(memory) | fields(clients)
        return RedisInfo(
            info.get("redis_version", ""), int(info.get("used_memory", 0)), int(info.get("connected_clients", 0)),
            int(unsaved))

    async def reports(self, since: float) -> AsyncIterator[list[bytes]]:
        """Samples that were told after `since` (Unix seconds), the oldest first, some at a time."""
        link, start = self._alive(), str(max(0, ms(since)))
        while entries := await link.command("XRANGE", self._keys.history, start, "+", "COUNT", READ_AT_ONCE):
            yield [entry[1] for _, entry in entries]
            start = f"({entries[-1][0].decode()}"

    async def errors(self, kind: ErrorKind) -> list[tuple[int, int, bytes]]:
        """The last that were told: when (Unix ms), a number among those of that moment, and what; the newest first."""
        stream = self._keys.failures if kind == "failure" else self._keys.refusals
        entries = await self._alive().command("XREVRANGE", stream, "+", "-", "COUNT", MOST_ERRORS)
        return [(*_numbers(entry_id), entry[1]) for entry_id, entry in entries]

    async def connected(
            self, gateways: Sequence[str], after: str, limit: int) -> tuple[dict[str, list[Stay]], bool]:
        """A page of who is connected at these, in the order of ids, behind `after`; and whether there are more."""
        link = self._alive()
        while True:
            start = f"({after}" if after else "-"
            rolls = await asyncio.gather(*[
                link.command("ZRANGEBYLEX", self._keys.roll(name), start, "+", "LIMIT", 0, limit + 1)
                for name in gateways])
            users = sorted({user.decode() for roll in rolls for user in roll})
            stays = await self.stays(gateways, users[:limit])
            page = {user: held for user, held in stays.items() if held}
            if page or len(users) <= limit:
                return page, len(users) > limit
            after = users[limit - 1]  # all of them have left between the two questions

    async def count_connected(self, gateways: Sequence[str]) -> int | None:
        """How many are connected, each counted once; None where that would take long to find out."""
        link = self._alive()
        counts = await asyncio.gather(*[link.command("ZCARD", self._keys.roll(name)) for name in gateways])
        if len(gateways) < 2:
            return sum(map(int, counts))
        if sum(counts) > MOST_COUNTED:
            return None
        rolls = await asyncio.gather(*[link.command("ZRANGE", self._keys.roll(name), 0, -1) for name in gateways])
        return len({user for roll in rolls for user in roll})

    async def stays(self, gateways: Sequence[str], users: Sequence[str]) -> dict[str, list[Stay]]:
        """What each of these users holds open, at each gateway where it is anything."""
        if not users:
            return {}
        link = self._alive()
        held = await asyncio.gather(*[
            link.command("HMGET", self._keys.connected(name), *users) for name in gateways])
        return {user: [Stay(name, *_unpacked(packed)) for name, of_gateway in zip(gateways, held, strict=True)
                       if (packed := of_gateway[number]) is not None]
                for number, user in enumerate(users)}


def _numbers(entry_id: bytes) -> tuple[int, int]:
    told_ms, _, number = entry_id.partition(b"-")
    return int(told_ms), int(number)


def _packed(holding: Holding) -> str:
    since, sockets, streams = holding
    return f"{since:.3f} {sockets} {streams}"


def _unpacked(packed: bytes) -> Holding:
    since, sockets, streams = packed.split()
    return float(since), int(sockets), int(streams)

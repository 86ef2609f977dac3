"""The picture of an installation: sums of what is known, and null for what is not."""
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from relay.errors import RelayAway
from relay.views import GatewayInfo, Queue, RedisInfo, Stay, WorkerInfo
from server.admin import live_samples as samples
from server.admin.live import Live
from server.admin.live_schemas import ConnectedList, LiveRead
from server.common.errors import Code, Unavailable
from tests.unit.server.clock import FakeClock


@dataclass
class FakeMember:
    id: str
    email: str | None = None
    display_name: str = ""
    role: str = "user"
    is_active: bool = True
    is_verified: bool = False
    is_guest: bool = False
    created_at: float = 1.0
    last_seen_at: float | None = None


class FakeParts:
    """All that is asked, in one."""

    kind: Literal["sqlite", "postgresql"] = "sqlite"

    def __init__(self) -> None:
        self.up, self.fault, self.has_database = True, "", True
        self.told = [GatewayInfo("g1", "ready", 1.0, 3, 1, 2, 10.5), GatewayInfo("g2", "draining", 2.0, 1, 0, 1, 0.5)]
        self.working = [
            WorkerInfo("w1", "tiny", running=3, waiting=1, capacity=8, tokens_per_s=20.04, attempts=7, taken_over=1),
            WorkerInfo("w2", "tiny", "loading", "loading weights", 0.5, capacity=0)]
        self.here: dict[str, list[Stay]] = {}
        self.members = [FakeMember("user_1", "ann@example.org", "Ann"), FakeMember("guest_2", "bob@example.org")]
        self.members += [FakeMember("guest_3", display_name="Visitor", is_guest=True)]

    def check(self) -> None:
        if not self.up:
            raise RelayAway

    async def gateways(self) -> list[GatewayInfo]:
        self.check()
        return self.told

    async def queues(self) -> list[Queue]:
        self.check()
        return [Queue("big", 4, 1, None), Queue("tiny", 2, 0, 1.5)]

    async def redis(self) -> RedisInfo:
        self.check()
        return RedisInfo("7.0", 1000, 5, 2)

    async def count_connected(self, gateways: Sequence[str]) -> int | None:
        assert gateways == ["g1", "g2"]
        return 2

    async def connected(
            self, gateways: Sequence[str], after: str, limit: int) -> tuple[dict[str, list[Stay]], bool]:
        self.check()
        return self.here, True

    async def stays(self, gateways: Sequence[str], users: Sequence[str]) -> dict[str, list[Stay]]:
        return {user: self.here.get(user, []) for user in users}

    async def workers(self) -> list[WorkerInfo]:
        self.check()
        return self.working

    async def answers(self) -> bool:
        return self.has_database

    async def named(self, ids: Collection[str]) -> Mapping[str, FakeMember]:
        if not self.has_database:
            raise Unavailable(Code.ACCOUNTS_UNAVAILABLE, "Away.")
        return {member.id: member for member in self.members if member.id in ids}


def live(parts: FakeParts) -> Live:
    return Live(parts, parts, parts, parts, parts, lambda: GatewayInfo("g1", "ready", 1.0, 9, 8, 7, None), FakeClock())


async def told(parts: FakeParts) -> dict[str, Any]:
    return (await live(parts).picture()).model_dump()


async def test_sums_up_what_all_tell() -> None:
    picture = await told(FakeParts())
    assert picture["totals"] == {
        "sockets": 4, "streams": 1, "users": 2, "delivered_tokens_per_s": 11.0, "running": 3, "waiting": 6,
        "capacity": 8, "tokens_per_s": 20.0}
    assert [one["id"] for one in picture["gateways"]] == ["g1", "g2"]
    assert picture["queues"][0] == {"model": "big", "waiting": 4, "handed_over": 1, "oldest_wait_s": None}
    assert picture["redis"] == {"up": True, "message": "", "version": "7.0", "memory_bytes": 1000, "connections": 5}
    assert picture["database"] == {"up": True, "kind": "sqlite", "unsaved": 2}


async def test_what_a_loading_worker_does_not_know_is_null() -> None:
    ready, loading = (await told(FakeParts()))["workers"]
    assert (ready["capacity"], ready["kv_usage"], ready["attempts"], ready["taken_over"]) == (8, 0.0, 7, 1)
    assert (loading["capacity"], loading["kv_usage"], loading["context_tokens"]) == (None, None, None)
    assert (loading["running"], loading["progress"]) == (0, 0.5)


async def test_a_sum_of_what_is_not_known_is_null() -> None:
    parts = FakeParts()
    parts.told[1] = GatewayInfo("g2")
    picture = await told(parts)
    assert picture["totals"]["sockets"] is None
    assert picture["totals"]["delivered_tokens_per_s"] is None
    assert picture["gateways"][1]["sockets"] is None
    assert picture["totals"]["running"] == 3


async def test_while_redis_is_away_there_is_this_gateway_alone() -> None:
    parts = FakeParts()
    parts.up = False
    picture = await told(parts)
    assert [(one["id"], one["sockets"]) for one in picture["gateways"]] == [("g1", 9)]
    assert set(picture["totals"].values()) == {None}
    assert (picture["workers"], picture["queues"], picture["database"]["unsaved"]) == (None, None, None)
    assert not picture["redis"]["up"]
    assert "cannot be reached" in picture["redis"]["message"]
    parts.fault = "Redis may throw keys away"
    assert (await told(parts))["redis"]["message"] == "Redis may throw keys away"


async def test_without_the_database_it_says_so() -> None:
    parts = FakeParts()
    parts.has_database = False
    assert (await told(parts))["database"] == {"up": False, "kind": "sqlite", "unsaved": 2}


async def test_who_is_connected() -> None:
    parts = FakeParts()
    parts.here = {"user_1": [Stay("g1", 20.5, 2, 0), Stay("g2", 10.5, 0, 1)], "admin": [Stay("g2", 1.0, 1, 0)]}
    page = (await live(parts).connected("", 10)).model_dump()
    assert page["data"][0] == {
        "id": "user_1", "object": "connected", "since": 10.5, "sockets": 2, "streams": 1, "gateway_ids": ["g1", "g2"],
        "user": {"id": "user_1", "kind": "account", "email": "ann@example.org", "display_name": "Ann"}}
    assert (page["first_id"], page["last_id"], page["has_more"]) == ("user_1", "admin", True)
    parts.here = {}
    assert (await live(parts).connected("", 10)).last_id is None
    parts.up = False
    with pytest.raises(RelayAway):
        await live(parts).connected("", 10)
    assert await live(parts).holdings(["ann"]) is None


@pytest.mark.parametrize(("user", "kind", "name"), [
    ("user_1", "account", "Ann"), ("guest_2", "account", ""), ("guest_3", "guest", "Visitor"),
    ("guest_9", "guest", None), ("visitor_9", "guest", None), ("guest", "guest", None), ("user_9", "account", None),
    ("admin", "key", None), ("key_9", "key", None)])
async def test_who_somebody_is(user: str, kind: str, name: str | None) -> None:
    parts = FakeParts()
    parts.here = {user: [Stay("g1", 1.0, 1, 0)]}
    person = (await live(parts).connected("", 10)).data[0].user
    assert (person.kind, person.display_name) == (kind, name)
    parts.has_database = False
    person = (await live(parts).connected("", 10)).data[0].user
    assert (person.id, person.email, person.display_name) == (user, None, None)


def test_the_documents_samples_are_whole() -> None:
    assert LiveRead.model_validate(samples.LIVE, strict=True).model_dump() == samples.LIVE
    assert ConnectedList.model_validate(samples.CONNECTED, strict=True).model_dump() == samples.CONNECTED

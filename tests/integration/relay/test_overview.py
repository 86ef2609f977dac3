"""What gateways tell of themselves for administrators, and what is read of all of them."""
import pytest

from relay import overview
from relay.errors import Fenced, RelayAway
from relay.settings import RelaySettings
from relay.views import GatewayInfo, Queue, Stay
from tests.integration.relay.hub import FakeHub
from tests.integration.relay.world import (
    KEYS,
    BareGateway,
    BareWorker,
    Client,
    beginning,
    make_late,
    token,
    until,
)
from tests.redis_server import RedisServer

BOTH = ["ga", "gb"]


async def page(gateway: BareGateway, after: str = "", limit: int = 10) -> tuple[list[str], bool]:
    stays, more = await gateway.connected(BOTH, after, limit)
    return list(stays), more


async def test_a_gateways_figures_ride_on_its_registration(ga: BareGateway, gb: BareGateway, client: Client) -> None:
    told = GatewayInfo("ga", "draining", 12.5, 3, 2, 4, 1.5)
    ga.figures = lambda: told
    await ga.renew(ga.link)
    assert await gb.gateways() == [told, GatewayInfo("gb", "ready")]


async def test_of_a_gateway_that_says_nothing_nothing_is_known(ga: BareGateway, client: Client) -> None:
    await ga.link.call("register", "gateways", "old", 60_000, 1000, "", "ready", 0, "")
    assert (await ga.gateways())[1] == GatewayInfo("old")


async def test_who_is_connected_where(ga: BareGateway, gb: BareGateway) -> None:
    assert await ga.attend("", "1", {"ann": (10.5, 2, 0), "bob": (11, 0, 1)})
    assert await gb.attend("", "1", {"ann": (9, 1, 0)})
    assert await ga.stays(BOTH, ["ann", "bob", "eve"]) == {
        "ann": [Stay("ga", 10.5, 2, 0), Stay("gb", 9, 1, 0)], "bob": [Stay("ga", 11, 0, 1)], "eve": []}
    assert await ga.attend("1", "2", {"ann": None, "bob": (11, 1, 1), "eve": (12, 1, 0)})
    stays, more = await gb.connected(BOTH, "", 10)
    assert stays == {
        "ann": [Stay("gb", 9, 1, 0)], "bob": [Stay("ga", 11, 1, 1)], "eve": [Stay("ga", 12, 1, 0)]}
    assert not more
    assert await ga.stays(BOTH, []) == {}


async def test_pages_go_through_all_gateways_once(ga: BareGateway, gb: BareGateway) -> None:
    await ga.attend("", "1", {f"user_{n}": (1, 1, 0) for n in range(0, 9)})
    await gb.attend("", "1", {f"user_{n}": (1, 1, 0) for n in range(5, 12)})
    found, after, more = list[str](), "", True
    while more:
        names, more = await page(ga, after, 4)
        found, after = found + names, names[-1]
    assert found == sorted(f"user_{n}" for n in range(12))
    assert await page(ga, "user_9") == ([], False)


async def test_who_leaves_between_two_questions_ends_no_listing(
        ga: BareGateway, gb: BareGateway, client: Client) -> None:
    await ga.attend("", "1", {name: (1, 1, 0) for name in ("a", "b", "c")})
    client.hdel(KEYS.connected("ga"), "a", "b")
    assert await page(ga, limit=2) == (["c"], False)


async def test_how_many_are_connected(
        ga: BareGateway, gb: BareGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    await ga.attend("", "1", {"ann": (1, 1, 0), "bob": (1, 1, 0)})
    await gb.attend("", "1", {"ann": (1, 1, 0)})
    assert await ga.count_connected([]) == 0
    assert await ga.count_connected(["ga"]) == 2
    assert await ga.count_connected(BOTH) == 2, "each once"
    monkeypatch.setattr(overview, "MOST_COUNTED", 2)
    assert await ga.count_connected(BOTH) is None
    assert await ga.count_connected(["ga"]) == 2


async def test_what_was_lost_is_said_anew(ga: BareGateway, client: Client) -> None:
    assert not await ga.attend("5", "6", {"ann": (1, 1, 0)}), "Redis does not know what was said before"
    assert await page(ga) == ([], False)
    assert await ga.attend("", "6", {"ann": (1, 1, 0)})
    assert not await ga.attend("5", "7", {"bob": (1, 1, 0)})
    assert await ga.attend("", "8", {"eve": (1, 1, 0)})
    assert await page(ga) == (["eve"], False), "all anew"


async def test_who_was_taken_back_has_nobody(ga: BareGateway, gb: BareGateway, client: Client) -> None:
    await ga.attend("", "1", {"ann": (1, 1, 0)})
    make_late(client, "gateways", "ga")
    assert await gb.take_back(gb.link) == 1
    assert not client.exists(KEYS.connected("ga"), KEYS.roll("ga"))
    with pytest.raises(Fenced):
        await ga.attend("1", "2", {"bob": (1, 1, 0)})
    assert not client.exists(KEYS.connected("ga"), KEYS.roll("ga"))
    await ga.register(ga.link)
    assert not await ga.attend("1", "2", {"bob": (1, 1, 0)}), "a new registration begins with nobody"


async def test_who_leaves_has_nobody(ga: BareGateway, gb: BareGateway, client: Client) -> None:
    await gb.attend("", "1", {"ann": (1, 1, 0)})
    await gb.deregister(gb.link)
    assert not client.exists(KEYS.connected("gb"), KEYS.roll("gb"))


async def test_queues(ga: BareGateway, w1: BareWorker, client: Client) -> None:
    assert await ga.queues() == []
    for number in (1, 2, 3):
        await ga.send(number)
    now_ms = client.time()[0] * 1000
    client.hset(KEYS.job("resp_00002"), "queued_at", now_ms - 90_000)
    (queue,) = await ga.queues()
    assert (queue.model, queue.waiting, queue.handed_over) == ("tiny", 3, 0)
    assert queue.oldest_s is not None
    assert 89 < queue.oldest_s < 95
    running, *_ = await w1.take(3)
    await w1.stream(running, beginning(), token(1), to=["ga"])
    await w1.release([running.held()])
    assert await ga.queues() == [Queue("tiny", 1, 1, None)]


async def test_reports_come_back_in_their_order(
        ga: BareGateway, gb: BareGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overview, "READ_AT_ONCE", 2)
    for number in range(5):
        await (ga if number % 2 else gb).report(b"%d" % number, [], [])
    assert [found async for found in ga.reports(0)] == [[b"0", b"1"], [b"2", b"3"], [b"4"]]
    assert [found async for found in ga.reports(4e9)] == []


async def test_the_history_forgets_what_is_old(ga: BareGateway, client: Client) -> None:
    old_ms = (client.time()[0] - 3700) * 1000
    for number in range(300):
        client.xadd(KEYS.history, {"s": "old"}, f"{old_ms}-{number + 1}")
    await ga.report(b"new", [], [])
    (found,) = [found async for found in ga.reports(0)]
    assert found[-1] == b"new"
    assert len(found) < 200  # Redis trims by whole nodes
    assert 0 < client.ttl(KEYS.history) <= 3600


async def test_the_last_errors_are_kept(ga: BareGateway, gb: BareGateway, client: Client) -> None:
    assert await ga.errors("failure") == await ga.errors("refusal") == []
    await ga.report(b"", [b"failure"], [])
    for number in range(130):
        await (ga if number % 2 else gb).report(b"", [], [b"%d" % number, b"%d again" % number])
    found = await ga.errors("refusal")
    assert len(found) == 200
    assert [error for *_, error in found[:3]] == [b"129 again", b"129", b"128 again"]
    assert sorted(found, reverse=True) == found
    assert [error for *_, error in await ga.errors("failure")] == [b"failure"], "many refusals push out no failure"
    assert client.ttl(KEYS.failures) > 80_000
    assert client.ttl(KEYS.refusals) > 80_000


async def test_redis_itself(ga: BareGateway, w1: BareWorker, client: Client) -> None:
    await ga.send(1)
    await w1.finish((await w1.take())[0], to=["ga"])
    redis = await ga.redis()
    assert redis.version.split(".")[0].isdigit()
    assert redis.memory_bytes > 100_000
    assert redis.connections >= 2
    assert redis.unsaved == 1


async def test_nothing_is_known_while_redis_is_away(own_redis: RedisServer) -> None:
    hub = await FakeHub("g", RelaySettings(own_redis.url)).start()
    own_redis.stop()
    await until(lambda: not hub.relay.up)
    relay = hub.relay
    for call in (relay.attend("", "1", {}), relay.report(b"", [], []), relay.gateways(), relay.queues(), relay.redis(),
                 anext(relay.reports(0)), relay.errors("failure"), relay.connected(["g"], "", 1),
                 relay.stays(["g"], ["ann"])):
        with pytest.raises(RelayAway):
            await call
    await hub.stop()

"""GatewayRelay by itself: it stays registered, reads its inbox, comes back after every break, and says so."""
import asyncio

import pytest

from relay.errors import RedisUnfit, RelayAway
from relay.events import Created, Queued
from relay.gateway import GatewayRelay
from relay.settings import RelaySettings
from relay.views import Nudge, Submission
from tests.integration.relay.hub import FakeHub
from tests.integration.relay.world import KEYS, BareWorker, Client, beginning, ended, make_late, request, token, until
from tests.redis_server import RedisServer


async def test_events_arrive(settings: RelaySettings, w1: BareWorker) -> None:
    hub = await FakeHub("g", settings).start()
    await hub.send(request(1))
    (running,) = await w1.take()
    await w1.stream(running, beginning(), token(1), to=["g"])
    await w1.finish(running, to=["g"])
    await until(lambda: len(hub.events(running.id)) == 5)
    assert hub.events(running.id) == [Created(), Queued(), beginning(), token(1), ended()]
    await hub.stop()
    assert hub.said == ["up", "down"]


async def test_leaves_and_is_gone(settings: RelaySettings, w1: BareWorker, client: Client) -> None:
    hub = await FakeHub("g", settings).start()
    await hub.send(request(1))
    (running,) = await w1.take()
    await w1.nudges(10)
    await hub.stop()
    assert client.hkeys(KEYS.gateways) == []
    assert await w1.nudges(10) == [Nudge("look", running.id)]
    assert await w1.look([running.id]) == {running.id: ([], False)}


async def test_refuses_at_once_while_redis_is_away(own_redis: RedisServer) -> None:
    hub = await FakeHub("g", RelaySettings(own_redis.url)).start()
    own_redis.stop()
    await until(lambda: not hub.relay.up)
    for call in (hub.relay.submit(Submission(request(1))), hub.relay.log("x"), hub.relay.find("x"),
                 hub.relay.workers(), hub.relay.follow("x"), hub.relay.to_record(10)):
        with pytest.raises(RelayAway) as refused:
            await call
        assert (refused.value.code, refused.value.retryable) == ("relay_unavailable", True)
    own_redis.start()
    await until(lambda: hub.relay.up)
    assert hub.said == ["up", "down", "new run"]
    await hub.stop()


async def test_starts_before_redis(own_redis: RedisServer) -> None:
    own_redis.stop()
    hub = FakeHub("g", RelaySettings(own_redis.url))
    start = asyncio.create_task(hub.start())
    await asyncio.sleep(0)
    own_redis.start()
    await start
    await hub.stop()


async def test_a_broken_connection_heals_and_follows_again(
        settings: RelaySettings, w1: BareWorker, client: Client) -> None:
    hub = await FakeHub("g", settings).start()
    await hub.send(request(1))
    (running,) = await w1.take()
    client.client_kill_filter(_type="normal", skipme=True)
    await until(lambda: hub.said == ["up", "down", "up"])
    await w1.connect()
    await w1.rejoin([running.held()])
    assert await w1.look([running.id]) == {running.id: (["g"], False)}
    await w1.stream(running, beginning(), to=["g"])
    await until(lambda: len(hub.events(running.id)) == 3)
    await hub.stop()


async def test_a_gateway_that_was_taken_back_registers_and_follows_again(
        redis_url: str, w1: BareWorker, client: Client) -> None:
    hub = await FakeHub("g", RelaySettings(redis_url, deadline_s=0.3)).start()
    await hub.send(request(1))
    (running,) = await w1.take()
    client.hdel(KEYS.gateways, "g")
    client.hdel(KEYS.job(running.id), "follow:g")
    client.delete(f"{KEYS.prefix}follows:g")
    await until(lambda: hub.said == ["up", "up"])
    assert await w1.look([running.id]) == {running.id: (["g"], False)}
    await hub.relay.unfollow(running.id)
    assert await w1.look([running.id]) == {running.id: ([], False)}
    await hub.stop()


async def test_takes_back_by_itself(redis_url: str, w1: BareWorker, client: Client) -> None:
    hub = await FakeHub("g", RelaySettings(redis_url, deadline_s=0.3)).start()
    make_late(client, "workers", "w1")
    await until(lambda: client.hkeys(KEYS.workers) == [])
    await hub.stop()


async def test_a_batch_that_cannot_be_read_is_left_out(settings: RelaySettings, w1: BareWorker, client: Client) -> None:
    hub = await FakeHub("g", settings).start()
    await hub.send(request(1))
    (running,) = await w1.take()
    client.xadd(KEYS.inbox("g"), {"b": b"\x93\x09\x01\x90", "w": "w9"})
    client.xadd(KEYS.inbox("g"), {"b": b"?", "w": "w9"})
    await w1.stream(running, beginning(), to=["g"])
    await until(lambda: len(hub.events(running.id)) == 3)
    await hub.stop()


async def test_an_unfit_redis_stops_the_start(own_redis: RedisServer) -> None:
    with own_redis.client() as client:
        client.config_set("maxmemory-policy", "volatile-ttl")
    with pytest.raises(RedisUnfit):
        await GatewayRelay("g", RelaySettings(own_redis.url), None).run()


async def test_recording(settings: RelaySettings, w1: BareWorker, client: Client) -> None:
    hub = await FakeHub("g", settings).start()
    for number in (1, 2, 3):
        await hub.relay.submit(Submission(request(number, store=number != 2)))
    for running in await w1.take(3):
        await w1.finish(running, to=["g"])
    assert await hub.relay.to_record(10) == ["resp_00001", "resp_00003"]
    assert await hub.relay.to_record(10) == []
    await hub.relay.recorded(["resp_00001"])
    assert client.pttl(KEYS.log("resp_00001")) > 3_500_000
    assert client.pttl(KEYS.log("resp_00003")) == -1
    assert client.xlen(KEYS.to_record) == 1
    await hub.stop()


async def test_what_a_recorder_leaves_lying_goes_to_another(redis_url: str, w1: BareWorker) -> None:
    settings = RelaySettings(redis_url, deadline_s=60, reclaim_s=0)
    one, other = await FakeHub("g1", settings).start(), await FakeHub("g2", settings).start()
    await one.relay.submit(Submission(request(1)))
    await w1.finish((await w1.take())[0], to=[])
    assert await one.relay.to_record(10) == ["resp_00001"]
    assert await other.relay.to_record(10) == ["resp_00001"]
    await other.relay.recorded(["resp_00001"])
    assert await one.relay.to_record(10) == []
    await one.stop()
    await other.stop()

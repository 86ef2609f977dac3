"""The link: what loses it, what does not, and which Redis is fit."""
import asyncio
import signal

import pytest

from relay.errors import LinkLost, RedisUnfit, RelayAway, RelayWait
from relay.link import Link, check, check_fit
from relay.settings import RelaySettings
from relay.worker import WorkerRelay
from tests.integration.relay.world import BareGateway, BareWorker, Client
from tests.redis_server import RedisServer


async def test_forgotten_scripts_lose_the_link(w1: BareWorker, client: Client) -> None:
    client.script_flush()
    with pytest.raises(LinkLost):
        await w1.renew(w1.info())
    with pytest.raises(LinkLost):
        await w1.renew(w1.info())
    assert await w1.connect(), "it was registered, so rejoin comes next"
    assert await w1.rejoin([]) == set()
    await w1.renew(w1.info())


async def test_a_broken_connection_loses_the_link(w1: BareWorker, client: Client) -> None:
    client.client_kill_filter(_type="normal", skipme=True)
    with pytest.raises(LinkLost):
        await w1.renew(w1.info())
    assert await w1.connect()


async def test_a_lost_link_is_never_used_again(settings: RelaySettings, client: Client) -> None:
    """redis-py would connect again by itself, and nobody would notice that Redis has restarted."""
    link = await Link.open(settings)
    client.client_kill_filter(_type="normal", skipme=True)
    for _ in range(3):
        with pytest.raises(LinkLost):
            await link.command("PING")
    await link.close()


async def test_no_answer_loses_the_link(own_redis: RedisServer) -> None:
    link = await Link.open(RelaySettings(own_redis.url, call_timeout_s=0.1))
    assert own_redis.process is not None
    own_redis.process.send_signal(signal.SIGSTOP)
    try:
        with pytest.raises(LinkLost, match="does not answer"):
            await link.command("PING")
    finally:
        own_redis.process.send_signal(signal.SIGCONT)
    await link.close()


async def test_who_waits_no_longer_than_agreed_does_not_wait_for_who_waits_long(settings: RelaySettings) -> None:
    link = await Link.open(settings)
    long = asyncio.create_task(link.command("BLPOP", "nothing", 0, timeout_s=60))
    await asyncio.sleep(0)
    with pytest.raises(LinkLost, match="does not answer"):
        await asyncio.wait_for(link.command("PING", timeout_s=0.1), 2)
    with pytest.raises(LinkLost):
        await long
    await link.close()


async def test_who_is_cancelled_as_the_answer_comes_is_cancelled(settings: RelaySettings) -> None:
    """Else a reader under way would go on for ever, and with it a gateway that stops."""
    link = await Link.open(settings)
    call = asyncio.create_task(link.command("ECHO", "hello"))
    await asyncio.sleep(0)
    link._waiting[0][0].set_result(b"hello")
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert await link.command("ECHO", "again") == b"again"
    await link.close()


async def test_calls_overlap_and_may_be_cancelled(settings: RelaySettings) -> None:
    link = await Link.open(settings)
    tasks = [asyncio.create_task(link.command("ECHO", str(n))) for n in range(50)]
    await asyncio.sleep(0)
    for task in tasks[::3]:
        task.cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert [a for a in answers if not isinstance(a, BaseException)] == [str(n).encode() for n in range(50) if n % 3]
    assert await link.command("ECHO", "after") == b"after"
    await link.close()


async def test_closing_tells_who_waits(settings: RelaySettings) -> None:
    link = await Link.open(settings, scripts=False)
    waits = asyncio.create_task(link.command("XREAD", "BLOCK", 20_000, "STREAMS", "none", "0", timeout_s=30))
    await asyncio.sleep(0)
    await link.close()
    with pytest.raises(LinkLost):
        await waits


async def test_a_full_redis_is_no_lost_link(own_redis: RedisServer) -> None:
    gateway = await BareGateway("g", RelaySettings(own_redis.url)).open()
    with own_redis.client() as client:
        client.config_set("maxmemory", "1")
        with pytest.raises(RelayWait):
            await gateway.send(1)
        client.config_set("maxmemory", "0")
    assert (await gateway.send(1)).new
    await gateway.close()


async def test_nobody_there() -> None:
    settings = RelaySettings("unix:///nowhere/redis.sock")
    with pytest.raises(RelayAway):
        await check(settings)
    worker = WorkerRelay("w", settings)
    with pytest.raises(RelayAway):
        await worker.connect()
    with pytest.raises(LinkLost):
        await worker.lease(1)
    assert await worker.nudges(10) == []
    await worker.leave()


async def test_a_redis_that_may_evict_is_refused(own_redis: RedisServer) -> None:
    await check(RelaySettings(own_redis.url))
    with own_redis.client() as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
    with pytest.raises(RedisUnfit, match="maxmemory-policy is allkeys-lru"):
        await check(RelaySettings(own_redis.url))


def test_an_old_redis_is_refused() -> None:
    check_fit({"redis_version": "6.2.0", "maxmemory_policy": "noeviction"})
    check_fit({"redis_version": "8.0.1", "maxmemory_policy": "noeviction"})
    with pytest.raises(RedisUnfit, match=r"6\.0\.16 is too old"):
        check_fit({"redis_version": "6.0.16", "maxmemory_policy": "noeviction"})

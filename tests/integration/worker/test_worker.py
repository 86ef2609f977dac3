"""The whole way through a real Redis: a gateway submits, workers make, the gateway sees."""
import asyncio

import pytest

from relay.events import AnyEvent, Continued, Delta, Done, Ended, ItemDone, PartDone
from relay.keys import Keys
from relay.settings import RelaySettings
from relay.views import WorkerInfo
from tests.integration.worker.world import MODEL, Gateway, SleepyRelay, gateway, request, spoken, worker
from tests.redis_server import RedisServer

LONG = "[[tokens=5000]]"


@pytest.fixture
def settings(redis_url: str) -> RelaySettings:
    return RelaySettings(redis_url, deadline_s=0.5)


async def test_a_response_comes_out_complete(settings: RelaySettings) -> None:
    asked = request(1)
    async with gateway(settings) as g, worker(settings):
        await g.submit(asked)
        await g.ended(asked)
        job = await g.relay.find(asked.response_id)
        log = [event for record in await g.relay.log(asked.response_id) for event in record.events]
    assert g.text(asked) == await spoken(asked)
    assert log == g.events[asked.response_id]
    assert [type(event) for event in log[-4:-1]] == [Done, PartDone, ItemDone]
    assert job is not None
    assert (job.state, job.status) == ("ended", "completed")


async def test_sixteen_stream_at_once(settings: RelaySettings) -> None:
    asked = [request(number, "[[tokens=60]]") for number in range(16)]
    async with gateway(settings) as g, worker(settings, rate=100) as (_, engine):
        await g.submit(*asked)
        await g.until(lambda g: engine.running == 16)
        await g.ended(*asked)
    assert g.most_in_a_batch == 16
    assert [g.text(one) for one in asked] == [await spoken(one) for one in asked]


async def test_a_stop_reaches_the_engine(settings: RelaySettings) -> None:
    asked, other = request(1, LONG), request(2, LONG)
    async with gateway(settings) as g, worker(settings, rate=100) as (_, engine):
        await g.submit(asked, other)
        await g.said(1, asked, other)
        never_leased: list[AnyEvent] = [Ended("incomplete", 1.0, reason="cancelled")]
        assert await g.relay.cancel(asked.response_id, terminal=never_leased) == "asked"
        await g.ended(asked)
        assert engine.running == 1
        end = g.end(asked)
        tokens = [t for e in g.events[asked.response_id] if isinstance(e, Delta | Done) for t in e.tokens]
    assert end is not None
    assert (end.status, end.reason, end.usage.output_tokens) == ("incomplete", "cancelled", len(tokens))
    assert (await spoken(asked)).startswith(g.text(asked))


async def test_several_workers_share_and_the_answer_finds_its_gateway(settings: RelaySettings) -> None:
    mine = [request(number, "[[tokens=40]]") for number in range(12)]
    others = [request(number, "[[tokens=40]]") for number in range(12, 24)]
    async with (
        gateway(settings) as g1, gateway(settings, "g2") as g2,
        worker(settings, "w1", rate=50, capacity=8) as (_, one),
        worker(settings, "w2", rate=50, capacity=8) as (_, two),
    ):
        await g1.submit(*mine)
        await g2.submit(*others)
        await g1.until(lambda _: one.running >= 8 and two.running >= 8)
        await g1.ended(*mine)
        await g2.ended(*others)
    for g, asked in ((g1, mine), (g2, others)):
        assert [g.text(one) for one in asked] == [await spoken(one) for one in asked]


async def test_a_late_gateway_gets_everything(settings: RelaySettings) -> None:
    asked = request(1, "[[tokens=120]]")
    async with gateway(settings) as g1, gateway(settings, "g2") as g2, worker(settings, rate=100):
        await g1.submit(asked)
        await g1.said(20, asked)
        await g2.follow(asked)
        await g1.relay.unfollow(asked.response_id)
        await g2.ended(asked)
    assert g2.text(asked) == await spoken(asked)
    assert not g1.end(asked)


async def test_a_drained_workers_responses_go_on_at_another(settings: RelaySettings) -> None:
    asked = [request(number, "[[tokens=150]]") for number in range(4)]
    async with gateway(settings) as g:
        async with worker(settings, "w1", rate=100) as (_, engine):
            await g.submit(*asked)
            await g.said(50, *asked)
        assert [info.name for info in await g.relay.workers()] == []
        assert engine.running == 0
        async with worker(settings, "w2", rate=1000):
            await g.ended(*asked)
    assert [g.text(one) for one in asked] == [await spoken(one) for one in asked]
    assert [sum(isinstance(event, Continued) for event in g.events[one.response_id]) for one in asked] == [1] * 4


async def test_who_was_taken_back_drops_all_and_another_goes_on(settings: RelaySettings) -> None:
    asked = request(1, "[[tokens=200]]")
    relay = SleepyRelay("w1", settings)
    async with gateway(settings) as g, worker(settings, rate=100, relay=relay) as (_, engine):
        await g.submit(asked)
        await g.said(50, asked)
        relay.awake.clear()
        async with worker(settings, "w2", rate=1000):
            await g.ended(asked)
        relay.awake.set()
        await g.until(lambda _: engine.running == 0)
        second = request(2)
        await g.submit(second)
        await g.ended(second)
    assert g.text(asked) == await spoken(asked)
    assert g.text(second) == await spoken(second)
    assert any(isinstance(event, Continued) for event in g.events[asked.response_id])


async def test_a_broken_connection_loses_nothing(settings: RelaySettings, shared_redis: RedisServer) -> None:
    asked = [request(number, "[[tokens=200]]") for number in range(8)]
    async with gateway(settings) as g, worker(settings, rate=100):
        await g.submit(*asked)
        for length in (20, 60, 120):
            await g.said(length, *asked)
            with shared_redis.client() as client:
                client.client_kill_filter(_type="normal", skipme=True)
            await g.until_up()
        await g.ended(*asked)
    assert [g.text(one) for one in asked] == [await spoken(one) for one in asked]
    assert not any(isinstance(event, Continued) for one in asked for event in g.events[one.response_id])


async def test_a_restart_of_redis_loses_nothing(own_redis: RedisServer) -> None:
    settings = RelaySettings(own_redis.url, deadline_s=0.5, grace_s=1.0)
    asked = [request(number, "[[tokens=400]]") for number in range(4)]
    async with gateway(settings) as g, worker(settings, rate=100):
        await g.submit(*asked)
        await g.said(40, *asked)
        copy = own_redis.keep_copy()
        await g.said(120, *asked)
        own_redis.restart_from(copy)
        await g.ended(*asked)
    assert [g.text(one) for one in asked] == [await spoken(one) for one in asked]


async def test_a_request_of_another_version_ends_only_itself(
        settings: RelaySettings, shared_redis: RedisServer) -> None:
    strange, other = request(1), request(2)
    async with gateway(settings) as g:
        await g.submit(strange, other)
        with shared_redis.client() as client:
            client.hset(Keys(settings.cell).job(strange.response_id), "request", b"\x93\x01\x02\x03")
        async with worker(settings):
            await g.ended(strange, other)
    end = g.end(strange)
    assert end is not None
    assert (end.status, end.code) == ("failed", "internal_error")
    assert g.text(other) == await spoken(other)


async def test_while_loading_the_gateway_can_tell(settings: RelaySettings) -> None:
    asked = request(1)
    async with gateway(settings) as g, worker(settings) as (_, engine):
        engine.may_start.clear()
        info = await registered(g)
        assert (info.name, info.model, info.state) == ("w1", MODEL, "loading")
        assert (info.message, info.progress) == ("reading the weights", 0.5)
        await g.submit(asked)
        assert (await g.relay.places({MODEL: [asked.response_id]}))[MODEL].of == {asked.response_id: 1}
        engine.may_start.set()
        await g.ended(asked)
        await g.until(lambda _: engine.running == 0)
        assert (await registered(g)).state == "ready"


async def registered(g: Gateway) -> WorkerInfo:
    """The only worker, once it is there."""
    while not (workers := await g.relay.workers()):  # noqa: ASYNC110 - each look is a call, and nothing tells
        await asyncio.sleep(0)
    return workers[0]

"""Every script, with every one of its writes in turn failing: run again whole, it leaves what a clean run leaves."""
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from msgspec import structs

from relay.events import Ended
from relay.records import Record, first_record
from relay.views import Shown, Step, Submission
from tests.integration.relay.half_writes import Call, capture, contents, restore, run, save
from tests.integration.relay.world import (
    KEYS,
    BareGateway,
    BareWorker,
    Client,
    beginning,
    ended,
    make_late,
    request,
    token,
)


class World:
    """Two gateways and two workers."""

    def __init__(self, client: Client, ga: BareGateway, gb: BareGateway, w1: BareWorker, w2: BareWorker) -> None:
        self.client, self.ga, self.gb, self.w1, self.w2 = client, ga, gb, w1, w2

    async def w1_holds_three(self) -> None:
        """One that has only begun, one with a token beyond its log, one whose end is in the inboxes only."""
        for number in (1, 2, 3):
            await self.ga.send(number, store=number != 2)
        for gateway in (self.ga, self.gb):
            await gateway.attend("", "1", {"ann": (1.5, 1, 0)})
        await self.gb.follow("resp_00002")
        first, second, third = await self.w1.take(3)
        await self.w1.stream(first, beginning(), to=["ga"])
        await self.w1.stream(second, beginning(), to=["ga", "gb"], log=True)
        await self.w1.stream(second, token(1), to=["ga", "gb"])
        await self.w1.stream(third, beginning(), token(1), ended(), to=["ga"])


Scenario = Callable[[World], Awaitable[Call]]


async def hello(w: World) -> Call:
    await w.ga.send(1)
    w.client.hset(f"{KEYS.prefix}run", "id", "another")
    w.client.delete(f"{KEYS.prefix}to_record")
    return await capture(lambda: w.ga.link.hello("another", holds=True))


async def register_worker(w: World) -> Call:
    await w.w1_holds_three()
    return await capture(lambda: w.w1.register(w.w1.info()))


async def register_gateway(w: World) -> Call:
    await w.w1_holds_three()
    return await capture(lambda: w.gb.register(w.gb.link))


async def renew(w: World) -> Call:
    return await capture(lambda: w.w1.renew(w.w1.info()))


async def leave_worker(w: World) -> Call:
    await w.w1_holds_three()
    return await capture(lambda: w.w1._call("leave", "workers", "w1", w.w1._token, 600))


async def leave_gateway(w: World) -> Call:
    await w.w1_holds_three()
    return await capture(lambda: w.gb.deregister(w.gb.link))


async def submit(w: World) -> Call:
    await w.ga.send(1)
    return await capture(lambda: w.ga.submit(Submission(request(2), "hash", "key")))


async def lease(w: World) -> Call:
    """From both lists; what lies in them wrongly is taken out."""
    for number in (1, 2, 3, 4):
        await w.ga.send(number)
    first = (await w.w1.take())[0]
    await w.w1.release([first.held(first.make(beginning()))])
    await w.ga.send(5, "bob")
    w.client.rpush(f"{KEYS.prefix}handover:tiny", "resp_00002", "resp_gone")
    w.client.zadd(f"{KEYS.prefix}queue:tiny", {"resp_lost": 0.5})
    return await capture(lambda: w.w2.lease(5))


async def lease_a_complete_one(w: World) -> Call:
    await w.ga.send(1)
    w.client.xadd(KEYS.log("resp_00001"), {"v": 1, "a": 0, "p": 1, "f": 2, "e": b"\x91\x93\x0a\xa6failed\x01"}, "0-2")
    return await capture(lambda: w.w1.lease(1))


async def append(w: World) -> Call:
    for number in (1, 2, 3):
        await w.ga.submit(Submission(request(number, store=number != 2), "h", f"key{number}"))
    first, second, third = await w.w1.take(3)
    records = [first.make(beginning(), token(1), ended()), second.make(beginning(), ended()), third.make(token(1))]
    return await capture(lambda: w.w1.append(Step(
        {"ga": records, "gb": records[2:]}, records, {third.id: ["ga", "gb"]},
        {first.id: "completed", second.id: "completed"})))


async def follow(w: World) -> Call:
    await w.ga.send(1, store=False)
    await w.w1.take()
    await w.ga.unfollow("resp_00001")
    return await capture(lambda: w.gb.follow("resp_00001"))


async def unfollow(w: World) -> Call:
    await w.ga.send(1)
    await w.w1.take()
    return await capture(lambda: w.ga.unfollow("resp_00001"))


async def unfollow_unwatched(w: World) -> Call:
    await w.ga.send(1, store=False)
    await w.w1.take()
    return await capture(lambda: w.ga.unfollow("resp_00001", 5))


async def cancel_waiting(w: World) -> Call:
    for number in (1, 2, 3, 4):
        await w.ga.send(number)
    await w.gb.follow("resp_00002")
    return await capture(lambda: w.ga.cancel("resp_00002", terminal=[ended("incomplete")]))


async def cancel_running(w: World) -> Call:
    await w.ga.send(1)
    await w.w1.take()
    return await capture(lambda: w.ga.cancel("resp_00001", terminal=[ended("incomplete")]))


async def cancel_detached(w: World) -> Call:
    await w.ga.send(1, store=False)
    await w.w1.take()
    await w.ga.unfollow("resp_00001")
    return await capture(lambda: w.ga.cancel("resp_00001", reason="detached", terminal=[ended("incomplete")]))


async def take_back_worker(w: World) -> Call:
    await w.w1_holds_three()
    make_late(w.client, "workers", "w1")
    return await capture(lambda: w.ga.take_back(w.ga.link))


async def take_back_gateways(w: World) -> Call:
    await w.w1_holds_three()
    make_late(w.client, "gateways", "ga")
    make_late(w.client, "gateways", "gb")
    return await capture(lambda: w.w2.take_back())


async def release(w: World) -> Call:
    for number in (1, 2):
        await w.ga.send(number)
    first, second = await w.w1.take(2)
    records = [first.make(beginning()), first.make(token(1))]
    return await capture(lambda: w.w1.release([first.held(*records), second.held(second.make(beginning(), ended()))]))


async def rejoin(w: World) -> Call:
    """It keeps one that waits again, one that another has with a lower attempt, and not what it never heard of."""
    for number in (1, 2, 3):
        await w.ga.send(number)
    first, second = await w.w1.take(2)
    await w.w1.stream(first, beginning(), to=["ga"])
    await w.w1.take()
    records = [first.make(token(1))]
    make_late(w.client, "workers", "w1")
    await w.w2.take_back()
    taken = (await w.w2.take())[0]
    lower = str(second.attempt - 5)
    w.client.hset(KEYS.job(taken.id), "attempt", lower)
    assert taken.id == first.id
    lost = [Record(first.id, first.attempt, 1, 1001, [beginning()]), *records]
    w.client.delete(f"{KEYS.prefix}log:{first.id}")
    w.client.xadd(KEYS.log(first.id), {"v": 1, "a": 0, "p": -1, "f": 0, "e": b"\x92\x91\x00\x91\x01"}, "0-1")
    return await capture(lambda: w.w1.rejoin([first.held(*lost), second.held(second.make(beginning(), token(1)))]))


def in_grace(w: World) -> None:
    w.client.hset(f"{KEYS.prefix}run", mapping={"grace_from": 1, "grace_until": 10 ** 13})


async def rejoin_lost(w: World) -> Call:
    asked = structs.replace(request(1, store=False), idempotency_key="key", request_hash="hash")
    await w.ga.submit(Submission(asked, "hash", "key"))
    (running,) = await w.w1.take()
    records = [first_record(running.id), running.make(beginning(), token(1))]
    w.client.delete(
        KEYS.job(running.id), KEYS.log(running.id), KEYS.idempotency("ann", "key"), f"{KEYS.prefix}live",
        f"{KEYS.prefix}user:ann", f"{KEYS.prefix}held:w1")
    return await capture(lambda: w.w1.rejoin([replace(running.held(*records), request=asked)]))


async def backfill_missing(w: World) -> Call:
    in_grace(w)
    w.ga._follows.add("resp_00001")
    w.client.zadd(f"{KEYS.prefix}unwatched", {"resp_00001": 1})
    asked = structs.replace(request(1, store=False), idempotency_key="key", request_hash="hash")
    return await capture(lambda: w.ga.backfill(w.ga.link, Shown(asked, [first_record("resp_00001")])))


async def backfill_unwatched(w: World) -> Call:
    in_grace(w)
    return await capture(lambda: w.ga.backfill(w.ga.link, Shown(request(1, store=False), [first_record("resp_00001")])))


async def backfill_lost_lease(w: World) -> Call:
    await w.ga.send(1)
    in_grace(w)
    records = [first_record("resp_00001"), Record("resp_00001", 77, 1, 1001, [beginning(), token(1)])]
    return await capture(lambda: w.ga.backfill(w.ga.link, Shown(request(1), records)))


async def backfill_lost_end(w: World) -> Call:
    await w.ga.send(1, store=False)
    running = (await w.w1.take())[0]
    record = running.make(beginning(), Ended("completed", 3.0))
    in_grace(w)
    return await capture(lambda: w.ga.backfill(w.ga.link, Shown(request(1), [first_record(running.id), record])))


async def recorded(w: World) -> Call:
    await w.ga.send(1)
    await w.w1.finish((await w.w1.take())[0], to=["ga"])
    entry = w.client.xrange(KEYS.to_record)[0][0]
    w.client.xreadgroup("recorders", "ga", {KEYS.to_record: ">"})
    return ("recorded", (600, 1, entry, "resp_00001"))


async def attend_anew(w: World) -> Call:
    await w.ga.attend("", "1", {"ann": (1.5, 1, 0), "bob": (2.5, 0, 1)})
    return await capture(lambda: w.ga.attend("", "2", {"ann": (1.5, 1, 0)}))


async def attend_changes(w: World) -> Call:
    await w.ga.attend("", "1", {"ann": (1.5, 1, 0), "bob": (2.5, 0, 1)})
    return await capture(lambda: w.ga.attend("1", "2", {"ann": (1.5, 2, 0), "bob": None, "eve": (3.5, 1, 0)}))


async def report(w: World) -> Call:
    return await capture(lambda: w.ga.report(b"sample", [b"one", b"another"], [b"a third"]))


SCENARIOS = [
    hello, register_worker, register_gateway, renew, leave_worker, leave_gateway, submit, lease, lease_a_complete_one,
    append, attend_anew, attend_changes, report, follow, unfollow, unfollow_unwatched, cancel_waiting, cancel_running,
    cancel_detached, take_back_worker, take_back_gateways, release, rejoin, rejoin_lost, backfill_missing,
    backfill_unwatched, backfill_lost_lease, backfill_lost_end, recorded]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
async def test_each_write_may_fail(
        scenario: Scenario, client: Client, ga: BareGateway, gb: BareGateway, w1: BareWorker, w2: BareWorker,
) -> None:
    call = await scenario(World(client, ga, gb, w1, w2))
    seconds = client.time()[0] + 1
    before = save(client)
    assert run(client, call, seconds=seconds) is not False
    clean = contents(client)
    restore(client, before)
    assert clean != contents(client), "the scenario changes nothing"
    fails = 1
    while not run(client, call, fail_at=fails, seconds=seconds):
        run(client, call, seconds=seconds)
        assert contents(client) == clean, f"write {fails} failed, and running it again did not put it right"
        restore(client, before)
        fails += 1
    assert fails > 1


def test_every_verb_that_writes_is_here() -> None:
    reads = {"look", "places", "queues", "unwatched", "waiting"}
    from relay.scripts import VERBS
    assert {s.__name__.split("_")[0] for s in SCENARIOS} == {verb.split("_")[0] for verb in VERBS} - reads


async def test_a_failure_is_seen(client: Client, ga: BareGateway, w1: BareWorker) -> None:
    """The test itself: without its second run a half-done submit differs."""
    call = await capture(lambda: ga.submit(Submission(request(2), "hash", "key")))
    before, seconds = save(client), client.time()[0]
    run(client, call, seconds=seconds)
    clean = contents(client)
    restore(client, before)
    assert run(client, call, fail_at=3, seconds=seconds) is False
    assert contents(client) != clean



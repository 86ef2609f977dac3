"""After a restart of Redis: the two halves of the grace, putting back, rejoining. Forged here, real in test_restart."""
from dataclasses import replace

import pytest
from msgspec import structs

from relay.errors import Fenced, IdempotencyMismatch, RelayWait
from relay.events import Created, Queued
from relay.job import Request
from relay.link import Link
from relay.records import ATTEMPT_GAP, Record, first_record
from relay.settings import RelaySettings
from relay.views import Held, Shown, Step, Submission
from tests.integration.relay.world import (
    KEYS,
    BareGateway,
    BareWorker,
    Client,
    Running,
    beginning,
    ended,
    make_late,
    request,
    token,
)

RUN = f"{KEYS.prefix}run"


def grace(client: Client, *, half: int) -> None:
    """As if a grace of 100 s stood in the middle of that half; 0: none."""
    seconds, micros = client.time()
    now = seconds * 1000 + micros // 1000
    begin = {0: now - 200_000, 1: now - 25_000, 2: now - 75_000}[half]
    client.hset(RUN, mapping={"grace_from": begin, "grace_until": begin + 100_000})


def whole_held(running: Running, records: list[Record], asked: Request) -> Held:
    return replace(running.held(*records), request=asked)


async def test_a_new_run_with_jobs_begins_a_grace(ga: BareGateway, client: Client) -> None:
    run = client.info("server")["run_id"]
    hello = await ga.link.hello("", holds=False)
    assert (hello.run, hello.grace_s) == (run, 0)
    await ga.send(1)
    client.hset(RUN, "id", "earlier")
    hello = await ga.link.hello("earlier", holds=False)
    assert (hello.run, 2.5 < hello.grace_s <= 3) == (run, True)
    again = await ga.link.hello("earlier", holds=False)
    assert 0 < again.grace_s <= hello.grace_s, "the same grace"


async def test_no_grace_where_no_job_exists(ga: BareGateway, client: Client) -> None:
    client.hset(RUN, "id", "earlier")
    assert (await ga.link.hello("earlier", holds=False)).grace_s == 0


async def test_who_holds_what_redis_has_forgotten_begins_one_late(ga: BareGateway, client: Client) -> None:
    """Redis has lost everything, and somebody with nothing to put back came first."""
    client.hset(RUN, "id", "earlier")
    assert (await ga.link.hello("earlier", holds=False)).grace_s == 0
    assert (await ga.link.hello("", holds=True)).grace_s == 0, "who was never there before has missed nothing"
    assert (await ga.link.hello("earlier", holds=True)).grace_s > 0


async def test_the_recorders_group_is_there_after_hello(ga: BareGateway, client: Client) -> None:
    assert [group["name"] for group in client.xinfo_groups(KEYS.to_record)] == [b"recorders"]


@pytest.mark.parametrize("half", [1, 2])
async def test_in_the_grace_other_verbs_wait(ga: BareGateway, w1: BareWorker, client: Client, half: int) -> None:
    await ga.send(1)
    (running,) = await w1.take()
    grace(client, half=half)
    calls = [
        ga.send(2), ga.follow(running.id), ga.unfollow(running.id), ga.cancel(running.id, terminal=[ended()]),
        ga.register(ga.link), ga.renew(ga.link), ga.deregister(ga.link), ga.take_back(ga.link),
        w1.register(w1.info()), w1.renew(w1.info()), w1.lease(1), w1.append(Step()), w1.release([running.held()]),
        ga.link.call("recorded", 1, 0)]
    for call in calls:
        with pytest.raises(RelayWait) as wait:
            await call
        assert wait.value.retryable
        assert 20 < wait.value.wait_s <= 80
    grace(client, half=0)
    await w1.append(Step())


async def test_the_halves(ga: BareGateway, w1: BareWorker, client: Client) -> None:
    await ga.send(1)
    (running,) = await w1.take()
    shown = Shown(request(1), [first_record(running.id)])
    rejoin = ("rejoin", "w1", 60_000, 1000, 1000, "tiny", "ready", 1, "{}", 0)
    grace(client, half=1)
    with pytest.raises(RelayWait):
        await ga.link.call(*rejoin)
    assert await ga.backfill(ga.link, shown)
    grace(client, half=2)
    assert await ga.backfill(ga.link, shown)
    await ga.link.call(*rejoin)
    grace(client, half=0)
    assert not await ga.backfill(ga.link, shown)
    await ga.link.call(*rejoin)


async def test_rejoin_waits_for_the_second_half(w1: BareWorker, ga: BareGateway, client: Client) -> None:
    seconds, micros = client.time()
    now = seconds * 1000 + micros // 1000
    client.hset(RUN, mapping={"grace_from": now - 100, "grace_until": now + 300})
    await w1.rejoin([])
    after, micros = client.time()
    assert after * 1000 + micros // 1000 >= now + 100
    with pytest.raises(RelayWait):
        await w1.append(Step())


async def test_backfill_gives_the_log_what_it_lacks(ga: BareGateway, w1: BareWorker, client: Client) -> None:
    await ga.send(1)
    (running,) = await w1.take()
    records = [running.make(beginning(), token(1)), running.make(token(2)), running.make(token(3))]
    await w1.append(Step(entries=records[:1]))
    grace(client, half=1)
    await ga.backfill(ga.link, Shown(request(1), [first_record(running.id), *records]))
    assert await ga.read_all(running.id) == [Created(), Queued(), beginning(), token(1), token(2), token(3)]
    await ga.backfill(ga.link, Shown(request(1), records[:2]))
    assert len(await ga.log(running.id)) == 3, "the overlapping one is one entry"


async def test_backfill_makes_no_hole(ga: BareGateway, w1: BareWorker, client: Client) -> None:
    await ga.send(1)
    (running,) = await w1.take()
    running.make(beginning())
    grace(client, half=1)
    await ga.backfill(ga.link, Shown(request(1), [running.make(token(1))]))
    assert len(await ga.log(running.id)) == 1


async def test_backfill_makes_a_lost_job_again(
        ga: BareGateway, gb: BareGateway, w1: BareWorker, client: Client) -> None:
    grace(client, half=1)
    gb._follows.add("resp_00001")
    await ga.backfill(ga.link, Shown(request(1), [first_record("resp_00001")]))
    await gb.backfill(gb.link, Shown(request(1), [first_record("resp_00001")]))
    job = await ga.find("resp_00001")
    assert job is not None
    assert (job.state, job.followers, job.request) == ("waiting", ["gb"], request(1))
    assert await ga.place("resp_00001") == 1
    grace(client, half=0)
    assert [leased.followers for leased in await w1.lease(2)] == [["gb"]]


async def test_a_lost_job_that_was_leased_goes_first_and_is_kept_by_its_worker(
        ga: BareGateway, w1: BareWorker, w2: BareWorker, client: Client) -> None:
    await ga.send(2)
    records = [first_record("resp_00001"), Record("resp_00001", 77, 1, 1 + ATTEMPT_GAP, [beginning(), token(1)])]
    grace(client, half=1)
    await ga.backfill(ga.link, Shown(request(1), records))
    grace(client, half=2)
    assert await w2.rejoin([Held("resp_00001", 77, 1, records[1:])]) == {"resp_00001"}
    grace(client, half=0)
    assert [leased.response_id for leased in await w1.lease(5)] == ["resp_00002"]
    await w2.append(Step(ends={"resp_00001": "completed"}))


@pytest.mark.parametrize("over", [False, True])
async def test_an_idempotency_key_that_was_lost_is_put_back(
        ga: BareGateway, gb: BareGateway, client: Client, over: bool) -> None:
    asked = structs.replace(request(1), idempotency_key="key", request_hash="h")
    end = [Record(asked.response_id, 77, 1, 1 + ATTEMPT_GAP, [ended()])] if over else []
    shown = Shown(asked, [first_record(asked.response_id), *end])
    grace(client, half=1)
    await ga.backfill(ga.link, shown)
    await gb.backfill(gb.link, shown)
    grace(client, half=0)
    again = await ga.submit(Submission(request(2), "h", "key"))
    assert (again.response_id, again.new) == (asked.response_id, False)
    assert await ga.find_submitted("ann", "key", "h") == asked.response_id
    assert await ga.find_submitted("bob", "key", "h") is None
    with pytest.raises(IdempotencyMismatch):
        await ga.find_submitted("ann", "key", "other")
    name = KEYS.idempotency("ann", "key")
    assert client.get(name).endswith(b"\nended") == over
    assert 0 < client.pttl(name) <= 86_400_000


async def test_a_key_that_has_gone_to_another_response_stays_there(ga: BareGateway, client: Client) -> None:
    asked = structs.replace(request(1), idempotency_key="key", request_hash="h")
    await ga.submit(Submission(request(2), "h", "key"))
    grace(client, half=1)
    await ga.backfill(ga.link, Shown(asked, [first_record(asked.response_id)]))
    assert await ga.find_submitted("ann", "key", "h") == "resp_00002"


async def test_a_lost_end_is_put_back(ga: BareGateway, w1: BareWorker, client: Client) -> None:
    await ga.send(1)
    (running,) = await w1.take()
    grace(client, half=1)
    await ga.backfill(ga.link, Shown(request(1), [running.make(beginning(), ended("incomplete"))]))
    job = await ga.find(running.id)
    assert job is not None
    assert (job.state, job.status) == ("ended", "incomplete")
    assert client.xlen(KEYS.to_record) == 1
    grace(client, half=2)
    assert await w1.rejoin([running.held()]) == set()


async def test_rejoin_fences_what_is_still_under_way(ga: BareGateway, w1: BareWorker, settings: RelaySettings) -> None:
    await ga.send(1)
    (running,) = await w1.take()
    old = w1._token
    record = running.make(beginning(), token(1))
    assert await w1.rejoin([running.held(record)]) == {running.id}
    assert (await ga.log(running.id))[-1] == record
    link = await Link.open(settings)
    with pytest.raises(Fenced):
        await link.call("append", "w1", old, 1, 1, 1, 0, 0, 0, 0)
    await link.close()
    await w1.append(Step(entries=[running.make(token(2))]))


async def test_rejoin_after_having_been_taken_back_keeps_what_nobody_took(
        ga: BareGateway, w1: BareWorker, w2: BareWorker, client: Client) -> None:
    await ga.send(1)
    await ga.send(2)
    one, two = await w1.take(2)
    await w1.stream(one, beginning(), token(1), to=["ga"])
    await w1.stream(two, beginning(), token(1), to=["ga"])
    make_late(client, "workers", "w1")
    await ga.take_back(ga.link)
    (taken,) = await w2.take(1)
    mine, other = (one, two) if taken.id == two.id else (two, one)
    kept = await w1.rejoin([one.held(one.make(token(2))), two.held(two.make(token(2)))])
    assert kept == {mine.id}
    await w1.append(Step(entries=[mine.make(token(3))]))
    assert (await ga.read_all(mine.id))[-2:] == [token(2), token(3)]
    assert (await ga.log(other.id))[-1].last == taken.leased.last, "nothing of the loser's"
    await w2.append(Step(entries=[taken.make(beginning())]))


async def test_rejoin_releases_what_its_worker_never_heard_of(ga: BareGateway, w1: BareWorker, w2: BareWorker) -> None:
    """The answer to a lease was lost with the connection."""
    await ga.send(1)
    await w1.take()
    assert await w1.rejoin([]) == set()
    (leased,) = await w2.lease(1)
    assert leased.crashes == 0


async def test_who_loses_a_job_to_a_higher_attempt_loses_its_token(
        ga: BareGateway, w1: BareWorker, w2: BareWorker, client: Client) -> None:
    """Redis has forgotten that the job went from w1 to w2; both rejoin, and w2 comes second."""
    await ga.send(1)
    await ga.send(2)
    old, bystander = await w1.take(2)
    make_late(client, "workers", "w1")
    before = {key: client.dump(key) for key in client.scan_iter()}
    await ga.take_back(ga.link)
    (new,) = await w2.take(1)
    if new.id != old.id:
        old, bystander = bystander, old
    for key in client.scan_iter():
        client.delete(key)
    for key, value in before.items():
        client.restore(key, 0, value)
    assert await w1.rejoin([old.held(), bystander.held()]) == {old.id, bystander.id}
    assert await w2.rejoin([new.held(new.make(beginning()))]) == {new.id}
    with pytest.raises(Fenced):
        await w1.append(Step())
    assert await ga.take_back(ga.link) == 1, "its other jobs go on elsewhere, at once"
    assert [leased.response_id for leased in await w2.lease(5)] == [bystander.id]


@pytest.mark.parametrize(("log_last", "kept"), [(1, True), (1001, False)])
async def test_rejoin_looks_at_what_the_log_holds_of_older_attempts(
        ga: BareGateway, w1: BareWorker, client: Client, log_last: int, kept: bool) -> None:
    await ga.send(1)
    (running,) = await w1.take()
    if log_last > 1:
        client.xadd(KEYS.log(running.id), {"v": 1, "a": 5, "p": 1, "f": 1001, "e": b"\x91\x92\x02\x01"}, "5-1001")
    assert (await w1.rejoin([running.held(running.make(beginning()))]) == {running.id}) is kept


async def test_rejoin_with_a_hole_before_its_tail_keeps_nothing(ga: BareGateway, w1: BareWorker) -> None:
    await ga.send(1)
    (running,) = await w1.take()
    running.make(beginning())
    assert await w1.rejoin([running.held(running.make(token(1)))]) == set()


async def test_rejoin_whose_tail_ends_the_response(ga: BareGateway, w1: BareWorker) -> None:
    await ga.send(1)
    (running,) = await w1.take()
    assert await w1.rejoin([running.held(running.make(beginning(), ended()))]) == set()
    job = await ga.find(running.id)
    assert job is not None
    assert (job.state, job.status) == ("ended", "completed")


async def test_lateness_seen_before_the_grace_does_not_count(ga: BareGateway, w1: BareWorker, client: Client) -> None:
    make_late(client, "workers", "w1")
    client.hset(RUN, mapping={"grace_from": 1, "grace_until": client.time()[0] * 1000 - 1000})
    assert await ga.take_back(ga.link) == 0


async def test_rejoin_makes_a_lost_job_again_where_the_worker_has_all_of_it(
        ga: BareGateway, gb: BareGateway, w1: BareWorker, client: Client) -> None:
    """The gateway that submitted it died, and Redis lost it; only who runs it knows."""
    asked = structs.replace(request(1), idempotency_key="key", request_hash="hash")
    await ga.submit(Submission(asked, "hash", "key"))
    (running,) = await w1.take()
    whole = [first_record(running.id), running.make(beginning(), token(1))]
    client.flushdb()
    grace(client, half=2)
    assert await w1.rejoin([running.held(*whole[1:])]) == set(), "no request, so it cannot be made again"
    assert await w1.rejoin([whole_held(running, whole[1:], asked)]) == set(), "a hole before what it has"
    assert await w1.rejoin([whole_held(running, whole, asked)]) == {running.id}
    grace(client, half=0)
    job = await gb.find(running.id)
    assert job is not None
    assert (job.state, job.attempt, job.request, job.followers) == ("running", running.attempt, asked, [])
    assert await gb.read_all(running.id) == [Created(), Queued(), beginning(), token(1)]
    assert await gb.find_submitted("ann", "key", "hash") == running.id
    await w1.finish(running, to=[])
    assert client.xlen(KEYS.to_record) == 1


async def test_rejoin_puts_back_an_end_that_redis_has_lost(ga: BareGateway, w1: BareWorker, client: Client) -> None:
    await ga.send(1)
    (running,) = await w1.take()
    whole = [first_record(running.id), running.make(beginning(), ended())]
    client.flushdb()
    grace(client, half=2)
    assert await w1.rejoin([whole_held(running, whole, request(1))]) == set(), "nothing is left to do"
    grace(client, half=0)
    job = await ga.find(running.id)
    assert job is not None
    assert (job.state, job.status) == ("ended", "completed")
    assert await ga.read_all(running.id) == [Created(), Queued(), beginning(), ended()]

"""A job's way: submit, lease, append, follow, cancel, the end."""
import pytest

from relay.errors import Fenced, IdempotencyMismatch, Unreadable
from relay.events import Created, Queued
from relay.records import first_record
from relay.settings import RelaySettings
from relay.views import Nudge, Step, Submission
from tests.integration.relay.world import KEYS, BareGateway, BareWorker, Client, beginning, ended, request, token


async def test_submit_writes_job_log_and_place(ga: BareGateway, client: Client) -> None:
    first = await ga.send(1)
    second = await ga.send(2)
    assert (first.new, first.waiting, first.worker) == (True, 0, False)
    assert (second.new, second.waiting) == (True, 1)
    assert await ga.log("resp_00001") == [first_record("resp_00001")]
    assert client.xrange(KEYS.log("resp_00001"))[0][0] == b"0-1"
    job = await ga.find("resp_00001")
    assert job is not None
    assert (job.state, job.user, job.store, job.followers) == ("waiting", "ann", True, ["ga"])
    assert job.request == request(1)
    assert await ga.waiting() == {"tiny": 2}


async def test_submit_again_changes_nothing_and_repairs_the_queue(ga: BareGateway, client: Client) -> None:
    await ga.send(1)
    assert not (await ga.send(1)).new
    client.delete(f"{KEYS.prefix}queue:tiny", f"{KEYS.prefix}live")
    assert not (await ga.send(1)).new
    assert await ga.place("resp_00001") == 1
    assert client.smembers(f"{KEYS.prefix}live") == {b"resp_00001"}
    assert len(await ga.log("resp_00001")) == 1


async def test_idempotency_key_attaches(ga: BareGateway, gb: BareGateway, w1: BareWorker) -> None:
    assert (await ga.submit(Submission(request(1), "h", "key"))).new
    again = await gb.submit(Submission(request(2), "h", "key"))
    assert (again.response_id, again.new) == ("resp_00001", False)
    assert await gb.find("resp_00002") is None
    with pytest.raises(IdempotencyMismatch):
        await ga.submit(Submission(request(3), "other", "key"))
    assert (await ga.submit(Submission(request(4, "bob"), "other", "key"))).new, "another user's key is another key"
    await w1.finish((await w1.take())[0], to=["ga"])
    assert not (await ga.submit(Submission(request(5), "h", "key"))).new, "an ended one counts"


async def test_a_key_whose_job_was_lost_starts_anew(ga: BareGateway, client: Client) -> None:
    await ga.submit(Submission(request(1), "h", "key"))
    client.delete(KEYS.job("resp_00001"))
    again = await ga.submit(Submission(request(2), "h", "key"))
    assert (again.response_id, again.new) == ("resp_00002", True)


async def test_a_key_whose_ended_job_has_expired_does_not(ga: BareGateway, w1: BareWorker, client: Client) -> None:
    await ga.submit(Submission(request(1), "h", "key"))
    await w1.finish((await w1.take())[0], to=["ga"])
    client.delete(KEYS.job("resp_00001"))
    again = await ga.submit(Submission(request(2), "h", "key"))
    assert (again.response_id, again.new) == ("resp_00001", False)


async def test_submit_nudges_a_worker_with_room(ga: BareGateway, w1: BareWorker, w2: BareWorker) -> None:
    await w1.renew(w1.info(capacity=1))
    await w2.renew(w2.info(capacity=2))
    assert (await ga.send(1)).worker
    assert await w2.nudges(10) == [Nudge("work")]
    assert await w1.nudges(10) == []
    await ga.send(2)
    await ga.send(3)
    assert await w1.nudges(10) == [Nudge("work")], "who was nudged has less room"
    assert await ga.waiting() == {"tiny": 3}


async def test_lease_gives_all_that_the_worker_needs(ga: BareGateway, gb: BareGateway, w1: BareWorker) -> None:
    await ga.send(1)
    await gb.follow("resp_00001")
    (leased,) = await w1.lease(4)
    assert leased.request == request(1)
    assert leased.records == [first_record("resp_00001")]
    assert leased.followers == ["ga", "gb"]
    assert (leased.last, leased.crashes) == (1, 0)
    assert (leased.cancelled, leased.expired, leased.hopeless) == (False, False, False)
    assert leased.attempt > 10 ** 12
    assert await w1.lease(4) == []
    job = await ga.find("resp_00001")
    assert job is not None
    assert (job.state, job.attempt) == ("running", leased.attempt)
    assert await ga.place("resp_00001") is None


async def test_lease_of_another_model_finds_nothing(ga: BareGateway, settings: RelaySettings) -> None:
    await ga.send(1)
    worker = await BareWorker("w9", settings).open("other")
    assert await worker.lease(1) == []
    assert not (await ga.submit(Submission(request(2, model="third")))).worker
    await worker.leave()


async def test_lease_of_none(ga: BareGateway, w1: BareWorker) -> None:
    await ga.send(1)
    assert await w1.lease(0) == []
    assert await ga.place("resp_00001") == 1


async def test_an_attempt_is_beyond_the_logs_and_the_jobs(ga: BareGateway, w1: BareWorker, client: Client) -> None:
    await ga.send(1)
    await ga.send(2)
    client.hset(KEYS.job("resp_00001"), "attempt", 10 ** 14)
    client.xadd(KEYS.log("resp_00002"), {"v": 1, "a": 10 ** 14, "p": 1, "f": 1001, "e": b"\x91\x92\x02\x01"},
                f"{10 ** 14}-1001")
    assert [job.attempt for job in await w1.lease(2)] == [10 ** 14 + 1, 10 ** 14 + 1]


async def test_what_another_version_wrote_is_leased_as_unreadable(
        ga: BareGateway, w1: BareWorker, client: Client) -> None:
    await ga.send(1)
    await ga.send(2)
    client.hset(KEYS.job("resp_00001"), "request", b"?")
    client.xadd(KEYS.log("resp_00002"), {"v": 2, "a": 5, "p": 1, "f": 1001, "e": b"\x92\x91\x63\x91\x63"}, "5-1002")
    for job, last in zip(await w1.lease(2), (1, 1002), strict=True):
        assert (job.unreadable, job.last) == (True, last)
    with pytest.raises(Unreadable):
        await ga.find("resp_00001")
    with pytest.raises(Unreadable):
        await ga.log("resp_00002")


async def test_append_reaches_inboxes_and_log(ga: BareGateway, gb: BareGateway, w1: BareWorker) -> None:
    await ga.send(1)
    (running,) = await w1.take()
    record = await w1.stream(running, beginning(), token(1), to=["ga"])
    (batch,) = await ga.inbox()
    assert batch.records == [record]
    assert await gb.inbox() == []
    assert await ga.log(running.id, after=1) == []
    more = running.make(token(2))
    await w1.append(Step(entries=[record, more]))
    assert await ga.log(running.id, after=1) == [record, more]
    assert await ga.log(running.id, after=1002) == [more]
    assert await ga.read_all(running.id) == [Created(), Queued(), beginning(), token(1), token(2)]


async def test_a_log_entry_that_is_not_beyond_the_last_is_skipped(ga: BareGateway, w1: BareWorker) -> None:
    await ga.send(1)
    (running,) = await w1.take()
    record = await w1.stream(running, beginning(), token(1), to=[], log=True)
    await w1.append(Step(entries=[record]))
    assert len(await ga.log(running.id)) == 2


async def test_inboxes_are_trimmed_by_age(ga: BareGateway, w1: BareWorker, client: Client) -> None:
    for number in range(1, 400):
        client.xadd(KEYS.inbox("ga"), {"b": b"x", "w": "w9"}, id=f"{number}-1")
    await ga.send(1)
    await w1.stream((await w1.take())[0], beginning(), to=["ga"])
    assert client.xlen(KEYS.inbox("ga")) < 110


@pytest.mark.parametrize("store", [True, False])
async def test_the_end(ga: BareGateway, w1: BareWorker, client: Client, store: bool) -> None:
    await ga.send(1, store=store)
    (running,) = await w1.take()
    await w1.finish(running, to=["ga"], status="incomplete")
    job = await ga.find(running.id)
    assert job is not None
    assert (job.state, job.status) == ("ended", "incomplete")
    assert client.exists(f"{KEYS.prefix}live", f"{KEYS.prefix}user:ann", f"{KEYS.prefix}held:w1") == 0
    assert client.exists(f"{KEYS.prefix}follows:ga") == 0
    assert client.xlen(KEYS.to_record) == int(store)
    assert (client.pttl(KEYS.log(running.id)) > 0) is not store
    assert (client.pttl(KEYS.job(running.id)) > 0) is not store
    assert await ga.follow(running.id)
    assert await ga.cancel(running.id, terminal=[ended()]) == "was_ended"


async def test_follow_and_unfollow_nudge_the_worker(ga: BareGateway, gb: BareGateway, w1: BareWorker) -> None:
    await ga.send(1)
    (running,) = await w1.take()
    await w1.nudges(10)
    assert await gb.follow(running.id)
    assert await w1.nudges(10) == [Nudge("look", running.id)]
    assert await w1.look([running.id, "resp_none"]) == {running.id: (["ga", "gb"], False)}
    await ga.unfollow(running.id)
    assert await w1.nudges(10) == [Nudge("look", running.id)]
    assert await w1.look([running.id]) == {running.id: (["gb"], False)}
    assert not await gb.follow("resp_none")


async def test_destinations_are_the_workers_to_change(
        ga: BareGateway, gb: BareGateway, w1: BareWorker, client: Client) -> None:
    await ga.send(1)
    (running,) = await w1.take()
    await gb.follow(running.id)
    assert client.hget(KEYS.job(running.id), "destinations") == b"ga"
    await w1.append(Step(destinations={running.id: ["gb", "ga"]}))
    assert client.hget(KEYS.job(running.id), "destinations") == b"ga\ngb"


async def test_cancel_of_a_waiting_job_ends_it(ga: BareGateway, gb: BareGateway, w1: BareWorker) -> None:
    await ga.send(1)
    await gb.follow("resp_00001")
    assert await ga.cancel("resp_00001", terminal=[ended("incomplete")]) == "ended"
    for gateway in (ga, gb):
        (batch,) = await gateway.inbox()
        assert [(r.first, r.after, r.events) for r in batch.records] == [(2, 1, [ended("incomplete")])]
    assert await ga.read_all("resp_00001") == [Created(), Queued(), ended("incomplete")]
    assert await w1.lease(1) == []
    assert await ga.cancel("resp_00001", terminal=[ended()]) == "was_ended"
    job = await ga.find("resp_00001")
    assert job is not None
    assert (job.state, job.status) == ("ended", "incomplete")


async def test_cancel_of_a_running_job_asks_its_worker(ga: BareGateway, w1: BareWorker) -> None:
    await ga.send(1)
    (running,) = await w1.take()
    await w1.nudges(10)
    assert await ga.cancel(running.id, reason="queue_timeout", terminal=[ended("failed")]) == "leased"
    assert await w1.look([running.id]) == {running.id: (["ga"], False)}
    assert await ga.cancel(running.id, terminal=[ended("incomplete")]) == "asked"
    assert await w1.nudges(10) == [Nudge("look", running.id)]
    assert await w1.look([running.id]) == {running.id: (["ga"], True)}
    assert len(await ga.log(running.id)) == 1, "only its worker writes its events"
    assert await ga.cancel("resp_none", terminal=[ended()]) == "gone"


async def test_cancel_between_two_workers_reaches_the_next(ga: BareGateway, w1: BareWorker, w2: BareWorker) -> None:
    await ga.send(1)
    (running,) = await w1.take()
    await w1.release([running.held()])
    await w2.nudges(10)
    await w1.nudges(10)
    assert await ga.cancel(running.id, terminal=[ended("incomplete")]) == "asked"
    assert Nudge("work") in await w1.nudges(10) + await w2.nudges(10)
    (leased,) = await w2.lease(1)
    assert leased.cancelled


async def test_cancel_needs_an_end(ga: BareGateway) -> None:
    with pytest.raises(ValueError, match="Ended"):
        await ga.cancel("resp_00001", terminal=[token(1)])


async def test_a_job_that_waited_too_long_is_leased_as_expired(ga: BareGateway, w1: BareWorker, client: Client) -> None:
    await ga.send(1)
    client.hset(KEYS.job("resp_00001"), "queued_at", 5)
    assert [job.expired for job in await w1.lease(1)] == [True]


async def test_the_registry(ga: BareGateway, gb: BareGateway, w1: BareWorker, w2: BareWorker) -> None:
    assert await ga.workers() == [w1.info(), w2.info()]
    assert [gateway.name for gateway in await ga.gateways()] == ["ga", "gb"]
    await w2.leave()
    await gb.deregister(gb.link)
    assert await ga.workers() == [w1.info()]
    assert [gateway.name for gateway in await ga.gateways()] == ["ga"]
    with pytest.raises(Fenced):
        await gb.renew(gb.link)


async def test_a_worker_of_the_same_name_replaces_the_one_before(w1: BareWorker, settings: RelaySettings) -> None:
    again = await BareWorker("w1", settings).open()
    with pytest.raises(Fenced):
        await w1.renew(w1.info())
    await again.renew(again.info())
    await again.leave()


async def test_whose_responses_have_not_ended(ga: BareGateway, w1: BareWorker) -> None:
    for number, user in ((1, "ann"), (2, "ann"), (3, "bob")):
        await ga.send(number, user)
    (running, _) = await w1.take(2)
    assert sorted(await ga.responses_of("ann")) == ["resp_00001", "resp_00002"]
    await w1.finish(running, to=[])
    assert await ga.responses_of(running.leased.request.user) != [running.id]
    assert running.id not in await ga.responses_of("ann")
    assert await ga.responses_of("nobody") == []

"""Taking back is the fence: what a worker can no longer write, what the log holds then, who goes on."""
import asyncio

import pytest

from relay.errors import Fenced
from relay.events import Created, Queued
from relay.records import ATTEMPT_GAP, Record
from relay.settings import RelaySettings
from relay.views import Nudge, Step
from tests.integration.relay.half_writes import contents
from tests.integration.relay.world import (
    KEYS,
    BareGateway,
    BareWorker,
    Client,
    Running,
    beginning,
    ended,
    make_late,
    token,
)


async def take_back(client: Client, gateway: BareGateway, name: str, kind: str = "workers") -> int:
    make_late(client, kind, name)
    return await gateway.take_back(gateway.link)


async def test_a_worker_taken_back_is_refused_and_another_goes_on(
        ga: BareGateway, gb: BareGateway, w1: BareWorker, w2: BareWorker, client: Client) -> None:
    await ga.send(1)
    (running,) = await w1.take()
    await w1.stream(running, beginning(), token(1), to=["ga"], log=True)
    await w1.stream(running, token(2), to=["ga"])
    await w1.stream(running, token(3), to=["ga"])
    assert await take_back(client, ga, "w1") == 1
    before = contents(client)
    record = running.make(token(4))
    with pytest.raises(Fenced):
        await w1.append(Step({"ga": [record]}, [record], {running.id: []}, {running.id: "completed"}))
    with pytest.raises(Fenced):
        await w1.lease(1)
    with pytest.raises(Fenced):
        await w1.release([running.held(record)])
    assert contents(client) == before, "nothing was written"
    (after,) = await w2.take()
    assert after.attempt > running.attempt
    events = [event for r in after.leased.records for event in r.events]
    assert events == [Created(), Queued(), beginning(), token(1), token(2), token(3)], "all that inboxes held"
    assert after.began == running.began + 3 + ATTEMPT_GAP
    await w1.register(w1.info())
    assert await w1.lease(1) == []


async def test_nobody_is_taken_back_at_first_sight(ga: BareGateway, w1: BareWorker, client: Client) -> None:
    make_late(client, "workers", "w1", sighted=False)
    assert await ga.take_back(ga.link) == 0
    assert await ga.take_back(ga.link) == 0, "within a second"
    await w1.renew(w1.info())
    assert await ga.take_back(ga.link) == 0


async def test_append_moves_the_deadline_on(ga: BareGateway, w1: BareWorker, client: Client) -> None:
    make_late(client, "workers", "w1")
    await w1.append(Step())
    assert await ga.take_back(ga.link) == 0


async def test_silence_is_enough(settings: RelaySettings, ga: BareGateway) -> None:
    """With Redis's own time, and nothing forged."""
    quick = RelaySettings(settings.url, deadline_s=0.05)
    worker = await BareWorker("quick", quick).open()
    async with asyncio.timeout(10):
        while not await ga.take_back(ga.link):  # noqa: ASYNC110 - Redis's clock is what it waits for
            await asyncio.sleep(0.05)
    with pytest.raises(Fenced):
        await worker.renew(worker.info())
    await worker.leave()


async def test_the_fold_takes_what_any_destination_holds_once(
        ga: BareGateway, gb: BareGateway, w1: BareWorker, w2: BareWorker, client: Client) -> None:
    await ga.send(1)
    await gb.follow("resp_00001")
    (running,) = await w1.take()
    one = running.make(beginning(), token(1))
    two = running.make(token(2))
    three = running.make(token(3), token(4))
    await w1.append(Step(batches={"ga": [one], "gb": [one]}))
    await w1.append(Step(batches={"ga": [two]}, entries=[one]))
    await w1.append(Step(batches={"ga": [three], "gb": [two, three]}))
    await take_back(client, gb, "w1")
    records = await ga.log(running.id)
    assert records[2:] == [Record(running.id, running.attempt, 1002, 1003, [token(2), token(3), token(4)])]


async def test_the_fold_goes_as_far_back_as_it_must(
        ga: BareGateway, w1: BareWorker, client: Client) -> None:
    """One response has been quiet behind many batches of another."""
    await ga.send(1)
    await ga.send(2)
    quiet, busy = await w1.take(2)
    first = await w1.stream(quiet, beginning(), token(0), to=["ga"])
    records = [await w1.stream(busy, beginning(), to=["ga"], log=True)]
    for number in range(100):
        records.append(await w1.stream(busy, token(number), to=["ga"], log=number < 60))
    await take_back(client, ga, "w1")
    assert (await ga.log(quiet.id))[1:] == [first]
    assert [e for r in await ga.log(busy.id) for e in r.events][2:] == [e for r in records for e in r.events]


async def test_the_fold_leaves_out_what_does_not_follow(
        ga: BareGateway, w1: BareWorker, client: Client) -> None:
    """A hole cannot come to be; if it did, the log would stay without one."""
    await ga.send(1)
    (running,) = await w1.take()
    running.make(beginning())
    await w1.stream(running, token(1), to=["ga"])
    await take_back(client, ga, "w1")
    assert len(await ga.log(running.id)) == 1


async def test_an_end_in_the_inboxes_only_ends_the_job(ga: BareGateway, w1: BareWorker, client: Client) -> None:
    await ga.send(1)
    (running,) = await w1.take()
    await w1.stream(running, beginning(), ended("failed"), to=["ga"])
    await take_back(client, ga, "w1")
    job = await ga.find(running.id)
    assert job is not None
    assert (job.state, job.status) == ("ended", "failed")
    assert client.xlen(KEYS.to_record) == 1


async def test_crashes_count_only_where_nothing_was_made(
        ga: BareGateway, w1: BareWorker, w2: BareWorker, client: Client) -> None:
    for number in (1, 2, 3):
        await ga.send(number)
    begun, made, logged = await w1.take(3)
    await w1.stream(begun, beginning(), to=["ga"], log=True)
    await w1.stream(made, beginning(), token(1), to=["ga"])
    await w1.stream(logged, beginning(), to=["ga"], log=True)
    await w1.stream(logged, token(1), to=["ga"], log=True)
    await take_back(client, ga, "w1")
    crashes = {}
    for running in (begun, made, logged):
        job = await ga.find(running.id)
        assert job is not None
        crashes[running.id] = (job.state, job.crashes)
    assert crashes == {begun.id: ("handover", 1), made.id: ("handover", 0), logged.id: ("handover", 0)}


async def crashed(ga: BareGateway, w1: BareWorker, client: Client, *numbers: int) -> None:
    """Jobs whose first worker has died without a word."""
    for number in numbers:
        await ga.send(number)
    await w1.take(len(numbers))
    await take_back(client, ga, "w1")


async def test_a_suspect_is_tried_alone(
        ga: BareGateway, w1: BareWorker, w2: BareWorker, client: Client) -> None:
    await crashed(ga, w1, client, 1, 2)
    await ga.send(3)
    assert await w2.lease(3, silent=True) == [], "not beside one that may turn out to be another"
    first = await w2.take(3)
    assert [(r.id, r.leased.crashes) for r in first] == [("resp_00001", 1)]
    await w1.register(w1.info())
    second = await w1.take(3)
    assert [(r.id, r.leased.crashes) for r in second] == [("resp_00002", 1)], "by another worker meanwhile"
    assert [r.id for r in await w2.take(3)] == ["resp_00003"]


async def test_suspects_let_the_others_that_were_handed_over_pass_and_new_ones_wait_for_them(
        ga: BareGateway, w1: BareWorker, w2: BareWorker, client: Client) -> None:
    for number in (1, 2, 3):
        await ga.send(number)
    suspect, two, three = await w1.take(3)
    for running in (two, three):
        await w1.stream(running, beginning(), token(1), to=["ga"])
    await take_back(client, ga, "w1")
    await ga.send(4)
    assert [r.id for r in await w2.take(5)] == [two.id, three.id]
    assert await w2.lease(5, silent=True) == []
    assert [r.id for r in await w2.take(5)] == [suspect.id]
    assert [r.id for r in await w2.take(5)] == ["resp_00004"]


async def test_who_says_something_is_no_suspect_any_more(
        ga: BareGateway, w1: BareWorker, w2: BareWorker, client: Client) -> None:
    await crashed(ga, w1, client, 1)
    (again,) = await w2.take()
    assert again.leased.crashes == 1
    await w2.stream(again, beginning(), token(1), to=["ga"])
    await take_back(client, ga, "w2")
    await w1.register(w1.info())
    (third,) = await w1.take()
    assert third.leased.crashes == 0


async def test_who_is_given_back_without_a_word_stays_a_suspect(
        ga: BareGateway, w1: BareWorker, w2: BareWorker, client: Client) -> None:
    await crashed(ga, w1, client, 1)
    await w2.take()
    await w2.leave()
    await w1.register(w1.info())
    (again,) = await w1.take()
    assert again.leased.crashes == 1


async def test_the_hopeless_are_told_so_in_any_company(
        ga: BareGateway, w1: BareWorker, client: Client) -> None:
    await crashed(ga, w1, client, 1, 2, 3)
    for number in (1, 2):
        client.hset(KEYS.job(f"resp_{number:05}"), "crashes", 3)
    await w1.register(w1.info())
    leased = await w1.lease(5, silent=True)
    assert [(job.response_id, job.hopeless) for job in leased] == [("resp_00001", True), ("resp_00002", True)]


async def test_one_that_crashed_comes_before_those_that_wait(
        ga: BareGateway, w1: BareWorker, w2: BareWorker, client: Client) -> None:
    await ga.send(1)
    await w1.take()
    await ga.send(2)
    await take_back(client, ga, "w1")
    assert await ga.place("resp_00002") == 2
    assert [r.id for r in await w2.take(2)] == ["resp_00001"]
    assert [r.id for r in await w2.take(2)] == ["resp_00002"]


async def test_hopeless_after_max_crashes(ga: BareGateway, w1: BareWorker, client: Client) -> None:
    await ga.send(1)
    for crashes in (0, 1, 2, 3):
        (leased,) = await w1.lease(1)
        assert (leased.crashes, leased.hopeless) == (crashes, crashes == 3)
        await take_back(client, ga, "w1")
        await w1.register(w1.info())


async def test_register_takes_back_what_an_earlier_incarnation_held(
        ga: BareGateway, w1: BareWorker, w2: BareWorker, settings: RelaySettings) -> None:
    await ga.send(1)
    (running,) = await w1.take()
    await w1.stream(running, beginning(), token(1), to=["ga"])
    again = await BareWorker("w1", settings).open()
    (after,) = await w2.take()
    assert after.leased.last == 1002
    await again.leave()


async def test_release_brings_the_log_up_to_date_and_counts_no_crash(
        ga: BareGateway, w1: BareWorker, w2: BareWorker) -> None:
    await ga.send(1)
    await ga.send(2)
    one, two = await w1.take(2)
    await w1.stream(one, beginning(), to=["ga"], log=True)
    await w1.release([one.held(one.make(token(1))), two.held()])
    await w1.append(Step())
    leased = {job.response_id: job for job in await w2.lease(5)}
    assert leased[one.id].records[-1].events == [token(1)]
    assert [job.crashes for job in leased.values()] == [0, 0]


async def test_release_with_the_end_in_its_tail(ga: BareGateway, w1: BareWorker) -> None:
    await ga.send(1)
    (running,) = await w1.take()
    await w1.release([running.held(running.make(beginning(), ended()))])
    job = await ga.find(running.id)
    assert job is not None
    assert job.state == "ended"


async def test_release_of_what_it_does_not_hold_is_ignored(
        ga: BareGateway, w1: BareWorker, w2: BareWorker) -> None:
    await ga.send(1)
    (running,) = await w1.take()
    await w2.release([running.held(running.make(beginning()))])
    assert len(await ga.log(running.id)) == 1
    await w1.release([Running(running.leased).held()])
    assert len(await w2.lease(1)) == 1


async def test_leave_releases(ga: BareGateway, w1: BareWorker, w2: BareWorker) -> None:
    await ga.send(1)
    (running,) = await w1.take()
    await w1.stream(running, beginning(), token(1), to=["ga"])
    await w1.leave()
    (after,) = await w2.take()
    assert (after.leased.last, after.leased.crashes) == (1002, 0)


async def test_a_gateway_that_is_gone_is_no_destination_any_more(
        ga: BareGateway, gb: BareGateway, w1: BareWorker, client: Client) -> None:
    await ga.send(1)
    await gb.follow("resp_00001")
    (running,) = await w1.take()
    await gb.follow(running.id)
    await w1.nudges(10)
    await w1.stream(running, beginning(), to=["ga", "gb"])
    assert await take_back(client, ga, "gb", "gateways") == 1
    assert await w1.nudges(10) == [Nudge("look", running.id)]
    assert await w1.look([running.id]) == {running.id: (["ga"], False)}
    assert client.pttl(KEYS.inbox("gb")) > 0, "kept for a while: what it holds may have been shown"
    with pytest.raises(Fenced):
        await gb.renew(gb.link)
    await gb.register(gb.link)
    assert client.pttl(KEYS.inbox("gb")) == -1


async def test_handing_over_nudges_as_many_workers_as_have_room_for_it(
        ga: BareGateway, w1: BareWorker, w2: BareWorker, settings: RelaySettings, client: Client) -> None:
    full = await BareWorker("full", settings).open(capacity=0)
    third = await BareWorker("w3", settings).open(capacity=4)
    for number in (1, 2):
        await ga.send(number)
        await w1.nudges(10)
    await w1.take(2)
    for worker in (w2, third):
        await worker.nudges(10)
    await take_back(client, ga, "w1")
    assert await w2.nudges(10) == [Nudge("work")]
    assert await third.nudges(10) == [Nudge("work")]
    assert await full.nudges(10) == []
    for worker in (full, third):
        await worker.leave()


async def test_handing_one_over_nudges_one(
        ga: BareGateway, w1: BareWorker, w2: BareWorker, settings: RelaySettings, client: Client) -> None:
    third = await BareWorker("w3", settings).open(capacity=4)
    await ga.send(1)
    await w1.take()
    for worker in (w2, third):
        await worker.nudges(10)
    await take_back(client, ga, "w1")
    assert await w2.nudges(10) == [Nudge("work")], "who has most room"
    assert await third.nudges(10) == []
    await third.leave()

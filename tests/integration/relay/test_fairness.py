"""Who goes next, counted in turns; how many may wait."""
import pytest

from relay.errors import QueueFull, TooManyInFlight
from relay.settings import RelaySettings
from relay.views import Places, Submission
from tests.integration.relay.world import KEYS, BareGateway, BareWorker, Client, ended, request


async def lease_users(worker: BareWorker, count: int) -> list[str]:
    return [(await worker.lease(1))[0].request.user for _ in range(count)]


async def test_a_crowd_of_one_user_does_not_starve_another(ga: BareGateway, w1: BareWorker) -> None:
    for number in range(50):
        await ga.send(number, "many")
    for number in range(50, 55):
        await ga.send(number, "few")
    order = await lease_users(w1, 55)
    assert order[:10].count("few") == 5
    assert order[10:] == ["many"] * 45


async def test_in_the_order_of_submitting_for_one_user(ga: BareGateway, w1: BareWorker) -> None:
    for number in (3, 1, 2):
        await ga.send(number)
    assert [job.response_id for job in await w1.lease(3)] == ["resp_00003", "resp_00001", "resp_00002"]


async def test_who_submits_one_at_a_time_neither_starves_nor_is_starved(ga: BareGateway, w1: BareWorker) -> None:
    for number in range(40):
        await ga.send(number, "many")
    await lease_users(w1, 10)
    order, single = [], 100
    await ga.send(single, "one")
    for _ in range(20):
        (user,) = await lease_users(w1, 1)
        order.append(user)
        if user == "one":
            single += 1
            await ga.send(single, "one")
    assert 9 <= order.count("one") <= 11


async def test_being_away_saves_no_turns(ga: BareGateway, w1: BareWorker) -> None:
    """Who comes back after a long time goes next, once; and then in turn."""
    for number in range(30):
        await ga.send(number, "many")
    await lease_users(w1, 20)
    for number in range(100, 110):
        await ga.send(number, "late")
    assert 4 <= (await lease_users(w1, 10)).count("late") <= 6


async def test_newcomers_keep_their_order(ga: BareGateway, w1: BareWorker) -> None:
    users = ["zoe", "bob", "mia", "ann"]
    for number, user in enumerate(users):
        await ga.send(9 - number, user)
    assert await lease_users(w1, 4) == users


async def test_newcomers_without_end_do_not_starve_a_second_job(
        ga: BareGateway, w1: BareWorker, client: Client) -> None:
    """Each newcomer moves the clock on by 1/1024, so that after a while they come behind who has waited."""
    await ga.send(1, "ann")
    await ga.send(2, "ann")
    await w1.lease(1)
    clock = f"{KEYS.prefix}clock:tiny"
    before = float(client.get(clock))
    await ga.send(3, "new")
    assert float(client.get(clock)) == before + 1 / 1024
    client.set(clock, str(before + 2))
    await ga.send(4, "newer")
    assert [job.request.user for job in await w1.lease(3)] == ["new", "ann", "newer"]


async def test_places_are_told_in_the_order_of_leasing(ga: BareGateway, w1: BareWorker) -> None:
    for number in range(4):
        await ga.send(number, "many")
    submitted = await ga.send(10, "few")
    ids = [f"resp_0000{n}" for n in range(4)]
    assert submitted.waiting == 1
    assert await ga.places({"tiny": [*ids, "resp_00010"]}) == {
        "tiny": Places(5, 0, dict(zip([ids[0], "resp_00010", *ids[1:]], range(1, 6), strict=True)))}
    await w1.lease(2)
    assert await ga.places({"tiny": ["resp_00010", "resp_00001", "resp_none"], "other": ["resp_00001"]}) == {
        "tiny": Places(3, 0, {"resp_00001": 1}), "other": Places(0, 0, {})}
    assert await ga.places({}) == {}


async def test_who_was_handed_over_stands_before_all_who_wait(ga: BareGateway, w1: BareWorker) -> None:
    for number in range(5):
        await ga.send(number)
    one, two = await w1.take(2)
    await w1.release([two.held(), one.held()])
    ids = [f"resp_0000{n}" for n in range(5)]
    (places,) = (await ga.places({"tiny": ids})).values()
    assert (places.waiting, places.handed_over) == (5, 2)
    assert sorted(ids, key=lambda name: places.of[name]) == [
        two.id, one.id, *[name for name in ids if name not in (one.id, two.id)]]


async def test_whoever_cancels_gives_the_turn_back(ga: BareGateway, w1: BareWorker) -> None:
    for number in range(5):
        await ga.send(number, "ann")
    for number in range(10, 13):
        await ga.send(number, "bob")
    for number in (1, 2):
        await ga.cancel(f"resp_0000{number}", terminal=[ended("incomplete")])
    await ga.send(5, "ann")
    order = [job.response_id for job in await w1.lease(7)]
    assert order == ["resp_00000", "resp_00010", "resp_00003", "resp_00011", "resp_00004", "resp_00012", "resp_00005"]


async def test_nothing_is_kept_of_users_whose_turn_has_passed(ga: BareGateway, w1: BareWorker, client: Client) -> None:
    turns = f"{KEYS.prefix}turns:tiny"
    for number in range(20):
        await ga.send(number, f"user{number}")
    await w1.lease(19)
    await ga.send(30, "user0")
    await w1.lease(1)
    assert client.zcard(turns) <= 20
    await w1.lease(1)
    assert client.exists(turns) == 0, "nobody waits"
    await ga.send(31, "user0")
    await ga.send(32, "new")
    assert await lease_users(w1, 2) == ["user0", "new"]


async def test_too_many_waiting(redis_url: str) -> None:
    settings = RelaySettings(redis_url, deadline_s=60, max_waiting=2)
    gateway, worker = await BareGateway("g", settings).open(), await BareWorker("w", settings).open()
    await gateway.send(1)
    await gateway.send(2)
    with pytest.raises(QueueFull, match="tiny") as refused:
        await gateway.send(3)
    assert (refused.value.code, refused.value.retryable) == ("queue_full", True)
    assert await gateway.find("resp_00003") is None
    assert (await gateway.submit(Submission(request(4, model="other")))).new
    await worker.lease(1)
    assert (await gateway.send(3)).new
    await worker.leave()
    await gateway.close()


async def test_too_many_in_flight(redis_url: str) -> None:
    settings = RelaySettings(redis_url, deadline_s=60, max_in_flight=2)
    gateway, worker = await BareGateway("g", settings).open(), await BareWorker("w", settings).open()
    await gateway.send(1)
    await gateway.send(2)
    (running, _) = await worker.take(2)
    with pytest.raises(TooManyInFlight, match="2 of your responses"):
        await gateway.send(3)
    assert (await gateway.send(4, "bob")).new
    assert not (await gateway.send(2)).new, "one that is known needs no room"
    await worker.finish(running, to=[])
    assert (await gateway.send(3)).new
    await worker.leave()
    await gateway.close()

"""Responses that are not to be stored and that nobody follows: noted, forgotten when somebody follows, and stopped."""
import pytest

from relay.records import first_record
from relay.views import Shown
from tests.integration.relay.world import (
    KEYS,
    BareGateway,
    BareWorker,
    Client,
    ended,
    make_late,
    request,
)

ID = "resp_00001"
LIST = f"{KEYS.prefix}unwatched"


def grace(client: Client, ends_in_s: int) -> None:
    """As if one had ended so long ago (below 0), or still went on."""
    now = client.time()[0] * 1000
    client.hset(f"{KEYS.prefix}run", mapping={"grace_from": 1, "grace_until": now + ends_in_s * 1000})


async def detach(gateway: BareGateway, response_id: str = ID) -> str:
    return await gateway.cancel(response_id, reason="detached", terminal=[ended("incomplete")])


async def test_the_last_to_leave_counts_and_when_its_last_viewer_left(ga: BareGateway, gb: BareGateway) -> None:
    await ga.send(1, store=False)
    await gb.follow(ID)
    await ga.unfollow(ID, 100)
    assert await ga.unwatched(0) == [], "gb follows"
    await gb.unfollow(ID, 50)
    assert await ga.unwatched(49) == [ID]
    assert await ga.unwatched(60) == []
    await ga.follow(ID)
    assert await ga.unwatched(0) == []


async def test_what_is_to_be_stored_is_never_noted(ga: BareGateway) -> None:
    await ga.send(1)
    await ga.unfollow(ID, 100)
    assert await ga.unwatched(0) == []


@pytest.mark.parametrize("how", ["taken back", "left", "registered anew"])
async def test_a_gateway_that_is_gone_follows_no_more(
        ga: BareGateway, gb: BareGateway, w1: BareWorker, client: Client, how: str) -> None:
    await ga.send(1, store=False)
    await w1.take()
    if how == "taken back":
        make_late(client, "gateways", "ga")
        await w1.take_back()
    elif how == "left":
        await ga.deregister(ga.link)
    else:
        await ga.register(ga.link)
    assert await gb.unwatched(0) == [ID]
    assert await gb.unwatched(10) == [], "its time begins now"


async def test_a_running_one_is_asked_to_stop_once(ga: BareGateway, w1: BareWorker, client: Client) -> None:
    await ga.send(1, store=False)
    (running,) = await w1.take()
    await ga.unfollow(ID)
    assert await detach(ga) == "asked"
    assert (await w1.look([ID]))[ID] == ([], True)
    assert await ga.unwatched(0) == []
    await w1.finish(running, to=[])
    assert await detach(ga) == "was_ended"


async def test_a_waiting_one_ends_at_once(ga: BareGateway, client: Client) -> None:
    await ga.send(1, store=False)
    await ga.unfollow(ID)
    assert await detach(ga) == "ended"
    assert (await ga.read_all(ID))[-1] == ended("incomplete")
    assert not client.exists(LIST)


async def test_who_follows_just_in_time_keeps_it(ga: BareGateway, gb: BareGateway) -> None:
    await ga.send(1, store=False)
    await ga.unfollow(ID)
    await gb.follow(ID)
    assert await detach(ga) == "followed"
    job = await ga.find(ID)
    assert job is not None
    assert not job.cancelled


async def test_an_end_takes_it_off_the_list(ga: BareGateway, w1: BareWorker, client: Client) -> None:
    await ga.send(1, store=False)
    (running,) = await w1.take()
    await ga.unfollow(ID)
    await w1.finish(running, to=[])
    assert not client.exists(LIST)


async def test_what_redis_no_longer_knows_is_taken_off(ga: BareGateway, client: Client) -> None:
    client.zadd(LIST, {ID: 1})
    assert await detach(ga) == "gone"
    assert not client.exists(LIST)


async def test_after_a_grace_everybody_has_the_whole_time_again(ga: BareGateway, client: Client) -> None:
    await ga.send(1, store=False)
    await ga.unfollow(ID, 100)
    grace(client, ends_in_s=-10)
    assert await ga.unwatched(20) == []
    grace(client, ends_in_s=-30)
    assert await ga.unwatched(20) == [ID]


async def test_in_a_grace_whoever_follows_says_so(ga: BareGateway, gb: BareGateway, client: Client) -> None:
    """Else another gateway would stop it as soon as the grace is over."""
    shown = Shown(request(1, store=False), [first_record(ID)])
    grace(client, ends_in_s=100)
    await ga.backfill(ga.link, shown)
    assert client.zrange(LIST, 0, -1) == [ID.encode()]
    gb._follows.add(ID)
    await gb.backfill(gb.link, shown)
    await ga.backfill(ga.link, shown)
    assert not client.exists(LIST)

"""Every door shows one generation the same way: started at one, followed live at any other, stopped from a third."""
import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from tests.integration.server.talk import expected, output_text
from tests.integration.server.watching import FOLLOWS, STARTS, STOPS, Caller, Listener, Refused, ends
from tests.parley import Parley

LONG = "Hello [[tokens=100000]]"


@pytest.fixture(scope="module")
def two_gateways() -> Iterator[Parley]:
    with Parley(gateways=2, settings={"synthetic_tokens_per_s": "200"}) as installation:
        yield installation


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client


@pytest.mark.parametrize(("start", "follow", "stop"), list(itertools.product(STARTS, FOLLOWS, STOPS)))
async def test_started_here_followed_there_stopped_elsewhere(
    two_gateways: Parley, http: httpx.AsyncClient, start: str, follow: str, stop: str
) -> None:
    here, there = (Caller(two_gateways, http, "one-user", gateway) for gateway in (0, 1))
    starter, follower = Listener(), Listener()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(STARTS[start](here, LONG, starter))
        await starter.heard.wait()
        tasks.create_task(FOLLOWS[follow](there, starter.response_id, follower))
        await follower.heard.wait()
        assert ends(starter, follower) == {""}
        await STOPS[stop](there, starter.response_id)
    assert ends(starter, follower) == {"cancelled"}
    assert follower.response_id == starter.response_id
    read = await http.get(f"{here.url}/v1/responses/{starter.response_id}", headers=here.headers)
    assert starter.text == follower.text == output_text(read.json())


@pytest.mark.parametrize("follow", FOLLOWS)
@pytest.mark.parametrize("start", STARTS)
async def test_to_its_end_both_hear_the_same(
    two_gateways: Parley, http: httpx.AsyncClient, start: str, follow: str
) -> None:
    here, there = (Caller(two_gateways, http, "one-user", gateway) for gateway in (0, 1))
    starter, follower = Listener(), Listener()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(STARTS[start](here, "Hello [[tokens=120]]", starter))
        await starter.heard.wait()
        tasks.create_task(FOLLOWS[follow](there, starter.response_id, follower))
    assert ends(starter, follower) == {"completed"}
    assert starter.text == follower.text == expected("Hello [[tokens=120]]")


@pytest.mark.parametrize("stop", STOPS)
@pytest.mark.parametrize("start", STARTS)
async def test_nobody_else_can_follow_or_stop_it(
    two_gateways: Parley, http: httpx.AsyncClient, start: str, stop: str
) -> None:
    here, other = Caller(two_gateways, http, "one-user"), Caller(two_gateways, http, "another-user", 1)
    starter = Listener()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(STARTS[start](here, LONG, starter))
        await starter.heard.wait()
        for follow in FOLLOWS.values():
            with pytest.raises(Refused, match="response_not_found"):
                await follow(other, starter.response_id, Listener())
        with pytest.raises(Refused, match="response_not_found"):
            await STOPS[stop](other, starter.response_id)
        assert ends(starter) == {""}
        await STOPS[stop](here, starter.response_id)
    assert ends(starter) == {"cancelled"}

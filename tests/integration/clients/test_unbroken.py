"""Both clients against real gateways, workers and Redis: what a user reads is unbroken, whatever breaks beneath it."""
import asyncio
import random
import signal
from typing import Any

import pytest

from tests.integration.clients.fault_proxy import FaultProxy
from tests.integration.clients.readers import ALL, READERS, Reader, Reading, both
from tests.integration.server.talk import expected
from tests.parley import Parley, metric

QUICK: dict[str, Any] = {"first_delay_s": 0.05, "max_delay_s": 0.5}
ANY_READER = pytest.mark.parametrize("read", READERS)


def said(readings: list[Reading]) -> list[str]:
    """What was read; and what ended it, where it did not end well."""
    return [reading.said if reading.status == "completed" else repr(reading) for reading in readings]


def says(inputs: list[str]) -> list[str]:
    """What `both` should have read."""
    return [expected(text) for text in inputs] * len(ALL)


class At:
    """Does something once, when so many characters have been heard in all."""

    def __init__(self, characters: int) -> None:
        self.characters = characters
        self.reached = asyncio.Event()

    def __call__(self, total: int) -> None:
        if total >= self.characters:
            self.reached.set()


@ANY_READER
async def test_many_streams_over_one_socket(parley: Parley, read: Reader) -> None:
    inputs = [f"number {number} [[tokens=60]]" for number in range(20)]  # four of them wait for a lane
    async with FaultProxy(parley.ports[0]) as proxy:
        readings = await read([proxy.url], inputs)
        assert proxy.connections == 1
    assert [reading.said for reading in readings] == [expected(text) for text in inputs]
    assert {(reading.status, reading.usage["output_tokens"]) for reading in readings} == {("completed", 60)}


@ANY_READER
async def test_connections_that_break_after_any_number_of_bytes(parley: Parley, read: Reader) -> None:
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    cuts = [chance.randrange(6000) for _ in range(15)]
    inputs = [f"cut {number} [[tokens=200]]" for number in range(3)]
    async with FaultProxy(parley.ports[0], cuts) as proxy:
        readings = await read([proxy.url], inputs, **QUICK)
        assert proxy.connections == len(cuts) + 1, f"seed {seed}"
    assert [reading.said for reading in readings] == [expected(text) for text in inputs], f"seed {seed}"


@ANY_READER
async def test_a_create_whose_answer_was_lost_makes_one_response(parley: Parley, read: Reader) -> None:
    before = metric(parley.url, "parley_responses_total")
    async with FaultProxy(parley.ports[0], [0] * 4) as proxy:  # the create goes through, and nothing of its answer
        [reading] = await read([proxy.url], ["once [[tokens=50]]"], **QUICK)
        assert proxy.connections == 5
    assert reading.said == expected("once [[tokens=50]]")
    assert metric(parley.url, "parley_responses_total") == before + 1


@pytest.fixture
def several(start_parley: type[Parley]) -> Parley:
    return start_parley(gateways=2, workers=2, settings={"synthetic_tokens_per_s": "100"})


@pytest.mark.parametrize(("name", "how"), [
    ("gateway-1", signal.SIGTERM), ("gateway-1", signal.SIGKILL), ("worker-1", signal.SIGTERM),
    ("worker-1", signal.SIGKILL),
])
async def test_a_process_that_ends(several: Parley, name: str, how: signal.Signals) -> None:
    inputs = [f"process {number} [[tokens=200]]" for number in range(4)]
    heard = At(400)
    reading = asyncio.create_task(both(several.urls, inputs, heard=heard, **QUICK))
    await heard.reached.wait()
    await asyncio.to_thread(several.end, name, how)
    assert said(await reading) == says(inputs)


async def test_redis_away_is_a_pause_for_old_streams_and_new_ones(start_parley: type[Parley]) -> None:
    parley = start_parley(settings={"synthetic_tokens_per_s": "100"})
    heard = At(200)
    old = asyncio.create_task(both(parley.urls, ["old [[tokens=200]]"], heard=heard, **QUICK))
    await heard.reached.wait()
    await asyncio.to_thread(lambda: parley.redis.stop(kill=True))
    new = asyncio.create_task(both(parley.urls, ["new [[tokens=50]]"], **QUICK))
    await parley.until(lambda: metric(parley.url, "parley_errors_total") >= 4, "new ones to be refused again and again")
    await asyncio.to_thread(parley.redis.start)
    assert said(await old) == says(["old [[tokens=200]]"])
    assert said(await new) == says(["new [[tokens=50]]"])


@ANY_READER
async def test_a_connection_that_is_dead_and_does_not_say_so(parley: Parley, read: Reader) -> None:
    heard = At(200)
    async with FaultProxy(parley.ports[0]) as proxy:
        reading = asyncio.create_task(
            read([proxy.url], ["stall [[tokens=300]]"], heard=heard, heartbeat_s=0.3, heartbeat_timeout_s=0.3, **QUICK))
        await heard.reached.wait()
        proxy.stall()
        [found] = await reading
        assert proxy.connections == 2
    assert found.said == expected("stall [[tokens=300]]")


@ANY_READER
async def test_a_stop_reaches_the_engine(parley: Parley, read: Reader) -> None:
    [reading] = await read(parley.urls, ["Go on [[tokens=100000]]"], stop_after=100)
    assert reading.status == "incomplete"
    made = reading.usage["output_tokens"]
    assert 0 < made < 50_000
    assert expected("Go on [[tokens=100000]]", tokens=made).startswith(reading.said)


@ANY_READER
async def test_errors_are_typed_and_end_nobody_elses_stream(parley: Parley, read: Reader) -> None:
    empty, large, good = await read(parley.urls, ["", "x" * 1_060_000, "Hello [[tokens=20]]"])
    assert (empty.error, empty.code, empty.param) == ("RequestError", "empty_input", "input")
    assert (large.error, large.code) == ("RequestError", "frame_too_large")
    assert good.said == expected("Hello [[tokens=20]]")


async def test_a_wrong_key(start_parley: type[Parley]) -> None:
    parley = start_parley(settings={"bootstrap_api_key": "the right one"})
    inputs = ["Hello [[tokens=20]]"]
    assert said(await both(parley.urls, inputs, api_key="the right one")) == says(inputs)
    refused = await both(parley.urls, ["Hello"], api_key="wrong")
    assert {(one.error, one.code) for one in refused} == {("NotAllowedError", "invalid_api_key")}

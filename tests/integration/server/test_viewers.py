"""Many viewers of one response, at the same gateway and at another, each at its own pace."""
import asyncio

import pytest

from tests.integration.server.talk import Event, expected, numbers, send, socket_to, text_of, until, until_end
from tests.parley import Parley, metric

TEXT = "Everybody [[tokens=300]]"


@pytest.fixture
def two(start_parley: type[Parley]) -> Parley:
    return start_parley(gateways=2, settings={"synthetic_tokens_per_s": "50"})


async def test_all_are_told_all_of_it_and_another_gateways_viewers_as_often(two: Parley) -> None:
    """Not only what lies in the log, a few tokens an entry, but what the worker sends in each step."""
    async def view(ws_url: str, response_id: str) -> list[Event]:
        async with socket_to(ws_url, f"?resume={response_id}") as socket:
            return await until_end(socket)

    async with socket_to(two.ws_urls[0]) as asker, socket_to(two.ws_urls[1]) as idle:
        await send(asker, input=TEXT)
        begun = await until(asker, "response.created")
        response_id = begun[0]["response"]["id"]
        await send(idle, "parley:resume", response_id=response_id)
        async with asyncio.TaskGroup() as tasks:
            viewing = [tasks.create_task(view(url, response_id)) for url in two.ws_urls for _ in range(5)]
            asking = tasks.create_task(until_end(asker))
        late = await until_end(idle)  # it has not read a word before all others had read everything
    with two.redis.client() as redis:
        entries = redis.xlen(f"parley:{{0}}:log:{response_id}")
    everybody = [begun + asking.result(), late, *[task.result() for task in viewing]]
    for events in everybody:
        assert text_of(events) == expected(TEXT)
        assert numbers(events) == sorted(set(numbers(events)))
    assert {str(events[-1]) for events in everybody} == {str(late[-1])}
    frames = [len(events) for events in everybody]
    assert 10 < entries < 60
    assert min(frames) > 2 * entries, (frames, entries)
    assert metric(two.urls[1], "parley_batches_total") > 2 * entries
    assert metric(two.urls[1], "parley_gaps_total") <= 1, "at most where the log led over to the batches"


async def test_who_comes_late_is_told_the_rest_in_one_and_then_as_often(two: Parley) -> None:
    async with socket_to(two.ws_urls[0]) as asker:
        await send(asker, input=TEXT)
        begun = await until(asker, "response.output_text.delta")
        while len(begun) < 150:
            begun += await until(asker, "response.output_text.delta")
        async with socket_to(two.ws_urls[1], f"?resume={begun[0]['response']['id']}") as late:
            told, rest = await asyncio.gather(until_end(late), until_end(asker))
    assert text_of(told) == text_of(begun + rest) == expected(TEXT)
    deltas = [event for event in told if event["type"] == "response.output_text.delta"]
    assert len(deltas[0]["delta"]) > len(text_of(begun)) / 2, "what was there came as one"
    assert len(deltas) > 30

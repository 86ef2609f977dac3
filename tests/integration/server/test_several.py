"""Two gateways and two workers: any worker may run a job, and its answer comes to whoever asked."""
import asyncio
import signal

import httpx
import pytest

from tests.integration.server.talk import expected, numbers, send, socket_to, text_of, turn, until, until_end
from tests.parley import Parley, get


@pytest.fixture
def two(start_parley: type[Parley]) -> Parley:
    return start_parley(gateways=2, workers=2, settings={"synthetic_tokens_per_s": "100", "capacity": "8"})


async def test_both_workers_run_and_every_answer_comes_to_its_socket(two: Parley) -> None:
    async def ask(number: int) -> None:
        text = f"number {number} [[tokens=100]]"
        async with socket_to(two.ws_urls[number % 2]) as socket:
            assert text_of(await turn(socket, text)) == expected(text)

    asked = asyncio.gather(*map(ask, range(16)))
    busy: set[str] = set()
    with two.redis.client() as redis:
        while not asked.done():
            busy |= {name for name in ("worker-1", "worker-2") if redis.scard(f"parley:{{0}}:held:{name}")}
            await asyncio.sleep(0.02)
    await asked
    assert busy == {"worker-1", "worker-2"}
    assert len(get(two.url, "/v1/parley/status")[1]["workers"]) == 2  # type: ignore[arg-type]


async def test_a_response_can_be_followed_read_and_stopped_at_another_gateway(two: Parley) -> None:
    async with socket_to(two.ws_urls[0]) as here, socket_to(two.ws_urls[1]) as there:
        await send(here, input="Anywhere [[tokens=100000]]")
        begun = await until(here, "response.output_text.delta")
        response_id = begun[0]["response"]["id"]
        await send(there, "parley:resume", response_id=response_id)
        seen = await until(there, "response.output_text.delta")
        await send(there, "response.cancel", response_id=response_id)
        rest, also = await asyncio.gather(until_end(here), until_end(there))
    assert text_of(begun + rest) == text_of(seen + also)
    assert rest[-1]["response"] == also[-1]["response"]
    async with httpx.AsyncClient() as client:
        read = [(await client.get(f"{url}/v1/responses/{response_id}")).json() for url in two.urls]
    assert read == [rest[-1]["response"]] * 2


async def test_a_dead_gateways_clients_go_on_at_another(two: Parley) -> None:
    async with socket_to(two.ws_urls[0]) as socket:
        await send(socket, input="Go on [[tokens=200]]")
        seen = await until(socket, "response.output_text.delta")
        two.end("gateway-1", signal.SIGKILL)
    query = f"?resume={seen[0]['response']['id']}&starting_after={seen[-1]['sequence_number']}"
    async with socket_to(two.ws_urls[1], query) as socket:
        rest = await until_end(socket)
    assert numbers(seen + rest) == sorted(set(numbers(seen + rest)))
    assert text_of(seen + rest) == expected("Go on [[tokens=200]]")


async def test_a_dead_workers_answers_are_taken_up_by_another(two: Parley) -> None:
    async with socket_to(two.ws_url) as socket:
        await send(socket, input="Go on [[tokens=400]]")
        seen = await until(socket, "response.output_text.delta")
        with two.redis.client() as redis:
            [holder] = [name for name in ("worker-1", "worker-2") if redis.scard(f"parley:{{0}}:held:{name}")]
        two.end(holder, signal.SIGKILL)
        events = seen + await until_end(socket)
    assert numbers(events) == sorted(set(numbers(events)))
    assert text_of(events) == expected("Go on [[tokens=400]]")
    assert events[-1]["type"] == "response.completed"

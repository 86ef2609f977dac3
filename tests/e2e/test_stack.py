"""The whole path on a real vLLM: sockets, a gateway, Redis and a worker in an environment of its own, a tiny model."""
import asyncio

import pytest

from tests.e2e.conftest import START_S, STREAMS
from tests.integration.server.talk import numbers, output_text, send, socket_to, text_of, until, until_end
from tests.parley import Parley, get, metric

TOKENS = 96
LONG = 1900  # tokens; some seconds

pytestmark = pytest.mark.timeout(START_S + 120)


async def test_64_sockets_stream_at_once_and_each_text_is_what_the_log_holds(stack: Parley) -> None:
    """What a socket was shown came on the live path; a read of the response is folded from the durable one."""
    async def stream(number: int) -> None:
        async with socket_to(stack.ws_url) as socket:
            await send(socket, input=f"Tell me of {number}.", max_output_tokens=TOKENS, min_tokens=TOKENS)
            events = await until_end(socket)
        response = events[-1]["response"]
        assert numbers(events) == sorted(set(numbers(events)))
        assert response["usage"]["output_tokens"] == TOKENS
        status, stored = await asyncio.to_thread(get, stack.url, f"/v1/responses/{response['id']}")
        assert (status, output_text(stored)) == (200, text_of(events))
        assert text_of(events)

    before = {name: stack.total(f"parley_{name}_total") for name in ("batches", "tokens")}
    await asyncio.gather(*[stream(number) for number in range(STREAMS)])
    made = {name: stack.total(f"parley_{name}_total") - count for name, count in before.items()}
    assert made["tokens"] > 4 * made["batches"] > 0, "the engine did not batch"


async def test_a_stop_reaches_the_engine_while_it_generates(stack: Parley) -> None:
    """Again and again: where vLLM's processes keep Redis from its processor, the first delta comes with the last."""
    for number in range(8):
        async with socket_to(stack.ws_url) as socket:
            await send(socket, input=f"Tell me all of {number}.", max_output_tokens=LONG, min_tokens=LONG)
            events = await until(socket, "response.output_text.delta")
            await send(socket, "response.cancel", response_id=events[0]["response"]["id"])
            response = (await until_end(socket))[-1]["response"]
        assert (response["status"], response["incomplete_details"]) == ("incomplete", {"reason": "cancelled"})
        assert response["usage"]["output_tokens"] < LONG / 2
    await stack.until(lambda: metric(stack.url, "parley_running") == 0, "the engine to be idle")


async def test_deltas_arrive_as_they_are_made(stack: Parley) -> None:
    async with socket_to(stack.ws_url) as socket:
        await send(socket, input="Tell me all.", max_output_tokens=LONG, min_tokens=LONG)
        events = await until_end(socket)
    pieces = [len(event["delta"]) for event in events if event["type"] == "response.output_text.delta"]
    assert len(pieces) > LONG / 40  # one for each frame of a screen, where the engine is faster than that
    assert max(pieces) < sum(pieces) / 10

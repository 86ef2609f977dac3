"""Sent again under its key, a request is made once: at any door, at any gateway, whatever has been lost meanwhile."""
import asyncio

import httpx
import pytest

from tests.integration.server.talk import Event, expected, output_text, send, socket_to, text_of, turn, until, until_end
from tests.parley import Parley, metric

DAY_MS = 86_400_000


@pytest.fixture
def two(start_parley: type[Parley]) -> Parley:
    return start_parley(gateways=2, settings={"synthetic_tokens_per_s": "100"})


def made(parley: Parley) -> int:
    """How many responses there are."""
    with parley.redis.client() as redis:
        return len(list(redis.scan_iter("parley:{0}:job:*")))


async def post(url: str, key: str, **fields: object) -> httpx.Response:
    async with httpx.AsyncClient(timeout=30) as client:
        headers = {"Authorization": "Bearer me", "Idempotency-Key": key}
        return await client.post(f"{url}/v1/responses", json=fields, headers=headers)


async def test_field_and_header_name_one_response_at_any_gateway_for_a_day(two: Parley) -> None:
    asked = {"input": "Once [[tokens=60]]", "store": False}
    async with socket_to(two.ws_urls[0], key="me") as socket:
        first = asyncio.create_task(turn(socket, "Once [[tokens=60]]", store=False, idempotency_key="k"))
        answers = await asyncio.gather(*[post(url, "k", **asked) for url in two.urls for _ in range(4)])
        events = await first
        [refused] = await turn(socket, "Other [[tokens=60]]", store=False, idempotency_key="k")
    assert {answer.json()["id"] for answer in answers} == {events[-1]["response"]["id"]}
    assert {output_text(answer.json()) for answer in answers} == {expected("Once [[tokens=60]]")}
    mismatch = await post(two.urls[1], "k", **{**asked, "temperature": 0.5})
    assert (mismatch.status_code, mismatch.json()["error"]["code"]) == (409, "idempotency_mismatch")
    assert (refused["status"], refused["error"]["code"]) == (409, "idempotency_mismatch")
    assert made(two) == 1
    with two.redis.client() as redis:
        [name] = redis.scan_iter("parley:{0}:idempotency:*")
        assert DAY_MS - 60_000 < redis.pttl(name) <= DAY_MS


async def test_a_continuation_of_what_is_stored_nowhere_is_found_on_a_new_socket(two: Parley) -> None:
    """The first word of its answer was lost with the socket, and so was the memory of what it continues."""
    async with socket_to(two.ws_urls[0], key="me") as socket:
        first = (await turn(socket, "one [[tokens=9]]", store=False))[-1]["response"]
        again = {
            "input": "two [[tokens=90]]", "store": False, "previous_response_id": first["id"], "idempotency_key": "k"}
        await send(socket, **again)
        await two.until(lambda: made(two) == 2, "it to be submitted")
        socket.transport.abort()
    for ws_url in two.ws_urls[::-1]:
        async with socket_to(ws_url, key="me") as socket:
            await send(socket, **again)
            events = await until_end(socket)
        assert text_of(events) == expected("one [[tokens=9]]", output_text(first), "two [[tokens=90]]")
    async with socket_to(two.ws_urls[1], key="me") as socket:
        [refused] = await turn(socket, "two", store=False, previous_response_id=first["id"], idempotency_key="l")
    assert refused["error"]["code"] == "previous_response_not_found"
    assert made(two) == 2


async def test_a_key_that_redis_lost_is_put_back_with_its_response(start_parley: type[Parley]) -> None:
    parley = start_parley(settings={"synthetic_tokens_per_s": "100"})
    asked = {"input": "Once [[tokens=900]]", "idempotency_key": "k"}
    copy = parley.redis.keep_copy()
    async with socket_to(parley.ws_url) as socket:
        await send(socket, **asked)
        begun: list[Event] = await until(socket, "response.output_text.delta")
        await asyncio.to_thread(parley.redis.restart_from, copy)
        with parley.redis.client() as redis:
            assert list(redis.scan_iter("parley:{0}:idempotency:*")) == [], "the loss is real"
        await asyncio.to_thread(parley.wait_ready)
        await parley.until(lambda: metric(parley.url, "parley_relay_up") == 1, "the relay to be back")
        async with socket_to(parley.ws_url) as other:
            await send(other, **asked)
            told, rest = await asyncio.gather(until_end(other), until_end(socket))
    assert told[0]["response"]["id"] == begun[0]["response"]["id"]
    assert text_of(told) == text_of(begun + rest) == expected("Once [[tokens=900]]")
    assert made(parley) == 1

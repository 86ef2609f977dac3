"""Who waits is told where, and whose worker was lost is told that: with a full worker, and with one that is killed."""
import json
import signal
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection

from tests.integration.server.talk import (
    Event,
    expected,
    kinds,
    numbers,
    receive,
    send,
    socket_to,
    text_of,
    until,
    until_end,
)
from tests.parley import Parley

ENDLESS = "Never end [[tokens=100000]]"
SIGNALS = "?signals=true"
ANN = "ann"


@pytest.fixture
def small(start_parley: Callable[..., Parley]) -> Parley:
    """A worker that runs one response, and holds another one ready."""
    return start_parley(gateways=2, settings={"synthetic_tokens_per_s": "100", "capacity": "1"})


async def fill(socket: ClientConnection) -> list[str]:
    """Two endless responses, which the worker holds."""
    held = []
    for lane in ("one", "two"):
        await send(socket, stream_id=lane, input=ENDLESS)
        held.append((await until(socket, "response.in_progress"))[-1]["response"]["id"])
    return held


async def queued(socket: ClientConnection, lane: str, key: Callable[[Event], bool]) -> Event:
    """The first place in the queue of this lane that is as wanted."""
    while True:
        event = await receive(socket)
        assert not event["type"].endswith((".failed", "error")), event
        if event["type"] == "parley:queue" and event["stream_id"] == lane and key(event):
            return event


async def test_who_waits_is_told_where_and_moves_up(small: Parley) -> None:
    async with socket_to(small.ws_url, key=ANN) as full, socket_to(small.ws_url, SIGNALS, key=ANN) as socket:
        held = await fill(full)
        await send(socket, stream_id="c", input="third")
        first = await queued(socket, "c", lambda _: True)
        assert (first["position"], first["waiting"], first["estimated_s"]) == (1, 1, None)
        await send(socket, stream_id="d", input="fourth")
        fourth = await queued(socket, "d", lambda _: True)
        assert (fourth["position"], fourth["waiting"]) == (2, 2)
        assert "sequence_number" not in fourth
        await send(socket, "response.cancel", response_id=first["response_id"])
        assert (await queued(socket, "d", lambda event: event["position"] == 1))["waiting"] == 1
        await send(socket, stream_id="e", input="fifth")
        await queued(socket, "e", lambda event: event["position"] == 2)
        await send(full, "response.cancel", response_id=held[0])
        # One has ended, so how long one takes is known; and the place that it had is the fourth's.
        moved = await queued(socket, "e", lambda event: event["position"] == 1 and event["estimated_s"] is not None)
        assert moved["estimated_s"] >= 1
        await send(full, "response.cancel", response_id=held[1])
        answers = [event async for event in ends_of(socket, 2)]
    assert text_of([event for event in answers if event["stream_id"] == "e"]) == expected("fifth")


async def ends_of(socket: ClientConnection, count: int) -> AsyncIterator[Event]:
    """Events until so many responses have completed."""
    while count:
        event = await receive(socket)
        count -= event["type"] == "response.completed"
        yield event


async def test_who_comes_to_another_gateway_or_reads_a_stream_is_told_the_same(small: Parley) -> None:
    headers = {"Authorization": f"Bearer {ANN}"}
    async with (
            socket_to(small.ws_url, key=ANN) as full, socket_to(small.ws_url, key=ANN) as socket,
            httpx.AsyncClient(headers=headers, timeout=30) as client):
        await fill(full)
        await send(socket, input="third")
        (created, _) = await until(socket, "response.queued")
        address = f"{small.urls[1]}/v1/responses/{created['response']['id']}"
        read = await blocks_until(client, "GET", address, "parley:queue", params={"stream": "true", "signals": "true"})
        name, data = read[-1].split("\n")  # and no id
        assert (name, json.loads(data.removeprefix("data: "))["position"]) == ("event: parley:queue", 1)
        posted = await blocks_until(
            client, "POST", f"{small.url}/v1/responses{SIGNALS}", "parley:queue",
            json={"input": "fourth", "stream": True})
        assert json.loads(posted[-1].split("data: ")[1])["position"] == 2
        async with socket_to(small.ws_urls[1], f"{SIGNALS}&resume={created['response']['id']}", key=ANN) as other:
            assert kinds(await until(other, "parley:queue")) == ["response.created", "response.queued", "parley:queue"]


async def blocks_until(client: httpx.AsyncClient, method: str, address: str, kind: str, **arguments: Any) -> list[str]:
    """A stream's events as they are written, until one of this type."""
    blocks = [""]
    async with client.stream(method, address, **arguments) as answer:
        async for line in answer.aiter_lines():
            if line:
                blocks[-1] = f"{blocks[-1]}\n{line}".strip()
            elif blocks[-1].startswith(f"event: {kind}\n"):
                return blocks
            else:
                blocks.append("")
    raise AssertionError(blocks)


async def test_whose_worker_is_lost_is_told_so_and_goes_on_with_another(small: Parley) -> None:
    text = "Go on [[tokens=300]]"
    async with socket_to(small.ws_url, SIGNALS, key=ANN) as socket, socket_to(small.ws_url, key=ANN) as plain:
        await send(socket, input=text)
        seen = await until(socket, "response.output_text.delta")
        await send(plain, "parley:resume", response_id=seen[0]["response"]["id"])
        small.end("worker-1", signal.SIGKILL)
        lost = await until(socket, "parley:interrupted")
        place = await receive(socket)
        assert (place["type"], place["position"], place["waiting"]) == ("parley:queue", 1, 1)
        small.start_worker(2)
        rest = await until_end(socket)
        whole = await until_end(plain)
    told = [event for event in [*seen, *lost[:-1], *rest] if event["type"] != "parley:queue"]
    (continued,) = [event for event in rest if event["type"] == "parley:response.continued"]
    assert continued["attempt"] == 2
    assert text_of(told) == text_of(whole) == expected(text)
    assert numbers(told) == sorted(set(numbers(told)))
    assert not {"parley:interrupted", "parley:queue"} & set(kinds(whole))

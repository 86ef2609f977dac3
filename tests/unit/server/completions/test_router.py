"""/v1/chat/completions over HTTP: a real uvicorn and httpx."""
import asyncio
import json
from typing import Any

import httpx
import pytest

from relay.errors import QueueFull
from relay.events import Ended, InProgress
from tests.unit.server.completions.asking import HELLO, chunks_of, said
from tests.unit.server.responses.gateway import Gateway, answered, error, until

PATH = "/chat/completions"


async def test_a_whole_answer(gateway: Gateway, client: httpx.AsyncClient) -> None:
    async with asyncio.TaskGroup() as tasks:
        posting = tasks.create_task(client.post(PATH, json={"messages": HELLO, "metadata": {"a": "b"}}))
        response_id = await answered(gateway, "Hé", "llo")
    answer = posting.result()
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    body = answer.json()
    assert body["id"] == response_id.replace("resp_", "chatcmpl-")
    assert body["choices"][0]["message"]["content"] == "Héllo"
    response = (await client.get(f"/responses/{response_id}")).json()
    assert (response["metadata"], response["store"]) == ({"a": "b"}, False)


async def test_chunks(gateway: Gateway, client: httpx.AsyncClient) -> None:
    asked = {"messages": HELLO, "stream": True, "stream_options": {"include_usage": True}}
    async with asyncio.TaskGroup() as tasks:
        posting = tasks.create_task(client.post(PATH, json=asked))
        response_id = await answered(gateway, "Hé", "llo\n\n")
    answer = posting.result()
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    chunks = chunks_of(answer.text)
    assert said(chunks) == "Héllo\n\n"
    assert {chunk["id"] for chunk in chunks} == {response_id.replace("resp_", "chatcmpl-")}
    assert chunks[-1]["usage"] is not None


async def test_the_id_is_told_before_anything_is_made(gateway: Gateway, client: httpx.AsyncClient) -> None:
    """So that a completion can be followed and stopped while it still waits."""
    async with client.stream("POST", PATH, json={"messages": HELLO, "stream": True}) as answer:
        lines = answer.aiter_lines()
        told = json.loads((await anext(lines)).removeprefix("data: "))
        assert told["choices"][0]["delta"]["role"] == "assistant"
        response_id = told["id"].replace("chatcmpl-", "resp_")
        stopped = await client.post(f"/responses/{response_id}/cancel")
        assert stopped.json()["incomplete_details"] == {"reason": "cancelled"}
        rest = [line async for line in lines if line]
    assert '"finish_reason":"stop"' in rest[-2]
    assert rest[-1] == "data: [DONE]"


BAD: list[tuple[dict[str, Any], int, str, str | None]] = [
    ({"content": b"{"}, 400, "invalid_json", None),
    ({"content": b"[]"}, 400, "invalid_type", None),
    ({"content": b"{}", "headers": {"Content-Type": "text/plain"}}, 415, "unsupported_media_type", None),
    ({"json": {}}, 400, "missing_required_parameter", "messages"),
    ({"json": {"messages": HELLO, "model": "none"}}, 404, "model_not_found", "model"),
    ({"json": {"messages": HELLO, "model": "bug"}}, 500, "internal_error", None),
    ({"json": {"messages": HELLO, "n": 2}}, 400, "unsupported_parameter", "n"),
    ({"json": {"messages": HELLO, "reasoning_effort": "odd"}}, 400, "invalid_value", "reasoning_effort"),
    ({"json": {"messages": [{"role": "user", "content": "x" * 60_000}]}}, 413, "input_too_large", "messages"),
    ({"json": {"messages": HELLO, "idempotency_key": "a"}, "headers": {"Idempotency-Key": "b"}}, 400, "invalid_value",
     "idempotency_key"),
]


@pytest.mark.parametrize("stream", [False, True])
async def test_bad_input(gateway: Gateway, client: httpx.AsyncClient, stream: bool) -> None:
    for request, status, code, param in BAD:
        sent = {"headers": {"Content-Type": "application/json"}, **request} if "content" in request else {**request}
        if stream and "json" in sent:
            sent["json"] = {**sent["json"], "stream": True}
        answer = await client.post(PATH, **sent)
        assert error(answer) == (status, code, param), request
        assert "secret" not in answer.text
    assert gateway.world.relay.requests == {}
    assert gateway.world.hub.feeds == 0


async def test_what_is_retryable_says_when(gateway: Gateway, client: httpx.AsyncClient) -> None:
    gateway.world.relay.error = QueueFull("tiny", 5)
    answer = await client.post(PATH, json={"messages": HELLO})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "10")


async def test_a_failure(gateway: Gateway, client: httpx.AsyncClient) -> None:
    end = Ended("failed", 2.0, code="context_length_exceeded", message="Too long.")
    for stream in (False, True):
        before = len(gateway.world.relay.requests)
        async with asyncio.TaskGroup() as tasks:
            posting = tasks.create_task(client.post(PATH, json={"messages": HELLO, "stream": stream}))
            await until(lambda before=before: len(gateway.world.relay.requests) > before)  # type: ignore[misc]
            gateway.world.relay.tell(gateway.world.last, [InProgress(1.0), end])
        if stream:
            assert chunks_of(posting.result().text)[-1]["error"]["code"] == "context_length_exceeded"
        else:
            assert error(posting.result()) == (400, "context_length_exceeded", None)


async def test_a_gateway_that_stops_says_so(gateway: Gateway, client: httpx.AsyncClient) -> None:
    async with client.stream("POST", PATH, json={"messages": HELLO, "stream": True}) as answer:
        lines = answer.aiter_lines()
        await anext(lines)
        gateway.sockets.draining.set()
        rest = [line async for line in lines if line]
    assert json.loads(rest[-1].removeprefix("data: "))["error"]["code"] == "service_restart"
    assert error(await client.post(PATH, json={"messages": HELLO}))[:2] == (503, "service_restart")


async def test_an_idempotency_key(gateway: Gateway, client: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "k"}
    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(client.post(PATH, json={"messages": HELLO}, headers=headers))
        await answered(gateway, "A")
    again = await client.post(PATH, json={"messages": HELLO, "stream": True}, headers=headers)
    assert said(chunks_of(again.text)) == first.result().json()["choices"][0]["message"]["content"] == "A"
    assert len(gateway.world.relay.requests) == 1
    other = await client.post(PATH, json={"messages": [{"role": "user", "content": "b"}]}, headers=headers)
    assert error(other)[:2] == (409, "idempotency_mismatch")


@pytest.mark.parametrize(("fields", "stopped"), [
    ({}, True), ({"store": True}, False), ({"store": False, "idempotency_key": "k"}, False)])
async def test_a_client_that_leaves_a_whole_answer(gateway: Gateway, fields: dict[str, Any], stopped: bool) -> None:
    relay = gateway.world.relay
    async with httpx.AsyncClient(base_url=gateway.http) as client:
        posting = asyncio.create_task(client.post(PATH, json={"messages": HELLO, **fields}))
        await until(lambda: relay.requests)
        posting.cancel()
        await asyncio.wait([posting])
    if stopped:
        await until(lambda: relay.cancelled)
    else:
        feed = gateway.world.hub.find(gateway.world.last)
        assert feed is not None
        await until(lambda: not feed.needed)
        assert relay.cancelled == []


async def test_a_client_that_leaves_a_stream_ends_its_viewer_only(gateway: Gateway) -> None:
    asked = {"messages": HELLO, "stream": True}
    async with (
        httpx.AsyncClient(base_url=gateway.http) as client, client.stream("POST", PATH, json=asked) as answer,
    ):
        await anext(answer.aiter_lines())
        assert gateway.world.hub.viewers == 1
    await until(lambda: gateway.world.hub.viewers == 0)
    assert gateway.world.relay.cancelled == []

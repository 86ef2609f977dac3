"""/v1/responses over HTTP: a real uvicorn and httpx."""
import asyncio
import json
from typing import Any

import httpx
import pytest

from relay.errors import QueueFull, RelayAway
from relay.events import Ended, InProgress
from tests import spec
from tests.unit.server.responses.gateway import Gateway, answered, error, until


def events(body: str) -> list[tuple[str, dict[str, Any]]]:
    """The events of an SSE stream up to [DONE], each checked to say its name and number twice."""
    *blocks, done, rest = body.split("\n\n")
    assert (done, rest) == ("data: [DONE]", "")
    found = []
    for block in blocks:
        name, number, data = block.split("\n")
        event = json.loads(data.removeprefix("data: "))
        assert name == f"event: {event['type']}"
        assert number == f"id: {event['sequence_number']}"
        found.append((event["type"], event))
    return found


async def test_a_json_answer(gateway: Gateway, client: httpx.AsyncClient) -> None:
    async with asyncio.TaskGroup() as tasks:
        posting = tasks.create_task(client.post("/responses", json={"input": "hi", "metadata": {"a": "b"}}))
        response_id = await answered(gateway, "Hé", "llo")
    answer = posting.result()
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    body = answer.json()
    assert (body["id"], body["status"], body["metadata"]) == (response_id, "completed", {"a": "b"})
    assert body["output"][0]["content"][0]["text"] == "Héllo"


async def test_a_stream(gateway: Gateway, client: httpx.AsyncClient) -> None:
    async with asyncio.TaskGroup() as tasks:
        posting = tasks.create_task(client.post("/responses", json={"input": "hi", "stream": True}))
        await answered(gateway, "Hé", "llo\n\n")
    answer = posting.result()
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert "content-length" not in answer.headers
    told = events(answer.text)
    assert [name for name, _ in told][:3] == ["response.created", "response.queued", "response.in_progress"]
    assert "".join(event["delta"] for name, event in told if name.endswith("output_text.delta")) == "Héllo\n\n"
    assert told[-1][0] == "response.completed"
    numbers = [event["sequence_number"] for _, event in told]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("how", ["query", "header"])
async def test_a_stream_goes_on_where_it_was_left(gateway: Gateway, client: httpx.AsyncClient, how: str) -> None:
    async with asyncio.TaskGroup() as tasks:
        posting = tasks.create_task(client.post("/responses", json={"input": "hi", "stream": True}))
        response_id = await answered(gateway, "A", "B")
    told = events(posting.result().text)
    at = told[4][1]["sequence_number"]
    query = {"stream": "true"} | ({"starting_after": str(at)} if how == "query" else {})
    headers = {} if how == "query" else {"Last-Event-ID": str(at)}
    answer = await client.get(f"/responses/{response_id}", params=query, headers=headers)
    assert events(answer.text) == told[5:]


async def test_a_cursor_that_was_never_given_out(gateway: Gateway, client: httpx.AsyncClient) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(client.post("/responses", json={"input": "hi"}))
        response_id = await answered(gateway, "A")
    answer = await client.get(f"/responses/{response_id}", params={"stream": "true", "starting_after": "77"})
    assert error(answer) == (409, "response_diverged", None)


async def test_in_the_background_it_is_answered_at_once(gateway: Gateway, client: httpx.AsyncClient) -> None:
    made = (await client.post("/responses", json={"input": "hi", "background": True})).json()
    spec.check("ResponseResource", made)
    assert (made["status"], made["background"], made["output"]) == ("queued", True, [])
    await answered(gateway, "A")
    assert (await client.get(f"/responses/{made['id']}")).json()["status"] == "completed"


async def test_a_stream_in_the_background_is_a_stream(gateway: Gateway, client: httpx.AsyncClient) -> None:
    async with asyncio.TaskGroup() as tasks:
        posting = tasks.create_task(client.post("/responses", json={"input": "x", "background": True, "stream": True}))
        await answered(gateway, "A")
    assert events(posting.result().text)[-1][1]["response"]["background"] is True


async def test_a_cursor_that_turns_out_to_be_none(gateway: Gateway, client: httpx.AsyncClient) -> None:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(client.post("/responses", json={"input": "hi"}))
        await until(lambda: gateway.world.relay.requests)
        path = f"/responses/{gateway.world.last}"
        reading = tasks.create_task(client.get(path, params={"stream": "true", "starting_after": "77777"}))
        await until(lambda: gateway.world.hub.viewers == 1)
        await answered(gateway, "A")
    name, data = reading.result().text.strip().split("\n")
    assert name == "event: error"
    told = json.loads(data.removeprefix("data: "))
    spec.check_event(told)
    assert set(told) == {"type", "code", "message", "param", "error", "sequence_number"}
    assert (told["type"], told["code"]) == ("error", "response_diverged")
    assert "[DONE]" not in reading.result().text


async def test_what_the_reader_has_seen_counts_more_than_what_it_once_asked(
    gateway: Gateway, client: httpx.AsyncClient
) -> None:
    async with asyncio.TaskGroup() as tasks:
        posting = tasks.create_task(client.post("/responses", json={"input": "hi", "stream": True}))
        response_id = await answered(gateway, "A", "B")
    told = events(posting.result().text)
    for asked, seen in ((1, 4), (4, 1), (5, -1)):
        query = {"stream": "true", "starting_after": str(told[asked][1]["sequence_number"])}
        last = "-1" if seen < 0 else str(told[seen][1]["sequence_number"])
        answer = await client.get(f"/responses/{response_id}", params=query, headers={"Last-Event-ID": last})
        assert events(answer.text) == told[seen + 1:]


async def test_a_post_that_broke_goes_on(gateway: Gateway, client: httpx.AsyncClient) -> None:
    asked, headers = {"input": "hi", "stream": True}, {"Idempotency-Key": "k"}
    async with asyncio.TaskGroup() as tasks:
        posting = tasks.create_task(client.post("/responses", json=asked, headers=headers))
        await answered(gateway, "A", "B")
    told = events(posting.result().text)
    headers["Last-Event-ID"] = str(told[4][1]["sequence_number"])
    assert events((await client.post("/responses", json=asked, headers=headers)).text) == told[5:]
    assert len(gateway.world.relay.requests) == 1


@pytest.mark.parametrize(("headers", "wanted"), [
    ({}, (400, "missing_required_parameter", "idempotency_key")),
    ({"Idempotency-Key": "unknown"}, (404, "response_not_found", "idempotency_key")),
    ({"Idempotency-Key": "k", "Last-Event-ID": "first"}, (400, "invalid_value", "last-event-id")),
])
async def test_a_post_that_cannot_go_on_makes_nothing(
    gateway: Gateway, client: httpx.AsyncClient, headers: dict[str, str], wanted: tuple[int, str, str]
) -> None:
    answer = await client.post(
        "/responses", json={"input": "hi", "stream": True}, headers={"Last-Event-ID": "7", **headers})
    assert error(answer) == wanted
    assert gateway.world.relay.requests == {}


BAD: list[tuple[dict[str, Any], int, str, str | None]] = [
    ({"content": b"{"}, 400, "invalid_json", None),
    ({"content": b""}, 400, "invalid_json", None),
    ({"content": b'{"input": "\xc3"}'}, 400, "invalid_utf8", None),
    ({"content": b'{"input": "\xc3'}, 400, "invalid_utf8", None),
    ({"content": b"[]"}, 400, "invalid_type", None),
    ({"content": b"{}", "headers": {"Content-Type": "text/plain"}}, 415, "unsupported_media_type", None),
    ({"data": {"input": "hi"}}, 415, "unsupported_media_type", None),
    ({"json": {}}, 400, "missing_required_parameter", "input"),
    ({"json": {"input": ""}}, 400, "empty_input", "input"),
    ({"json": {"input": "hi", "model": "none"}}, 404, "model_not_found", "model"),
    ({"json": {"input": "hi", "temperature": 3}}, 400, "invalid_value", "temperature"),
    ({"json": {"input": "hi", "n": 2}}, 400, "unsupported_parameter", "n"),
    ({"json": {"input": "hi", "background": True, "store": False}}, 400, "invalid_value", "background"),
    ({"json": {"input": [{"id": "msg_1"}]}}, 400, "item_not_found", "input[0].id"),
    ({"json": {"input": "hi", "stream_id": "a"}}, 400, "unknown_parameter", "stream_id"),
    ({"json": {"input": "x" * 60_000}}, 413, "input_too_large", "input"),
    ({"json": {"input": "x" * 110_000}}, 413, "frame_too_large", None),
    ({"json": {"input": "hi", "previous_response_id": "resp_0"}}, 400, "previous_response_not_found",
     "previous_response_id"),
    ({"json": {"input": "hi", "idempotency_key": "a"}, "headers": {"Idempotency-Key": "b"}}, 400, "invalid_value",
     "idempotency_key"),
    ({"json": {"input": "hi"}, "headers": {"Idempotency-Key": "a b"}}, 400, "invalid_value", "idempotency_key"),
    ({"json": {"input": "hi", "model": "bug"}}, 500, "internal_error", None),
]


@pytest.mark.parametrize("stream", [False, True])
async def test_bad_input(gateway: Gateway, client: httpx.AsyncClient, stream: bool) -> None:
    for request, status, code, param in BAD:
        sent = {"headers": {"Content-Type": "application/json"}, **request} if "content" in request else {**request}
        if stream and "json" in sent:
            sent["json"] = {**sent["json"], "stream": True}
        answer = await client.post("/responses", **sent)
        assert error(answer) == (status, code, param), request
        assert "secret" not in answer.text
        assert "Traceback" not in answer.text
    assert gateway.world.relay.requests == {}
    assert gateway.world.hub.feeds == 0


PATHS: list[tuple[str, str, int, str, str | None]] = [
    ("GET", "/responses/resp_0", 404, "response_not_found", "response_id"),
    ("GET", "/responses/resp_0?stream=true", 404, "response_not_found", "response_id"),
    ("GET", "/responses/resp_0?stream=perhaps", 400, "invalid_value", "stream"),
    ("GET", "/responses/resp_0?stream=true&starting_after=x", 400, "invalid_value", "starting_after"),
    ("GET", "/responses/resp_0?stream=true&signals=perhaps", 400, "invalid_value", "signals"),
    ("GET", "/responses/resp_0/input_items?limit=0", 400, "invalid_value", "limit"),
    ("GET", "/responses/resp_0/input_items?order=up", 400, "invalid_value", "order"),
    ("GET", f"/responses/{'x' * 200}", 400, "invalid_value", "response_id"),
    ("POST", "/responses/resp_0/cancel", 404, "response_not_found", "response_id"),
    ("DELETE", "/responses/resp_0", 404, "response_not_found", "response_id"),
    ("GET", "/responses", 405, "method_not_allowed", None),
]


async def test_bad_paths(client: httpx.AsyncClient) -> None:
    for method, path, *wanted in PATHS:
        assert [*error(await client.request(method, path))] == wanted, path


@pytest.mark.parametrize(("raised", "status", "after"), [(RelayAway(), 503, "3"), (QueueFull("tiny", 5), 429, "10")])
async def test_what_is_retryable_says_when(
    gateway: Gateway, client: httpx.AsyncClient, raised: Exception, status: int, after: str
) -> None:
    gateway.world.relay.error = raised
    answer = await client.post("/responses", json={"input": "hi"})
    assert (answer.status_code, answer.headers["retry-after"]) == (status, after)
    gateway.world.relay.error = None
    async with asyncio.TaskGroup() as tasks:
        posting = tasks.create_task(client.post("/responses", json={"input": "hi"}))
        await answered(gateway, "A")
    assert posting.result().status_code == 200


async def test_what_fails_before_it_says_anything_is_an_error(gateway: Gateway, client: httpx.AsyncClient) -> None:
    end = Ended("failed", 2.0, code="context_length_exceeded", message="Too long.")
    async with asyncio.TaskGroup() as tasks:
        posting = tasks.create_task(client.post("/responses", json={"input": "hi"}))
        await until(lambda: gateway.world.relay.requests)
        gateway.world.relay.tell(gateway.world.last, [InProgress(1.0), end])
    assert error(posting.result()) == (400, "context_length_exceeded", None)


async def test_what_fails_in_the_middle_is_an_answer(gateway: Gateway, client: httpx.AsyncClient) -> None:
    end = Ended("failed", 2.0, code="engine_error", message="No.")
    async with asyncio.TaskGroup() as tasks:
        posting = tasks.create_task(client.post("/responses", json={"input": "hi"}))
        await answered(gateway, "A", end=end)
    assert posting.result().status_code == 200
    assert posting.result().json()["error"] == {"code": "engine_error", "message": "No."}


async def test_read_items_and_delete(gateway: Gateway, client: httpx.AsyncClient) -> None:
    items = [{"role": "user", "content": f"item {i}"} for i in range(3)]
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(client.post("/responses", json={"input": items}))
        response_id = await answered(gateway, "A")
    assert (await client.get(f"/responses/{response_id}")).json()["status"] == "completed"
    page = (await client.get(f"/responses/{response_id}/input_items", params={"limit": 2})).json()
    assert [item["content"][0]["text"] for item in page["data"]] == ["item 2", "item 1"]
    assert page["has_more"] is True
    query = {"after": page["last_id"]}
    rest = (await client.get(f"/responses/{response_id}/input_items", params=query)).json()
    assert [item["content"][0]["text"] for item in rest["data"]] == ["item 0"]
    gone = (await client.delete(f"/responses/{response_id}")).json()
    assert gone == {"id": response_id, "object": "response", "deleted": True}
    assert error(await client.get(f"/responses/{response_id}"))[1] == "response_not_found"


async def test_cancel(gateway: Gateway, client: httpx.AsyncClient) -> None:
    async with asyncio.TaskGroup() as tasks:
        posting = tasks.create_task(client.post("/responses", json={"input": "hi"}))
        await until(lambda: gateway.world.relay.requests)
        answer = await client.post(f"/responses/{gateway.world.last}/cancel")
    assert answer.json()["incomplete_details"] == {"reason": "cancelled"}
    assert posting.result().json() == answer.json()


async def test_an_idempotency_key_in_the_header(gateway: Gateway, client: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "k"}
    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(client.post("/responses", json={"input": "hi"}, headers=headers))
        await answered(gateway, "A")
    again = await client.post("/responses", json={"input": "hi", "idempotency_key": "k"})
    assert again.json() == first.result().json()
    other = await client.post("/responses", json={"input": "other"}, headers=headers)
    assert error(other)[:2] == (409, "idempotency_mismatch")


@pytest.mark.parametrize(("store", "stopped"), [(False, True), (True, False)])
async def test_a_client_that_leaves_a_json_answer(gateway: Gateway, store: bool, stopped: bool) -> None:
    relay = gateway.world.relay
    async with httpx.AsyncClient(base_url=gateway.http) as client:
        posting = asyncio.create_task(client.post("/responses", json={"input": "hi", "store": store}))
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
    relay = gateway.world.relay
    async with (
        httpx.AsyncClient(base_url=gateway.http) as client,
        client.stream("POST", "/responses", json={"input": "hi", "stream": True, "store": False}) as answer,
    ):
        lines = answer.aiter_lines()
        assert await anext(lines) == "event: response.created"
        assert gateway.world.hub.viewers == 1
    await until(lambda: gateway.world.hub.viewers == 0)
    assert relay.cancelled == []
    relay.answer(gateway.world.last, "A")


async def test_a_silent_stream_is_kept_alive(
    gateway: Gateway, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.responses.sse.KEEP_ALIVE_S", 0.01)
    async with client.stream("POST", "/responses", json={"input": "hi", "stream": True}) as answer:
        lines = answer.aiter_lines()
        while await anext(lines) != ": waiting":
            pass
        gateway.world.relay.answer(gateway.world.last, "A")
        rest = [line async for line in lines]
    assert "event: response.completed" in rest
    assert "data: [DONE]" in rest


async def test_other_users(gateway: Gateway, client: httpx.AsyncClient) -> None:
    mine = {"Authorization": "Bearer one"}
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(client.post("/responses", json={"input": "hi"}, headers=mine))
        response_id = await answered(gateway, "A")
    path = f"/responses/{response_id}"
    assert (await client.get(path, headers=mine)).status_code == 200
    for headers in ({}, {"Authorization": "Bearer two"}):
        for method, tail in (("GET", ""), ("GET", "/input_items"), ("POST", "/cancel"), ("DELETE", "")):
            answer = await client.request(method, path + tail, headers=headers)
            assert error(answer)[:2] == (404, "response_not_found")

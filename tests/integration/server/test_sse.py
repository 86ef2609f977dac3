"""`POST /v1/responses` and its kin over plain HTTP: JSON, and server-sent events."""
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.integration.server.talk import Event, expected, kinds, numbers, output_text, text_of
from tests.parley import Parley


@pytest.fixture
async def client(parley: Parley) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=parley.url, headers={"Authorization": "Bearer sse-user"}) as client:
        yield client


def events_of(body: str) -> list[Event]:
    """The events of a whole stream, whose last one is `[DONE]`."""
    blocks = [block for block in body.split("\n\n") if block and not block.startswith(":")]
    assert blocks.pop() == "data: [DONE]"
    events = []
    for block in blocks:
        name, number, data = block.split("\n")
        event = json.loads(data.removeprefix("data: "))
        assert name == f"event: {event['type']}"
        assert number == f"id: {event['sequence_number']}"
        events.append(event)
    return events


async def create(client: httpx.AsyncClient, **fields: Any) -> Event:
    answer = await client.post("/v1/responses", json=fields)
    assert answer.status_code == 200, answer.text
    response: Event = answer.json()
    return response


async def test_json(client: httpx.AsyncClient) -> None:
    response = await create(client, input="Hello [[tokens=30]]", metadata={"a": "b"})
    assert response["status"] == "completed"
    assert response["metadata"] == {"a": "b"}
    assert output_text(response) == expected("Hello [[tokens=30]]")


async def test_stream(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/responses", json={"input": "Hello [[tokens=30]]", "stream": True})
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    events = events_of(answer.text)
    assert kinds(events)[0] == "response.created"
    assert kinds(events)[-1] == "response.completed"
    assert text_of(events) == expected("Hello [[tokens=30]]")


async def test_a_stream_that_broke_goes_on_by_get(client: httpx.AsyncClient) -> None:
    seen: list[Event] = []
    async with client.stream("POST", "/v1/responses", json={"input": "Long [[tokens=300]]", "stream": True}) as answer:
        async for line in answer.aiter_lines():
            if line.startswith("data: "):
                seen.append(json.loads(line.removeprefix("data: ")))
            if len(seen) == 12:
                break
    response_id, last = seen[0]["response"]["id"], seen[-1]["sequence_number"]
    rest = await client.get(f"/v1/responses/{response_id}", params={"stream": True, "starting_after": last})
    events = seen + events_of(rest.text)
    assert numbers(events) == sorted(set(numbers(events)))
    assert text_of(events) == expected("Long [[tokens=300]]")


async def test_reads_what_it_has_just_written(client: httpx.AsyncClient) -> None:
    response = await create(client, input="Hello [[tokens=20]]", instructions="Be kind.")
    read = await client.get(f"/v1/responses/{response['id']}")
    items = await client.get(f"/v1/responses/{response['id']}/input_items")
    assert read.json() == response
    [item] = items.json()["data"]
    assert (item["role"], item["content"]) == ("user", [{"type": "input_text", "text": "Hello [[tokens=20]]"}])
    events = events_of((await client.get(f"/v1/responses/{response['id']}?stream=true")).text)
    assert text_of(events) == output_text(response)


async def test_goes_on_from_a_stored_response(client: httpx.AsyncClient) -> None:
    first = await create(client, input="one [[tokens=9]]")
    second = await create(client, input="two [[tokens=9]]", previous_response_id=first["id"])
    assert output_text(second) == expected("one [[tokens=9]]", output_text(first), "two [[tokens=9]]")


async def test_a_response_is_its_owners_alone(client: httpx.AsyncClient) -> None:
    response = await create(client, input="Mine [[tokens=9]]")
    path, stranger = f"/v1/responses/{response['id']}", {"Authorization": "Bearer somebody-else"}
    answers = [
        await client.get(path, headers=stranger),
        await client.get(f"{path}?stream=true", headers=stranger),
        await client.get(f"{path}/input_items", headers=stranger),
        await client.post(f"{path}/cancel", headers=stranger),
        await client.delete(path, headers=stranger),
    ]
    assert [answer.status_code for answer in answers] == [404] * 5
    assert {answer.json()["error"]["code"] for answer in answers} == {"response_not_found"}
    assert (await client.get(path)).status_code == 200


async def test_deleted_is_gone(client: httpx.AsyncClient) -> None:
    response = await create(client, input="Forget me [[tokens=9]]")
    path = f"/v1/responses/{response['id']}"
    assert (await client.delete(path)).json() == {"id": response["id"], "object": "response", "deleted": True}
    assert (await client.get(path)).status_code == 404
    assert (await client.delete(path)).status_code == 404
    again = await client.post("/v1/responses", json={"input": "x", "previous_response_id": response["id"]})
    assert again.json()["error"]["code"] == "previous_response_not_found"


async def test_stop(client: httpx.AsyncClient) -> None:
    async with client.stream(
            "POST", "/v1/responses", json={"input": "Go on [[tokens=100000]]", "stream": True}) as answer:
        lines = answer.aiter_lines()
        first = json.loads([line async for line in _until(lines, "data: ")][-1].removeprefix("data: "))
        stopped = await client.post(f"/v1/responses/{first['response']['id']}/cancel")
        rest = [line async for line in lines]
    assert stopped.json()["status"] == "incomplete"
    assert stopped.json()["incomplete_details"] == {"reason": "cancelled"}
    assert rest[-2:] == ["data: [DONE]", ""]


async def _until(lines: AsyncIterator[str], beginning: str) -> AsyncIterator[str]:
    async for line in lines:
        yield line
        if line.startswith(beginning):
            return


async def test_models(client: httpx.AsyncClient) -> None:
    [model] = (await client.get("/v1/models")).json()["data"]
    assert (model["id"], model["object"], model["parley:state"]) == ("synthetic", "model", "ready")
    assert (await client.get("/v1/models/synthetic")).json() == model
    assert (await client.get("/v1/models/none/such")).json()["error"]["code"] == "model_not_found"

"""Queries and mutations over HTTP: a real uvicorn and httpx."""
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx
import pytest

from server.auth.service import Authenticator
from tests.unit.server.graphql.door import MAX_BODY_BYTES, OpenDoor, an_open_door, codes
from tests.unit.server.responses.gateway import until

CREATE = "mutation ($input: CreateResponse!) { createResponse(input: $input) { id status model store: stored } }"
READ = """query ($id: ID!) { response(id: $id) {
    id status text model stored completedAt incompleteReason instructions metadata json
    input { type ... on Message { role text content { type text } } }
    output { type status ... on Message { role text } }
    usage { inputTokens outputTokens totalTokens } error { code }
} }"""


@pytest.fixture
async def door() -> AsyncIterator[OpenDoor]:
    async with an_open_door() as opened:
        yield opened


async def created(door: OpenDoor, key: str = "anna", **fields: Any) -> str:
    answer = await door.post(CREATE, key, input={"text": "hello", **fields})
    assert "errors" not in answer, answer
    response_id: str = answer["data"]["createResponse"]["id"]
    return response_id


async def test_viewer_and_models(door: OpenDoor) -> None:
    answer = await door.post(
        "{ viewer { id isAdministrator } models { id state contextTokens workers isDefault capabilities } }")
    assert answer["data"]["viewer"]["id"].startswith("key_")
    assert answer["data"]["viewer"]["isAdministrator"] is False
    assert answer["data"]["models"] == [
        {"id": "tiny", "state": "READY", "contextTokens": 512, "workers": 2, "isDefault": True,
         "capabilities": ["tools"]}]


async def test_workers_are_for_administrators() -> None:
    query = "{ workers { name model state running capacity kvUsage startedAt } }"
    async with an_open_door(authenticator=Authenticator(bootstrap_key="right-key", any_bearer=True)) as door:
        told = (await door.post(query, "right-key"))["data"]["workers"]
        assert told == [{
            "name": "worker-1", "model": "tiny", "state": "ready", "running": 2, "capacity": 8, "kvUsage": 0.25,
            "startedAt": "1970-01-01T00:00:01+00:00"}]
    async with an_open_door() as door:
        answer = await door.post(query)
        assert (answer["data"], codes(answer)) == (None, ["administrator_required"])


async def test_a_response_is_made_and_read(door: OpenDoor) -> None:
    answer = await door.post(CREATE, input={"text": "hello", "instructions": "Be kind.", "metadata": {"a": "b"}})
    made = answer["data"]["createResponse"]
    assert made == {"id": door.world.last, "status": "QUEUED", "model": "tiny", "store": True}
    door.world.relay.answer(made["id"], "Hi", " there")
    read = (await door.post(READ, id=made["id"]))["data"]["response"]
    assert (read["status"], read["text"], read["instructions"]) == ("COMPLETED", "Hi there", "Be kind.")
    assert read["metadata"] == {"a": "b"}
    content = [{"type": "input_text", "text": "hello"}]
    assert read["input"] == [{"type": "message", "role": "user", "text": "hello", "content": content}]
    assert read["output"] == [{"type": "message", "status": "completed", "role": "assistant", "text": "Hi there"}]
    assert read["usage"]["totalTokens"] == read["usage"]["inputTokens"] + read["usage"]["outputTokens"]
    assert (read["error"], read["incompleteReason"]) == (None, None)
    assert read["json"]["object"] == "response"


async def test_nobody_needs_to_follow_what_was_made(door: OpenDoor) -> None:
    feed = door.world.hub.find(await created(door))
    assert feed is not None
    assert not feed.needed


async def test_items_and_options_are_those_of_the_other_doors(door: OpenDoor) -> None:
    items = [{"type": "message", "role": "user", "content": "one"}, {"role": "user", "content": "two"}]
    answer = await door.post(CREATE, input={"items": items, "options": {"seed": 7, "stop": ["x"]}})
    request = door.world.relay.requests[answer["data"]["createResponse"]["id"]]
    assert len(request.input) == 2
    assert (request.sampling.seed, request.sampling.stop) == (7, ["x"])


@pytest.mark.parametrize(("fields", "code", "param"), [
    ({"text": "x", "options": {"nonsense": 1}}, "unknown_parameter", "nonsense"),
    ({"text": "x", "options": {"stream": True}}, "unsupported_parameter", "options.stream"),
    ({"text": "x", "options": {"model": "y"}, "model": "y"}, "invalid_value", "model"),
    ({"text": "x", "options": [1]}, "invalid_type", "options"),
    ({"text": "x", "items": []}, "invalid_value", "items"),
    ({}, "missing_required_parameter", "input"),
    ({"text": "x", "temperature": 9.0}, "invalid_value", "temperature"),
    ({"text": "x", "model": "none"}, "model_not_found", "model"),
    ({"text": "x", "previousResponseId": "resp_no"}, "previous_response_not_found", "previous_response_id"),
    ({"text": "x", "model": "bug"}, "internal_error", None),
])
async def test_what_is_wrong_with_a_request_has_the_code_of_the_other_doors(
        door: OpenDoor, fields: dict[str, Any], code: str, param: str | None) -> None:
    answer = await door.post(CREATE, input=fields)
    assert answer["data"] is None
    [error] = answer["errors"]
    assert (error["extensions"]["code"], error["extensions"]["param"]) == (code, param)
    assert error["path"] == ["createResponse"]
    assert "secret" not in error["message"]


async def test_the_same_key_gives_the_same_response(door: OpenDoor) -> None:
    first = await created(door, idempotencyKey="k")
    assert await created(door, idempotencyKey="k") == first
    answer = await door.post(CREATE, input={"text": "other", "idempotencyKey": "k"})
    assert codes(answer) == ["idempotency_mismatch"]


async def test_somebody_elses_response_is_not_there(door: OpenDoor) -> None:
    response_id = await created(door)
    door.world.relay.answer(response_id, "Hi")
    read = "query ($id: ID!) { response(id: $id) { id } node(id: $id) { id } }"
    own = (await door.post(read, id=response_id))["data"]
    assert own == {"response": {"id": response_id}, "node": {"id": response_id}}
    assert (await door.post(read, "ben", id=response_id))["data"] == {"response": None, "node": None}
    for mutation in ("cancelResponse(id: $id) { id }", "deleteResponse(id: $id)"):
        answer = await door.post(f"mutation ($id: ID!) {{ {mutation} }}", "ben", id=response_id)
        assert codes(answer) == ["response_not_found"]
    assert (await door.post(READ, id=response_id))["data"]["response"]["text"] == "Hi"


async def test_stop_and_forget(door: OpenDoor) -> None:
    response_id = await created(door)
    delete = "mutation ($id: ID!) { deleteResponse(id: $id) }"
    assert codes(await door.post(delete, id=response_id)) == ["invalid_value"], "it goes on"
    answer = await door.post(
        "mutation ($id: ID!) { cancelResponse(id: $id) { status incompleteReason } }", id=response_id)
    assert answer["data"]["cancelResponse"] == {"status": "INCOMPLETE", "incompleteReason": "cancelled"}
    assert (await door.post(delete, id=response_id))["data"] == {"deleteResponse": response_id}
    assert (await door.post(READ, id=response_id))["data"] == {"response": None}


async def test_the_response_before(door: OpenDoor) -> None:
    first = await created(door)
    door.world.relay.answer(first, "One")
    second = await created(door, previousResponseId=first)
    read = "query ($id: ID!) { response(id: $id) { previous { id text previous { id } } } }"
    answer = await door.post(read, id=second)
    assert answer["data"]["response"] == {"previous": {"id": first, "text": "One", "previous": None}}


SEVERAL = "query a { viewer { id } } query b { viewer { id } }"


@pytest.mark.parametrize("query", ["{ nonsense }", "{", SEVERAL, "{ viewer }", "fragment f on Query { viewer { id } }"])
async def test_a_query_that_is_wrong(door: OpenDoor, query: str) -> None:
    async with httpx.AsyncClient() as http:
        answer = await http.post(door.http, json={"query": query})
    assert codes(answer.json()) == ["invalid_query"]


@pytest.mark.parametrize(("content", "kind", "status", "code"), [
    (b"{", "application/json", 400, "invalid_json"),
    (b'"\xff"', "application/json", 400, "invalid_utf8"),
    (b"[]", "application/json", 400, "invalid_type"),
    (b"{}", "application/json", 400, "missing_required_parameter"),
    (b'{"query": ""}', "application/json", 400, "missing_required_parameter"),
    (b'{"query": 1}', "application/json", 400, "invalid_type"),
    (b'{"query": "{viewer{id}}' + b"," * 20_000 + b'"}', "application/json", 400, "query_too_complex"),
    (b'{"query": "{viewer{id}}", "variables": []}', "application/json", 400, "invalid_type"),
    (b'{"query": "{viewer{id}}", "operationName": 1}', "application/json", 400, "invalid_type"),
    (b'{"query": "{viewer{id}}", "quary": 1}', "application/json", 400, "unknown_parameter"),
    (b'{"query": "{viewer{id}}"}', "text/plain", 415, "unsupported_media_type"),
    (b'{"query": "subscription { response(id: 1) { type } }"}', "application/json", 400, "invalid_query"),
])
async def test_a_body_that_is_wrong(door: OpenDoor, content: bytes, kind: str, status: int, code: str) -> None:
    async with httpx.AsyncClient() as http:
        answer = await http.post(door.http, content=content, headers={"Content-Type": kind})
    assert (answer.status_code, codes(answer.json())) == (status, [code])


async def test_a_body_over_the_limit_that_does_not_say_so(door: OpenDoor) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b'{"query": "' + b" " * MAX_BODY_BYTES + b'"}'

    async with httpx.AsyncClient() as http:
        answer = await http.post(door.http, content=chunks(), headers={"Content-Type": "application/json"})
    assert (answer.status_code, codes(answer.json())) == (413, ["frame_too_large"])


async def test_who_may_not_enter_is_told_in_the_shape_of_graphql() -> None:
    authenticator = Authenticator(bootstrap_key="right-key")
    async with an_open_door(authenticator=authenticator) as door, httpx.AsyncClient() as http:
        wrong = await http.post(door.http, json={"query": "{viewer{id}}"}, headers={"Authorization": "Bearer no"})
        assert (wrong.status_code, codes(wrong.json())) == (401, ["invalid_api_key"])
        assert wrong.headers["www-authenticate"] == "Bearer"
        foreign = await http.post(door.http, json={"query": "{viewer{id}}"}, headers={"Origin": "https://evil.example"})
        assert (foreign.status_code, codes(foreign.json())) == (403, ["forbidden_origin"])


async def test_a_gateway_that_stops_takes_nothing(door: OpenDoor) -> None:
    door.sockets.draining.set()
    async with httpx.AsyncClient() as http:
        answer = await http.post(door.http, json={"query": "{viewer{id}}"})
    assert (answer.status_code, codes(answer.json())) == (503, ["service_restart"])
    assert answer.headers["retry-after"]


async def test_one_response_is_read_once_however_often_it_is_asked_for(door: OpenDoor) -> None:
    response_id = await created(door)
    door.world.relay.answer(response_id, "Hi")
    finds: list[str] = []
    find_many = door.world.history.find_many

    async def counted(response_ids: Sequence[str], user: str) -> Any:
        finds.extend(response_ids)
        return await find_many(response_ids, user)

    door.world.history.find_many = counted  # type: ignore[method-assign]
    fields = " ".join(f"r{n}: response(id: $id) {{ text }}" for n in range(10))
    answer = await door.post(f"query ($id: ID!) {{ {fields} }}", id=response_id)
    assert {read["text"] for read in answer["data"].values()} == {"Hi"}
    assert len(finds) == 1
    await until(lambda: door.sockets.open == 0)

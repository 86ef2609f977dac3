"""A conversation made short: what the model is asked, what is kept, and that another request can go on from it."""
import asyncio
from typing import Any

import httpx
import pytest

from relay.events import Ended, Usage
from server.responses.compaction import ASK
from server.responses.opaque import unseal
from tests import spec
from tests.unit.server.responses.gateway import Gateway, answered, until

RULE = {"type": "message", "role": "developer", "content": "Be kind."}
USER = {"type": "message", "role": "user", "content": "We launch on Tuesday."}
SAID = {"type": "message", "role": "assistant", "content": "Tuesday it is."}
END = Ended("completed", 2.0, Usage(20, 0, 5, 0))


async def compacted(gateway: Gateway, client: httpx.AsyncClient, end: Ended = END, *said: str, **body: Any) -> Any:
    """The answer to a conversation that is summed up in these words."""
    before = len(gateway.world.relay.requests)
    async with asyncio.TaskGroup() as tasks:
        posting = tasks.create_task(client.post("/responses/compact", json={"model": "tiny", **body}))
        await answered(gateway, *said, end=end, before=before)
    return posting.result()


def texts(gateway: Gateway) -> list[str]:
    """What the model was asked last, each part of each message."""
    items = gateway.world.relay.requests[gateway.world.last].input
    return [part["text"] for item in items for part in item["content"]]


async def test_a_summary_takes_the_conversation_s_place(gateway: Gateway, client: httpx.AsyncClient) -> None:
    answer = await compacted(gateway, client, END, " Launch", ": Tuesday. ", input=[RULE, USER, SAID])
    made = answer.json()
    spec.check("CompactResource", made)
    assert (answer.status_code, made["object"]) == (200, "response.compaction")
    assert made["usage"]["output_tokens"] == 5
    rule, item = made["output"]
    assert (rule["role"], rule["content"]) == ("developer", [{"type": "input_text", "text": "Be kind."}])
    assert unseal(item["encrypted_content"]) == "Launch: Tuesday."
    assert texts(gateway) == ["Be kind.", "We launch on Tuesday.", "Tuesday it is.", ASK]
    request = gateway.world.relay.requests[gateway.world.last]
    assert (request.store, request.truncation, request.sampling.max_output_tokens) == (False, "auto", 1024)
    async with asyncio.TaskGroup() as tasks:
        going_on = {"input": [*made["output"], {"role": "user", "content": "When?"}]}
        posting = tasks.create_task(client.post("/responses", json=going_on))
        await answered(gateway, "Tuesday.", before=1)
    assert posting.result().status_code == 200
    request = gateway.world.relay.requests[gateway.world.last]
    assert request.input[1] == {"type": "compaction", "id": item["id"], "summary": "Launch: Tuesday."}


@pytest.mark.parametrize("given", ["Hi", [{"role": "user", "content": "Hi"}],
                                   [{"role": "user", "content": [{"type": "input_text", "text": "Hi"}]}]])
async def test_two_messages_of_the_user_do_not_meet(gateway: Gateway, client: httpx.AsyncClient, given: Any) -> None:
    await compacted(gateway, client, END, "x", input=given)
    [message] = gateway.world.relay.requests[gateway.world.last].input
    assert [part["text"] for part in message["content"]] == ["Hi", ASK]


async def test_a_stored_chain_is_made_short(gateway: Gateway, client: httpx.AsyncClient) -> None:
    async with asyncio.TaskGroup() as tasks:
        posting = tasks.create_task(client.post("/responses", json={"input": [RULE, USER]}))
        await answered(gateway, "Yes")
    made = (await compacted(gateway, client, END, "x", previous_response_id=posting.result().json()["id"])).json()
    assert texts(gateway) == ["Be kind.", "We launch on Tuesday.", "Yes", ASK]
    assert [item["type"] for item in made["output"]] == ["message", "compaction"]
    spec.check("CompactResource", made)


@pytest.mark.parametrize(("said", "end", "status", "code"), [
    ((), END, 500, "engine_error"),
    ((" ",), END, 500, "engine_error"),
    ((), Ended("failed", 2.0, code="context_length_exceeded", message="Too long."), 400, "context_length_exceeded"),
    (("x",), Ended("failed", 2.0, code="worker_lost", message="Gone."), 503, "worker_lost"),
])
async def test_without_a_summary_there_is_an_error(
    gateway: Gateway, client: httpx.AsyncClient, said: tuple[str, ...], end: Ended, status: int, code: str
) -> None:
    answer = await compacted(gateway, client, end, *said, input="Hi")
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


async def test_a_summary_that_was_cut_short_is_one(gateway: Gateway, client: httpx.AsyncClient) -> None:
    end = Ended("incomplete", 2.0, reason="max_output_tokens")
    assert (await compacted(gateway, client, end, "Launch:", input="Hi")).status_code == 200


@pytest.mark.parametrize(("body", "code", "param"), [
    ({"input": "hi"}, "missing_required_parameter", "model"),
    ({"model": None, "input": "hi"}, "invalid_type", "model"),
    ({"model": "tiny"}, "missing_required_parameter", "input"),
    ({"model": "tiny", "input": []}, "empty_input", "input"),
    ({"model": "tiny", "input": [], "previous_response_id": "resp_1"}, "empty_input", "input"),
    ({"model": "tiny", "previous_response_id": "resp_1"}, "previous_response_not_found", "previous_response_id"),
    ({"model": "tiny", "input": "hi", "store": True}, "unknown_parameter", "store"),
    ({"model": "tiny", "input": "hi", "prompt_cache_retention": "24h"}, "unsupported_parameter",
     "prompt_cache_retention"),
    ({"model": "tiny", "input": [{"id": "msg_1"}]}, "item_not_found", "input[0].id"),
])
async def test_bad_input(
    gateway: Gateway, client: httpx.AsyncClient, body: dict[str, Any], code: str, param: str
) -> None:
    answer = await client.post("/responses/compact", json=body)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["param"]) == (400, code, param)
    assert gateway.world.relay.requests == {}


async def test_who_leaves_stops_it(gateway: Gateway, client: httpx.AsyncClient) -> None:
    posting = asyncio.create_task(client.post("/responses/compact", json={"model": "tiny", "input": "hi"}))
    await until(lambda: gateway.world.relay.requests)
    posting.cancel()
    await until(lambda: gateway.world.relay.cancelled)
    assert gateway.world.relay.cancelled == [gateway.world.last]

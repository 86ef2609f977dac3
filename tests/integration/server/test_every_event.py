"""Every event and object, in every way that a response can go and be followed, as the specification has it."""
from typing import Any

import pytest

from tests import spec
from tests.compliance.grammar import check_stream
from tests.compliance.run import open_target
from tests.integration.server.talk import Event, receive, send, socket_to, until, until_end
from tests.parley import Parley

LONG = "Long [[tokens=100000]]"
TOO_LONG = "word " * 120_000  # the synthetic engine's context holds 131,072 tokens of four bytes


def end_of(events: list[Event]) -> Event:
    """The terminal event's response, of a stream that was told from its beginning."""
    check_stream(events)
    response: Event = events[-1]["response"]
    return response


@pytest.mark.parametrize(("fields", "status", "details"), [
    ({"input": "Hello [[tokens=30]]"}, "completed", None),
    ({"input": "Hello", "stop": ["fox"]}, "completed", None),
    ({"input": LONG, "max_output_tokens": 20}, "incomplete", {"reason": "max_output_tokens"}),
    ({"input": TOO_LONG}, "failed", None),
    ({"input": TOO_LONG, "truncation": "auto"}, "failed", None),  # there is one turn, and it does not fit
    ({"input": [{"role": "user", "content": TOO_LONG}, {"role": "assistant", "content": "x"},
                {"role": "user", "content": "Hello"}], "truncation": "auto"}, "completed", None),
    ({"input": "Hello", "text": {"format": {"type": "json_object"}, "verbosity": "low"}}, "completed", None),
    ({"input": "Hello", "top_logprobs": 3}, "completed", None),
    ({"input": "Hello", "reasoning": {"effort": "medium"}, "include": ["reasoning.encrypted_content"]}, "completed",
     None),
], ids=["text", "stop", "length", "failed", "nothing to leave out", "truncated", "json", "logprobs", "reasoning"])
async def test_on_a_socket(
    parley: Parley, fields: dict[str, Any], status: str, details: dict[str, str] | None
) -> None:
    async with socket_to(parley.ws_url, key="schema") as socket:
        await send(socket, metadata={"a": "b"}, **fields)
        response = end_of(await until_end(socket))
    assert (response["status"], response["incomplete_details"]) == (status, details)
    if status == "failed":
        assert response["error"]["code"] == "context_length_exceeded"


async def test_when_it_is_cancelled(parley: Parley) -> None:
    async with socket_to(parley.ws_url, key="schema") as socket:
        await send(socket, input=LONG)
        events = await until(socket, "response.output_text.delta")
        await send(socket, "response.cancel", response_id=events[0]["response"]["id"])
        response = end_of([*events, *await until_end(socket)])
    assert response["incomplete_details"] == {"reason": "cancelled"}


async def test_when_it_is_taken_up_again(parley: Parley) -> None:
    """What comes behind any number, merged or not, and all that came before it, are one stream."""
    async with socket_to(parley.ws_url, key="schema") as socket, socket_to(parley.ws_url, key="schema") as other:
        await send(socket, input="Hello [[tokens=300]]")
        events = await until(socket, "response.output_text.delta")
        response_id = events[0]["response"]["id"]
        await send(other, "parley:resume", response_id=response_id, starting_after=events[-1]["sequence_number"])
        rest = await until_end(other)
        whole = [*events, *await until_end(socket)]
    assert end_of([*events, *rest]) == end_of(whole)
    async with open_target(parley.url, "schema") as target:
        assert await target.get(f"/responses/{response_id}") == whole[-1]["response"]
        for cut in (0, 1, 4, len(whole) // 2):
            rest = await target.rest_of(response_id, whole[cut]["sequence_number"])
            assert end_of([*whole[:cut + 1], *rest]) == whole[-1]["response"]


async def test_errors_of_a_socket_and_of_a_stream(parley: Parley) -> None:
    async with socket_to(parley.ws_url, key="schema") as socket:
        await send(socket, input="Hello", previous_response_id="resp_0never", stream_id="lane")
        error = await receive(socket)
        spec.check("WebSocketErrorEvent", error)
        assert (error["error"]["code"], error["stream_id"]) == ("previous_response_not_found", "lane")
    async with open_target(parley.url, "schema") as target:
        made = await target.create(input="Hello [[tokens=9]]")
        answer = await target.http.get(
            f"{target.url}/responses/{made['id']}", params={"stream": "true", "starting_after": "77777"})
    assert answer.status_code == 409
    spec.check("ErrorPayload", answer.json()["error"])

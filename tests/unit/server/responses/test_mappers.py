"""From what a client sends to what the relay carries, and back to what can be continued."""
import json
from typing import Any

import msgspec
import pytest

from relay.job import Request
from relay.job import Sampling as RelaySampling
from server.common.errors import BadRequest, Code, LimitReached, TooLarge
from server.responses import mappers
from server.responses.chains import Past
from server.responses.mappers import Origin
from server.responses.opaque import seal
from server.responses.resource import snapshot
from server.responses.schemas import parse_create
from tests import spec

ORIGIN = Origin("u", "resp_1", "tiny", 5.5)


def mapped(past: Past | None = None, limit: int = 10_000, **body: Any) -> Request:
    return mappers.relay_request(parse_create({"input": "hi", **body}), ORIGIN, past, limit)


def test_the_least_request() -> None:
    request = mapped()
    assert (request.response_id, request.user, request.model, request.created_at) == ("resp_1", "u", "tiny", 5.5)
    assert request.input == [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hi"}]}]
    assert (request.own_input, request.store, request.tool_choice, request.tools) == (1, True, "auto", [])
    assert request.sampling == RelaySampling()
    assert (request.instructions, request.text_format) == (None, None)
    assert request.echo == {
        "previous_response_id": None, "metadata": {}, "background": False, "safety_identifier": None,
        "prompt_cache_key": None,
    }


def test_every_field_arrives() -> None:
    sampling: dict[str, Any] = {
        "temperature": 0.5, "top_p": 0.9, "top_k": 5, "min_p": 0.1, "presence_penalty": 1.0, "frequency_penalty": -1.0,
        "repetition_penalty": 1.2, "seed": 7, "stop": ["x", "y"], "min_tokens": 2, "max_output_tokens": 20,
        "top_logprobs": 3,
    }
    echoed: dict[str, Any] = {
        "previous_response_id": "resp_0", "metadata": {"a": "b"}, "background": False, "safety_identifier": "s",
        "prompt_cache_key": "p", "user": "me", "reasoning": {"effort": "low", "summary": "auto"},
    }
    asked: dict[str, Any] = {"parallel_tool_calls": False, "max_tool_calls": 2, "truncation": "auto"}
    request = mapped(
        **sampling, **echoed, **asked, store=False, instructions="be brief", tool_choice="none",
        text={"verbosity": "low"})
    assert {name: getattr(request, name) for name in asked} == asked
    assert (request.reasoning_effort, request.verbosity) == ("low", "low")
    assert request.sampling == RelaySampling(**sampling, logprobs=True)
    assert request.echo == echoed
    assert (request.store, request.instructions, request.tool_choice) == (False, "be brief", "none")


def test_tools_and_the_choice_among_them() -> None:
    tools: list[dict[str, Any]] = [
        {"type": "function", "name": "f", "description": None, "parameters": None, "strict": None},
        {"type": "function", "name": "g", "description": "d", "parameters": {"default": None}, "strict": False},
    ]
    request = mapped(tools=tools, tool_choice={"type": "function", "name": "f"})
    assert request.tools == [{"type": "function", "name": "f"}, tools[1]]
    assert request.tool_choice == {"type": "function", "name": "f"}
    chosen = {"type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "g"}]}
    assert mapped(tools=tools, tool_choice=chosen).tool_choice == chosen
    for word in ("auto", "none", "required"):
        assert mapped(tools=tools, tool_choice=word).tool_choice == word


def test_an_output_answers_a_call_before_it() -> None:
    call = {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}
    output = {"type": "function_call_output", "call_id": "c", "output": "1"}
    assert mapped(Past("resp_0", [call], 1), input=[output]).own_input == 1
    for given in ([output], [output, call], [call, {**output, "call_id": "d"}]):
        with pytest.raises(BadRequest) as caught:
            mapped(input=given)
        index = 1 if given[0] is call else 0
        assert (caught.value.code, caught.value.param) == (Code.INVALID_VALUE, f"input[{index}].call_id")


def test_what_the_server_has_sealed_is_read() -> None:
    request = mapped(input=[
        {"type": "compaction", "id": "cmp_1", "encrypted_content": seal("so far")},
        {"type": "reasoning", "summary": [], "encrypted_content": seal("hm")},
        {"type": "reasoning", "summary": [], "encrypted_content": seal("hm"), "content": []},
    ])
    assert request.input == [
        {"type": "compaction", "id": "cmp_1", "summary": "so far"},
        {"type": "reasoning", "summary": [], "content": [{"type": "reasoning_text", "text": "hm"}]},
        {"type": "reasoning", "summary": [], "content": []},
    ]


def test_images_keep_their_detail() -> None:
    image = {"type": "input_image", "image_url": "data:image/png;base64,AAAA"}
    given: list[dict[str, Any]] = [
        {"role": "user", "content": [{"type": "input_text", "text": "?"}, image]},
        {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c", "output": [{**image, "detail": "low"}]},
    ]
    request = mapped(input=given)
    assert request.input[0]["content"][1] == {**image, "detail": "auto"}
    assert request.input[2]["output"] == [{**image, "detail": "low"}]


def test_one_stop_string_is_a_list_of_one() -> None:
    assert mapped(stop="x").sampling.stop == ["x"]


def test_log_probabilities_without_alternatives() -> None:
    sampling = mapped(include=["message.output_text.logprobs"]).sampling
    assert (sampling.logprobs, sampling.top_logprobs) == (True, 0)


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ({"type": "text"}, None),
        ({"type": "json_object"}, {"type": "json_object"}),
        ({"type": "json_schema", "name": "n", "schema": {"a": 1}},
         {"type": "json_schema", "name": "n", "schema": {"a": 1}}),
        ({"type": "json_schema", "name": "n", "schema": {}, "strict": True, "description": "d"},
         {"type": "json_schema", "name": "n", "schema": {}, "strict": True, "description": "d"}),
    ],
)
def test_text_formats(given: dict[str, Any], made: dict[str, Any] | None) -> None:
    assert mapped(text={"format": given}).text_format == made


def test_items_lose_what_is_null_or_no_context() -> None:
    given: list[dict[str, Any]] = [
        {"role": "developer", "content": "rules", "id": None},
        {"role": "user", "content": [{"type": "input_text", "text": "a"}, {"type": "input_text", "text": "b"}]},
        {"type": "message", "role": "assistant", "id": "msg_1", "status": "completed", "phase": "final_answer",
         "content": [{"type": "output_text", "text": "x", "annotations": [1], "logprobs": [2]},
                     {"type": "refusal", "refusal": "y"}]},
        {"role": "assistant", "content": "said"},
        {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}", "status": None},
        {"type": "function_call_output", "call_id": "c", "output": "1"},
        {"type": "function_call_output", "call_id": "c", "output": [{"type": "input_text", "text": "1"}]},
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "s"}], "content": None, "id": "rs_1"},
        {"type": "reasoning", "summary": [], "content": [{"type": "reasoning_text", "text": "t"}]},
    ]
    request = mapped(input=given)
    assert request.own_input == len(given)
    assert request.input == [
        {"type": "message", "role": "developer", "content": [{"type": "input_text", "text": "rules"}]},
        {"type": "message", "role": "user",
         "content": [{"type": "input_text", "text": "a"}, {"type": "input_text", "text": "b"}]},
        {"type": "message", "id": "msg_1", "role": "assistant", "phase": "final_answer",
         "content": [{"type": "output_text", "text": "x"}, {"type": "refusal", "refusal": "y"}]},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "said"}]},
        {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c", "output": "1"},
        {"type": "function_call_output", "call_id": "c", "output": [{"type": "input_text", "text": "1"}]},
        {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "s"}]},
        {"type": "reasoning", "summary": [], "content": [{"type": "reasoning_text", "text": "t"}]},
    ]
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(request), type=Request) == request


def test_what_came_before_stands_before_it() -> None:
    before = [{"type": "message", "role": "user", "content": "before"}]
    request = mapped(Past("resp_0", before, 60))
    assert request.input[:1] == before
    assert (len(request.input), request.own_input) == (2, 1)
    assert len(before) == 1


def test_the_limit_counts_what_came_before_and_the_instructions() -> None:
    size = mappers.size_bytes(mapped().input) + len("null")
    mapped(limit=size)
    mapped(Past("resp_0", [], 100), limit=size + 100)
    for past, limit, body in (
        (None, size - 1, {}), (Past("resp_0", [], 101), size + 100, {}), (None, size, {"instructions": "x" * 10}),
    ):
        with pytest.raises(TooLarge) as caught:
            mapped(past, limit, **body)
        assert (caught.value.code, caught.value.param) == (Code.INPUT_TOO_LARGE, "input")


def test_a_past_is_all_that_was_given_and_said() -> None:
    output: list[dict[str, Any]] = [
        {"type": "reasoning", "id": "rs_1", "summary": [], "content": [{"type": "reasoning_text", "text": "t"}]},
        {"type": "message", "id": "msg_1", "role": "assistant", "status": "incomplete",
         "content": [{"type": "output_text", "text": "x", "annotations": [], "logprobs": [1] * 1000},
                     {"type": "refusal", "refusal": "y"}]},
        {"type": "function_call", "id": "fc_1", "call_id": "c", "name": "f", "arguments": "{}", "status": "completed"},
    ]
    past = mappers.past(mapped(instructions="not this"), output)
    assert past.response_id == "resp_1"
    assert past.items[1:] == [
        {"type": "reasoning", "id": "rs_1", "summary": [], "content": [{"type": "reasoning_text", "text": "t"}]},
        {"type": "message", "id": "msg_1", "role": "assistant",
         "content": [{"type": "output_text", "text": "x"}, {"type": "refusal", "refusal": "y"}]},
        {"type": "function_call", "id": "fc_1", "call_id": "c", "name": "f", "arguments": "{}"},
    ]
    assert past.size_bytes == len(json.dumps(past.items, separators=(",", ":")))


def test_a_hash_is_of_what_was_asked_and_not_of_how() -> None:
    body = {"input": "hi", "metadata": {"a": "1", "b": "2"}}
    same = {"metadata": {"b": "2", "a": "1"}, "input": "hi", "stream": True, "idempotency_key": "k", "stream_id": "a"}
    assert mappers.request_hash(body) == mappers.request_hash(same)
    assert mappers.request_hash(body) != mappers.request_hash({**body, "temperature": 1})


def failed(code: str, output: list[Any]) -> dict[str, Any]:
    return {"id": "resp_0a", "status": "failed", "output": output, "error": {"code": code, "message": "no"}}


def test_a_response_that_failed_before_it_said_anything_is_an_error() -> None:
    error = mappers.failure(failed("queue_timeout", []))
    assert isinstance(error, LimitReached)
    assert (error.code, error.message, error.response_id) == (Code.QUEUE_TIMEOUT, "no", "resp_0a")


@pytest.mark.parametrize(
    "response",
    [failed("queue_timeout", [1]), failed("some_code", []), {"status": "completed", "output": [], "error": None}])
def test_other_responses_are_answers(response: dict[str, Any]) -> None:
    assert mappers.failure(response) is None


def test_a_snapshot_repeats_what_was_asked() -> None:
    tools = [{"type": "function", "name": "f"}]
    request = mapped(
        metadata={"a": "b"}, previous_response_id="resp_0", user="me", temperature=0, service_tier="flex", tools=tools,
        tool_choice={"type": "allowed_tools", "tools": tools}, truncation="auto", background=True, max_tool_calls=3,
        parallel_tool_calls=False, text={"verbosity": "high"}, reasoning={"effort": "none"})
    shown = snapshot(request, "queued")
    spec.check("ResponseResource", shown)
    assert shown["tool_choice"] == {"type": "allowed_tools", "mode": "auto", "tools": tools}
    assert (shown["truncation"], shown["background"], shown["max_tool_calls"]) == ("auto", True, 3)
    assert shown["parallel_tool_calls"] is False
    assert shown["text"] == {"format": {"type": "text"}, "verbosity": "high"}
    assert shown["reasoning"] == {"effort": "none", "summary": None}
    assert shown["metadata"] == {"a": "b"}
    assert shown["previous_response_id"] == "resp_0"
    assert shown["user"] == "me"
    assert (shown["temperature"], shown["top_p"]) == (0, 1.0)
    assert shown["service_tier"] == "default"  # the one that was used

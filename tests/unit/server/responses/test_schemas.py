"""What a request may hold, and what each thing wrong with one is answered with."""
import math
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.common.errors import ApiError, BadRequest, Code, TooLarge
from server.common.validation import names
from server.responses.json_schema import MAX_SCHEMA_DEPTH
from server.responses.opaque import PREFIX, seal
from server.responses.schemas import ResponseCreate, parse_create, parse_turn

USER = {"role": "user", "content": "hi"}
TOOL = {"type": "function", "name": "f"}
IMAGE = "data:image/png;base64,iVBORw0KGgo="


def nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    for _ in range(levels - 1):
        schema = {"properties": schema}
    return schema


def text(schema: Any) -> dict[str, Any]:
    return {"format": {"type": "json_schema", "name": "x", "schema": schema}}


GOOD: list[dict[str, Any]] = [
    {"input": "hi"},
    {"input": " ", "model": None, "instructions": None, "store": None, "stream": None, "metadata": None},
    {"input": [USER]},
    {"input": [{"type": "message", **USER, "id": "msg_1", "status": "completed", "phase": None}]},
    {"input": [USER, {"role": "assistant", "content": [{"type": "output_text", "text": "", "annotations": [{}],
                                                        "logprobs": []}], "phase": "final_answer"}]},
    {"input": [{"role": "assistant", "content": [{"type": "refusal", "refusal": "no"}]}]},
    {"input": [{"role": "developer", "content": [{"type": "input_text", "text": "x"}]}]},
    {"input": [{"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}", "async": None,
                "namespace": None, "caller": None}]},
    {"input": [{"type": "function_call_output", "call_id": "c", "output": ""}]},
    {"input": [{"type": "function_call_output", "call_id": "c", "output": [{"type": "input_text", "text": "1"}]}]},
    {"input": [USER, {"type": "reasoning", "summary": [{"type": "summary_text", "text": "x"}], "content": None}]},
    {"input": "hi", "temperature": 0, "top_p": 1, "presence_penalty": -2, "frequency_penalty": 2.0},
    {"input": "hi", "max_output_tokens": 16, "top_logprobs": 20, "min_tokens": 16, "seed": 2**63 - 1},
    {"input": "hi", "stop": "x", "top_k": 0, "min_p": 0.5, "repetition_penalty": 1.1, "n": 1},
    {"input": "hi", "stop": ["x"] * 16, "idempotency_key": "a-b_c", "user": "u", "generate": True},
    {"input": "hi", "metadata": {"k" * 64: "v" * 512}, "previous_response_id": "resp_1"},
    {"input": "hi", "tools": [], "tool_choice": "none", "parallel_tool_calls": False, "max_tool_calls": 1},
    {"input": "hi", "tools": None, "tool_choice": "auto", "truncation": "disabled", "background": False},
    {"input": "hi", "text": {"format": {"type": "text"}, "verbosity": "medium"}, "stream_options": {}},
    {"input": "hi", "text": text(nested(MAX_SCHEMA_DEPTH))},
    {"input": "hi", "text": {"format": None}, "reasoning": {"effort": None}, "stream": True},
    {"input": "hi", "include": ["message.output_text.logprobs"], "stream_options": {"include_obfuscation": False}},
    {"input": "hi", "text": {"verbosity": "low"}, "truncation": "auto", "background": True},
    {"input": "hi", "reasoning": {"effort": "high", "summary": "auto"}, "include": ["reasoning.encrypted_content"]},
    {"input": [USER, {"type": "reasoning", "summary": [], "encrypted_content": seal("hm"), "status": None}]},
    {"input": [{"type": "compaction", "id": "cmp_1", "encrypted_content": seal("so far"), "created_by": None}, USER]},
    {"input": [{"type": "item_reference", "id": "msg_1"}, {"id": "msg_2"}, {"id": "msg_3", "type": None}]},
    {"input": [{"role": "user", "content": [{"type": "input_image", "image_url": IMAGE, "detail": "low"}]}]},
    {"input": [{"type": "function_call_output", "call_id": "c",
                "output": [{"type": "input_image", "image_url": IMAGE, "file_id": None}]}]},
    {"input": "hi", "tools": [TOOL, {"type": "function", "name": "g", "description": "d", "strict": True,
                                     "parameters": {"type": "object"}}], "tool_choice": "required"},
    {"input": "hi", "tools": [TOOL], "tool_choice": {"type": "function", "name": "f"}, "parallel_tool_calls": True},
    {"input": "hi", "tools": [TOOL],
     "tool_choice": {"type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "f"}]}},
    {"input": "hi", "service_tier": "flex", "safety_identifier": "s", "prompt_cache_key": "p", "reasoning": {}},
    {"input": "hi", "conversation": None, "prompt": None, "context_management": [], "reasoning": None},
]


@pytest.mark.parametrize("body", GOOD, ids=range(len(GOOD)))
def test_what_is_honoured_is_accepted(body: dict[str, Any]) -> None:
    create = parse_create(body)
    assert create.model_fields_set == set(body)


BAD: list[tuple[dict[str, Any], Code, str]] = [
    ({}, Code.MISSING_REQUIRED_PARAMETER, "input"),
    ({"input": None}, Code.MISSING_REQUIRED_PARAMETER, "input"),
    ({"input": ""}, Code.EMPTY_INPUT, "input"),
    ({"input": []}, Code.EMPTY_INPUT, "input"),
    ({"input": [{"role": "user", "content": ""}]}, Code.EMPTY_INPUT, "input"),
    ({"input": [{"role": "user", "content": []}]}, Code.EMPTY_INPUT, "input"),
    ({"input": [{"role": "assistant", "content": [{"type": "refusal", "refusal": ""}]}]}, Code.EMPTY_INPUT, "input"),
    ({"input": 5}, Code.INVALID_TYPE, "input"),
    ({"input": {"role": "user"}}, Code.INVALID_TYPE, "input"),
    ({"input": ["hi"]}, Code.INVALID_TYPE, "input[0]"),
    ({"input": [USER, {}]}, Code.MISSING_REQUIRED_PARAMETER, "input[1].type"),
    ({"input": [{"type": "zip"}]}, Code.INVALID_VALUE, "input[0].type"),
    ({"input": [{"type": ["message"]}]}, Code.INVALID_VALUE, "input[0].type"),
    ({"input": [{"type": "item_reference"}]}, Code.MISSING_REQUIRED_PARAMETER, "input[0].id"),
    ({"input": [{"id": "x", "content": "hi"}]}, Code.UNKNOWN_PARAMETER, "input[0].content"),
    ({"input": [{"type": "compaction", "encrypted_content": "gAAAA"}]}, Code.INVALID_VALUE,
     "input[0].encrypted_content"),
    ({"input": [{"type": "compaction", "encrypted_content": f"{PREFIX}AAAA"}]}, Code.INVALID_VALUE,
     "input[0].encrypted_content"),
    ({"input": [{"type": "web_search_call"}]}, Code.UNSUPPORTED_PARAMETER, "input[0].type"),
    ({"input": [{"content": "x", "role": "tool"}]}, Code.INVALID_VALUE, "input[0].role"),
    ({"input": [{"content": "x", "role": 1}]}, Code.INVALID_VALUE, "input[0].role"),
    ({"input": [{"role": "user"}]}, Code.MISSING_REQUIRED_PARAMETER, "input[0].content"),
    ({"input": [{"role": "user", "content": None}]}, Code.INVALID_TYPE, "input[0].content"),
    ({"input": [{"role": "user", "content": ["x"]}]}, Code.INVALID_TYPE, "input[0].content[0]"),
    ({"input": [{"role": "user", "content": [{}]}]}, Code.MISSING_REQUIRED_PARAMETER, "input[0].content[0].type"),
    ({"input": [{"role": "user", "content": [{"type": {}}]}]}, Code.INVALID_VALUE, "input[0].content[0].type"),
    ({"input": [USER, USER, {"role": "user", "content": [{"type": "input_text", "text": 5}]}]}, Code.INVALID_TYPE,
     "input[2].content[0].text"),
    ({"input": [{"role": "user", "content": [{"type": "input_image", "image_url": "x"}]}]}, Code.INVALID_VALUE,
     "input[0].content[0].image_url"),
    ({"input": [{"role": "user", "content": [{"type": "input_image", "image_url": "https://x.org/a.png"}]}]},
     Code.UNSUPPORTED_PARAMETER, "input[0].content[0].image_url"),
    ({"input": [{"role": "user", "content": [{"type": "input_image", "image_url": "data:image/svg+xml;base64,AAAA"}]}]},
     Code.INVALID_VALUE, "input[0].content[0].image_url"),
    ({"input": [{"role": "user", "content": [{"type": "input_image", "image_url": IMAGE, "file_id": "f"}]}]},
     Code.UNSUPPORTED_PARAMETER, "input[0].content[0].file_id"),
    ({"input": [{"role": "user", "content": [{"type": "input_image"}]}]}, Code.MISSING_REQUIRED_PARAMETER,
     "input[0].content[0].image_url"),
    ({"input": [{"role": "user", "content": [{"type": "input_video", "video_url": "x"}]}]}, Code.UNSUPPORTED_PARAMETER,
     "input[0].content[0].type"),
    ({"input": [{"role": "assistant", "content": [{"type": "input_image", "image_url": IMAGE}]}]}, Code.INVALID_VALUE,
     "input[0].content[0].type"),
    ({"input": [{"role": "user", "content": [{"type": "output_text", "text": "x"}]}]}, Code.INVALID_VALUE,
     "input[0].content[0].type"),
    ({"input": [{"role": "assistant", "content": [{"type": "input_text", "text": "x"}]}]}, Code.INVALID_VALUE,
     "input[0].content[0].type"),
    ({"input": [{"role": "assistant", "content": [{"type": "input_file"}]}]}, Code.UNSUPPORTED_PARAMETER,
     "input[0].content[0].type"),
    ({"input": [{**USER, "colour": "red"}]}, Code.UNKNOWN_PARAMETER, "input[0].colour"),
    ({"input": [{**USER, "phase": "final_answer"}]}, Code.INVALID_TYPE, "input[0].phase"),
    ({"input": [{**USER, "status": "done"}]}, Code.INVALID_VALUE, "input[0].status"),
    ({"input": [{"type": "function_call", "call_id": "c", "name": "f g", "arguments": ""}]}, Code.INVALID_VALUE,
     "input[0].name"),
    ({"input": [{"type": "function_call", "call_id": "", "name": "f", "arguments": ""}]}, Code.INVALID_VALUE,
     "input[0].call_id"),
    ({"input": [{"type": "function_call_output", "call_id": "c"}]}, Code.MISSING_REQUIRED_PARAMETER, "input[0].output"),
    ({"input": [{"type": "reasoning", "summary": [], "encrypted_content": "x"}]}, Code.INVALID_VALUE,
     "input[0].encrypted_content"),
    ({"input": "hi", "colour": "red"}, Code.UNKNOWN_PARAMETER, "colour"),
    ({"input": "hi", "stream_id": "a"}, Code.UNKNOWN_PARAMETER, "stream_id"),
    ({"input": "hi", "": 1}, Code.UNKNOWN_PARAMETER, ""),
    ({"input": "hi", "model": 5}, Code.INVALID_TYPE, "model"),
    ({"input": "hi", "model": ""}, Code.INVALID_VALUE, "model"),
    ({"input": "hi", "temperature": 2.01}, Code.INVALID_VALUE, "temperature"),
    ({"input": "hi", "temperature": -0.1}, Code.INVALID_VALUE, "temperature"),
    ({"input": "hi", "temperature": "1"}, Code.INVALID_TYPE, "temperature"),
    ({"input": "hi", "temperature": True}, Code.INVALID_TYPE, "temperature"),
    ({"input": "hi", "temperature": math.nan}, Code.INVALID_VALUE, "temperature"),
    ({"input": "hi", "top_p": 1.5}, Code.INVALID_VALUE, "top_p"),
    ({"input": "hi", "presence_penalty": 3}, Code.INVALID_VALUE, "presence_penalty"),
    ({"input": "hi", "frequency_penalty": -3}, Code.INVALID_VALUE, "frequency_penalty"),
    ({"input": "hi", "max_output_tokens": 15}, Code.INVALID_VALUE, "max_output_tokens"),
    ({"input": "hi", "max_output_tokens": 16.0}, Code.INVALID_TYPE, "max_output_tokens"),
    ({"input": "hi", "max_output_tokens": 1e300}, Code.INVALID_TYPE, "max_output_tokens"),
    ({"input": "hi", "top_logprobs": 21}, Code.INVALID_VALUE, "top_logprobs"),
    ({"input": "hi", "n": 2}, Code.UNSUPPORTED_PARAMETER, "n"),
    ({"input": "hi", "n": 0}, Code.INVALID_VALUE, "n"),
    ({"input": "hi", "stop": ""}, Code.INVALID_VALUE, "stop"),
    ({"input": "hi", "stop": ["a", 5]}, Code.INVALID_TYPE, "stop[1]"),
    ({"input": "hi", "stop": ["a"] * 17}, Code.INVALID_VALUE, "stop"),
    ({"input": "hi", "stop": 5}, Code.INVALID_TYPE, "stop"),
    ({"input": "hi", "seed": -1}, Code.INVALID_VALUE, "seed"),
    ({"input": "hi", "top_k": -1}, Code.INVALID_VALUE, "top_k"),
    ({"input": "hi", "min_p": 2}, Code.INVALID_VALUE, "min_p"),
    ({"input": "hi", "repetition_penalty": 0}, Code.INVALID_VALUE, "repetition_penalty"),
    ({"input": "hi", "min_tokens": 17, "max_output_tokens": 16}, Code.INVALID_VALUE, "min_tokens"),
    ({"input": "hi", "metadata": {"a": 1}}, Code.INVALID_TYPE, "metadata.a"),
    ({"input": "hi", "metadata": {"a": "x" * 513}}, Code.INVALID_VALUE, "metadata.a"),
    ({"input": "hi", "metadata": {"k" * 65: "v"}}, Code.INVALID_VALUE, f"metadata.{'k' * 65}"),
    ({"input": "hi", "metadata": {str(i): "" for i in range(17)}}, Code.INVALID_VALUE, "metadata"),
    ({"input": "hi", "metadata": []}, Code.INVALID_TYPE, "metadata"),
    ({"input": "hi", "instructions": ["x"]}, Code.INVALID_TYPE, "instructions"),
    ({"input": "hi", "store": "yes"}, Code.INVALID_TYPE, "store"),
    ({"input": "hi", "tools": [{"type": "web_search"}]}, Code.UNSUPPORTED_PARAMETER, "tools[0].type"),
    ({"input": "hi", "tools": [TOOL, {"name": "g"}]}, Code.MISSING_REQUIRED_PARAMETER, "tools[1].type"),
    ({"input": "hi", "tools": [{"type": "zip"}]}, Code.INVALID_VALUE, "tools[0].type"),
    ({"input": "hi", "tools": ["f"]}, Code.INVALID_TYPE, "tools[0]"),
    ({"input": "hi", "tools": [{"type": "function"}]}, Code.MISSING_REQUIRED_PARAMETER, "tools[0].name"),
    ({"input": "hi", "tools": [{"type": "function", "name": "a b"}]}, Code.INVALID_VALUE, "tools[0].name"),
    ({"input": "hi", "tools": [{**TOOL, "colour": 1}]}, Code.UNKNOWN_PARAMETER, "tools[0].colour"),
    ({"input": "hi", "tools": [{**TOOL, "parameters": nested(MAX_SCHEMA_DEPTH + 1)}]}, Code.INVALID_VALUE,
     "tools[0].parameters"),
    ({"input": "hi", "tools": [TOOL, TOOL]}, Code.INVALID_VALUE, "tools"),
    ({"input": "hi", "tools": [{"type": "function", "name": f"f{n}"} for n in range(129)]}, Code.INVALID_VALUE,
     "tools"),
    ({"input": "hi", "tools": {}}, Code.INVALID_TYPE, "tools"),
    ({"input": "hi", "tool_choice": "required"}, Code.INVALID_VALUE, "tool_choice"),
    ({"input": "hi", "tools": [TOOL], "tool_choice": {"type": "function", "name": "g"}}, Code.INVALID_VALUE,
     "tool_choice.name"),
    ({"input": "hi", "tools": [TOOL], "tool_choice": {"type": "allowed_tools", "tools": [
        {"type": "function", "name": "f"}, {"type": "function", "name": "g"}]}}, Code.INVALID_VALUE,
     "tool_choice.tools[1].name"),
    ({"input": "hi", "tool_choice": {"type": "allowed_tools", "tools": []}}, Code.INVALID_VALUE, "tool_choice.tools"),
    ({"input": "hi", "tool_choice": {"type": "file_search"}}, Code.UNSUPPORTED_PARAMETER, "tool_choice.type"),
    ({"input": "hi", "tool_choice": {"type": "zip"}}, Code.INVALID_VALUE, "tool_choice.type"),
    ({"input": "hi", "tool_choice": {"name": "f"}}, Code.MISSING_REQUIRED_PARAMETER, "tool_choice.type"),
    ({"input": "hi", "tool_choice": 5}, Code.INVALID_TYPE, "tool_choice"),
    ({"input": "hi", "tool_choice": "some"}, Code.INVALID_VALUE, "tool_choice"),
    ({"input": "hi", "max_tool_calls": 0}, Code.INVALID_VALUE, "max_tool_calls"),
    ({"input": "hi", "truncation": "never"}, Code.INVALID_VALUE, "truncation"),
    ({"input": "hi", "background": True, "store": False}, Code.INVALID_VALUE, "background"),
    ({"input": "hi", "background": "no"}, Code.INVALID_TYPE, "background"),
    ({"input": "hi", "generate": False}, Code.UNSUPPORTED_PARAMETER, "generate"),
    ({"input": "hi", "conversation": 5}, Code.INVALID_TYPE, "conversation"),
    ({"input": "hi", "conversation": {}}, Code.MISSING_REQUIRED_PARAMETER, "conversation.id"),
    ({"input": "hi", "conversation": ""}, Code.INVALID_VALUE, "conversation.id"),
    ({"input": "hi", "conversation": {"id": "c", "parent": "x"}}, Code.UNKNOWN_PARAMETER, "conversation.parent"),
    ({"input": "hi", "conversation": "conv_1", "store": False}, Code.INVALID_VALUE, "store"),
    (
        {"input": "hi", "conversation": {"id": "c", "parley:parent_id": None}, "previous_response_id": "resp_0a"},
        Code.INVALID_VALUE, "conversation.parley:parent_id"),
    ({"input": "hi", "prompt": {"id": "x"}}, Code.UNSUPPORTED_PARAMETER, "prompt"),
    ({"input": "hi", "reasoning": {"effort": "huge"}}, Code.INVALID_VALUE, "reasoning.effort"),
    ({"input": "hi", "reasoning": {"summary": "detailed"}}, Code.UNSUPPORTED_PARAMETER, "reasoning.summary"),
    ({"input": "hi", "reasoning": "high"}, Code.INVALID_TYPE, "reasoning"),
    ({"input": "hi", "include": ["file_search_call.results"]}, Code.UNSUPPORTED_PARAMETER, "include[0]"),
    ({"input": "hi", "include": ["everything"]}, Code.INVALID_VALUE, "include[0]"),
    ({"input": "hi", "stream_options": {"include_obfuscation": True}}, Code.UNSUPPORTED_PARAMETER,
     "stream_options.include_obfuscation"),
    ({"input": "hi", "stream_options": {"include_usage": True}}, Code.UNKNOWN_PARAMETER,
     "stream_options.include_usage"),
    ({"input": "hi", "text": "plain"}, Code.INVALID_TYPE, "text"),
    ({"input": "hi", "text": {"format": "text"}}, Code.INVALID_TYPE, "text.format"),
    ({"input": "hi", "text": {"format": {"type": "xml"}}}, Code.INVALID_VALUE, "text.format.type"),
    ({"input": "hi", "text": {"format": {"type": "json_schema", "name": "x"}}}, Code.MISSING_REQUIRED_PARAMETER,
     "text.format.schema"),
    ({"input": "hi", "text": text([])}, Code.INVALID_TYPE, "text.format.schema"),
    ({"input": "hi", "text": text(nested(MAX_SCHEMA_DEPTH + 1))}, Code.INVALID_VALUE, "text.format.schema"),
    ({"input": "hi", "text": text({"anyOf": [nested(MAX_SCHEMA_DEPTH)]})}, Code.INVALID_VALUE, "text.format.schema"),
    ({"input": "hi", "text": text({"x": "y" * 70_000})}, Code.INPUT_TOO_LARGE, "text.format.schema"),
    ({"input": "hi", "text": {"verbosity": "most"}}, Code.INVALID_VALUE, "text.verbosity"),
    ({"input": "hi", "service_tier": "gold"}, Code.INVALID_VALUE, "service_tier"),
    ({"input": "hi", "safety_identifier": "x" * 65}, Code.INVALID_VALUE, "safety_identifier"),
    ({"input": "hi", "idempotency_key": "with space"}, Code.INVALID_VALUE, "idempotency_key"),
    ({"input": "hi", "user": 5}, Code.INVALID_TYPE, "user"),
]


@pytest.mark.parametrize(("body", "code", "param"), BAD, ids=[f"{code.value}-{param[:40]}" for _, code, param in BAD])
def test_what_is_wrong_is_named(body: dict[str, Any], code: Code, param: str) -> None:
    with pytest.raises(BadRequest) as caught:
        parse_create(body)
    assert (caught.value.code, caught.value.param) == (code, param)
    assert f"`{param}`" in caught.value.message
    assert caught.value.message.endswith(".")
    assert "pydantic" not in caught.value.message
    assert isinstance(caught.value, TooLarge) == (code is Code.INPUT_TOO_LARGE)


def test_a_socket_makes_nothing_in_the_background() -> None:
    assert parse_turn({"input": "hi", "background": False}).background is False
    with pytest.raises(BadRequest) as caught:
        parse_turn({"input": "hi", "background": True})
    assert (caught.value.code, caught.value.param) == (Code.UNSUPPORTED_PARAMETER, "background")


@pytest.mark.parametrize("body", [[], "hi", 5, None, True])
def test_a_body_is_an_object(body: Any) -> None:
    with pytest.raises(BadRequest) as caught:
        parse_create(body)
    assert (caught.value.code, caught.value.param) == (Code.INVALID_TYPE, None)


def test_messages_say_the_value_and_stay_short() -> None:
    def message(**body: Any) -> str:
        with pytest.raises(BadRequest) as caught:
            parse_create({"input": "hi", **body})
        return caught.value.message

    assert message(temperature=3) == "`temperature` should be less than or equal to 2; it is 3."
    assert message(store="yes") == "`store` should be true or false; it is 'yes'."
    assert message(temprature=1) == "`temprature` is not a known parameter (did you mean `temperature`?)."
    assert message(truncation="x" * 1000).endswith("it is a string of 1,000 characters.")
    assert len(message(**{"x" * 10_000: 1})) < 300
    assert len(message(metadata={"x" * 10_000: 1})) < 300


def test_a_hundred_thousand_wrong_fields_are_one_error() -> None:
    for many in ({"text": {str(i): 1 for i in range(100_000)}}, {"input": [5] * 100_000}, {"stop": [5] * 100_000}):
        with pytest.raises(BadRequest):
            parse_create({"input": "hi", **many})


def test_every_field_of_the_spec_is_known() -> None:
    fields = {
        "model", "input", "previous_response_id", "include", "tools", "tool_choice", "metadata", "text", "temperature",
        "top_p", "presence_penalty", "frequency_penalty", "parallel_tool_calls", "stream", "stream_options",
        "background", "max_output_tokens", "max_tool_calls", "reasoning", "safety_identifier", "prompt_cache_key",
        "truncation", "instructions", "store", "service_tier", "top_logprobs",
    }
    assert fields <= names(ResponseCreate)


def test_every_field_of_the_official_sdk_is_known() -> None:
    """Except its own arguments, which it does not send."""
    from openai.types.responses.response_create_params import ResponseCreateParamsBase

    assert set(ResponseCreateParamsBase.__annotations__) - names(ResponseCreate) <= {"verbosity"}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 40) | st.floats(allow_nan=False) | st.text(max_size=5)
    | st.sampled_from(["message", "user", "assistant", "input_text", "output_text", "json_schema", "auto"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["type", "role", "content", "text", "format", "schema", "name", "call_id", "output", "id"])
        | st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)
bodies = st.dictionaries(st.sampled_from(sorted(names(ResponseCreate))) | st.text(max_size=5), json_values, max_size=5)
items = st.fixed_dictionaries({}, optional={
    "type": st.sampled_from([
        "message", "function_call", "function_call_output", "reasoning", "item_reference", "compaction", 5]),
    "role": st.sampled_from(["user", "assistant", "system", "x", None]),
    "content": st.text(max_size=3) | st.lists(
        st.fixed_dictionaries({"type": st.sampled_from(["input_text", "output_text", "refusal", "input_file", None])},
                              optional={"text": st.text(max_size=3), "refusal": st.text(max_size=3)}), max_size=2),
    "call_id": st.text(max_size=3), "name": st.text(max_size=3), "arguments": st.text(max_size=3),
    "output": json_values, "summary": json_values, "id": json_values,
})


@settings(max_examples=400, deadline=None)
@given(bodies | st.fixed_dictionaries({"input": st.lists(items, max_size=3)}) | json_values)
def test_whatever_comes_is_a_request_or_one_error(body: Any) -> None:
    error: ApiError | None = None
    try:
        parse_create(body)
    except ApiError as raised:
        error = raised
    assert error is None or orjson.dumps([error.message, error.param])

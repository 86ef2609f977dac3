"""What a completion's request may say: honoured, or refused by its own names."""
from typing import Any

import pytest
from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming

from server.common.errors import ApiError
from server.completions.mappers import renamed, response_create
from server.completions.schemas import SHARED, CompletionCreate, parse_completion
from tests.unit.server.completions.asking import HELLO, asked

CALL = {"role": "assistant", "tool_calls": [
    {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]}
TOOL = {"type": "function", "function": {"name": "f"}}

REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"messages": None}, "invalid_type", "messages"),
    ({"messages": []}, "empty_input", "messages"),
    ({"messages": "hi"}, "invalid_type", "messages"),
    ({"messages": ["hi"]}, "invalid_type", "messages[0]"),
    ({"messages": [{"content": "hi"}]}, "missing_required_parameter", "messages[0].role"),
    ({"messages": [{"role": "function", "content": "", "name": "f"}]}, "unsupported_parameter", "messages[0].role"),
    ({"messages": [{"role": "king", "content": ""}]}, "invalid_value", "messages[0].role"),
    ({"messages": [{"role": "user"}]}, "missing_required_parameter", "messages[0].content"),
    ({"messages": [{"role": "user", "content": None}]}, "invalid_type", "messages[0].content"),
    ({"messages": [{"role": "user", "content": "hi", "name": "Bob"}]}, "unsupported_parameter", "messages[0].name"),
    ({"messages": [{"role": "user", "content": ["hi"]}]}, "invalid_type", "messages[0].content[0]"),
    ({"messages": [{"role": "user", "content": [{}]}]}, "missing_required_parameter", "messages[0].content[0].type"),
    ({"messages": [{"role": "user", "content": [{"type": "file", "file": {}}]}]}, "unsupported_parameter",
     "messages[0].content[0].type"),
    ({"messages": [{"role": "user", "content": [{"type": "refusal", "refusal": "no"}]}]}, "invalid_value",
     "messages[0].content[0].type"),
    ({"messages": [{"role": "user", "content": [{"type": "x"}]}]}, "invalid_value", "messages[0].content[0].type"),
    ({"messages": [{"role": "system", "content": [{"type": "image_url", "image_url": {"url": "u"}}]}]},
     "invalid_value", "messages[0].content[0].type"),
    ({"messages": [{"role": "assistant"}]}, "missing_required_parameter", "messages[0].content"),
    ({"messages": [{"role": "assistant", "content": "a", "audio": {"id": "x"}}]}, "unsupported_parameter",
     "messages[0].audio"),
    ({"messages": [*HELLO, {"role": "tool", "content": "1"}]}, "missing_required_parameter",
     "messages[1].tool_call_id"),
    ({"messages": [*HELLO, {"role": "tool", "content": "1", "tool_call_id": "call_1"}]}, "invalid_value",
     "messages[1].tool_call_id"),
    ({"messages": [CALL, {"role": "tool", "content": "1", "tool_call_id": "call_1", "name": "g"}]}, "invalid_value",
     "messages[1].name"),
    ({"messages": [{"role": "user", "content": ""}]}, "empty_input", "messages"),
    ({"temprature": 1}, "unknown_parameter", "temprature"),
    ({"temperature": 2.5}, "invalid_value", "temperature"),
    ({"top_p": "1"}, "invalid_type", "top_p"),
    ({"n": 2}, "unsupported_parameter", "n"),
    ({"stop": 1}, "invalid_type", "stop"),
    ({"seed": -1}, "invalid_value", "seed"),
    ({"max_tokens": 0}, "invalid_value", "max_tokens"),
    ({"max_tokens": 1, "max_completion_tokens": 2}, "invalid_value", "max_tokens"),
    ({"min_tokens": 3, "max_tokens": 2}, "invalid_value", "min_tokens"),
    ({"top_logprobs": 2}, "invalid_value", "top_logprobs"),
    ({"top_logprobs": 21, "logprobs": True}, "invalid_value", "top_logprobs"),
    ({"stream_options": {"include_usage": True}}, "invalid_value", "stream_options"),
    ({"stream": True, "stream_options": {"include_obfuscation": True}}, "unsupported_parameter",
     "stream_options.include_obfuscation"),
    ({"tools": [{"type": "custom", "custom": {"name": "f"}}]}, "unsupported_parameter", "tools[0].type"),
    ({"tools": [{"function": {"name": "f"}}]}, "invalid_value", "tools[0]"),
    ({"tools": [{"type": "function", "function": {"name": "a b"}}]}, "invalid_value", "tools[0].function.name"),
    ({"tool_choice": "required"}, "invalid_value", "tool_choice"),
    ({"tools": [TOOL], "tool_choice": "perhaps"}, "invalid_value", "tool_choice"),
    ({"tools": [TOOL], "tool_choice": {"type": "custom"}}, "unsupported_parameter", "tool_choice.type"),
    ({"tools": [TOOL], "tool_choice": {"type": "function"}}, "missing_required_parameter", "tool_choice.function"),
    ({"response_format": {"type": "json_schema"}}, "missing_required_parameter", "response_format.json_schema"),
    ({"response_format": {"type": "xml"}}, "invalid_value", "response_format.type"),
    ({"verbosity": "most"}, "invalid_value", "verbosity"),
    ({"modalities": ["text", "audio"]}, "unsupported_parameter", "modalities"),
    ({"functions": [{"name": "f"}]}, "unsupported_parameter", "functions"),
    ({"function_call": "auto"}, "unsupported_parameter", "function_call"),
    ({"logit_bias": {"5": 1}}, "unsupported_parameter", "logit_bias"),
    ({"prediction": {"type": "content", "content": ""}}, "unsupported_parameter", "prediction"),
    ({"audio": {"voice": "a", "format": "mp3"}}, "unsupported_parameter", "audio"),
    ({"web_search_options": {"x": 1}}, "unsupported_parameter", "web_search_options"),
    ({"moderation": {"model": "x"}}, "unsupported_parameter", "moderation"),
    ({"prompt_cache_retention": "24h"}, "unsupported_parameter", "prompt_cache_retention"),
    ({"idempotency_key": "a b"}, "invalid_value", "idempotency_key"),
    ({"metadata": {"a": 1}}, "invalid_type", "metadata.a"),
    ({"response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {"a": "x" * 70_000}}}},
     "input_too_large", "response_format.json_schema.schema"),
]


@pytest.mark.parametrize(("fields", "code", "param"), REFUSED)
def test_what_is_refused(fields: dict[str, Any], code: str, param: str) -> None:
    with pytest.raises(ApiError) as caught:
        tell(**fields)
    error = caught.value
    assert (error.code.value, error.param) == (code, param)
    assert f"`{param}`" in error.message


def tell(**fields: Any) -> None:
    """What is done with a request, up to the response."""
    create = parse_completion({"messages": HELLO, **fields})
    try:
        response_create(create)
    except ApiError as error:
        raise renamed(error, create) from error


def test_null_means_not_given() -> None:
    names = set(CompletionCreate.model_fields) - {"messages"}
    assert names >= set(SHARED)
    assert asked(**dict.fromkeys(names)) == asked()


def test_every_parameter_of_the_sdk_is_known() -> None:
    known = set(CompletionCreateParamsNonStreaming.__annotations__) | {"stream"}
    assert known - set(CompletionCreate.model_fields) == set()

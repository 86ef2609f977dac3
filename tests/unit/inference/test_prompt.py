from typing import Any

import pytest

from inference.engine.port import EngineRequestError
from inference.prompt import messages_of
from relay.job import Request

PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg"
    "==")


def request(*items: dict[str, Any], instructions: str | None = None) -> Request:
    return Request("resp_1", "anna", "m", 1.0, list(items), instructions)


def message(role: str, content: Any) -> dict[str, Any]:
    return {"type": "message", "role": role, "content": content}


def test_instructions_come_first() -> None:
    assert messages_of(request(message("user", "Hi"), instructions="Be kind.")) == [
        {"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hi"},
    ]


def test_what_the_system_says_at_the_beginning_is_one_message() -> None:
    items = [message("developer", "In French."), message("user", "Hi"), message("system", "Later.")]
    assert messages_of(request(*items, instructions="Be kind.")) == [
        {"role": "system", "content": "Be kind.\n\nIn French."},
        {"role": "user", "content": "Hi"},
        {"role": "system", "content": "Later."},
    ]


def test_parts_become_one_text() -> None:
    items = [
        message("user", [{"type": "input_text", "text": "Hi "}, {"type": "input_text", "text": "you"}]),
        message("assistant", [{"type": "output_text", "text": "Yes?"}, {"type": "refusal", "refusal": " No."}]),
        {"role": "user", "content": "Go on"},
    ]
    assert [m["content"] for m in messages_of(request(*items))] == ["Hi you", "Yes? No.", "Go on"]


def test_calls_belong_to_what_the_assistant_said_and_their_outputs_follow() -> None:
    call = {"type": "function_call", "call_id": "c1", "name": "look", "arguments": "{}"}
    other = {"type": "function_call", "call_id": "c2", "name": "see", "arguments": "[]"}
    output = {"type": "function_call_output", "call_id": "c1", "output": [{"type": "input_text", "text": "42"}]}
    messages = messages_of(request(message("user", "?"), message("assistant", "Well:"), call, other, output))
    assert messages[1:] == [
        {"role": "assistant", "content": "Well:", "tool_calls": [
            {"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{}"}},
            {"id": "c2", "type": "function", "function": {"name": "see", "arguments": "[]"}},
        ]},
        {"role": "tool", "tool_call_id": "c1", "content": "42"},
    ]


def test_a_call_may_be_all_that_the_assistant_said() -> None:
    call = {"type": "function_call", "call_id": "c1", "name": "look", "arguments": "{}"}
    assert messages_of(request(message("user", "?"), call))[1]["content"] == ""
    assert messages_of(request(call))[0]["role"] == "assistant"


def test_earlier_thoughts_are_left_out() -> None:
    items = [message("user", "Hi"), {"type": "reasoning", "summary": []}]
    assert messages_of(request(*items)) == [{"role": "user", "content": "Hi"}]


def test_an_image_makes_content_a_list_of_parts() -> None:
    image = {"type": "input_image", "image_url": PIXEL, "detail": "low"}
    output = {"type": "function_call_output", "call_id": "c", "output": [image]}
    items = [message("user", [{"type": "input_text", "text": "What?"}, image]), output]
    part = {"type": "image_url", "image_url": {"url": PIXEL}}
    assert messages_of(request(*items), images=True) == [
        {"role": "user", "content": [{"type": "text", "text": "What?"}, part]},
        {"role": "tool", "tool_call_id": "c", "content": [part]},
    ]


def test_what_was_compacted_is_told_before_all_else() -> None:
    items = [{"type": "compaction", "summary": "They met."}, message("user", "Hi")]
    told = messages_of(request(*items, instructions="Be kind."))[0]
    assert told == {"role": "system", "content": "Be kind.\n\nWhat was said before, in short:\n\nThey met."}


@pytest.mark.parametrize(("verbosity", "told"), [("low", "briefly"), ("high", "in detail")])
def test_how_much_is_to_be_said_is_told(verbosity: str, told: str) -> None:
    asked = Request("resp_1", "anna", "m", 1.0, [message("user", "Hi")], verbosity=verbosity)
    assert told in messages_of(asked)[0]["content"]


def test_only_what_is_left_of_the_input_is_told() -> None:
    items = [message("user", "Old"), message("user", "New")]
    assert messages_of(request(*items), items[1:]) == [{"role": "user", "content": "New"}]


@pytest.mark.parametrize("url", ["https://example.org/a.png", "data:image/png;base64,AAAA"])
def test_an_image_that_cannot_be_read_is_named(url: str) -> None:
    with pytest.raises(EngineRequestError) as refused:
        messages_of(request(message("user", [{"type": "input_image", "image_url": url}])), images=True)
    assert refused.value.param == "input[0].content[0].image_url"


@pytest.mark.parametrize(
    ("items", "code", "param"),
    [
        ([], "invalid_prompt", "input"),
        ([message("system", "x")], "invalid_prompt", "input"),
        ([message("wizard", "x")], "invalid_prompt", "input[0].role"),
        ([message("user", None)], "invalid_prompt", "input[0].content"),
        ([message("user", [{"type": "input_text"}])], "invalid_prompt", "input[0].content[0].text"),
        ([message("user", [{"type": "input_image"}])], "unsupported_image", "input[0].content[0].type"),
        ([message("user", ["x"])], "unsupported_parameter", "input[0].content[0].type"),
        ([message("user", "x"), {"type": "novelty"}], "unsupported_parameter", "input[1].type"),
        ([{"type": "function_call", "call_id": "c", "name": "n"}], "invalid_prompt", "input[0].arguments"),
        ([{"type": "function_call_output", "output": "x"}], "invalid_prompt", "input[0].call_id"),
    ],
)
def test_what_cannot_be_said_to_a_model_is_named(items: list[dict[str, Any]], code: str, param: str) -> None:
    with pytest.raises(EngineRequestError) as refused:
        messages_of(request(*items))
    assert (refused.value.code, refused.value.param) == (code, param)

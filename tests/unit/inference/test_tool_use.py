from typing import Any

import pytest

from inference.engine.port import EngineRequestError
from inference.engine.traits import TEXT_ONLY, Traits
from inference.parsing.forced import CallArray, CallsOrText, OneCall
from inference.parsing.hermes import Hermes
from inference.parsing.thoughts import Thoughts
from inference.tool_use import ToolUse, tool_use
from relay.job import Request

LOOK: dict[str, Any] = {"type": "function", "name": "look", "parameters": {"type": "object", "properties": {"a": {}}}}
SEE: dict[str, Any] = {"type": "function", "name": "see"}
FORM = {"type": "json_schema", "name": "f", "schema": {"type": "object"}}
ABLE = Traits(tool_parser="hermes")
THINKER = Traits(tool_parser="hermes", reasoning_parser="think")


def use(traits: Traits = ABLE, **fields: Any) -> ToolUse:
    return tool_use(Request("resp_0", "anna", "m", 1.0, [], **fields), traits)


def test_without_tools_and_thoughts_there_is_nothing_to_take_apart() -> None:
    assert use() == ToolUse()
    assert use(text_format=FORM) == ToolUse(text_format=FORM)


def test_tools_are_shown_and_the_model_chooses() -> None:
    used = use(tools=[LOOK, SEE])
    assert (used.tools, used.text_format, used.most_calls) == ([LOOK, SEE], None, None)
    assert isinstance(used.parser, Hermes)


def test_none_of_them_may_be_called() -> None:
    assert use(tools=[LOOK], tool_choice="none") == ToolUse()


def test_some_call_is_forced() -> None:
    used = use(tools=[LOOK, SEE], tool_choice="required", max_tool_calls=3)
    assert isinstance(used.parser, CallArray)
    assert used.text_format
    schema = used.text_format["schema"]
    assert (schema["type"], schema["minItems"], schema["maxItems"]) == ("array", 1, 3)
    names = [call["properties"]["name"]["const"] for call in schema["items"]["anyOf"]]
    assert names == ["look", "see"]


def test_one_is_forced() -> None:
    used = use(tools=[LOOK, SEE], tool_choice={"type": "function", "name": "look"})
    assert isinstance(used.parser, OneCall)
    assert used.text_format == {"type": "json_schema", "name": "calls", "schema": LOOK["parameters"]}
    assert used.tools == [LOOK, SEE]


def test_only_some_are_allowed() -> None:
    allowed = {"type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "see"}]}
    used = use(tools=[LOOK, SEE], tool_choice=allowed)
    assert used.tools == [SEE]
    assert isinstance(used.parser, CallArray)
    assert isinstance(use(tools=[LOOK, SEE], tool_choice={**allowed, "mode": "auto"}).parser, Hermes)


@pytest.mark.parametrize(("fields", "most"), [
    ({}, None), ({"parallel_tool_calls": False}, 1), ({"max_tool_calls": 5}, 5),
    ({"parallel_tool_calls": False, "max_tool_calls": 5}, 1)])
def test_how_many_calls_there_may_be(fields: dict[str, Any], most: int | None) -> None:
    assert use(tools=[LOOK], **fields).most_calls == most


def test_an_answer_may_have_a_format_beside_tools() -> None:
    used = use(tools=[LOOK], text_format=FORM)
    assert isinstance(used.parser, CallsOrText)
    assert used.text_format
    calls, answer = used.text_format["schema"]["anyOf"]
    assert calls["items"]["properties"]["name"]["const"] == "look"
    assert answer == {"type": "object"}


@pytest.mark.parametrize(("effort", "traits", "thinks"), [
    (None, THINKER, True),
    ("low", THINKER, True),
    ("none", THINKER, True),  # it cannot be told not to
    ("none", Traits(reasoning_parser="think", thoughts_can_be_left_out=True), False),
    (None, Traits(reasoning_parser="think", thinks_unasked=False), False),
    ("high", Traits(reasoning_parser="think", thinks_unasked=False), True),
    ("high", ABLE, False),
])
def test_who_thinks(effort: str | None, traits: Traits, thinks: bool) -> None:
    used = use(traits, reasoning_effort=effort)
    assert used.thinks is thinks
    assert isinstance(used.parser, Thoughts) is thinks


@pytest.mark.parametrize("fields", [
    {"text_format": FORM}, {"tools": [LOOK], "tool_choice": "required"}, {"tools": [LOOK], "text_format": FORM}])
def test_what_a_grammar_forces_has_no_thoughts(fields: dict[str, Any]) -> None:
    used = use(THINKER, **fields)
    assert not used.thinks
    assert not isinstance(used.parser, Thoughts)


@pytest.mark.parametrize(("traits", "fields", "param"), [
    (Traits(), {"tools": [LOOK]}, "tools"),
    (TEXT_ONLY, {"tools": [LOOK], "tool_choice": "required"}, "tool_choice"),
    (Traits(tool_parser="hermes", structured_output=False), {"tools": [LOOK], "text_format": FORM}, "text.format"),
    (ABLE, {"tools": [LOOK], "tool_choice": {"type": "function", "name": "no"}}, "tool_choice"),
    (ABLE, {"tools": [LOOK], "tool_choice": {"type": "novelty"}}, "tool_choice"),
    (ABLE, {"tools": [LOOK], "text_format": {**FORM, "schema": {"type": "array"}}}, "text.format.schema"),
    (ABLE, {"tools": [{**LOOK, "parameters": {"$ref": "other.json"}}], "tool_choice": "required"}, "tools"),
])
def test_what_cannot_be_is_refused_by_name(traits: Traits, fields: dict[str, Any], param: str) -> None:
    with pytest.raises(EngineRequestError) as refused:
        use(traits, **fields)
    assert (refused.value.code, refused.value.param) == ("unsupported_parameter", param)

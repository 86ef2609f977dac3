"""Calls that a grammar forces, and answers that may be calls: as the worker asks for them and takes them apart."""
import json
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it has none
import pytest

from inference.engine.port import Engine
from inference.parsing.pieces import Arguments, CallBegun
from inference.tool_use import ToolUse, tool_use
from relay.job import Request
from tests.contract.engine.answers import Asker
from tests.contract.engine.cuts import check_every_cut
from tests.unit.inference.parsing.whole import read

pytestmark = pytest.mark.asyncio(loop_scope="session")
PLACE = {
    "type": "object", "properties": {"sea": {"type": "boolean"}, "deep": {"enum": [1, 20, 300]}},
    "required": ["sea", "deep"], "additionalProperties": False}
LOOK = {"type": "function", "name": "look", "parameters": {
    "type": "object", "properties": {"at": {"$ref": "#/$defs/place"}}, "required": ["at"],
    "additionalProperties": False, "$defs": {"place": PLACE}}}
WAIT = {"type": "function", "name": "wait", "parameters": {
    "type": "object", "properties": {"long": {"type": "boolean"}}, "required": ["long"],
    "additionalProperties": False, "$defs": {"place": {"type": "null"}}}}
SCHEMAS: dict[str, Any] = {"look": LOOK["parameters"], "wait": WAIT["parameters"]}
FIELDS: dict[str, Any] = {"temperature": 1, "seed": 5, "max_output_tokens": 400}


def use(engine: Engine, **more: Any) -> ToolUse:
    fields: dict[str, Any] = {"tools": [LOOK, WAIT], "parallel_tool_calls": False} | more
    return tool_use(Request("resp_0", "anna", "m", 1.0, [], **fields), engine.traits)


def called(text: str, used: ToolUse) -> str:
    """The name of the one call that a text is; its arguments are of its schema."""
    assert used.parser
    begun, arguments, *_ = read(used.parser, text)
    assert isinstance(begun, CallBegun)
    assert isinstance(arguments, Arguments)
    jsonschema.validate(json.loads(arguments.text), SCHEMAS[begun.name])
    return begun.name


async def test_some_call_is_forced_and_goes_on_after_any_token(asker: Asker, engine: Engine) -> None:
    used = use(engine, tool_choice="required")
    whole = await check_every_cut(asker, "Look!", tools=used.tools, text_format=used.text_format, **FIELDS)
    assert whole.last.finish == "stop"
    assert called(whole.text, used) in SCHEMAS


@pytest.mark.parametrize("name", ["look", "wait"])
async def test_one_function_is_forced(asker: Asker, engine: Engine, name: str) -> None:
    used = use(engine, tool_choice={"type": "function", "name": name})
    answer = await asker.ask("Look!", tools=used.tools, text_format=used.text_format, **FIELDS)
    assert answer.last.finish == "stop"
    assert called(answer.text, used) == name


async def test_a_call_or_an_answer_of_a_format(asker: Asker, engine: Engine) -> None:
    form = {"type": "json_schema", "name": "place", "schema": PLACE}
    used = use(engine, text_format=form)
    for seed in range(4):
        answer = await asker.ask(
            "Look!", tools=used.tools, text_format=used.text_format, **FIELDS | {"seed": seed})
        if answer.text.startswith("["):
            called(answer.text, use(engine, text_format=form))
        else:
            jsonschema.validate(json.loads(answer.text), PLACE)

import json
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it has none
import pytest

from inference.grammar import MOST_CALLS, calls_or_answer, calls_schema

TREE = {
    "type": "object", "properties": {"left": {"$ref": "#"}, "leaf": {"$ref": "#/$defs/leaf"}},
    "$defs": {"leaf": {"type": "integer"}, "old": {"$ref": "#/definitions/older"}},
    "definitions": {"older": {"type": "null"}}, "additionalProperties": False}
TOOLS: list[dict[str, Any]] = [
    {"type": "function", "name": "plant", "parameters": TREE},
    {"type": "function", "name": "wait"},
    {"type": "function", "name": "see", "parameters": {
        "type": "object", "properties": {"leaf": {"$ref": "#/$defs/leaf"}}, "$defs": {"leaf": {"type": "string"}}}},
]


@pytest.mark.parametrize(("value", "fits"), [
    ([{"name": "plant", "parameters": {"left": {"left": {"leaf": 1}}}}], True),
    ([{"name": "plant", "parameters": {"left": {"left": {"leaf": "1"}}}}], False),
    ([{"name": "see", "parameters": {"leaf": "1"}}, {"name": "wait", "parameters": {}}], True),
    ([{"name": "see", "parameters": {"leaf": 1}}], False),
    ([{"name": "other", "parameters": {}}], False),
    ([{"name": "wait"}], False),
    ([{"name": "wait", "parameters": {}, "more": 1}], False),
    ([], False),
    ([{"name": "wait", "parameters": {}}] * (MOST_CALLS + 1), False),
])
def test_schemas_of_tools_keep_their_own_definitions(value: Any, fits: bool) -> None:
    schema = json.loads(json.dumps(calls_schema(TOOLS, None)))
    assert jsonschema.Draft202012Validator(schema).is_valid(value) is fits
    either = calls_or_answer(TOOLS, None, {"type": "json_schema", "schema": TREE})
    assert jsonschema.Draft202012Validator(either).is_valid(value) is fits
    assert jsonschema.Draft202012Validator(either).is_valid({"leaf": 1})
    assert not jsonschema.Draft202012Validator(either).is_valid({"leaf": "1"})


def test_an_object_of_any_kind_beside_calls() -> None:
    either = calls_or_answer(TOOLS, 2, {"type": "json_object"})
    assert jsonschema.Draft202012Validator(either).is_valid({"any": 1})
    assert not jsonschema.Draft202012Validator(either).is_valid([{"name": "wait", "parameters": {}}] * 3)

import json
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it has none
import pytest

from inference.engine.synthetic_json import example

NODE = {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}, "n": {"type": "integer"}}, "required": ["n"]}


@pytest.mark.parametrize("schema", [
    {},
    {"type": "object"},
    {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "boolean"}, "c": {"type": "null"}}},
    {"type": "object", "required": ["x"]},
    {"properties": {"a": {"type": ["null", "integer"]}}},
    {"items": {"type": "number"}, "minItems": 3},
    {"type": "array", "maxItems": 0},
    {"type": "array", "prefixItems": [{"type": "integer"}, {"const": "x"}], "items": False},
    {"type": "string", "minLength": 40}, {"type": "string", "maxLength": 2}, {"type": "string", "format": "date"},
    {"type": "string", "minLength": 20, "maxLength": 21},
    {"type": "integer", "minimum": 7}, {"type": "integer", "maximum": -7}, {"type": "integer", "exclusiveMinimum": 7},
    {"type": "integer", "exclusiveMaximum": 0}, {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
    {"type": "integer", "minimum": 5, "multipleOf": 4}, {"type": "number", "minimum": 0.5, "maximum": 0.7},
    {"enum": [None, 1]}, {"const": {"a": 1}}, {"type": "string", "default": "d"}, {"examples": ["e"]},
    {"anyOf": [{"type": "null"}, {"type": "integer"}]}, {"oneOf": [{"type": "string"}, {"type": "array"}]},
    {"allOf": [{"properties": {"a": {"type": "integer"}}, "required": ["a"]}, {"$ref": "#/$defs/b"}],
     "$defs": {"b": {"properties": {"b": {"type": "null"}}, "required": ["b"]}}},
    {"$ref": "#/$defs/node", "$defs": {"node": NODE}},
    {"type": "object", "properties": {"of": {"$ref": "#/$defs/node"}}, "$defs": {"node": NODE}},
    {"type": "object", "properties": {"a/b~": {"$ref": "#/properties/c"}, "c": {"type": "integer"}}},
])
def test_the_value_fits_the_schema(schema: dict[str, Any]) -> None:
    value = json.loads(json.dumps(example(schema)))
    jsonschema.Draft202012Validator(schema).validate(value)
    assert example(schema) == value


def test_of_several_it_is_the_first_or_the_last() -> None:
    schema = {"anyOf": [{"const": 1}, {"const": 2}]}
    assert (example(schema), example(schema, first=False)) == (1, 2)


def test_what_has_no_end_is_cut() -> None:
    assert example({"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]})
    assert example({"$ref": "#"}) is None
    assert example({"$ref": "#/nowhere"}) is None

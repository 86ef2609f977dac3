"""JSON schemas out of examples, and tidied up."""
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from server.common.json_schema import shape, tidy


@pytest.mark.parametrize(
    "values",
    [
        [{"a": 1, "b": None}], [{"a": 1}, {"a": None}], [{"a": [{"x": 1}, {"y": "z"}]}], [[], [1]], [1, "x"], [None],
        [{"a": True}, {"a": 1.5}], [{"a": {"b": 1}}, {"a": [1]}],
    ],
    ids=str,
)
def test_every_example_has_the_shape_of_all(values: list[Any]) -> None:
    for value in values:
        Draft202012Validator(shape(*values)).validate(value)


@pytest.mark.parametrize("other", [{}, {"a": "x"}, {"b": 1}, [], 1, None], ids=str)
def test_what_is_otherwise_has_not(other: Any) -> None:
    assert not Draft202012Validator(shape({"a": 1})).is_valid(other)


def test_refusing_branches_and_titles_go_but_fields_of_that_name_stay() -> None:
    schema = {"title": "T", "properties": {"title": {"title": "Title", "oneOf": [{"type": "string"}, {}]}, "x": {
        "oneOf": [{"type": "string"}, {"type": "null"}, {}]}}}
    assert tidy(schema) == {
        "properties": {"title": {"type": "string"}, "x": {"anyOf": [{"type": "string"}, {"type": "null"}]}}}

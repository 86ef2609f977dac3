import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.parsing.forced import CallArray, CallsOrText, OneCall
from inference.parsing.pieces import Arguments, CallBegun, Piece, Text
from tests.unit.inference.parsing.whole import call, check_every_cut, cut, read

CUTS = st.lists(st.integers(0, 10_000), max_size=12)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ('[{"name":"look","parameters":{"a": 1}}]', call("look", '{"a": 1}')),
        (' [ {"name":"look","parameters":{}} , {"name":"see","parameters":{}} ] ', [
            *call("look", "{}"), *call("see", "{}")]),
        ('[{"name":"look","parameters":{"a', [CallBegun("look"), Arguments('{"a')]),
        ('[{"name":"lo', []),
        ("[]", []),
        ("", []),
    ],
)
def test_an_array_of_calls(text: str, pieces: list[Piece]) -> None:
    assert check_every_cut(CallArray, text) == pieces
    assert check_every_cut(CallsOrText, text) == pieces


def test_arguments_alone() -> None:
    assert check_every_cut(lambda: OneCall("look"), ' {"a": [1 ]} \n') == [CallBegun("look"), Arguments('{"a": [1 ]}')]
    assert check_every_cut(lambda: OneCall("look"), " ") == []


def test_what_is_no_array_is_the_answer() -> None:
    assert check_every_cut(CallsOrText, '{"a": [1 ]}\n') == [Text('{"a": [1 ]}\n')]


@given(st.lists(st.tuples(st.text(min_size=1), st.dictionaries(st.text(), st.integers())), max_size=3), CUTS)
def test_any_array_is_read_as_it_was_written(calls: list[tuple[str, dict[str, Any]]], places: list[int]) -> None:
    text = json.dumps([{"name": name, "parameters": arguments} for name, arguments in calls])
    expected = [piece for name, arguments in calls for piece in call(name, json.dumps(arguments))]
    assert read(CallArray(), *cut(text, places)) == expected

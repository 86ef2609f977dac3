import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.parsing.llama3 import Llama3
from inference.parsing.pieces import Arguments, CallBegun, Parser, Piece, Text
from tests.unit.inference.parsing.whole import call, check_every_cut, cut, read

CUTS = st.lists(st.integers(0, 10_000), max_size=12)

STUFF = st.lists(st.sampled_from([
    "<|python_tag|>", "<|py", '{"name": "look", "parameters": {}}', "{", "}", '"name"', ":", '"look"', ",", ";", " ",
    "x", '"a"']), max_size=12).map("".join)


def llama3() -> Parser:
    return Llama3({"look", "see"})


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Hello; you, ", [Text("Hello; you, ")]),
        ('{"name": "look", "parameters": {"a": 1}}', call("look", '{"a": 1}')),
        ('\n{"type": "function", "name": "look", "parameters": {}}; {"name": "see", "parameters": {}}\n', [
            *call("look", "{}"), *call("see", "{}")]),
        ('<|python_tag|>{"name": "any", "parameters": {}}', call("any", "{}")),
        ('So: <|python_tag|>{"name": "any", "parameters": {}}', [Text("So:"), *call("any", "{}")]),
        ('{"name": "any", "parameters": {}} so', [Text('{"name": "any", "parameters": {}} so')]),
        ('{"city": "Paris", "name": "look"}', [Text('{"city": "Paris", "name": "look"}')]),
        ('{"parameters": {}}', [Text('{"parameters": {}}')]),
        ('{"name": "look", "parameters": {"a', [CallBegun("look"), Arguments('{"a')]),
        ('{"name": "lo', [Text('{"name": "lo')]),
        ("<|python", [Text("<|python")]),
        ("{x}", [Text("{x}")]),
        ("", []),
    ],
)
def test_calls_that_are_the_answer(text: str, pieces: list[Piece]) -> None:
    assert check_every_cut(llama3, text) == pieces


def test_an_answer_in_json_that_is_no_call_is_not_held_back() -> None:
    parser = llama3()
    assert parser.feed('{"city": "P') == [Text('{"city": "P')]
    assert parser.feed('aris"') == [Text('aris"')]


@given(STUFF, CUTS)
def test_however_it_is_cut_it_says_the_same(text: str, places: list[int]) -> None:
    assert read(llama3(), *cut(text, places)) == read(llama3(), text)

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.parsing.hermes import Hermes
from inference.parsing.pieces import Arguments, CallBegun, CallEnded, Piece, Text
from tests.unit.inference.parsing.whole import call, check_every_cut, cut, read

CUTS = st.lists(st.integers(0, 10_000), max_size=12)

LOOK = '<tool_call>\n{"name": "look", "arguments": {"at": "the {sea}\\"", "n": [1, {"a": null}]}}\n</tool_call>'
ARGUMENTS = '{"at": "the {sea}\\"", "n": [1, {"a": null}]}'
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(
        st.text(), inner), max_leaves=6)
STUFF = st.lists(st.sampled_from([
    "<tool_call>", "</tool_call>", "<tool", "{", "}", '"', '"name"', ":", '"look"', '"arguments"', ",", " ", "\n", "x",
    "\\", "[", "]", "1", LOOK]), max_size=16).map("".join)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Hello, <b>you</b>", [Text("Hello, <b>you</b>")]),
        ("  so \n", [Text("  so \n")]),
        (LOOK, call("look", ARGUMENTS)),
        (f"\n\n{LOOK}\n{LOOK}\n", [*call("look", ARGUMENTS), *call("look", ARGUMENTS)]),
        (f"I look: \n{LOOK}\n\nThere. ", [Text("I look:"), *call("look", ARGUMENTS), Text("There. ")]),
        ('<tool_call>{"arguments":{"a":1},"name":"look"}</tool_call>', call("look", '{"a":1}')),
        ('<tool_call>{"name":"look"}</tool_call>', call("look", "{}")),
        ('<tool_call>{"name":"look","parameters":{}}</tool_call>', call("look", "{}")),
        ('<tool_call>{"name":"look","arguments":"{\\"a\\": 1}"}</tool_call>', call("look", '{"a": 1}')),
        ('<tool_call>{"name":"\\ud800","arguments":"\\ud800"}</tool_call>', call("?", "?")),
        ('<tool_call>{"name":"look","arguments":null}</tool_call>', call("look", "null")),
        ('<tool_call>{"name":"l\\u006fok","arguments":{}}{"x"', [*call("look", "{}"), Text('{"x"')]),
        ('<tool_call>{"name":"look","arguments":{"a"', [CallBegun("look"), Arguments('{"a"')]),
        ('<tool_call>{"name":"look","arguments":"{\\"a', [CallBegun("look"), Arguments('{\\"a')]),
        ('<tool_call>{"name":"look","arguments":{},x}</tool_call> y', [*call("look", "{}"), Text("y")]),
        ('<tool_call>{"name":"look","arguments":{},x}</tool_', call("look", "{}")),
        ("<tool_call>look()</tool_call>", [Text("<tool_call>look()</tool_call>")]),
        ('a <tool_call>{"nam', [Text('a <tool_call>{"nam')]),
        ('<tool_call>{"name": 1}</tool_call>', [Text('<tool_call>{"name": 1}</tool_call>')]),
        ("a <tool_ca", [Text("a <tool_ca")]),
        ("", []),
    ],
)
def test_calls_amid_text(text: str, pieces: list[Piece]) -> None:
    assert check_every_cut(Hermes, text) == pieces


def test_what_is_no_markup_waits_for_nothing() -> None:
    parser = Hermes()
    assert parser.feed("one <t") == [Text("one")]
    assert parser.feed("wo>") == [Text(" <two>")]


def test_arguments_are_passed_on_as_they_come() -> None:
    parser = Hermes()
    assert parser.feed('<tool_call>{"name": "look", "arg') == [CallBegun("look")]
    assert parser.feed('uments": {"a":') == [Arguments('{"a":')]
    assert parser.feed(" 1}") == [Arguments(" 1}")]
    assert parser.feed("}") == [CallEnded()]


@given(STUFF, CUTS)
def test_however_it_is_cut_it_says_the_same(text: str, places: list[int]) -> None:
    assert read(Hermes(), *cut(text, places)) == read(Hermes(), text)


@given(st.dictionaries(st.text(), VALUES), st.text(min_size=1), CUTS)
def test_any_call_is_read_as_it_was_written(arguments: dict[str, Any], name: str, places: list[int]) -> None:
    written = json.dumps(arguments)
    text = f'<tool_call>\n{json.dumps({"name": name})[:-1]}, "arguments": {written}}}\n</tool_call>'
    assert read(Hermes(), *cut(text, places)) == call(name, written)

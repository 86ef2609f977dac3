import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.parsing.choice import with_thoughts
from inference.parsing.mistral import Mistral
from inference.parsing.pieces import Arguments, CallBegun, Piece, Reasoning, Text
from tests.unit.inference.parsing.whole import call, check_every_cut, cut, read

CUTS = st.lists(st.integers(0, 10_000), max_size=12)

STUFF = st.lists(st.sampled_from([
    "[TOOL_CALLS]", "[TOOL", "[ARGS]", "[CALL_ID]", "look", '{"a": [1]}', "{", "}", '"', "[", "]", ",", " ", "x"]),
    max_size=12).map("".join)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Hello [you] ", [Text("Hello [you] ")]),
        ('[TOOL_CALLS]look{"a": {"b": "}"}}', call("look", '{"a": {"b": "}"}}')),
        ('So. [TOOL_CALLS]look[ARGS]{}[TOOL_CALLS] see[CALL_ID]123[ARGS] {"a": 1}', [
            Text("So."), *call("look", "{}"), *call("see", '{"a": 1}')]),
        ('[TOOL_CALLS] [{"name": "look", "arguments": {}}, {"name": "see", "arguments": {}}]', [
            *call("look", "{}"), *call("see", "{}")]),
        ('[TOOL_CALLS]look{"a', [CallBegun("look"), Arguments('{"a')]),
        ("[TOOL_CALLS]loo", [Text("[TOOL_CALLS]loo")]),
        ("[TOOL_CALLS]", []),
        ("[TOOL_CA", [Text("[TOOL_CA")]),
        ("", []),
    ],
)
def test_calls_after_their_mark(text: str, pieces: list[Piece]) -> None:
    assert check_every_cut(Mistral, text) == pieces


def test_thoughts_have_marks_of_their_own() -> None:
    text = '[THINK]Hm[/THINK][TOOL_CALLS]look{}'
    assert check_every_cut(lambda: with_thoughts("mistral", Mistral(), opened=False), text) == [
        Reasoning("Hm"), *call("look", "{}")]


@given(STUFF, CUTS)
def test_however_it_is_cut_it_says_the_same(text: str, places: list[int]) -> None:
    assert read(Mistral(), *cut(text, places)) == read(Mistral(), text)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.parsing.choice import with_thoughts
from inference.parsing.hermes import Hermes
from inference.parsing.pieces import Parser, Piece, Reasoning, Text
from tests.unit.inference.parsing.whole import call, check_every_cut, cut, read

CUTS = st.lists(st.integers(0, 10_000), max_size=12)

LOOK = '<tool_call>{"name": "look", "arguments": {}}</tool_call>'
STUFF = st.lists(st.sampled_from(
    ["<think>", "</think>", "<th", "</", ">", " ", "\n", "x", "y ", LOOK]), max_size=12).map("".join)


def thoughts() -> Parser:
    return with_thoughts("think", None, opened=False)


def opened() -> Parser:
    return with_thoughts("think", None, opened=True)


def before_calls() -> Parser:
    return with_thoughts("think", Hermes(), opened=False)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Hello ", [Text("Hello ")]),
        ("\n Hello", [Text("\n Hello")]),
        ("<think>\nHm, \n so?\n</think>\n\nYes. ", [Reasoning("Hm, \n so?"), Text("Yes. ")]),
        ("\n<think>a</think>", [Reasoning("a")]),
        ("<think>\n\n</think>\n\nYes", [Text("Yes")]),
        ("<think> a </thi", [Reasoning("a </thi")]),
        ("<think>a", [Reasoning("a")]),
        ("<thin", [Text("<thin")]),
        ("no <think>a</think>", [Text("no <think>a</think>")]),
        ("<think>a</think>b<think>c</think>", [Reasoning("a"), Text("b<think>c</think>")]),
        ("", []),
    ],
)
def test_what_an_answer_begins_with_is_thought(text: str, pieces: list[Piece]) -> None:
    assert check_every_cut(thoughts, text) == pieces


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("\nHm</think>\nYes", [Reasoning("Hm"), Text("Yes")]),
        ("Hm ", [Reasoning("Hm")]),
        ("</think>Yes", [Text("Yes")]),
    ],
)
def test_a_template_may_have_opened_them(text: str, pieces: list[Piece]) -> None:
    assert check_every_cut(opened, text) == pieces


def test_calls_come_after_thoughts() -> None:
    text = f"<think>{LOOK}?</think>\n{LOOK}\n"
    assert check_every_cut(before_calls, text) == [Reasoning(f"{LOOK}?"), *call("look", "{}")]


@given(STUFF, CUTS)
def test_however_it_is_cut_it_says_the_same(text: str, places: list[int]) -> None:
    for make in (thoughts, opened, before_calls):
        assert read(make(), *cut(text, places)) == read(make(), text)

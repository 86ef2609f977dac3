"""Text that a parser splits among items, and a later attempt that goes on amid them."""
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from inference.composer import Composer
from inference.engine.port import FinishReason, Output
from inference.engine.traits import Traits
from inference.standing import read
from inference.tool_use import ToolUse, tool_use
from relay.events import (
    AnyEvent,
    Continued,
    Delta,
    Done,
    Ended,
    ItemAdded,
    ItemDone,
    Logprob,
    PartAdded,
    PartDone,
    Usage,
)
from relay.job import Request
from relay.records import Record, first_record

ID = "resp_0abc"
TRAITS = Traits(tool_parser="hermes", reasoning_parser="think")
TOOLS: list[dict[str, Any]] = [
    {"type": "function", "name": "look", "parameters": {"type": "object"}}, {"type": "function", "name": "see"}]
LOOK = '<tool_call>\n{"name": "look", "arguments": {"at": "sea"}}\n</tool_call>'
SEE = '<tool_call>{"name": "see", "arguments": {}}</tool_call>'
ANSWER = f"<think>\nHm, a < b.\n</think>\n\nI look: {LOOK}\n{SEE} There <it> is. "


def use(**more: Any) -> ToolUse:
    return tool_use(Request(ID, "anna", "m", 1.0, [], **{"tools": TOOLS} | more), TRAITS)


def composer(log: list[Record] | None = None, **more: Any) -> Composer:
    used = use(**more)
    made = Composer(ID, read(log or [first_record(ID)]), used.parser, used.most_calls)
    made.begin(1.0)
    return made


def output(text: str, tokens: list[int], finish: FinishReason | None = None) -> Output:
    return Output(ID, text, tokens, finish=finish, input_tokens=7, output_tokens=9)


def answered(*texts: str, finish: FinishReason = "stop", **more: Any) -> list[AnyEvent]:
    """A token for each text."""
    made = composer(**more)
    for number, text in enumerate(texts):
        made.take(output(text, [number], finish if number == len(texts) - 1 else None), 2.0)
    return made.events[1:]


def shown(events: list[AnyEvent]) -> list[Any]:
    """What a viewer sees of events: items with their text, how each was closed, and the end."""
    items: list[Any] = []
    for event in events:
        match event:
            case ItemAdded(item_id=item_id, kind=kind, name=name, call_id=call_id):
                items.append([item_id, kind, name, call_id, ""])
            case Delta(text=text):
                items[-1][4] += text
            case Done() | PartAdded() | PartDone():
                items[-1].append(type(event).__name__)
            case ItemDone(status=status):
                items[-1].append(status)
            case Ended():
                items.append((event.status, event.reason, event.code))
    return items


def tokens_of(events: list[AnyEvent]) -> list[int]:
    return [token for event in events if isinstance(event, Delta | Done) for token in event.tokens]


def test_thoughts_a_message_and_calls_are_items_of_their_own() -> None:
    whole = ["PartAdded", "Done", "PartDone", "completed"]
    assert shown(answered(ANSWER)) == [
        ["rs_0abc_0", "reasoning", "", "", "Hm, a < b.", *whole],
        ["msg_0abc_1", "message", "", "", "I look:", *whole],
        ["fc_0abc_2", "function_call", "look", "call_0abc_2", '{"at": "sea"}', "Done", "completed"],
        ["fc_0abc_3", "function_call", "see", "call_0abc_3", "{}", "Done", "completed"],
        ["msg_0abc_4", "message", "", "", "There <it> is. ", *whole],
        ("completed", "", ""),
    ]


def test_tokens_ride_on_what_they_have_led_to_or_something_before_it() -> None:
    events = answered("a ", '<tool_call>{"name": "look"', ', "arguments": {', "}}", "</tool_call>", "")
    assert events == [
        ItemAdded("msg_0abc_0", "message"), PartAdded("output_text"), Delta("a", [0]),
        Done(), PartDone(), ItemDone("completed"),
        ItemAdded("fc_0abc_1", "function_call", "look", "call_0abc_1"), Delta("", [1]), Delta("{", [2]),
        Delta("}", [3]), Done(), ItemDone("completed"),
        Ended("completed", 2.0, Usage(7, 0, 9)),
    ]


def test_a_call_that_begins_has_its_tokens_with_it() -> None:
    """Or a later attempt would choose a name anew that was shown already."""
    events = answered('<tool_call>{"name": "look"', "")
    assert events[:2] == [ItemAdded("fc_0abc_0", "function_call", "look", "call_0abc_0"), Delta("", [0])]


def test_reasoning_tokens_are_counted() -> None:
    events = answered("<think>", "a", " b", "</think>", "c", "d")
    assert events[-1] == Ended("completed", 2.0, Usage(7, 0, 9, 4))


def test_what_the_token_budget_cuts_is_incomplete() -> None:
    items = shown(answered('<tool_call>{"name": "look", "arguments": {"a', finish="length"))
    assert items == [
        ["fc_0abc_0", "function_call", "look", "call_0abc_0", '{"a', "Done", "incomplete"],
        ("incomplete", "max_output_tokens", ""),
    ]


def test_one_call_ends_it_where_no_more_are_wanted() -> None:
    made = composer(parallel_tool_calls=False)
    made.take(output(f"{LOOK}{SEE}", [1]), 2.0)
    assert made.satisfied
    assert shown(made.events) == [
        ["fc_0abc_0", "function_call", "look", "call_0abc_0", '{"at": "sea"}', "Done", "completed"],
        ("completed", "", ""),
    ]
    assert [item[2] for item in shown(answered(f"{LOOK}{SEE}{SEE}", max_tool_calls=2))[:-1]] == ["look", "see"]


def test_only_a_messages_text_has_logprobs() -> None:
    made = composer()
    for text in ("<think>", "a", "</think>", "b", "c"):
        made.take(replace(output(text, [1]), logprobs=[Logprob(text, -1.0)]), 2.0)
    deltas = [event for event in made.events if isinstance(event, Delta)]
    assert [(delta.text, [logprob.token for logprob in delta.logprobs]) for delta in deltas] == [
        ("a", []), ("b", ["b"]), ("c", ["c"])]


def log_of(events: list[AnyEvent]) -> list[Record]:
    return [first_record(ID), Record(ID, 5, 1, 1001, events)]


def gone_on(texts: list[str], cut: int, **more: Any) -> tuple[list[AnyEvent], list[AnyEvent]]:
    """What was logged after `cut` tokens, and what a later attempt adds to it; its engine tells all text anew."""
    first = composer(**more)
    for number, text in enumerate(texts[:cut]):
        first.take(output(text, [number]), 2.0)
    logged = first.events
    known = tokens_of(logged)
    made = len(known)
    assert known == list(range(made)), "tokens are missing amid others"
    later = composer(log_of(logged), **more)
    text = "".join(texts[:made])
    for number in range(made, len(texts)):
        later.take(output(text + texts[number], [number], "stop" if number == len(texts) - 1 else None), 2.0)
        text = ""
    if made == len(texts):
        later.take(output(text, [], "stop"), 2.0)
    return logged, later.events


@pytest.mark.parametrize("more", [{}, {"max_tool_calls": 2}, {"parallel_tool_calls": False}, {"tools": []}])
@pytest.mark.parametrize("size", [1, 3, 7])
def test_a_later_attempt_goes_on_after_any_token(size: int, more: dict[str, Any]) -> None:
    texts = [ANSWER[at:at + size] for at in range(0, len(ANSWER), size)]
    whole = answered(*texts, **more)
    for cut in range(len(texts)):
        logged, added = gone_on(texts, cut, **more)
        if isinstance(logged[-1], Ended):
            assert logged[1:] == whole
            continue
        assert isinstance(added[0], Continued)
        assert shown([*logged, *added]) == shown(whole), cut
        assert added[-1] == whole[-1]  # the usage too


PARTS = st.sampled_from(["<think>", "</think>", LOOK, SEE, "a", " ", "\n", "<tool_call>", "{", "</tool_call>", "ü"])


@given(st.lists(PARTS, min_size=1, max_size=8).map("".join), st.integers(1, 6), st.integers(0, 10_000))
def test_it_goes_on_amid_whatever_a_model_may_say(text: str, size: int, cut: int) -> None:
    texts = [text[at:at + size] for at in range(0, len(text), size)]
    logged, added = gone_on(texts, cut % len(texts))
    assert shown([*logged, *added]) == shown(answered(*texts))


def test_a_log_that_another_parser_has_written_is_no_place_to_go_on() -> None:
    log: list[AnyEvent] = [ItemAdded("msg_0abc_0", "message"), PartAdded("output_text"), Delta("<think>a", [0])]
    later = composer(log_of(log))
    later.take(output("<think>ab", [1]), 2.0)
    end = later.events[-1]
    assert isinstance(end, Ended)
    assert (end.status, end.code) == ("failed", "engine_error")

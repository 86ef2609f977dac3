import pytest

from inference.composer import HANDOVER, MOST_TEXT, Composer
from inference.engine.port import FinishReason, Output
from inference.standing import Standing, read
from relay.events import (
    AnyEvent,
    Continued,
    Delta,
    Done,
    Ended,
    InProgress,
    ItemAdded,
    ItemDone,
    Logprob,
    PartAdded,
    PartDone,
    Usage,
)
from relay.records import Record, first_record

ID = "resp_0abc"
MESSAGE: list[AnyEvent] = [ItemAdded("msg_0abc_0", "message"), PartAdded("output_text")]


def begun(standing: Standing | None = None) -> Composer:
    composer = Composer(ID, standing or read([first_record(ID)]))
    composer.begin(1.0)
    composer.events.clear()
    return composer


def output(
    text: str,
    *tokens: int,
    finish: FinishReason | None = None,
    logprobs: list[Logprob] | None = None,
    message: str = "",
) -> Output:
    return Output(
        ID, text, list(tokens), logprobs or [], finish, message, input_tokens=7, cached_tokens=2, output_tokens=9
    )


def logged(*events: AnyEvent, attempt: int = 5) -> Standing:
    """How the log stands after `submit` and these."""
    return read([first_record(ID), Record(ID, attempt, 1, 1001, list(events))])


def test_a_whole_answer_has_the_specifications_order() -> None:
    composer = Composer(ID, read([first_record(ID)]))
    composer.begin(1.0)
    composer.take(output("Hel", 1), 2.0)
    composer.take(output("lo", 2, 3), 3.0)
    composer.take(output("!", 4, finish="stop"), 4.0)
    assert composer.events == [
        InProgress(1.0), *MESSAGE, Delta("Hel", [1]), Delta("lo", [2, 3]), Delta("!", [4]),
        Done(), PartDone(), ItemDone("completed"), Ended("completed", 4.0, Usage(7, 2, 9)),
    ]
    assert composer.ended == "completed"


def test_tokens_without_text_ride_on_the_next_delta() -> None:
    composer = begun()
    first, second = Logprob("a", -1.0), Logprob("b", -2.0)
    composer.take(output("", 1, logprobs=[first]), 2.0)
    assert composer.events == []
    composer.take(output("é", 2, logprobs=[second]), 2.0)
    composer.take(output("!", 3), 2.0)
    assert composer.events == [*MESSAGE, Delta("é", [1, 2], [first, second]), Delta("!", [3])]


def test_an_output_of_nothing_says_nothing() -> None:
    composer = begun()
    composer.take(output(""), 2.0)
    assert composer.events == []


def test_the_last_tokens_without_text_ride_on_done() -> None:
    composer = begun()
    composer.take(output("x", 1), 2.0)
    composer.take(output("", 2, finish="stop", logprobs=[Logprob("</s>", 0.0)]), 3.0)
    assert composer.events[2:] == [
        Delta("x", [1]), Done([2]), PartDone(), ItemDone("completed"), Ended("completed", 3.0, Usage(7, 2, 9)),
    ]


def test_an_answer_of_nothing_has_an_empty_message() -> None:
    composer = begun()
    composer.take(output("", 2, finish="stop"), 3.0)
    assert composer.events[:3] == [*MESSAGE, Done([2])]
    assert isinstance(composer.events[-1], Ended)


def test_the_token_budget_leaves_it_incomplete() -> None:
    composer = begun()
    composer.take(output("x", 1, finish="length"), 3.0)
    assert composer.events[-2:] == [
        ItemDone("incomplete"), Ended("incomplete", 3.0, Usage(7, 2, 9), reason="max_output_tokens"),
    ]


def test_half_a_character_at_the_budgets_end_keeps_its_logprobs() -> None:
    composer = begun()
    half = Logprob("\\xc3", -1.0)
    composer.take(output("", 1, finish="length", logprobs=[half]), 3.0)
    assert composer.events[2:4] == [Delta("", [1], [half]), Done()]


def test_a_stop_closes_what_is_open() -> None:
    composer = begun()
    composer.take(output("x", 1), 2.0)
    composer.take(output("", 2, finish="cancelled"), 3.0)
    assert composer.events[2:] == [
        Delta("x", [1]), Done([2]), PartDone(), ItemDone("incomplete"),
        Ended("incomplete", 3.0, Usage(7, 2, 9), reason="cancelled"),
    ]


def test_a_stop_before_the_first_text_makes_no_item() -> None:
    composer = begun()
    composer.take(output("", finish="cancelled"), 3.0)
    assert composer.events == [Ended("incomplete", 3.0, Usage(7, 2, 9), reason="cancelled")]


def test_a_stop_without_the_engine_has_no_usage_but_what_the_log_tells() -> None:
    composer = Composer(ID, logged(InProgress(1.0), *MESSAGE, Delta("x", [1, 2, 3])))
    composer.cancel(3.0)
    assert composer.events == [
        Done(), PartDone(), ItemDone("incomplete"),
        Ended("incomplete", 3.0, Usage(output_tokens=3), reason="cancelled"),
    ]


@pytest.mark.parametrize(("message", "said"), [("no memory", "no memory"), ("", "The engine could not go on")])
def test_an_engines_error_fails_it(message: str, said: str) -> None:
    composer = begun()
    composer.take(output("x", 1), 2.0)
    composer.take(output("", finish="error", message=message), 3.0)
    assert composer.events[3:6] == [Done(), PartDone(), ItemDone("incomplete")]
    end = composer.events[-1]
    assert isinstance(end, Ended)
    assert (end.status, end.code, end.usage) == ("failed", "engine_error", Usage(7, 2, 9))
    assert end.message.startswith(said)


def test_a_refusal_is_the_only_event() -> None:
    composer = Composer(ID, read([first_record(ID)]))
    composer.fail("context_length_exceeded", "too long", 3.0)
    assert composer.events == [Ended("failed", 3.0, Usage(), code="context_length_exceeded", message="too long")]


def test_nothing_is_said_after_the_end() -> None:
    composer = begun()
    composer.take(output("x", 1, finish="stop"), 3.0)
    composer.events.clear()
    composer.take(output("y", 2), 4.0)
    composer.cancel(4.0)
    composer.fail("engine_error", "late", 4.0)
    assert composer.events == []
    assert composer.ended == "completed"


def test_a_later_attempt_goes_on_in_the_open_part() -> None:
    composer = Composer(ID, logged(InProgress(1.0), *MESSAGE, Delta("Hel", [1])))
    composer.begin(2.0)
    composer.take(output("lo", 2, finish="stop"), 3.0)
    assert composer.events == [
        Continued(2.0, HANDOVER), Delta("lo", [2]), Done(), PartDone(), ItemDone(),
        Ended("completed", 3.0, Usage(7, 2, 9)),
    ]


def test_a_later_attempt_whose_earlier_ones_said_nothing_opens_the_message() -> None:
    composer = Composer(ID, logged(InProgress(1.0)))
    composer.begin(2.0)
    composer.take(output("x", 2), 3.0)
    assert composer.events == [Continued(2.0, HANDOVER), *MESSAGE, Delta("x", [2])]


@pytest.mark.parametrize(
    ("closed", "rest"),
    [
        ([Done()], [PartDone(), ItemDone("completed")]),
        ([Done(), PartDone()], [ItemDone("completed")]),
        ([Done(), PartDone(), ItemDone("completed")], []),
    ],
)
def test_a_later_attempt_closes_only_what_is_still_open(closed: list[AnyEvent], rest: list[AnyEvent]) -> None:
    composer = begun(logged(InProgress(1.0), *MESSAGE, Delta("x", [1]), *closed))
    composer.take(output("", finish="stop"), 3.0)
    assert composer.events == [*rest, Ended("completed", 3.0, Usage(7, 2, 9))]


def test_text_after_a_closed_part_is_another_message() -> None:
    composer = begun(logged(InProgress(1.0), *MESSAGE, Delta("x", [1]), Done()))
    composer.take(output("y", 2), 3.0)
    assert composer.events == [
        PartDone(), ItemDone("completed"),
        ItemAdded("msg_0abc_1", "message"), PartAdded("output_text"), Delta("y", [2]),
    ]


def test_an_ended_log_leaves_nothing_to_say() -> None:
    composer = Composer(ID, logged(Ended("completed", 1.0)))
    assert composer.ended == "completed"
    composer.take(output("y", 2), 3.0)
    assert composer.events == []


def test_a_text_beyond_what_a_frame_holds_is_several_deltas() -> None:
    """Redis was away for long, say, and the engine went on."""
    text = "abc" * MOST_TEXT
    composer = begun()
    composer.take(output(text + "d", 1, 2, logprobs=[Logprob("abc", -0.5)]), 2.0)
    deltas = composer.events[len(MESSAGE):]
    assert deltas == [
        Delta(text[:MOST_TEXT], [1, 2], [Logprob("abc", -0.5)]), Delta(text[MOST_TEXT:2 * MOST_TEXT]),
        Delta(text[2 * MOST_TEXT:]), Delta("d"),
    ]


def test_a_text_that_just_fits_is_one_delta() -> None:
    composer = begun()
    composer.take(output("a" * MOST_TEXT, 1), 2.0)
    assert composer.events == [*MESSAGE, Delta("a" * MOST_TEXT, [1])]

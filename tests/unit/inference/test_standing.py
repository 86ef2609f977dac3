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
    PartAdded,
    PartDone,
)
from relay.records import Record, first_record

ID = "resp_0abc"


def record(attempt: int, first: int, *events: AnyEvent) -> Record:
    return Record(ID, attempt, first - 1, first, list(events))


def test_an_empty_log() -> None:
    assert read([]) == Standing(last=-1)


def test_a_submitted_job_has_not_begun() -> None:
    standing = read([first_record(ID)])
    assert standing == Standing(last=1)
    assert not standing.said


def test_what_is_open_and_what_was_made() -> None:
    standing = read([
        first_record(ID),
        record(5, 1001, InProgress(1.0), ItemAdded("msg_1", "message"), PartAdded("output_text"), Delta("a", [1, 2])),
        record(5, 1005, Delta("b", [3])),
        record(6, 2005, Continued(2.0, "handover"), Delta("c", [4])),
    ])
    assert standing == Standing(
        last=2006, begun=True, items=1, item_open=True, part_open=True, text_open=True, tokens=[1, 2, 3, 4],
        characters=3, item_characters=3)
    assert standing.said


def test_what_is_closed_again() -> None:
    standing = read([
        record(5, 1001, ItemAdded("msg_1", "message"), PartAdded("output_text"), Delta("a", [1])),
        record(5, 1004, Done([2]), PartDone(), ItemDone(), Ended("incomplete", 2.0)),
    ])
    assert standing == Standing(last=1007, items=1, tokens=[1, 2], characters=1, item_characters=1, ended="incomplete")


def test_a_function_call_has_arguments_without_a_part() -> None:
    standing = read([record(5, 1001, ItemAdded("fc_1", "function_call", "look", "call_1"))])
    assert (standing.item_open, standing.part_open, standing.text_open) == (True, False, True)


def test_what_is_there_twice_counts_once() -> None:
    events: list[AnyEvent] = [ItemAdded("msg_1", "message"), PartAdded("output_text"), Delta("a", [1]), Delta("b", [2])]
    standing = read([
        record(5, 1001, *events[:3]), record(5, 1002, *events[1:]), record(5, 1003, events[2]),
    ])
    assert (standing.tokens, standing.characters) == ([1, 2], 2)
    assert standing.last == 1004

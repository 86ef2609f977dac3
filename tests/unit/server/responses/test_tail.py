"""What a gateway can put back after Redis has lost it."""
import pytest

from relay.events import AnyEvent, Continued, Delta, InProgress
from relay.records import Record
from server.responses.tail import CHUNK_RECORDS, Tail, in_order
from tests.unit.server.responses.story import RESPONSE, deltas, join, numbered, told

RECORDS = told(*("word" for _ in range(4 * CHUNK_RECORDS)))


def filled(keep_s: float, step_s: float) -> tuple[Tail, list[tuple[float, Record]]]:
    tail = Tail(keep_s)
    timed = [(index * step_s, record) for index, record in enumerate(RECORDS)]
    for now, record in timed:
        tail.add(record, now)
    return tail, timed


@pytest.mark.parametrize("step_s", [0.0, 0.02, 0.2, 3.0, 30.0])
def test_it_keeps_what_is_young_and_forgets_what_is_old(step_s: float) -> None:
    tail, timed = filled(10.0, step_s)
    kept = tail.records()
    newest = timed[-1][0]
    assert kept == RECORDS[-len(kept):]
    assert len(kept) >= sum(now >= newest - 10.0 for now, _ in timed)
    assert len(kept) <= CHUNK_RECORDS + sum(now >= newest - 21.0 for now, _ in timed)


def test_silence_forgets_nothing() -> None:
    tail, _ = filled(10.0, 0.0)
    assert tail.records() == RECORDS


def test_it_begins_empty() -> None:
    assert Tail(10.0).records() == []


def events(records: list[Record]) -> list[AnyEvent]:
    return [event for record in records for event in record.events]


TWO = numbered([InProgress(1.0), *deltas("a", "b", "c")], [Continued(2.0, "handover"), *deltas("d", "e")])


def test_twice_is_once_and_in_order() -> None:
    assert in_order([*TWO[3:], *TWO[:5]]) == TWO
    assert in_order([]) == []


def test_of_what_overlaps_the_rest_is_taken() -> None:
    found = in_order([join(TWO[1:4]), join(TWO[2:5])])
    assert [(record.after, record.first) for record in found] == [(1, 1001), (1003, 1004)]
    assert events(found) == events(TWO[1:5])


def test_what_lies_before_a_hole_is_left_out() -> None:
    assert in_order([*TWO[:2], *TWO[3:]]) == TWO[3:]
    assert in_order([*TWO[:4], *TWO[5:]]) == TWO[5:]


def test_what_another_attempt_did_not_go_on_from_is_left_out() -> None:
    lost = Record(RESPONSE, 1, 1004, 1005, [Delta("lost")])
    assert in_order([*TWO[:5], lost, *TWO[5:]]) == TWO

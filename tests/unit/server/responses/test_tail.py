"""What a gateway can put back after Redis has lost it."""
import pytest

from relay.records import Record
from server.responses.tail import CHUNK_RECORDS, Tail
from tests.unit.server.responses.story import told

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

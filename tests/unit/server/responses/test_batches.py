"""Which of the last batches are still there, and what is in them for whom."""
import pytest

from relay.events import Delta
from relay.records import Record, encode_batch
from server.responses.batches import LastBatches


def a_record(response_id: str, number: int) -> Record:
    return Record(response_id, 1, number - 1, number, [Delta("a")])


def test_it_begins_empty() -> None:
    assert LastBatches(10.0).records() == {}


def test_each_response_gets_its_own() -> None:
    batches = LastBatches(10.0)
    one, two = [a_record("one", 2), a_record("one", 3)], [a_record("two", 2), a_record("two", 3)]
    for records in ([one[0]], [one[1], two[0]], [two[1]]):
        batches.add(encode_batch(0.0, records), 1.0)
    assert batches.records() == {"one": one, "two": two}


@pytest.mark.parametrize(("step_s", "kept"), [(0.0, 100), (1.0, 11), (3.0, 4), (30.0, 1)])
def test_it_keeps_what_is_young_and_forgets_what_is_old(step_s: float, kept: int) -> None:
    batches = LastBatches(10.0)
    for number in range(100):
        batches.add(encode_batch(0.0, [a_record("one", number)]), number * step_s)
    assert [record.first for record in batches.records()["one"]] == list(range(100 - kept, 100))

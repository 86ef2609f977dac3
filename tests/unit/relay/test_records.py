"""The codec of records, and the rule by which readers take them."""
import msgspec
import pytest

from relay.cursor import Cursor, Diverged, Gap
from relay.events import AnyEvent, Created, Delta, Ended, InProgress, Logprob, Queued
from relay.records import (
    ATTEMPT_GAP,
    VERSION,
    Batch,
    Record,
    decode_batch,
    decode_entry,
    encode_batch,
    encode_events,
    first_number,
    first_record,
    flatten,
    merge,
)


def deltas(*numbers: int) -> list[AnyEvent]:
    return [Delta(str(number)) for number in numbers]


def record(attempt: int, first: int, last: int, after: int | None = None) -> Record:
    """Events named for their numbers."""
    return Record("r", attempt, first - 1 if after is None else after, first, deltas(*range(first, last + 1)))


RICH: list[AnyEvent] = [
    InProgress(1.0), Delta("é\n", [1, 2 ** 40], [Logprob("é", -0.5, [("e", -1.0)])]), Ended("completed", 2.0)]


def test_a_batch_comes_back_as_it_was() -> None:
    records = [Record("resp_1", 17, 1, 1001, RICH), first_record("resp_2")]
    assert decode_batch(encode_batch(3.5, records)) == Batch(VERSION, 3.5, records)


def test_an_entry_comes_back_as_it_was() -> None:
    fields = [b"1", b"17", b"1", b"1001", encode_events(RICH)]
    assert decode_entry("resp_1", fields) == Record("resp_1", 17, 1, 1001, RICH)


def test_another_version_is_refused() -> None:
    data = msgspec.msgpack.encode([VERSION + 1, 0.0, []])
    with pytest.raises(ValueError, match="version 2"):
        decode_batch(data)
    with pytest.raises(ValueError, match="version 9"):
        decode_entry("r", [b"9", b"0", b"0", b"0", b"\x90"])


def test_rubbish_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        decode_batch(b"\x01")


def test_events_hold_nothing_that_lua_cannot_read() -> None:
    def check(value: object) -> None:
        assert isinstance(value, str | int | float | list)
        for part in value if isinstance(value, list) else ():
            check(part)
    check(msgspec.msgpack.decode(encode_events(RICH)))


def test_what_a_record_knows_of_itself() -> None:
    first = first_record("r")
    assert (first.first, first.last, first.begins, first.end) == (0, 1, False, None)
    began = Record("r", 9, 1, 1001, [InProgress(1.0)])
    assert began.begins
    ended = Record("r", 9, 1001, 1002, [Delta("x"), Ended("failed", 1.0)])
    assert (ended.begins, ended.last) == (False, 1003)
    assert ended.end == Ended("failed", 1.0)
    assert Record("r", 1, 0, 1, []).end is None


def test_flatten_names_the_status_where_it_ends() -> None:
    ended = Record("r", 9, 1001, 1002, [Ended("failed", 1.0)])
    assert flatten([record(9, 5, 6), ended]) == [
        9, 4, 5, 6, encode_events(deltas(5, 6)), "", 9, 1001, 1002, 1002, encode_events(ended.events), "failed"]


def test_merge_joins_what_follows() -> None:
    parts = [
        record(1, 5, 6), record(1, 7, 7), record(2, 1007, 1008, after=7), record(2, 1009, 1009), record(2, 1011, 1011)]
    assert merge(parts) == [
        record(1, 5, 7), record(2, 1007, 1009, after=7), record(2, 1011, 1011)]
    assert merge([]) == []


class TestFirstNumber:
    def test_leaps_from_where_the_log_stands(self) -> None:
        assert first_number(5, attempt=1_000_400, created_at=1000.0) == 5 + ATTEMPT_GAP

    def test_is_above_all_that_a_lost_attempt_may_have_given(self) -> None:
        lost = first_number(1, attempt=1_000_100, created_at=1000.0)
        made_till_it_died = 500
        assert first_number(1, attempt=1_004_100, created_at=1000.0) > lost + made_till_it_died

    def test_a_gateway_whose_clock_is_fast_does_no_harm(self) -> None:
        assert first_number(5, attempt=1_000_400, created_at=9000.0) == 5 + ATTEMPT_GAP


class TestCursor:
    def test_takes_what_follows_and_drops_what_it_has(self) -> None:
        cursor = Cursor()
        assert cursor.take(first_record("r")) == [Created(), Queued()]
        assert cursor.take(first_record("r")) == []
        assert cursor.take(record(5, 1001, 1002, after=1)) == deltas(1001, 1002)
        assert cursor.take(record(5, 1002, 1004)) == deltas(1003, 1004)
        assert (cursor.attempt, cursor.last) == (5, 1004)

    def test_a_gap_is_seen_and_moves_nothing(self) -> None:
        cursor = Cursor(5, 1002)
        with pytest.raises(Gap):
            cursor.take(record(5, 1004, 1005))
        assert cursor.take(record(5, 1003, 1003)) == deltas(1003)

    def test_an_earlier_attempt_is_dropped(self) -> None:
        assert Cursor(5, 2010).take(record(4, 3000, 3001)) == []

    def test_another_attempt_goes_on_where_this_cursor_stands(self) -> None:
        assert Cursor(5, 1007).take(record(6, 1007 + ATTEMPT_GAP, 1007 + ATTEMPT_GAP, after=1007)) == deltas(2007)

    def test_another_attempt_beyond_what_it_has_is_a_gap(self) -> None:
        with pytest.raises(Gap):
            Cursor(5, 1005).take(record(6, 2007, 2008, after=1007))

    def test_how_another_attempt_began_must_be_known(self) -> None:
        """It might stand right behind the cursor by chance."""
        with pytest.raises(Gap):
            Cursor(5, 2008).take(record(6, 2009, 2010))

    def test_another_history_is_seen(self) -> None:
        """This cursor has what the new attempt never knew of: it lies in the hole, or beyond."""
        for last in (1008, 2006, 2500):
            with pytest.raises(Diverged):
                Cursor(5, last).take(record(6, 2007, 2600, after=1007))

    def test_at_a_number_of_the_log(self) -> None:
        log = [first_record("r"), record(5, 1001, 1004, after=1), record(6, 2004, 2005, after=1004)]
        for number, attempt in ((0, 0), (1, 0), (1003, 5), (2005, 6)):
            cursor = Cursor.at(log, number)
            assert cursor is not None
            assert (cursor.attempt, cursor.last) == (attempt, number)
            left = [event for r in log for event in cursor.take(r)]
            assert len(left) == {0: 7, 1: 6, 1003: 3, 2005: 0}[number]
        beginning = Cursor.at([], -1)
        assert beginning is not None
        assert (beginning.attempt, beginning.last) == (0, -1)

    @pytest.mark.parametrize("number", [2, 1000, 1005, 2003, 2006])
    def test_at_a_number_that_no_record_holds(self, number: int) -> None:
        log = [first_record("r"), record(5, 1001, 1004, after=1), record(6, 2004, 2005, after=1004)]
        assert Cursor.at(log, number) is None

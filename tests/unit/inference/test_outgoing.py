"""The durable path by a fake clock, and what a step holds."""
from itertools import pairwise

import pytest

from inference.engine.port import FinishReason, Output
from inference.hold import Hold
from inference.outgoing import Outgoing
from inference.standing import read
from relay.events import Continued, Delta, InProgress, ItemAdded, PartAdded
from relay.records import Record
from relay.views import Step
from tests.unit.inference.jobs import leased, response_id


def hold_of(number: int = 0, *, turn: int = 0, followers: tuple[str, ...] = ("g1",)) -> Hold:
    job = leased(number, followers=followers)
    hold = Hold(job, read(job.records), 0.0, turn)
    hold.composer.begin(0.0)
    return hold


class Bench:
    """Holds that make a token each at a time, and what was appended of them."""

    def __init__(self, *holds: Hold) -> None:
        self.holds, self.outgoing = holds, Outgoing()
        self.steps: list[tuple[float, Step]] = []
        for hold in holds:
            self.outgoing.touch(hold)

    def say(self, hold: Hold, text: str = "x", finish: FinishReason | None = None) -> None:
        hold.composer.take(Output(hold.key, text, [1], finish=finish), 0.0)
        hold.tokens += 1
        self.outgoing.touch(hold)

    def append(self, now: float, *, fails: bool = False) -> Step:
        step = self.outgoing.step(now)
        if not fails:
            self.outgoing.confirm(now)
            self.steps.append((now, step))
        return step

    def run(self, *, tokens_per_s: float, for_s: float) -> None:
        for tick in range(1, round(tokens_per_s * for_s) + 1):
            for hold in self.holds:
                self.say(hold)
            self.append(tick / tokens_per_s)


def spans(records: list[Record]) -> list[tuple[int, int, int]]:
    return [(record.after, record.first, record.last) for record in records]


def test_records_have_numbers_without_a_gap_from_1000_above_the_log() -> None:
    bench = Bench(hold_of())
    bench.run(tokens_per_s=10, for_s=0.3)
    sent = [record for _, step in bench.steps for record in step.batches["g1"]]
    assert spans(sent) == [(1, 1001, 1004), (1004, 1005, 1005), (1005, 1006, 1006)]
    assert sent[0].events == [
        InProgress(0.0), ItemAdded(f"msg_{response_id()[5:]}_0", "message"), PartAdded("output_text"), Delta("x", [1]),
    ]


def test_entries_hold_all_that_batches_held_since_the_last() -> None:
    bench = Bench(hold_of())
    bench.run(tokens_per_s=20, for_s=2)
    sent = [event for _, step in bench.steps for record in step.batches["g1"] for event in record.events]
    entries = [record for _, step in bench.steps for record in step.entries]
    assert [len(entry.events) for entry in entries] == [8, 5, 5, 5, 5, 5, 5, 5]
    assert [event for entry in entries for event in entry.events] == sent
    assert all(later.after == earlier.last for earlier, later in pairwise(entries))


def test_responses_that_begin_together_are_logged_apart() -> None:
    bench = Bench(*[hold_of(number, turn=number) for number in range(256)])
    bench.run(tokens_per_s=50, for_s=4)
    counts = [len(step.entries) for _, step in bench.steps[13:]]
    assert sum(counts) == pytest.approx(256 * 4 / 0.26, rel=0.1)
    assert max(counts) < 2 * sum(counts) / len(counts)


def test_the_end_is_logged_in_the_same_step() -> None:
    hold = hold_of()
    bench = Bench(hold)
    bench.say(hold, finish="stop")
    step = bench.outgoing.step(0.01)
    assert step.ends == {response_id(): "completed"}
    assert step.entries[0].end is not None
    assert step.batches["g1"][0].end is not None
    assert bench.outgoing.confirm(0.01) == [hold]
    assert not bench.outgoing


def test_one_batch_for_each_gateway_and_none_for_who_has_no_follower() -> None:
    bench = Bench(hold_of(0), hold_of(1, followers=("g1", "g2")), hold_of(2, followers=()))
    step = bench.append(0.01)
    assert {name: [r.response_id for r in records] for name, records in step.batches.items()} == {
        "g1": [response_id(0), response_id(1)], "g2": [response_id(1)]}


def test_changed_destinations_go_with_a_log_that_is_up_to_date() -> None:
    hold = hold_of()
    bench = Bench(hold)
    bench.append(0.01)
    bench.say(hold)
    hold.wanted = ["g2"]
    step = bench.append(0.02)
    assert step.destinations == {response_id(): ["g2"]}
    assert spans(step.entries) == [(1, 1001, 1004)]
    assert set(step.batches) == {"g1", "g2"}
    bench.say(hold)
    step = bench.append(0.03)
    assert (set(step.batches), step.destinations) == ({"g2"}, {})


def test_destinations_change_though_nothing_was_made() -> None:
    hold = hold_of()
    bench = Bench(hold)
    bench.append(0.01)
    hold.wanted = []
    bench.outgoing.touch(hold)
    step = bench.append(0.02)
    assert (step.destinations, step.batches) == ({response_id(): []}, {})
    assert len(step.entries) == 1
    bench.say(hold)
    assert bench.append(0.03) == Step()


def test_a_step_that_failed_is_said_again_with_what_came_since() -> None:
    hold, other = hold_of(0), hold_of(1)
    bench = Bench(hold, other)
    bench.append(0.01, fails=True)
    bench.say(hold)
    hold.wanted = ["g2"]
    bench.append(0.02, fails=True)
    bench.say(hold, finish="stop")
    step = bench.append(0.03)
    mine = [r for r in step.batches["g1"] if r.response_id == response_id(0)]
    assert spans(mine) == [(1, 1001, 1001), (1001, 1002, 1004), (1004, 1005, 1009)]
    assert step.batches["g2"] == mine
    assert spans(step.entries) == [(1, 1001, 1009)]
    assert step.ends == {response_id(0): "completed"}
    assert [r.response_id for r in step.batches["g1"] if r not in mine] == [response_id(1)]
    assert not bench.outgoing


def test_what_is_said_while_a_step_is_under_way_is_of_the_next() -> None:
    hold = hold_of()
    bench = Bench(hold)
    bench.outgoing.step(0.01)
    hold.composer.fail("context_length_exceeded", "too long", 0.0)
    bench.outgoing.touch(hold)
    assert bench.outgoing.confirm(0.01) == []
    step = bench.outgoing.step(0.02)
    assert step.ends == {response_id(): "failed"}
    assert bench.outgoing.confirm(0.02) == [hold]


def test_a_dropped_hold_says_nothing_more() -> None:
    hold = hold_of()
    bench = Bench(hold)
    bench.append(0.01, fails=True)
    bench.say(hold)
    bench.outgoing.drop(hold)
    assert bench.append(0.02) == Step()


def test_events_that_wait_though_nothing_comes_are_logged_within_three_seconds() -> None:
    hold = hold_of()
    bench = Bench(hold)
    bench.append(0.01)
    for now, due in ((0.3, False), (2.9, False), (3.0, True)):
        bench.outgoing.touch_due([hold], now)
        assert bool(bench.outgoing) is due
    assert len(bench.append(3.0).entries) == 1
    bench.outgoing.touch_due([hold], 9.0)
    assert not bench.outgoing


def test_a_tail_is_all_that_the_log_lacks_or_may_have_lost() -> None:
    hold = hold_of()
    bench = Bench(hold)
    bench.run(tokens_per_s=20, for_s=0.35)
    bench.say(hold)
    held = hold.held()
    assert (held.response_id, held.attempt, held.after) == (response_id(), 7, 1)
    assert spans(held.records) == [(-1, 0, 1), (1, 1001, 1008), (1008, 1009, 1011)]
    hold.rejoined(0.4)
    assert spans(hold.held().records) == spans(held.records)
    assert not hold.unlogged
    bench.run(tokens_per_s=1, for_s=15)
    assert all(record.first > 1001 for record in hold.held().records)


def test_a_later_attempt_begins_1000_above_the_log() -> None:
    job = leased(log=[InProgress(1.0)])
    hold = Hold(job, read(job.records), 0.0, 0)
    hold.composer.begin(5.0)
    bench = Bench(hold)
    record = bench.append(0.01).batches["g1"][0]
    assert (record.after, record.first, record.events) == (1001, 2001, [Continued(5.0, "handover")])

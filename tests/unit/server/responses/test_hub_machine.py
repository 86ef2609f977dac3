"""What clients are sent, over random histories of one gateway's session and hub; and what they would see if a rule of
theirs were broken. `PARLEY_TEST_EXAMPLES` is how many histories are tried (see docs/development.md).
"""
import os
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from relay.cursor import Cursor, Diverged, Gap
from relay.events import AnyEvent
from relay.records import Record
from server.responses import feed as feed_module
from server.responses.feed import Feed
from server.responses.position import Position, position_after
from server.responses.session import Session
from server.responses.transcript import Transcript
from server.responses.turns import Action, Turn
from tests.unit.server.responses.hub_machine import HubMachine
from tests.unit.server.responses.story import told

EXAMPLES = int(os.environ.get("PARLEY_TEST_EXAMPLES", "100"))


def search(machine: type[HubMachine], *, examples: int) -> None:
    """Random histories, the same ones each time."""
    run_state_machine_as_test(machine, settings=settings(
        derandomize=True, deadline=None, database=None, max_examples=examples, stateful_step_count=40,
        suppress_health_check=list(HealthCheck)))


def twice(self: Cursor, record: Record) -> list[AnyEvent]:
    """What a reader has already is told again."""
    last, new = self.last, TAKE(self, record)
    return record.events if new and record.first <= last else new


def over_a_gap(self: Cursor, record: Record) -> list[AnyEvent]:
    """What is missing between is not missed."""
    try:
        return TAKE(self, record)
    except Gap:
        self.attempt, self.last = record.attempt, record.last
        return record.events


def mixed(self: Cursor, record: Record) -> list[AnyEvent]:
    """Another history goes on behind what was shown of this one."""
    try:
        return TAKE(self, record)
    except Diverged:
        self.attempt, self.last = record.attempt, record.last
        return record.events


def kept_viewers(self: Feed) -> None:
    """Viewers are not told that it is read anew."""
    viewers, self._viewers = self._viewers, {}
    START_OVER(self)
    self._viewers = viewers


def one_too_far(transcript: Transcript, number: int) -> Position:
    """Who resumes misses an event."""
    position = position_after(transcript, number)
    return position_after(transcript, number + 1) if 1 < number < transcript.cursor.last else position


def stuck(self: Session, turn: Turn, past: object) -> list[Action]:
    """A turn that waits for another in its lane is forgotten."""
    self._lanes[turn.lane].running = None
    return []


TAKE, START_OVER = Cursor.take, Feed.start_over


def out_of_order(m: HubMachine) -> None:
    m.make(0, 7, False, True)
    m.take_all()
    m.make(0, 2, False, False)
    m.make(0, 2, False, True)
    m.take_all()


def in_the_log_first(m: HubMachine) -> None:
    m.make(0, 2, False, True)
    m.take_all()
    m.make(0, 3, True, False)
    m.seconds(3)


def another_history(m: HubMachine) -> None:
    m.make(0, 6, False, True)
    m.take_all()
    m.lose(0, 2)
    m.make(0, 3, True, True)
    m.take_all()
    m.seconds(3)


def resumed(m: HubMachine) -> None:
    m.make(0, 6, True, True)
    m.take_all()
    m.make(0, 3, True, True)
    m.ask(1, None, 0, "known", 0)


def one_after_another(m: HubMachine) -> None:
    m.ask(0, None, 1, "begin", 0)


BREAKS: dict[str, tuple[Callable[[HubMachine], None], object, str, object]] = {
    "told twice": (in_the_log_first, Cursor, "take", twice),
    "over a gap": (out_of_order, Cursor, "take", over_a_gap),
    "a mixture": (another_history, Cursor, "take", mixed),
    "not ended": (another_history, Feed, "start_over", kept_viewers),
    "resumed one too far": (resumed, feed_module, "position_after", one_too_far),
    "turns forgotten": (one_after_another, Session, "ended", stuck),
}


def tell(story: Callable[[HubMachine], None]) -> None:
    """One history, to its end."""
    m = HubMachine()
    try:
        m.begin(told("a", "b", "c", "d", "e", "f"), told("x", "y"))
        story(m)
        m.settle()
    finally:
        m.runner.close()


@pytest.mark.parametrize("name", BREAKS)
def test_a_history_in_which_all_is_well(name: str) -> None:
    tell(BREAKS[name][0])


@pytest.mark.parametrize("name", BREAKS)
def test_what_is_broken_in_it_is_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    story, of, attribute, broken = BREAKS[name]
    monkeypatch.setattr(of, attribute, broken)
    with pytest.raises(AssertionError):
        tell(story)


@pytest.mark.timeout(120 + EXAMPLES)
def test_every_client_is_sent_one_whole_history() -> None:
    search(HubMachine, examples=EXAMPLES)

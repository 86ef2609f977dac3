"""How long those wait who stand in the queue."""
import pytest

from server.admission import pace
from server.admission.pace import Pace


def a_pace(*took: float, model: str = "tiny") -> Pace:
    made = Pace()
    for seconds in took:
        made.note(model, seconds, 100.0)
    return made


def test_unknown_until_something_has_ended_and_while_nothing_runs() -> None:
    assert a_pace().estimate_s("tiny", 1, 4, 100.0) is None
    assert a_pace(5.0, model="other").estimate_s("tiny", 1, 4, 100.0) is None
    assert a_pace(5.0).estimate_s("tiny", 1, 0, 100.0) is None


@pytest.mark.parametrize(("position", "held", "estimated_s"), [(1, 1, 8), (3, 2, 10), (3, 24, 1), (1, 24, 1)])
def test_what_is_held_turns_over_once_in_the_time_that_one_takes(position: int, held: int, estimated_s: int) -> None:
    assert a_pace(6.0, 10.0).estimate_s("tiny", position, held, 100.0) == estimated_s


@pytest.mark.parametrize(("seconds", "told"), [
    (0.2, 1), (4.4, 4), (9.6, 10), (12.4, 10), (13.0, 15), (61.0, 60), (100.0, 90), (700.0, 720)])
def test_it_is_told_as_exactly_as_it_is_known(seconds: float, told: int) -> None:
    assert a_pace(seconds).estimate_s("tiny", 1, 1, 100.0) == told


def test_what_was_long_ago_says_nothing() -> None:
    one = a_pace(5.0)
    assert one.estimate_s("tiny", 1, 1, 100.0 + pace.FORGET_S) == 5
    assert one.estimate_s("tiny", 1, 1, 101.0 + pace.FORGET_S) is None
    one.note("tiny", 9.0, 200.0 + pace.FORGET_S)
    assert one.estimate_s("tiny", 1, 1, 200.0 + pace.FORGET_S) == 9


def test_it_remembers_the_latest_of_a_few_models() -> None:
    one = a_pace(*[50.0] * pace.REMEMBERED, *[5.0] * pace.REMEMBERED)
    assert one.estimate_s("tiny", 1, 1, 100.0) == 5
    for number in range(pace.MAX_MODELS):
        one.note(f"model{number}", 5.0, 100.0)
    assert one.estimate_s("tiny", 1, 1, 100.0) is None
    assert one.estimate_s("model0", 1, 1, 100.0) == 5

import pytest

from tests.load.measured import Answer
from tests.load.peers.measurement import Failed, check, figures, pace_s, per_token
from tests.load.peers.order import Heard, Order, Told

ORDER = Order(way="chat", address="http://127.0.0.1:1", model="m", streams=2, tokens=8)


def told(began: float, tokens: int = 8, error: str = "") -> Told:
    """First text after half a second, the last after one and a half."""
    return Told("0-0", 20, Answer(began, 0.5, 2.0, 1.5, tokens, 4, error))


def test_rates_are_of_the_time_between_two_moments_and_first_tokens_of_what_was_asked_then() -> None:
    at_once = Told("0-0", 30, Answer(9.0, 0.1, 2.0, 0.2, 8, 4))
    before = Told("0-1", 20, Answer(9.2, 0.7, 0.9, 0.8, 8, 8))
    after = Told("0-9", 20, Answer(13.6, 0.5, 9.0, 8.5, 8, 8))
    row = figures(Heard([at_once], [before, told(10.0), after]), 10.0, 14.0)
    assert row["tokens_per_s"] == pytest.approx(8 / 4)
    assert row["answers"] == 2
    assert (row["ttft_p50_ms"], row["ttft_at_once_p50_ms"]) == (500.0, 100.0)
    assert row["tpot_ms"] == pytest.approx(100 / 7)
    assert row["frames_per_token"] == 0.75
    assert row["prompt_tokens"] == 30


def test_where_nothing_has_ended_the_pace_is_of_what_was_under_way() -> None:
    row = figures(Heard([told(0.0)], [Told("0-1", 20, Answer(9.0, 0.5, 9.0, 7.5, 8, 8))]), 10.0, 14.0)
    assert row["tpot_ms"] == pytest.approx(1000.0)


@pytest.mark.parametrize(("heard", "why"), [
    (Heard([told(0.0, error="http_400")], []), "http_400"),
    (Heard([told(0.0)], []), "in time"),
    (Heard([told(0.0)], [told(1.0), told(2.0, tokens=5)]), r"\[5\]"),
])
def test_answers_that_are_not_what_was_asked_for_are_no_measurement(heard: Heard, why: str) -> None:
    with pytest.raises(Failed, match=why):
        check(heard, ORDER)


def test_first_answers_may_be_short_for_they_are_staggered() -> None:
    check(Heard([told(0.0, tokens=4)], [told(1.0)]), ORDER)


def test_what_a_token_costs_is_told_for_each_role_and_in_all() -> None:
    assert per_token({"gateway": 0.5, "client": 0.25}, 1000.0) == {
        "cpu_us_gateway": 500.0, "cpu_us_client": 250.0, "cpu_us_all": 750.0}


def test_an_answer_that_came_in_one_piece_was_not_infinitely_fast() -> None:
    assert pace_s(Answer(0.0, 1.9, 2.0, 1.9, 8, 1)) == 0.25
    assert pace_s(Answer(0.0, 1.0, 2.0, 1.7, 8, 4)) == pytest.approx(0.1)
    assert pace_s(Answer(0.0, None, 2.0)) is None

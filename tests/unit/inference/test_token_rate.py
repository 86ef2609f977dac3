import pytest

from inference.token_rate import TokenRate


def test_nothing_yet() -> None:
    assert TokenRate(10.0).per_s(10.0) == 0


def test_the_mean_of_the_last_whole_seconds() -> None:
    rate = TokenRate(100.0)
    for second in range(20):
        for _ in range(4):
            rate.add(5 if second < 10 else 10, 100.5 + second)
    assert rate.per_s(120.0) == pytest.approx(40)


def test_a_young_worker_is_not_measured_by_seconds_that_it_did_not_live() -> None:
    rate = TokenRate(100.0)
    rate.add(30, 100.5)
    rate.add(50, 101.5)
    assert rate.per_s(102.1) == pytest.approx(40)


@pytest.mark.parametrize("silent_s", [6, 7, 60])
def test_silence_ends_it(silent_s: float) -> None:
    rate = TokenRate(100.0)
    rate.add(100, 100.5)
    assert rate.per_s(100.5 + silent_s) == 0

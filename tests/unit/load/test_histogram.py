import random

import pytest

from tests.load.histogram import WIDTH, Histogram, percentile


def test_percentiles_are_those_of_the_durations_to_a_buckets_width() -> None:
    chance = random.Random(5)
    values = [chance.lognormvariate(-5, 1) for _ in range(5000)]
    histogram = Histogram()
    for value in values:
        histogram.add(value)
    for percent in (1, 50, 95, 99, 100):
        assert histogram.percentile(percent) == pytest.approx(percentile(values, percent), rel=WIDTH)


def test_two_histograms_add_up_to_the_one_of_all_durations() -> None:
    both, one, other = Histogram(), Histogram(), Histogram()
    for n in range(1, 200):
        both.add(n / 100)
        (one if n % 3 else other).add(n / 100)
    one.merge(other)
    assert one.counts == both.counts
    assert len(one) == 199


def test_of_nothing_there_is_no_percentile() -> None:
    assert Histogram().percentile(50) is None
    assert percentile([], 50) is None


def test_durations_too_short_to_tell_apart_are_counted_all_the_same() -> None:
    histogram = Histogram()
    histogram.add(0.0)
    assert len(histogram) == 1


@pytest.mark.parametrize(("percent", "value"), [(50, 2), (51, 3), (75, 3), (99, 4), (100, 4), (0, 1)])
def test_a_percentile_is_one_of_the_values(percent: float, value: float) -> None:
    assert percentile([4, 1, 3, 2], percent) == value

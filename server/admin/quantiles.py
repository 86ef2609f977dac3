"""Quantiles of measurements that were counted in buckets."""
from bisect import bisect_left
from collections.abc import Mapping, Sequence


def quantile(buckets: Mapping[float, int], share: float, ends: Sequence[float]) -> float | None:
    """The value that `share` (0 to 1) of them lie below, as if those of a bucket lay evenly between its ends.

    `buckets`: how many there are, by the upper end; `ends` are all that a bucket may have, in order. Of the last one,
    which has none, the lower end is told. None where there are none.
    """
    wanted, below = share * sum(buckets.values()), 0
    for upper in sorted(buckets):
        count = buckets[upper]
        if count and below + count >= wanted:
            place = bisect_left(ends, upper)
            lower = ends[place - 1] if place else 0.0
            return lower if place == len(ends) else lower + (upper - lower) * (wanted - below) / count
        below += count
    return None

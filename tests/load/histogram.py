"""Durations counted in buckets one per cent wide: small, and those of several processes add up exactly."""
import math
from collections.abc import Iterable

WIDTH = 0.01  # of a bucket, as a share of the duration
LEAST_S = 1e-7


class Histogram:
    """`counts` maps a bucket to how many durations fell into it."""

    __slots__ = ("counts",)

    def __init__(self, counts: dict[int, int] | None = None) -> None:
        self.counts: dict[int, int] = counts if counts is not None else {}

    def add(self, seconds: float) -> None:
        bucket = int(math.log(seconds / LEAST_S) / WIDTH) if seconds > LEAST_S else 0
        self.counts[bucket] = self.counts.get(bucket, 0) + 1

    def merge(self, other: "Histogram") -> None:
        for bucket, count in other.counts.items():
            self.counts[bucket] = self.counts.get(bucket, 0) + count

    def __len__(self) -> int:
        return sum(self.counts.values())

    def percentile(self, percent: float) -> float | None:
        """Seconds that `percent` of the durations do not exceed, exact to a bucket; None where there are none."""
        wanted = max(1, math.ceil(len(self) * percent / 100))
        passed = 0
        for bucket, count in sorted(self.counts.items()):
            passed += count
            if passed >= wanted:
                return LEAST_S * math.exp((bucket + 0.5) * WIDTH)
        return None


def percentile(values: Iterable[float], percent: float) -> float | None:
    """The smallest of the values that `percent` of them do not exceed; None where there are none."""
    ordered = sorted(values)
    return ordered[max(1, math.ceil(len(ordered) * percent / 100)) - 1] if ordered else None

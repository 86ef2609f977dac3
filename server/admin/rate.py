"""How fast a count grows, over the last seconds; looked at by whoever asks, and never where it is counted."""
from collections import deque
from collections.abc import Callable

WINDOW_S = 5.0
LEAST_S = 0.9  # between the two ends of what is measured: below it a rate says nothing


class Rate:
    """Asked at least once a second. Times of `monotonic`, in seconds."""

    def __init__(self, count: Callable[[], int], monotonic: Callable[[], float]) -> None:
        self._count, self._monotonic = count, monotonic
        self._seen: deque[tuple[float, int]] = deque()

    def per_s(self) -> float | None:
        """None while it is too young."""
        now, count = self._monotonic(), self._count()
        self._seen.append((now, count))
        while len(self._seen) > 2 and now - self._seen[1][0] >= WINDOW_S:
            self._seen.popleft()
        began, before = self._seen[0]
        return None if now - began < LEAST_S else (count - before) / (now - began)

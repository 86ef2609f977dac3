"""How fast a worker makes tokens, over the last seconds. Pure; for the registry and the metrics."""

WINDOW_S = 5


class TokenRate:
    """Tokens per second over the last whole seconds, 5 at most, in one counter for each."""

    def __init__(self, now: float) -> None:
        self._second, self._began = int(now), int(now)
        self._counts = [0] * (WINDOW_S + 1)

    def add(self, tokens: int, now: float) -> None:
        self._move(int(now))
        self._counts[self._second % len(self._counts)] += tokens

    def per_s(self, now: float) -> float:
        self._move(int(now))
        whole = sum(self._counts) - self._counts[self._second % len(self._counts)]  # this second is not over yet
        return whole / max(1, min(WINDOW_S, self._second - self._began))

    def _move(self, second: int) -> None:
        for passed in range(self._second + 1, min(second, self._second + len(self._counts)) + 1):
            self._counts[passed % len(self._counts)] = 0
        self._second = max(self._second, second)

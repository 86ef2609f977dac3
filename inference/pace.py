"""When a response's events are due in its log: the pace of the durable path. Pure; it is told the time."""
from typing import Final

LEAST_S: Final = 0.25
LEAST_TOKENS: Final = 5
MOST_S: Final = 3.0  # a slow response's events wait no longer, however few they are
GOLDEN = 0.6180339887  # its multiples, modulo 1, spread evenly however many there are


class Pace:
    """One response's: due after 250 ms or five tokens, whichever is later, but within 3 s, all since the last entry.

    `turn` is any number that differs between responses; it staggers those that began together. Times in seconds.
    """

    __slots__ = ("_since", "_tokens")

    def __init__(self, now: float, turn: int) -> None:
        self._since = now - turn * GOLDEN % 1 * LEAST_S
        self._tokens = turn % LEAST_TOKENS

    def due(self, now: float, tokens: int) -> bool:
        """`tokens` were made that the log lacks."""
        return now - self._since >= (LEAST_S if tokens + self._tokens >= LEAST_TOKENS else MOST_S)

    def logged(self, now: float) -> None:
        self._since, self._tokens = now, 0

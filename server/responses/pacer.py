"""Decides, for all feeds of a gateway, when their viewers are told of another token: at once, or with the next ones.

Each wake costs a turn of its own and a write to a socket, however small the frame. So a response that comes faster than
anybody can see, or than a screen is drawn, is told in steps of `gap_s`; the first token after a pause never waits. And
under load fewer, larger frames are worth more than a few milliseconds. How much load that is depends on the machine,
so it is not counted in events: the interval grows as long as the gateway's thread has hardly any time left, and shrinks
to nothing when it has again.
"""
import asyncio
from collections.abc import Callable
from typing import Protocol

BUSY, EASY = 0.98, 0.93  # shares of the time: the interval grows above the one, shrinks below the other
STEP = 1.5  # … by so much at each measurement
LEAST_S, MOST_S = 0.01, 0.5


class Sleeper(Protocol):
    """Whose viewers wait."""

    def wake(self) -> None: ...


class Pacer:
    """`interval_s` is 0 as long as there is no load; `on` says whether there is. `gap_s` is there always."""

    __slots__ = ("_calls", "_due", "_timer", "gap_s", "interval_s", "on")

    def __init__(self, interval_s: float = 0.0, gap_s: float = 0.0) -> None:
        self._due: set[Sleeper] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._calls: list[Callable[[], None]] = []
        self.gap_s = gap_s
        self.interval_s = interval_s
        self.on = interval_s > 0

    def measure(self, busy: float) -> None:
        """Decide anew; to be called a few times a second. `busy` is the share of the time that there was work."""
        if busy > BUSY:
            self.interval_s = min(MOST_S, max(LEAST_S, self.interval_s * STEP))
        elif busy < EASY:
            shorter = self.interval_s / STEP
            self.interval_s = shorter if shorter >= LEAST_S else 0.0
        self.on = self.interval_s > 0

    def delay(self, sleeper: Sleeper) -> None:
        """Wake it at the end of the running interval."""
        self._due.add(sleeper)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(max(self.gap_s, self.interval_s), self._wake_all)

    def _wake_all(self) -> None:
        due, self._due, self._timer = self._due, set(), None
        for sleeper in due:
            sleeper.wake()

    def soon(self, call: Callable[[], None]) -> None:
        """Call it at the loop's next turn, together with all others: a callback for each would cost as much again."""
        if not self._calls:
            asyncio.get_running_loop().call_soon(self._call_all)
        self._calls.append(call)

    def _call_all(self) -> None:
        calls, self._calls = self._calls, []
        for call in calls:
            call()

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._wake_all()

"""Decides, for all feeds of a gateway, whether viewers are woken at once or together at a small interval.

Above a load threshold fewer, larger frames are worth more than a few milliseconds: each wake costs a task switch and a
write to a socket, however small the frame.
"""
import asyncio
from collections.abc import Callable
from typing import Protocol

EASE = 0.8  # pacing ends below this share of the threshold, so that it does not flicker


class Sleeper(Protocol):
    """Who waits for something to take."""

    def wake(self) -> None: ...


class Pacer:
    """`demand` counts events times their viewers; `measure` turns it into a rate from time to time."""

    __slots__ = ("_calls", "_due", "_interval_s", "_threshold_per_s", "_timer", "demand", "on")

    def __init__(self, threshold_per_s: float, interval_s: float) -> None:
        self._threshold_per_s = threshold_per_s
        self._interval_s = interval_s
        self._due: set[Sleeper] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._calls: list[Callable[[], None]] = []
        self.demand = 0
        self.on = False

    def measure(self, elapsed_s: float) -> None:
        """Decide anew, from what was asked since the last call, `elapsed_s` seconds ago."""
        limit = self._threshold_per_s * (EASE if self.on else 1.0)
        self.on = self.demand > limit * elapsed_s
        self.demand = 0

    def delay(self, sleeper: Sleeper) -> None:
        """Wake it at the end of the running interval."""
        self._due.add(sleeper)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._interval_s, self._wake_all)

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

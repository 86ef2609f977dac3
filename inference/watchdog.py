"""Notices an engine that makes no step though requests run. Pure; the worker tells it the time and asks."""

LONGEST_TICK_S = 2.0


class Watchdog:
    """Counts the time that an engine stood still with work to do; `limit_s` of it means dead.

    Time counts only in ticks of 2 s at most: when the whole process was paused, the engine has no part in it.
    """

    def __init__(self, limit_s: float, now: float) -> None:
        self._limit_s, self._ticked_at = limit_s, now
        self.still_s = 0.0

    def stepped(self) -> None:
        """The engine gave something, or has nothing to do, or nobody takes what it gives."""
        self.still_s = 0.0

    def dead(self, now: float) -> bool:
        """Call it about each second."""
        self.still_s += min(now - self._ticked_at, LONGEST_TICK_S)
        self._ticked_at = now
        return self.still_s >= self._limit_s

"""How long responses took lately, and so about how long those wait who stand in the queue."""
from collections import deque

REMEMBERED = 32  # the last so many of each model
MAX_MODELS = 64
FORGET_S = 600.0  # what was longer ago says nothing about now
STEPS = ((10, 1), (60, 5), (600, 30))  # up to so many seconds, told in steps of so many: it is no more exact than that
LARGEST_STEP = 60


class Pace:
    """Times of `now` are in seconds of any clock that only grows."""

    def __init__(self) -> None:
        self._took: dict[str, deque[tuple[float, float]]] = {}  # by model: when it ended, how long a worker had it

    def note(self, model: str, seconds: float, now: float) -> None:
        """A worker of the model had a response for so long."""
        if model not in self._took and len(self._took) >= MAX_MODELS:
            del self._took[next(iter(self._took))]
        self._took.setdefault(model, deque(maxlen=REMEMBERED)).append((now, max(0.0, seconds)))

    def estimate_s(self, model: str, position: int, held: int, now: float) -> int | None:
        """About how long until a worker takes the one at this position (from 1), while workers hold so many.

        What is held turns over once in the time that one takes (Little's law). None where nothing has ended lately.
        """
        lately = [seconds for at, seconds in self._took.get(model, ()) if now - at <= FORGET_S]
        if not lately or held <= 0:
            return None
        return _in_steps(position * sum(lately) / len(lately) / held)


def _in_steps(seconds: float) -> int:
    step = next((step for limit, step in STEPS if seconds <= limit), LARGEST_STEP)
    return max(1, round(seconds / step)) * step

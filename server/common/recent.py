"""The last errors that this process has told clients, for administrators: without what a client has written."""
import time
from collections import deque
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

MOST = 100  # between two readings: of an error that comes thousands of times the first ones go

Door = Literal["http", "sse", "websocket", "graphql", "response"]  # the last: a response has ended as failed

asking: ContextVar[str | None] = ContextVar("asking", default=None)  # the id of whoever a task works for


@dataclass(frozen=True, slots=True)
class RecentError:
    """`at` in Unix seconds. `message` None: it may hold a client's words, and what the code means has to do."""

    at: float
    code: str
    status: int
    door: Door
    message: str | None
    param: str | None
    user: str | None
    response_id: str | None


class RecentErrors:
    """One reader takes them. Of one response the same code counts once, however many are told of it."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._errors: deque[RecentError] = deque(maxlen=MOST)
        self._of_responses: dict[tuple[str, str], None] = {}

    def note(
            self, code: str, status: int, door: Door, message: str | None, *, param: str | None = None,
            response_id: str | None = None, user: str | None = None) -> None:
        """`user`: whoever it concerns, if that is not the task's."""
        if response_id is not None:
            if (code, response_id) in self._of_responses:
                return
            self._of_responses[code, response_id] = None
            if len(self._of_responses) > MOST:
                del self._of_responses[next(iter(self._of_responses))]
        self._errors.append(RecentError(
            self._now(), code, status, door, message, param, user or asking.get(), response_id))

    def take(self) -> list[RecentError]:
        """Those since the last time, in their order."""
        taken = list(self._errors)
        self._errors.clear()
        return taken

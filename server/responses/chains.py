"""What one socket remembers: the most recent response of each lane, so that chains work which are stored nowhere."""
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Past:
    """A response that can be continued: its whole context, and what it said, as input items; `size_bytes` as JSON."""

    response_id: str
    items: list[dict[str, Any]]
    size_bytes: int


class Chains:
    """At most `max_bytes` in all: the lane that was used longest ago is forgotten first, whatever it holds."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.size_bytes = 0
        self._lanes: dict[str | None, Past] = {}  # in order of use

    def remember(self, lane: str | None, past: Past) -> None:
        """In place of the lane's response before. One that is too large by itself is not kept."""
        self._drop(lane)
        self._lanes[lane] = past
        self.size_bytes += past.size_bytes
        while self.size_bytes > self.max_bytes:
            self._drop(next(iter(self._lanes)))

    def find(self, response_id: str) -> Past | None:
        """Any lane may go on from another's response."""
        return next((past for past in self._lanes.values() if past.response_id == response_id), None)

    def evict(self, response_id: str) -> None:
        """Its continuation has failed."""
        for lane in [lane for lane, past in self._lanes.items() if past.response_id == response_id]:
            self._drop(lane)

    def _drop(self, lane: str | None) -> None:
        past = self._lanes.pop(lane, None)
        self.size_bytes -= past.size_bytes if past else 0

"""Events that have come and that nobody has taken yet.

Bounded without dropping anything: beyond MERGE_AFTER events the deltas of one part become one, as the server merges
them for a slow socket; and of two places in the queue the later one counts. So it holds a few events beside the text
itself.
"""
from collections import deque
from typing import Any

from parley_client.errors import Event

MERGE_AFTER = 64
_QUEUE = "parley:queue"
_PLACE = ("type", "item_id", "output_index", "content_index")


class Pending:
    """First in, first out."""

    def __init__(self, merge_after: int = MERGE_AFTER) -> None:
        self.merge_after = merge_after
        self._events: deque[list[Event]] = deque()  # each entry is told as one event

    def __len__(self) -> int:
        return len(self._events)

    def add(self, event: Event) -> None:
        if self._events and event.get("type") == self._events[-1][0].get("type") == _QUEUE:
            self._events[-1] = [event]
        elif len(self._events) >= self.merge_after and _is_same_part(self._events[-1][0], event):
            self._events[-1].append(event)
        else:
            self._events.append([event])

    def take(self) -> Event:
        """The next event. Raises IndexError if there is none."""
        entry = self._events.popleft()
        return entry[0] if len(entry) == 1 else _merged(entry)


def _is_same_part(one: Event, other: Event) -> bool:
    return str(one.get("type")).endswith(".delta") and all(one.get(name) == other.get(name) for name in _PLACE)


def _merged(events: list[Event]) -> Event:
    """One delta with the last one's number."""
    merged: Event = {**events[-1], "delta": "".join(event["delta"] for event in events)}
    logprobs: list[Any] = [logprob for event in events for logprob in event.get("logprobs") or ()]
    return {**merged, "logprobs": logprobs} if "logprobs" in merged else merged

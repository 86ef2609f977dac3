"""What goes out in one append: a batch for each gateway, the log entries that are due, changed destinations, ends.

Pure. Nothing counts as sent before `confirm`: when an append fails, the next one says all of it again.
"""
from collections.abc import Iterable

from inference.hold import Hold
from relay.records import Record
from relay.views import Step


class Outgoing:
    """Collects the holds that have something to say. Times in seconds of a clock that only grows.

    A hold may be touched, and its composer fed, while a step is under way: that is of the next step.
    """

    def __init__(self) -> None:
        self._touched: dict[Hold, None] = {}  # sets that keep their order
        self._sending: dict[Hold, None] = {}
        self._entries: list[tuple[Hold, Record]] = []
        self._ends: list[Hold] = []

    def __bool__(self) -> bool:
        return bool(self._touched or self._sending)

    def touch(self, hold: Hold) -> None:
        self._touched[hold] = None

    def touch_all(self, holds: Iterable[Hold]) -> None:
        self._touched.update(dict.fromkeys(holds))

    def touch_due(self, holds: Iterable[Hold], now: float) -> None:
        """Those that said nothing lately, but have events that the log should hold by now."""
        for hold in holds:
            if hold.due(now):
                self.touch(hold)

    def step(self, now: float) -> Step:
        """What to append now; what the last step held is in it again, unless that was confirmed."""
        self._sending.update(self._touched)
        self._touched = {}
        self._entries, self._ends = [], []
        batches: dict[str, list[Record]] = {}
        destinations: dict[str, list[str]] = {}
        ends: dict[str, str] = {}
        for hold in self._sending:
            composer = hold.composer
            if composer.events:
                hold.number()
            unsent, wanted, ended = hold.unsent, hold.wanted, composer.ended
            if unsent:
                for gateway in hold.destinations if wanted is None else {*hold.destinations, *wanted}:
                    if gateway in batches:
                        batches[gateway] += unsent
                    else:
                        batches[gateway] = unsent.copy()
            if hold.unlogged and (ended or wanted is not None or hold.due(now)):
                self._entries.append((hold, hold.entry()))
            if wanted is not None:
                destinations[hold.response_id] = wanted
            if ended:
                ends[hold.response_id] = ended
                self._ends.append(hold)
        return Step(batches, [entry for _, entry in self._entries], destinations, ends)

    def confirm(self, now: float) -> list[Hold]:
        """The step was written. Returns the holds that have ended with it."""
        for hold, entry in self._entries:
            hold.logged(entry, now)
        for hold in self._sending:
            hold.unsent.clear()
            if hold.wanted is not None:
                hold.destinations, hold.wanted = hold.wanted, None
        self._sending = {}
        return self._ends

    def drop(self, hold: Hold) -> None:
        """It is somebody else's now."""
        self._touched.pop(hold, None)
        self._sending.pop(hold, None)

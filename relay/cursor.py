"""How far a reader has come in a response: the order in which records are taken.

Apart from the records themselves because it can be compiled, and they cannot.
"""
from collections.abc import Iterable

from relay.events import AnyEvent
from relay.records import Record


class Gap(Exception):
    """Something between the cursor and the record is missing: read the log."""


class Diverged(Exception):
    """The record belongs to a history that lacks what the cursor has seen: read everything anew."""


class Cursor:
    """How far one reader has come in one response; the rule by which every reader of both paths takes records.

    What it has is dropped; what does not follow raises. A log read in order never raises Gap.
    """

    __slots__ = ("attempt", "last")

    def __init__(self, attempt: int = 0, last: int = -1) -> None:
        self.attempt, self.last = attempt, last

    def take(self, record: Record) -> list[AnyEvent]:
        """The record's events that are new, and move beyond them. Raises Gap and Diverged, and then stays."""
        if record.first == self.last + 1 and record.attempt == self.attempt:  # nearly always
            self.last += len(record.events)
            return record.events
        if record.attempt < self.attempt or (record.attempt == self.attempt and record.last <= self.last):
            return []
        if record.attempt > self.attempt:
            self._check_beginning(record)
        elif record.first > self.last + 1:
            raise Gap
        new = record.events[max(0, self.last + 1 - record.first):]
        self.attempt, self.last = record.attempt, record.last
        return new

    def _check_beginning(self, record: Record) -> None:
        """Another attempt goes on exactly where this cursor stands, or it is not known yet how it began."""
        if record.after < self.last:
            raise Diverged
        if record.after > self.last or not record.begins:
            raise Gap

    @classmethod
    def at(cls, records: Iterable[Record], number: int) -> "Cursor | None":
        """The cursor of who has seen everything up to `number` (-1: nothing); None if the log holds no such number."""
        if number == -1:
            return cls()
        for record in records:
            if record.first <= number <= record.last:
                return cls(record.attempt, number)
        return None

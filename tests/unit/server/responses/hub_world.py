"""A relay in memory for the hub's state machine: what was made, what of it the log has, what is still on its way."""
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from relay.events import AnyEvent, Delta
from relay.job import Request
from relay.records import ATTEMPT_GAP, Record, first_record
from tests.unit.server.responses.fakes import FakeRelay
from tests.unit.server.responses.story import a_request, join

Line = tuple[int, AnyEvent]
"""Number and event."""


@dataclass
class Told:
    """One response: the events that its worker will say, and how far it has come.

    `branches` are its histories: the last one is what it is now, the others are those that Redis has lost.
    """

    request: Request
    script: list[list[AnyEvent]]  # by attempt
    records: list[Record] = field(default_factory=list)  # made, one event each
    branches: list[list[Line]] = field(default_factory=lambda: [[]])
    highest: int = 1  # of all numbers ever given
    attempt: int = 0
    said: int = 0  # of the attempt
    logged: int = 1  # records

    def __post_init__(self) -> None:
        self.records.append(first_record(self.request.response_id))
        self.branches[-1] += enumerate(self.records[0].events)

    @property
    def done(self) -> bool:
        return self.records[-1].end is not None

    def make(self) -> Record | None:
        """The next event; where an attempt ends, another worker has taken over, and the log has all before."""
        if self.done:
            return None
        if not self.attempt or self.said == len(self.script[0]):
            self._begin()
        begins = self.said == 0
        after = self.records[-1].last
        first = max(after + ATTEMPT_GAP, self.highest + 1) if begins else after + 1
        event = self.script[0][self.said]
        record = Record(self.request.response_id, self.attempt, after, first, [event])
        self.said += 1
        self.highest = first
        self.records.append(record)
        self.branches[-1].append((first, event))
        if self.done:
            self.logged = len(self.records)
        return record

    def _begin(self) -> None:
        if self.attempt:
            self.script.pop(0)
        self.attempt += 1
        self.said = 0
        self.logged = len(self.records)

    def lose(self, count: int) -> set[int]:
        """The last events are lost, and those who knew of them; another worker says something else. The numbers."""
        count = min(count, len(self.records) - 1, self.said)
        if not count or self.done:
            return set()
        lost = {record.last for record in self.records[-count:]}
        again = [other_words(event) for attempt in self.script for event in attempt]
        self.said -= count
        self.script = [self.script[0][:self.said], again[self.said:]]
        del self.records[-count:]
        self.logged = min(self.logged, len(self.records))
        self.branches.append(self.branches[-1][:-count])
        return lost

    def log(self) -> list[Record]:
        """One record for all that is together, as entries are."""
        entries: list[Record] = []
        for record in self.records[:self.logged]:
            last = entries[-1] if entries else None
            if last and last.attempt == record.attempt and len(last.events) < 3:
                entries[-1] = join([last, record])
            else:
                entries.append(record)
        return entries


def other_words(event: AnyEvent) -> AnyEvent:
    return Delta(event.text.swapcase() + "~", event.tokens, event.logprobs) if isinstance(event, Delta) else event


class LoggedRelay(FakeRelay):
    """Its logs are as far as the world says."""

    def __init__(self) -> None:
        super().__init__()
        self.told: dict[str, Told] = {}

    def begin(self, number: int, attempts: Sequence[list[AnyEvent]]) -> Told:
        request = a_request(response_id=f"resp_{number}")
        told = self.told[request.response_id] = Told(request, [list(attempt) for attempt in attempts])
        self.requests[request.response_id] = request
        self.show(told)
        return told

    def show(self, told: Told) -> None:
        self.logs[told.request.response_id] = told.log()


def attempts_of(records: Sequence[Record]) -> list[list[AnyEvent]]:
    """The events of a story, by attempt, without submit's."""
    made: list[list[AnyEvent]] = [[]]
    for before, record in pairwise(records):
        if record.attempt != before.attempt and made[-1]:
            made.append([])
        made[-1] += record.events
    return made

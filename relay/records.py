"""Records: runs of a response's events, as they travel in batches and lie in logs; their codec.

An attempt numbers its events without a gap, beginning where `first_number` says. Redis's Lua reads
batches (cmsgpack): events are arrays of strings, numbers and arrays, never bytes, None or maps.
"""
from collections.abc import Iterable, Sequence

import msgspec

from relay.events import AnyEvent, Created, Ended, Queued

VERSION = 1
ATTEMPT_GAP = 1000  # so that a cursor of another history lies in a hole, and shows


def first_number(after: int, attempt: int, created_at: float) -> int:
    """An attempt's first number: ATTEMPT_GAP above the log's last, `after`, and never one that was given before.

    The log alone cannot say which were: Redis may have lost a whole attempt together with all who knew of it, and the
    next one would give its numbers again. So they also keep up with the milliseconds since the response was made
    (an attempt is a time in ms), which events are never as fast as.
    """
    return max(after + ATTEMPT_GAP, attempt - round(created_at * 1000))


class Record(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Events of one response with the numbers `first`, `first + 1` …

    `after` is the number of the event just before: `first - 1`, but the log's last at an attempt's beginning.
    """

    response_id: str
    attempt: int
    after: int
    first: int
    events: list[AnyEvent]

    @property
    def last(self) -> int:
        return self.first + len(self.events) - 1

    @property
    def begins(self) -> bool:
        """Whether an attempt begins with this record."""
        return self.first != self.after + 1

    @property
    def end(self) -> Ended | None:
        """The terminal event, if this record holds it."""
        event = self.events[-1] if self.events else None
        return event if isinstance(event, Ended) else None


class Batch(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What one writer appends to one gateway's inbox in one step. `at` is Unix time in seconds."""

    version: int
    at: float
    records: list[Record]


_encoder = msgspec.msgpack.Encoder()
_batches = msgspec.msgpack.Decoder(Batch)
_records = msgspec.msgpack.Decoder(Record)
_events = msgspec.msgpack.Decoder(list[AnyEvent])

FIRST_EVENTS: list[AnyEvent] = [Created(), Queued()]


def first_record(response_id: str) -> Record:
    """What `submit` writes to every log: created, queued, with the numbers 0 and 1."""
    return Record(response_id, attempt=0, after=-1, first=0, events=FIRST_EVENTS)


def encode_batch(at: float, records: list[Record]) -> bytes:
    return _encoder.encode(Batch(VERSION, at, records))


def decode_batch(data: bytes) -> Batch:
    """Raises ValueError for another version (a newer writer), or what is no batch."""
    batch = _batches.decode(data)
    _check(batch.version)
    return batch


def encode_record(record: Record) -> bytes:
    """For this process alone, which keeps it."""
    return _encoder.encode(record)


def decode_record(data: bytes) -> Record:
    return _records.decode(data)


def encode_events(events: Sequence[AnyEvent]) -> bytes:
    return _encoder.encode(events)


def decode_entry(response_id: str, fields: Sequence[bytes]) -> Record:
    """A log entry's fields, in the order version, attempt, after, first, events. Raises ValueError."""
    version, attempt, after, first, events = fields
    _check(int(version))
    return Record(response_id, int(attempt), int(after), int(first), _events.decode(events))


def merge(records: Iterable[Record]) -> list[Record]:
    """The same events in as few records as can hold them."""
    merged: list[Record] = []
    for record in records:
        before = merged[-1] if merged else None
        if before and record.attempt == before.attempt and record.first == before.last + 1:
            record = msgspec.structs.replace(before, events=before.events + record.events)
            merged.pop()
        merged.append(record)
    return merged


def flatten(records: Iterable[Record]) -> list[str | bytes | int]:
    """Records as the scripts read them, six values each; the last is the status where the response ends."""
    values: list[str | bytes | int] = []
    for r in records:
        values += (r.attempt, r.after, r.first, r.last, encode_events(r.events), r.end.status if r.end else "")
    return values


def _check(version: int) -> None:
    if version != VERSION:
        raise ValueError(f"a record of version {version}; this process knows version {VERSION}")

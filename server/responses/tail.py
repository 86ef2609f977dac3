"""The records that a response's log may lack, kept for as long as Redis could still lose them.

The next token in a batch is not among them: batches are kept whole (`server.responses.batches`).
"""
from collections import deque
from collections.abc import Iterable
from operator import attrgetter
from typing import Final

import msgspec

from relay.records import Record

CHUNK_RECORDS: Final = 64  # are forgotten together
_ARRAY: Final = b"\xdd"  # msgpack's array whose length follows in four bytes

_append: Final = msgspec.msgpack.Encoder().encode_into
_decode: Final = msgspec.msgpack.Decoder(list[Record]).decode


class Tail:
    """Records of the last `keep_s` seconds before the newest one, in order.

    They are encoded at once: bytes take a tenth of what objects do, the garbage collector does not walk them, and what
    a batch was decoded to is free again for the next one.

    Time is the newest record's, not the clock's: while Redis is away nothing comes, and nothing may be forgotten.
    """

    __slots__ = ("_chunks", "_count", "_keep_s", "_newest", "_oldest")

    def __init__(self, keep_s: float) -> None:
        self._keep_s = keep_s
        self._newest = bytearray()
        self._count = 0  # of the newest
        self._oldest = 0.0  # when the first of the newest came
        self._chunks: deque[tuple[float, bytes]] = deque()  # when its last record came at the latest, records

    def add(self, record: Record, now: float) -> None:
        if not self._count:
            self._oldest = now
        _append(record, self._newest, -1)
        self._count += 1
        if self._count >= CHUNK_RECORDS or now - self._oldest > self._keep_s:
            self._end_chunk(now)

    def _end_chunk(self, now: float) -> None:
        self._chunks.append((now, self._packed()))
        self._newest.clear()
        self._count = 0
        while self._chunks[0][0] < now - self._keep_s:
            self._chunks.popleft()

    def _packed(self) -> bytes:
        """The newest, as a list."""
        return _ARRAY + self._count.to_bytes(4) + self._newest

    def records(self) -> list[Record]:
        chunks = [chunk for _, chunk in self._chunks]
        return [record for chunk in (*chunks, self._packed()) for record in _decode(chunk)]


def in_order(records: Iterable[Record]) -> list[Record]:
    """Each event once. What lies before a hole is left out, for Redis takes nothing behind one, and so is what another
    attempt did not go on from: it was lost.
    """
    found: list[Record] = []
    for record in sorted(records, key=attrgetter("first", "last")):
        while found and record.after < found[-1].last < record.first:  # in the leap of its numbers
            found.pop()
        last = found[-1].last if found else record.after
        if record.last <= last:
            continue
        if record.after > last:
            found.clear()
        elif record.after < last:
            new = record.events[last + 1 - record.first:]
            record = Record(record.response_id, record.attempt, last, last + 1, new)
        found.append(record)
    return found

"""The records that a response's log may lack, kept for as long as Redis could still lose them."""
from collections import deque

import msgspec

from relay.records import Record

CHUNK_RECORDS = 64  # are packed together: bytes take a tenth of what objects do, and the garbage collector no time

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Record]).decode


class Tail:
    """Records of the last `keep_s` seconds before the newest one, in order.

    Time is the newest record's, not the clock's: while Redis is away nothing comes, and nothing may be forgotten.
    """

    __slots__ = ("_chunks", "_keep_s", "_newest", "_oldest")

    def __init__(self, keep_s: float) -> None:
        self._keep_s = keep_s
        self._newest: list[Record] = []
        self._oldest = 0.0  # when the first of the newest came
        self._chunks: deque[tuple[float, bytes]] = deque()  # when its last record came at the latest, records

    def add(self, record: Record, now: float) -> None:
        if not self._newest:
            self._oldest = now
        self._newest.append(record)
        if len(self._newest) >= CHUNK_RECORDS or now - self._oldest > self._keep_s:
            self._pack(now)

    def _pack(self, now: float) -> None:
        self._chunks.append((now, _encode(self._newest)))
        self._newest.clear()
        while self._chunks[0][0] < now - self._keep_s:
            self._chunks.popleft()

    def records(self) -> list[Record]:
        return [record for _, chunk in self._chunks for record in _decode(chunk)] + self._newest

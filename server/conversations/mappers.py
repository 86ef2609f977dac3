"""A response's records as they are kept in the database: with their numbers, without the ids of tokens."""
from collections.abc import Iterable

import msgspec

from relay.events import AnyEvent, Delta, Done
from relay.records import Record, decode_batch, encode_batch, merge


def packed(records: Iterable[Record]) -> bytes:
    """All that a stream tells of them. Token ids serve only who goes on generating, so they are left out."""
    told = [msgspec.structs.replace(record, events=[_told(event) for event in record.events]) for record in records]
    return encode_batch(0.0, merge(told))


def unpacked(data: bytes) -> list[Record]:
    """Raises ValueError for what another version has written."""
    return decode_batch(data).records


def _told(event: AnyEvent) -> AnyEvent:
    if isinstance(event, Delta | Done) and event.tokens:
        return msgspec.structs.replace(event, tokens=[])
    return event

"""Picks the few records of a batch that matter to somebody, most of which are one more token.

Apart from the records themselves because it can be compiled, and they cannot.
"""
from collections.abc import Set

from relay.events import Ended
from relay.records import Record


def endings(records: list[Record]) -> list[Record]:
    """Those that end their response: what `Record.end` says, without a call for each."""
    found = []
    for record in records:
        events = record.events
        if events and type(events[-1]) is Ended:
            found.append(record)
    return found


def of_any(records: list[Record], response_ids: Set[str]) -> list[Record]:
    """Those of these responses."""
    return [record for record in records if record.response_id in response_ids]

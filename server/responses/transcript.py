"""A response as its events tell it: items, parts and text, folded one event after the other.

Knows nothing of JSON, sockets or Redis. Keeps the text in runs (joined strings with the lengths of the events in them),
so that what follows any number can be told again without keeping every event.
"""
from collections.abc import Callable
from typing import Any, Final, Literal

import msgspec

from relay.cursor import Cursor
from relay.events import (
    AnyEvent,
    Continued,
    Created,
    Delta,
    Done,
    Ended,
    InProgress,
    ItemAdded,
    ItemDone,
    ItemKind,
    ItemStatus,
    Logprob,
    PartAdded,
    PartDone,
    PartKind,
    Queued,
)
from relay.job import Request
from relay.records import Record

RUN_EVENTS: Final = 128  # a run is joined at this many deltas …
RUN_WEIGHT: Final = 32_768  # … or this many characters: it bounds a slice's cost, and how far a merge can overshoot
LOGPROB_WEIGHT = 200  # what one token's log probability, or one alternative, weighs in JSON, counted as characters

_encode_lengths: Final = msgspec.msgpack.Encoder().encode
_decode_lengths: Final = msgspec.msgpack.Decoder(list[int]).decode


class Malformed(Exception):
    """An event that makes no sense where it stands, such as a delta outside of a part."""


class Part:
    """One content part of an item, or a function call's arguments, which the protocol treats much like a part."""

    __slots__ = ("delta_template", "index", "item", "kind", "runs")

    def __init__(self, item: "Item", kind: PartKind | Literal["arguments"]) -> None:
        self.item = item
        self.kind = kind
        self.index = len(item.parts)
        self.runs: list[Run] = []
        self.delta_template: tuple[bytes, bytes] | None = None  # the renderer's: what is the same in each of its deltas

    def text(self) -> str:
        return "".join([run.text() for run in self.runs])

    def logprobs(self) -> list[Logprob]:
        return [logprob for run in self.runs for logprob in run.logprobs()]


class Item:
    """One output item. `status` is that of the protocol."""

    __slots__ = ("added", "index", "parts", "status")

    def __init__(self, added: ItemAdded, index: int) -> None:
        self.added = added
        self.index = index
        self.status: Literal["in_progress"] | ItemStatus = "in_progress"
        self.parts: list[Part] = []
        if self.kind == "function_call":
            self.parts.append(Part(self, "arguments"))

    @property
    def kind(self) -> ItemKind:
        return self.added.kind


class Mark:
    """An event that is not a delta, and what it is about: an item or part, or which attempt."""

    __slots__ = ("event", "first", "last", "subject")

    def __init__(self, number: int, event: AnyEvent, subject: "Subject") -> None:
        self.first = self.last = number
        self.event = event
        self.subject = subject


class Run:
    """Deltas of one part whose numbers follow one another, `first` … `last`. Only a transcript's last run grows."""

    __slots__ = (
        "_lengths", "_logprobs", "_pieces", "_text", "first", "has_logprobs", "last", "newest", "part", "weight")

    def __init__(self, part: Part, first: int) -> None:
        self.part = part
        self.first = first
        self.last = first - 1
        self.weight = 0  # about the characters of its JSON
        self.newest = ""  # the last delta's text
        self.has_logprobs = False
        self._pieces: list[str] = []
        self._logprobs: list[list[Logprob]] | None = None
        self._text: str | None = None
        self._lengths = b""  # once it is closed, of its deltas: a byte each, mostly

    def append(self, delta: Delta) -> bool:
        """Take in the next delta; True when the run is full."""
        self.newest = text = delta.text
        pieces = self._pieces
        self.last += 1
        pieces.append(text)
        self.weight += len(text)
        if delta.logprobs or self.has_logprobs:
            if self._logprobs is None:
                self._logprobs = [[] for _ in self._pieces[1:]]
                self.has_logprobs = True
            self._logprobs.append(delta.logprobs)
            self.weight += sum(LOGPROB_WEIGHT * (1 + len(logprob.top)) for logprob in delta.logprobs)
        return self.weight >= RUN_WEIGHT or len(pieces) >= RUN_EVENTS

    def close(self) -> None:
        """Nothing more comes: keep one string in place of many."""
        self._lengths = _encode_lengths([len(piece) for piece in self._pieces])
        self._text = "".join(self._pieces)
        self._pieces.clear()

    def text(self, index: int = 0) -> str:
        """The text from its delta number `first + index` on."""
        if self._text is not None:
            return self._text[sum(_decode_lengths(self._lengths)[:index]):] if index else self._text
        pieces = self._pieces
        return pieces[index] if index + 1 == len(pieces) else "".join(pieces[index:])

    def logprobs(self, index: int = 0) -> list[Logprob]:
        return [logprob for piece in self._logprobs[index:] for logprob in piece] if self._logprobs else []


class Transcript:
    """All that is known of one response, from its request and the records of its log or of batches.

    `cursor` says how far it has come (number and attempt), `steps` are the marks and runs in order, `size` counts the
    characters of all deltas, `attempts` the workers that have begun it or gone on with it; `ended` is the terminal
    event once it is known.
    """

    __slots__ = ("_part", "_run", "attempts", "cursor", "ended", "items", "request", "size", "status", "steps")

    def __init__(self, request: Request) -> None:
        self.request = request
        self.cursor = Cursor()
        self.size = 0
        self.attempts = 1
        self.status = "queued"
        self.ended: Ended | None = None
        self.items: list[Item] = []
        self.steps: list[Mark | Run] = []
        self._part: Part | None = None
        self._run: Run | None = None

    def grow(self, record: Record) -> Delta | None:
        """Take in a record that is one delta, the open run's next; None if it is anything else, and nothing was done.

        What `add` would do with it, at a third of the price.
        """
        run, cursor, events = self._run, self.cursor, record.events
        if run is None or record.first != cursor.last + 1 or record.attempt != cursor.attempt or len(events) != 1:
            return None
        event = events[0]
        if type(event) is not Delta:
            return None
        cursor.last += 1
        if run.append(event):
            self._close_run()
        self.size += len(run.newest)
        return event

    def add(self, record: Record) -> list[AnyEvent]:
        """Take in what is new of a record, and return that.

        Raises relay.cursor.Gap and Diverged (then nothing was taken in), Malformed (the events before it were).
        """
        if self.ended is not None:
            return []
        cursor = self.cursor
        attempt = cursor.attempt
        events = cursor.take(record)
        if cursor.attempt != attempt:
            self._close_run()  # the numbers have a hole here
        number = cursor.last - len(events)
        for event in events:
            number += 1
            if type(event) is Delta:
                run = self._run or self._open_run(number)
                self.size += len(event.text)
                if run.append(event):
                    self._close_run()
            else:
                self._close_run()
                self._mark(number, event)
        return events

    def _open_run(self, number: int) -> Run:
        part = self._part
        if part is None:
            raise Malformed("a delta outside of a part")
        self._run = run = Run(part, number)
        part.runs.append(run)
        self.steps.append(run)
        return run

    def _close_run(self) -> None:
        if self._run is not None:
            self._run.close()
            self._run = None

    def _mark(self, number: int, event: AnyEvent) -> None:
        self.steps.append(Mark(number, event, _CHANGES[type(event)](self, event)))

    def _open_item(self) -> Item:
        if not self.items or self.items[-1].status != "in_progress":
            raise Malformed("an event of an item outside of one")
        return self.items[-1]

    def _nothing(self, event: AnyEvent) -> None:
        """Created, queued: they change nothing here."""

    def _continued(self, event: Continued) -> int:
        self.attempts += 1
        return self.attempts

    def _in_progress(self, event: InProgress) -> None:
        self.status = "in_progress"

    def _item_added(self, event: ItemAdded) -> Item:
        item = Item(event, len(self.items))
        self.items.append(item)
        self._part = item.parts[0] if item.parts else None
        return item

    def _part_added(self, event: PartAdded) -> Part:
        item = self._open_item()
        self._part = part = Part(item, event.kind)
        item.parts.append(part)
        return part

    def _done(self, event: Done) -> Part:
        if self._part is None:
            raise Malformed("the end of a text outside of a part")
        return self._part

    def _part_done(self, event: PartDone) -> Part:
        part = self._done(Done())
        self._part = None
        return part

    def _item_done(self, event: ItemDone) -> Item:
        item = self._open_item()
        item.status = event.status
        self._part = None
        return item

    def _ended(self, event: Ended) -> None:
        self.status = event.status
        self.ended = event
        self._part = None
        if self.items and self.items[-1].status == "in_progress":
            self.items[-1].status = "incomplete"


Subject = Item | Part | int | None
_CHANGES: dict[type[AnyEvent], Callable[[Transcript, Any], Subject]] = {
    Created: Transcript._nothing,
    Queued: Transcript._nothing,
    Continued: Transcript._continued,
    InProgress: Transcript._in_progress,
    ItemAdded: Transcript._item_added,
    PartAdded: Transcript._part_added,
    Done: Transcript._done,
    PartDone: Transcript._part_done,
    ItemDone: Transcript._item_done,
    Ended: Transcript._ended,
}

"""What a response's log says: how far it is, what is open, which tokens were made. Pure; reads, never writes."""
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from relay.events import (
    AnyEvent,
    Continued,
    Delta,
    Done,
    Ended,
    EndStatus,
    InProgress,
    ItemAdded,
    ItemDone,
    ItemKind,
    PartAdded,
    PartDone,
)
from relay.records import Record


@dataclass(slots=True)
class Standing:
    """Where a response stands. `last` is the number of its last event, -1 if there is none.

    `tokens` were made, and `characters` of text shown, which may be fewer than the tokens make. `kind` is the last
    item's, `item_characters` those shown of it, `calls` how many calls are complete.
    """

    last: int = -1
    begun: bool = False
    items: int = 0
    kind: ItemKind = "message"
    item_open: bool = False
    part_open: bool = False
    text_open: bool = False
    tokens: list[int] = field(default_factory=list)
    characters: int = 0
    item_characters: int = 0
    reasoning_tokens: int = 0
    calls: int = 0
    ended: EndStatus | None = None

    @property
    def said(self) -> bool:
        """Has anything been made that a viewer may have seen?"""
        return self.items > 0 or bool(self.tokens)

    def note(self, event: AnyEvent) -> None:
        """Take one more event into account."""
        match event:
            case Delta(text=text, tokens=tokens):
                self.characters += len(text)
                self.item_characters += len(text)
                self._made(tokens)
            case InProgress() | Continued():
                self.begun = True
            case ItemAdded(kind=kind):
                self.items += 1
                self.kind, self.item_characters = kind, 0
                self.item_open, self.text_open = True, kind == "function_call"
            case PartAdded():
                self.part_open = self.text_open = True
            case Done(tokens=tokens):
                self._made(tokens)
                self.text_open = False
            case PartDone():
                self.part_open = False
            case ItemDone():
                self.item_open = False
                self.calls += self.kind == "function_call"
            case Ended(status=status):
                self.ended = status

    def _made(self, tokens: list[int]) -> None:
        self.tokens += tokens
        if self.kind == "reasoning":
            self.reasoning_tokens += len(tokens)


def read(records: Iterable[Record]) -> Standing:
    """Fold a log; what lies below the last event seen is there twice, and is passed over."""
    standing = Standing()
    for record in records:
        for event in _beyond(record, standing.last):
            standing.note(event)
        standing.last = max(standing.last, record.last)
    return standing


def _beyond(record: Record, last: int) -> Iterator[AnyEvent]:
    yield from record.events[max(0, last + 1 - record.first):]

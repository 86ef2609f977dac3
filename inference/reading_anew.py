"""Passes over what the log already holds, when an answer is taken apart anew from its beginning. Pure."""
from inference.parsing.pieces import CallBegun, CallEnded, Piece, Reasoning, Text
from inference.standing import Standing
from relay.events import ItemKind


class Otherwise(Exception):
    """The log tells of other items than this parser: another one has read this text."""


class ReadingAnew:
    """A later attempt's parser reads all that was made so far, and must say what the log lacks, no less and no more.

    `over` once something was new.
    """

    def __init__(self, standing: Standing) -> None:
        self._items, self._kind, self._characters = standing.items, standing.kind, standing.item_characters
        self._open = standing.item_open
        self._read = 0
        self._reading: ItemKind | None = None
        self.over = standing.items == 0

    def news(self, pieces: list[Piece]) -> list[Piece]:
        """Raises Otherwise."""
        if self.over:
            return pieces
        new = [rest for piece in pieces if (rest := self._beyond(piece)) is not None]
        self.over = bool(new)
        return new

    def _beyond(self, piece: Piece) -> Piece | None:
        """What the log lacks of a piece."""
        kind: ItemKind = (
            "message" if isinstance(piece, Text) else "reasoning" if isinstance(piece, Reasoning) else "function_call")
        if isinstance(piece, CallBegun) or kind != self._reading:
            self._read, self._reading = self._read + 1, kind
            if self._read == self._items and kind != self._kind:
                raise Otherwise
        if isinstance(piece, CallEnded):
            self._reading = None
        if self._read != self._items:
            return piece if self._read > self._items else None
        return self._of_the_last(piece)

    def _of_the_last(self, piece: Piece) -> Piece | None:
        if isinstance(piece, CallBegun):
            return None
        if isinstance(piece, CallEnded):
            return piece if self._open else None
        known = min(self._characters, len(piece.text))
        self._characters -= known
        if known == len(piece.text):
            return None
        return type(piece)(piece.text[known:])


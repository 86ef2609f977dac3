"""What parsers say of a text, with pieces of a kind that follow one another put together."""
from collections.abc import Callable, Sequence

from inference.parsing.pieces import Arguments, CallBegun, CallEnded, Parser, Piece, Reasoning, Text


def joined(pieces: Sequence[Piece]) -> list[Piece]:
    whole: list[Piece] = []
    for piece in pieces:
        before = whole[-1] if whole else None
        if isinstance(piece, Text | Reasoning | Arguments) and isinstance(before, type(piece)):
            whole[-1] = type(piece)(before.text + piece.text)
        else:
            whole.append(piece)
    return whole


def read(parser: Parser, *texts: str) -> list[Piece]:
    """All that it says of these, one after another, and at the end."""
    said = [piece for text in texts for piece in parser.feed(text)]
    return joined([*said, *parser.finish()])


def call(name: str, arguments: str) -> list[Piece]:
    return [CallBegun(name), Arguments(arguments), CallEnded()]


def cut(text: str, places: Sequence[int]) -> list[str]:
    ends = sorted({place % (len(text) + 1) for place in places} | {len(text)})
    return [text[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]


def check_every_cut(make: Callable[[], Parser], text: str) -> list[Piece]:
    """In one piece, in two at each place, and one character at a time."""
    whole = read(make(), text)
    assert read(make(), *text) == whole
    for place in range(len(text)):
        assert read(make(), text[:place], text[place:]) == whole, text[:place]
    return whole

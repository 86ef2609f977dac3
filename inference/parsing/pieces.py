"""What text is taken apart into, and what takes it apart."""
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Text:
    """Of the answer itself."""

    text: str


@dataclass(frozen=True, slots=True)
class Reasoning:
    """Of the thoughts before it."""

    text: str


@dataclass(frozen=True, slots=True)
class CallBegun:
    """A function is called; its arguments follow, until CallEnded."""

    name: str


@dataclass(frozen=True, slots=True)
class Arguments:
    """Of the call that has begun: a piece of a JSON object, as the model writes it."""

    text: str


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The call's arguments are complete."""


Piece = Text | Reasoning | CallBegun | Arguments | CallEnded


class Parser(Protocol):
    """One answer's text in, in any pieces, typed pieces out.

    However the text is cut, the pieces of a kind put together are the same: so whoever reads the text anew from its
    beginning stands where the one before has stood. What may yet become markup is held back.
    """

    def feed(self, text: str) -> list[Piece]: ...
    def finish(self) -> list[Piece]:
        """What was held back, when nothing more comes."""

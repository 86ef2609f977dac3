"""Reads one JSON object that comes in pieces, member by member. Checks no more than it must: models write it."""
import json
from dataclasses import dataclass
from typing import Literal

SPACES = " \t\r\n"
State = Literal["begin", "key", "in_key", "colon", "value", "in_value", "done", "broken"]


@dataclass(slots=True)
class Chunk:
    """A piece of a member's value, as it was written; `last` with its end."""

    key: str
    text: str
    last: bool


class Members:
    """`feed` says how much of a text it has taken; the rest comes after the object. `state` is then done or broken.

    With `only` there is but a value, as if it were the only member's of that name.
    """

    def __init__(self, only: str = "") -> None:
        self.state: State = "value" if only else "begin"
        self.chunks: list[Chunk] = []
        self._key, self._only = only, bool(only)
        self._depth = 0
        self._quoted = self._escaped = False
        self._kind = ""  # of the value: '"', '{' for an array too, or '' for what has no bracket

    def feed(self, text: str) -> int:
        """Read on. New chunks are in `chunks`, for the caller to take."""
        at = 0
        while at < len(text) and self.state not in ("done", "broken"):
            at = self._value(text, at) if self.state == "in_value" else self._between(text, at)
        return at

    def _between(self, text: str, at: int) -> int:
        character = text[at]
        if self.state == "in_key":
            self._in_key(character)
        elif character in SPACES:
            pass
        elif self.state == "begin":
            self.state = "key" if character == "{" else "broken"
        elif self.state == "key":
            self._before_key(character)
        elif self.state == "colon":
            self.state = "value" if character == ":" else "broken"
        else:
            return self._begin_value(character, at)
        return at + 1

    def _before_key(self, character: str) -> None:
        if character == '"':
            self.state, self._key, self._escaped = "in_key", "", False
        elif character == "}":
            self.state = "done"
        elif character != ",":
            self.state = "broken"

    def _in_key(self, character: str) -> None:
        if self._escaped or character == "\\":
            self._escaped = not self._escaped
            self._key += character
        elif character == '"':
            self._key, self.state = _unquoted(f'"{self._key}"'), "colon"
        else:
            self._key += character

    def _begin_value(self, character: str, at: int) -> int:
        self._kind = '"' if character == '"' else "{" if character in "{[" else ""
        self._depth, self._quoted, self._escaped = 0, False, False
        self.state = "broken" if character in ",}]:" else "in_value"
        return at

    def _value(self, text: str, at: int) -> int:
        """To the value's end or the text's."""
        begin = at
        while at < len(text):
            character = text[at]
            if not self._kind and character in ",}" + SPACES:
                return self._end_value(text[begin:at], at)
            at += 1
            if self._ends(character):
                return self._end_value(text[begin:at], at)
        self.chunks.append(Chunk(self._key, text[begin:], last=False))
        return at

    def _ends(self, character: str) -> bool:
        """Whether this character is the last one of a string, an object or an array."""
        if self._quoted:
            if self._escaped or character == "\\":
                self._escaped = not self._escaped
            elif character == '"':
                self._quoted = False
                return self._kind == '"'
        elif character == '"':
            self._quoted = True
        elif character in "{[":
            self._depth += 1
        elif character in "}]":
            self._depth -= 1
            return self._kind == "{" and self._depth == 0
        return False

    def _end_value(self, text: str, at: int) -> int:
        self.chunks.append(Chunk(self._key, text, last=True))
        self.state = "done" if self._only else "key"
        return at


def _unquoted(text: str) -> str:
    try:
        return str(json.loads(text, strict=False))
    except ValueError:
        return text[1:-1]

"""One call that is written as a JSON object: `{"name": "look", "arguments": {…}}`, or with `parameters`."""
import json
from collections.abc import Container

from inference.parsing.json_members import Chunk, Members
from inference.parsing.pieces import Arguments, CallBegun, CallEnded, Piece

ARGUMENTS = ("arguments", "parameters")
MEMBERS = (*ARGUMENTS, "name", "type", "id")


class CallReader:
    """`feed` returns pieces and how much of the text was taken.

    `names`: without any mark of a call, only an object that names one of these and has no other members is one.
    `named`: the arguments alone come, the name was told before.

    Arguments are passed on as they are written, those that came before the name once it is known. Some models write
    them as a string that holds JSON; they are passed on without its quotes, when they are complete.
    `broken`: this is no call, and nothing was said of it; `raw` is what was read of it. `malformed`: it is one, but
    what follows in the text may still be of it.
    """

    def __init__(self, names: Container[str] | None = None, named: str = "") -> None:
        self._names, self._members = names, Members(ARGUMENTS[0] if named else "")
        self._said: list[Piece] = [CallBegun(named)] if named else []
        self._name, self._waiting, self._value = "", "", ""
        self._is_string: bool | None = None
        self.raw = ""
        self.begun, self.broken, self.done = bool(named), False, False
        self._complete = False

    def feed(self, text: str) -> tuple[list[Piece], int]:
        pieces, self._said = self._said, []
        taken = self._members.feed(text)
        if not self.begun:
            self.raw += text[:taken]
        chunks, self._members.chunks = self._members.chunks, []
        for chunk in chunks:
            if not self.broken:
                self._take(chunk, pieces)
        if self._members.state in ("done", "broken") or self.broken:
            self._end(pieces)
        return pieces, taken

    @property
    def malformed(self) -> bool:
        return self._members.state == "broken"

    def cut(self) -> list[Piece]:
        """Nothing more comes: what was begun stays as it is."""
        pieces: list[Piece] = []
        if self.begun and self._is_string and not self._complete:
            self._pass_on(self._value.removeprefix('"'), pieces)
        self.broken = not self.begun
        return pieces

    def _take(self, chunk: Chunk, pieces: list[Piece]) -> None:
        if self._names is not None and chunk.key not in MEMBERS:
            self.broken = not self.begun
        if chunk.key == "name" and not self.begun:
            self._name += chunk.text
            if chunk.last:
                self._begin(pieces)
        elif chunk.key in ARGUMENTS and not self._complete:
            self._take_arguments(chunk, pieces)

    def _begin(self, pieces: list[Piece]) -> None:
        try:
            name = json.loads(self._name)
        except ValueError:
            name = None
        if isinstance(name, str):
            name = _whole(name)
        if isinstance(name, str) and name and (self._names is None or name in self._names):
            self.begun = True
            pieces.append(CallBegun(name))
            waiting, self._waiting = self._waiting, ""
            self._pass_on(waiting, pieces)
        elif self._names is not None:
            self.broken = True

    def _take_arguments(self, chunk: Chunk, pieces: list[Piece]) -> None:
        if self._is_string is None:
            self._is_string = chunk.text.startswith('"')
        if not self._is_string:
            self._pass_on(chunk.text, pieces)
        else:
            self._value += chunk.text
            if chunk.last:
                self._pass_on(_inner(self._value), pieces)
        self._complete = chunk.last  # a second member of that name would be another call's, if anything

    def _pass_on(self, text: str, pieces: list[Piece]) -> None:
        if not text:
            return
        if self.begun:
            pieces.append(Arguments(text))
        else:
            self._waiting += text

    def _end(self, pieces: list[Piece]) -> None:
        self.done = True
        self.broken = not self.begun
        if self.begun:
            if self._is_string is None:
                pieces.append(Arguments("{}"))
            pieces.append(CallEnded())


def _inner(value: str) -> str:
    try:
        return _whole(str(json.loads(value, strict=False)))
    except ValueError:
        return value


def _whole(text: str) -> str:
    """Escapes can write half a character (`\\ud800`), which nobody could send on."""
    return text.encode(errors="replace").decode()

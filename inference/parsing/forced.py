"""Calls that a grammar has forced, as `inference/tools.py` words its schema: nothing but JSON can come."""
from inference.parsing.calls import CallReader
from inference.parsing.pieces import Arguments, CallBegun, Parser
from inference.parsing.plain import Plain
from inference.parsing.scanner import Scanner


class CallArray(Scanner):
    """`[{"name": "look", "parameters": {…}}, …]`"""

    def begin(self) -> bool:
        self.rest = self.rest.lstrip(" \t\r\n[,")
        if not self.rest or self.rest[0] == "]":
            self.rest = ""
            return False
        self._call = CallReader()
        self.state = self._inside
        return True

    def _inside(self) -> bool:
        pieces, taken = self._call.feed(self.rest)
        self.rest = self.rest[max(taken, 1):] if self._call.broken else self.rest[taken:]
        for piece in pieces:
            self.say(piece)
        if self._call.done:
            self.state = self.begin
            return True
        if self.final:
            for piece in self._call.cut():
                self.say(piece)
            self.state = self.begin
        return False


class OneCall(Scanner):
    """The arguments of the one function that had to be called."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    def begin(self) -> bool:
        if not self.skip_spaces():
            return False
        self.say(CallBegun(self._name))
        self.state = self._inside
        return True

    def _inside(self) -> bool:
        """A grammar's end is the answer's: no more than white space follows it."""
        bare = self.rest.rstrip()
        if bare:
            self.say(Arguments(bare))
            self.rest = self.rest[len(bare):]
        if self.final:
            self.rest = ""
        return False


class CallsOrText(Scanner):
    """Calls, where the answer begins as an array; else the answer's own JSON, as it is."""

    def __init__(self) -> None:
        super().__init__()
        self._chosen: Parser | None = None

    def begin(self) -> bool:
        if not self.skip_spaces():
            return False
        self._chosen = CallArray() if self.rest[0] == "[" else Plain()
        self.state = self._pass_on
        return True

    def _pass_on(self) -> bool:
        if self._chosen:
            text, self.rest = self.rest, ""
            self._said += self._chosen.feed(text) + (self._chosen.finish() if self.final else [])
        return False

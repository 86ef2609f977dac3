"""Calls as Mistral's models write them, after `[TOOL_CALLS]`: `look{…}` or `look[ARGS]{…}` each, or an array."""
from inference.parsing.calls import CallReader
from inference.parsing.forced import CallArray
from inference.parsing.scanner import Scanner

CALLS, ID, ARGS = "[TOOL_CALLS]", "[CALL_ID]", "[ARGS]"


class Mistral(Scanner):
    def __init__(self) -> None:
        super().__init__()
        self._array = CallArray()
        self._name = ""

    def begin(self) -> bool:
        text, tag = self.before_tag((CALLS,))
        if text:
            self.say_text(text)
        if tag:
            self._name, self.state = "", self._form
        return bool(tag)

    def _form(self) -> bool:
        """An array or a name? Before either there may be white space."""
        if not self.skip_spaces():
            return False
        self.state = self._in_array if self.rest[0] == "[" else self._in_name
        return True

    def _in_array(self) -> bool:
        text, self.rest = self.rest, ""
        for piece in [*self._array.feed(text), *(self._array.finish() if self.final else [])]:
            self.say(piece)
        return False

    def _in_name(self) -> bool:
        text, tag = self.before_tag((ARGS, "{"))
        self._name += text
        if not tag:
            if self.final:
                self._cut()
            return False
        if tag == "{":
            self.rest = tag + self.rest
        self._call = CallReader(named=self._name.partition(ID)[0].strip())
        self.state = self._inside
        return True

    def _cut(self) -> None:
        """It was no call, as far as can be known."""
        name, self._name = self._name, ""
        if name:
            self.say_text(CALLS + name)

    def _inside(self) -> bool:
        pieces, taken = self._call.feed(self.rest)
        self.rest = self.rest[taken:]
        for piece in pieces:
            self.say(piece)
        if self._call.done:
            self.state = self.begin
        elif self.final:
            for piece in self._call.cut():
                self.say(piece)
        return self._call.done

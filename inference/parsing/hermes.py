"""Calls as Hermes, Qwen and many others write them: `<tool_call>{"name": …, "arguments": …}</tool_call>`, amid text."""
from inference.parsing.calls import CallReader
from inference.parsing.scanner import Scanner

OPEN, CLOSE = "<tool_call>", "</tool_call>"


class Hermes(Scanner):
    """What stands between the tags and is no call is text, its tags too."""

    def begin(self) -> bool:
        text, tag = self.before_tag((OPEN,))
        if text:
            self.say_text(text)
        if not tag:
            return False
        self._call = CallReader()
        self.state = self._inside
        return True

    def _inside(self) -> bool:
        pieces, taken = self._call.feed(self.rest)
        self.rest = self.rest[taken:]
        for piece in pieces:
            self.say(piece)
        if not self._call.done:
            if self.final:
                self._cut()
            return False
        if self._call.broken:
            self.say_text(OPEN + self._call.raw)
            self.state = self.begin
        else:
            self.state = self._after
        return True

    def _cut(self) -> None:
        for piece in self._call.cut():
            self.say(piece)
        if self._call.broken:
            self.say_text(OPEN + self._call.raw)
        self.state = self.begin

    def _after(self) -> bool:
        """The closing tag, which a model may leave out; what a malformed call has before it is passed over."""
        if self._call.malformed:
            _, tag = self.before_tag((CLOSE,))
            if not tag:
                return self._over()
        elif not self.skip_spaces() or self.may_be(CLOSE):
            return self._over()
        else:
            self.rest = self.rest.removeprefix(CLOSE)
        self.state = self.begin
        return True

    def _over(self) -> bool:
        if self.final:
            self.rest = ""
        return False

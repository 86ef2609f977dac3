"""Calls as Llama 3 writes them: an answer that is nothing but `{"name": …, "parameters": …}`, several after semicolons.

Only where `<|python_tag|>` comes before it is such an object surely a call; else it must name a tool that was given.
"""
from collections.abc import Container

from inference.parsing.calls import CallReader
from inference.parsing.scanner import Scanner

TAG = "<|python_tag|>"


class Llama3(Scanner):
    def __init__(self, names: Container[str]) -> None:
        super().__init__()
        self._names = names
        self._marked = False

    def begin(self) -> bool:
        """At the answer's beginning, and after each call."""
        bare = self.rest.lstrip(" \t\r\n;,")
        if not bare or (not self.final and TAG.startswith(bare)):
            return False
        if bare.startswith(TAG):
            self.rest, self._marked = bare[len(TAG):], True
            return True
        if not bare.startswith("{"):
            self.state, self._marked = self._text, False
            return True
        self.rest = bare
        self._call = CallReader(None if self._marked else self._names)
        self.state = self._inside
        return True

    def _text(self) -> bool:
        text, tag = self.before_tag((TAG,))
        if text:
            self.say_text(text)
        if tag:
            self.state, self._marked = self.begin, True
        return bool(tag)

    def _inside(self) -> bool:
        pieces, taken = self._call.feed(self.rest)
        self.rest = self.rest[taken:]
        for piece in pieces:
            self.say(piece)
        if self.final and not self._call.done:
            for piece in self._call.cut():
                self.say(piece)
        if self._call.broken:
            self.say_text(self._call.raw)
            self.state, self._marked = self._text, False
            return True
        if self._call.done:
            self.state = self.begin
        return self._call.done

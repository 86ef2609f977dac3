"""Lines for the person at the terminal: who says it, and what."""
import sys
from contextlib import suppress
from typing import TextIO

NAME_WIDTH = 16


class Terminal:
    """Writes lines, and on a real terminal one line that is written over while a step goes on.

    A terminal that went away (hang-up, closed pipe) ends nothing: what cannot be written is dropped.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._overwrites = self._stream.isatty()
        self._open_line = False

    def line(self, text: str) -> None:
        """A line that stays."""
        self._write(f"{self._clear()}{text}\n")
        self._open_line = False

    def said(self, name: str, text: str) -> None:
        """A line with the prefix of whoever said it."""
        self.line(f"{name:<{NAME_WIDTH}} | {text}")

    def passing(self, name: str, text: str) -> bool:
        """A line that the next one replaces; returns False, having written nothing, where lines cannot be replaced."""
        if not self._overwrites:
            return False
        self._write(f"{self._clear()}{name:<{NAME_WIDTH}} | {text}")
        self._open_line = True
        return True

    def _clear(self) -> str:
        return "\r\x1b[K" if self._open_line else ""

    def _write(self, text: str) -> None:
        with suppress(OSError, ValueError):
            self._stream.write(text)
            self._stream.flush()

"""What is said while it runs: lines that stay, and one that is overwritten where the output is a terminal."""
import signal
import time
from typing import TextIO

QUIET_S = 5.0  # between two passing lines where nothing can be overwritten


def end_in_order() -> None:
    """Let a termination be as good as an interrupt: what was started is stopped, and nothing stays behind."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


class Terminal:
    """Writes to `output`."""

    def __init__(self, output: TextIO) -> None:
        self._output, self._live = output, output.isatty()
        self._passing = 0  # characters of the line that will be overwritten
        self._shown_at = time.monotonic()

    def tell(self, line: str) -> None:
        """A line that stays."""
        self._write(line + "\n")
        self._passing, self._shown_at = 0, time.monotonic()

    def show(self, line: str) -> None:
        """A line for now."""
        if self._live:
            self._write(line)
            self._passing = len(line)
        elif time.monotonic() - self._shown_at >= QUIET_S:
            self.tell(line)

    def _write(self, text: str) -> None:
        clear = f"\r{' ' * self._passing}\r" if self._passing else ""
        self._output.write(clear + text)
        self._output.flush()

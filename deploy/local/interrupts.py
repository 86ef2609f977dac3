"""What asks the launcher to stop: signals, and its `make` going away.

GNU make passes SIGTERM on to its recipe but not SIGINT; a SIGINT sent to make alone would leave it waiting for us for
ever. It can be seen all the same: make stops catching SIGINT once it has had one.
"""
import asyncio
import os
import signal
from pathlib import Path

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
MAKES = ("make", "gmake")
LOOK_S = 0.5


class Interrupts:
    """Two events: `first` asks for a drain, `second` for an end at once. Use it inside a running loop."""

    def __init__(self) -> None:
        self.first = asyncio.Event()
        self.second = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in SIGNALS:
            loop.add_signal_handler(number, self._signalled)

    def _signalled(self) -> None:
        (self.second if self.first.is_set() else self.first).set()

    async def watch_make(self) -> None:
        """For ever: treat make's interrupt as ours if we did not get it, and its death as an interrupt."""
        parent = os.getppid()
        if _program(parent) not in MAKES:
            return
        seen_interrupt = not _catches(parent, signal.SIGINT)
        while os.getppid() == parent:
            await asyncio.sleep(LOOK_S)
            if not seen_interrupt and not _catches(parent, signal.SIGINT):
                seen_interrupt = True
                self.first.set()  # at a terminal we had the signal too, and this changes nothing
        self._signalled()


def _program(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def _catches(pid: int, number: signal.Signals) -> bool:
    """Whether the process has a handler for the signal; True where that cannot be read."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return True
    caught = next((line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:")), "")
    return not caught or bool(int(caught, 16) >> (number - 1) & 1)

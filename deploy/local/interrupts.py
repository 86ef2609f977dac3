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
        """Until make is gone: treat its interrupt as ours if we did not get it, and its death as an interrupt."""
        parent = os.getppid()
        if _program(parent) not in MAKES:
            return
        while os.getppid() == parent:
            if _would_die_of(parent, signal.SIGINT) and os.getppid() == parent:
                self.first.set()  # at a terminal we had the signal too, and this changes nothing
            await asyncio.sleep(LOOK_S)
        self._signalled()


def _program(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def _would_die_of(pid: int, number: signal.Signals) -> bool:
    """Whether the process neither handles nor ignores the signal; False where that cannot be read."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
    masks = [int(line.split()[1], 16) for line in status.splitlines() if line.startswith(("SigIgn:", "SigCgt:"))]
    return len(masks) == 2 and not (masks[0] | masks[1]) >> (number - 1) & 1

"""`python -m inference.models prepare`: choose the model of this machine and fetch it, before any worker starts.

Prints the folder on stdout, and what is going on on stderr.
"""
import argparse
import os
import sys

from inference.models import catalog
from inference.models.cache import ModelCache, default_cache
from inference.models.errors import ModelError
from inference.models.hardware import detect

FAILED = 1
INTERRUPTED = 130  # as a shell says of a process that SIGINT ended


class Terminal:
    """Progress on stderr: one line that changes in place on a terminal, else a line for each new thing and each 5 %."""

    def __init__(self) -> None:
        self.live = sys.stderr.isatty()
        self.last = ""

    def show(self, words: str, share: float | None) -> None:
        step = 100 if self.live else 20
        text = words if share is None else f"{words}: {int(share * step) / step:.0%}"
        if text != self.last:
            sys.stderr.write(f"\r\x1b[K{text}" if self.live else f"{text}\n")
            sys.stderr.flush()
            self.last = text

    def end(self) -> None:
        if self.live and self.last:
            sys.stderr.write("\n")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m inference.models", description=__doc__)
    parser.add_argument("action", choices=["prepare"])
    parser.add_argument("--model", default=os.environ.get("PARLEY_MODEL"), help="an id or a folder; else by hardware")
    arguments = parser.parse_args()
    terminal = Terminal()
    try:
        choice = catalog.choose(arguments.model, detect())
        sys.stderr.write(f"{choice.why}\n")
        folder = catalog.prepare(choice, ModelCache(default_cache()), terminal.show)
    except ModelError as error:
        terminal.end()
        sys.stderr.write(f"{error}\n")
        return FAILED
    except KeyboardInterrupt:
        terminal.end()
        return INTERRUPTED
    terminal.end()
    sys.stdout.write(f"{folder}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

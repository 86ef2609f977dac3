"""Follows the log files of the processes, from their ends on, through rotation, and says which lines matter."""
import re
from dataclasses import dataclass
from pathlib import Path

MOST_BYTES = 1 << 20  # per look; a flood is read on at the next
IMPORTANT = re.compile(r"\b(WARNING|ERROR|CRITICAL)\b")
LIBRARY_WARNING = re.compile(r"\bWARNING +\S+ \w+(\.\w+)+: ")  # told under a module's name: for the log only
OUR_LINE = re.compile(r"^\d{4}-\d\d-\d\d [\d:.]+ (\w+) +\S+ ")
EXITED = re.compile(r"exited: (\S+) \((.+?); (not )?expected\)")


@dataclass(frozen=True)
class Exit:
    """A process that ended by itself, as supervisord's log tells it. Its code is None if a signal ended it."""

    name: str
    how: str
    code: int | None


class LogFollower:
    """Gives the whole lines that were added since the last look."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._identity, self._offset = self._now()

    def new_lines(self) -> list[str]:
        """Whole lines only; the beginning of an unfinished one is given with its end."""
        identity, size = self._now()
        if identity != self._identity or size < self._offset:
            self._identity, self._offset = identity, 0
        if size == self._offset:
            return []
        with self._path.open("rb") as file:
            file.seek(self._offset)
            block = file.read(MOST_BYTES)
        whole = block[:block.rfind(b"\n") + 1] or (block if len(block) == MOST_BYTES else b"")
        self._offset += len(whole)
        return whole.decode(errors="replace").splitlines()

    def _now(self) -> tuple[int, int]:
        try:
            found = self._path.stat()
        except OSError:
            return 0, 0
        return found.st_ino, found.st_size


def plain(line: str) -> str:
    """A line of our processes without its time and name, which the terminal's prefix says; others as they are."""
    return OUR_LINE.sub(r"\1: ", line)


def is_important(line: str) -> bool:
    """Whether the person at the terminal should see it: errors, and what Parley itself warns of."""
    return IMPORTANT.search(line) is not None and LIBRARY_WARNING.search(line) is None


def exit_in(line: str) -> Exit | None:
    """The exit that a line of supervisord's log tells of, if it does."""
    if found := EXITED.search(line):
        code = re.fullmatch(r"exit status (\d+)", found[2])
        return Exit(found[1], found[2], int(code[1]) if code else None)
    return None


def last_words(path: Path, lines: int = 1) -> str:
    """The last lines of a log that say something, as one text."""
    try:
        text = path.read_bytes()[-MOST_BYTES:].decode(errors="replace")
    except OSError:
        return ""
    return "\n".join([line.strip() for line in text.splitlines() if line.strip()][-lines:])

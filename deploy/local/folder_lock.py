"""A folder that belongs to one process at a time: an flock that the kernel lifts when the holder dies."""
import fcntl
import os
from pathlib import Path
from types import TracebackType


class FolderLock:
    """`take` and `release`, or `with`. The file holds a line about the holder, for whoever finds it taken."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None

    def take(self, note: str = "") -> bool:
        """Take the lock if nobody has it. Raises OSError where the file cannot be made."""
        if self._file is not None:
            return True
        file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        os.ftruncate(file, 0)
        os.write(file, note.encode())
        self._file = file
        return True

    @property
    def descriptors(self) -> tuple[int, ...]:
        """What a child must be given for the lock to last as long as it lives."""
        return () if self._file is None else (self._file,)

    def holder(self) -> str:
        """What the holder wrote about itself; empty if nothing can be read."""
        try:
            return self.path.read_text().strip()
        except OSError:
            return ""

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __enter__(self) -> "FolderLock":
        return self

    def __exit__(
            self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.release()

"""A process's pid file: scripts read it, and its lock keeps a second process from running under the same name."""
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRuns(Exception):
    """Another process holds the file; the message says which."""


@contextmanager
def pid_file(path: Path) -> Iterator[None]:
    """Hold the file, with this process's id in it, and remove it in the end. Raises AlreadyRuns, OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise AlreadyRuns(
                f"{path.stem} runs already (process {file.read().strip() or 'unknown'}); "
                "stop it, or start this one under another name or with another data folder.") from error
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        try:
            yield
        finally:
            path.unlink(missing_ok=True)

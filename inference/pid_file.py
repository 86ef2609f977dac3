"""A worker's pid file: scripts read it, and its lock keeps two workers of one name apart."""
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRuns(Exception):
    """Another worker of this name runs; the message says which process it is."""


@contextmanager
def pid_file(path: Path) -> Iterator[None]:
    """Lock the file and write this process's id into it; remove it in the end. Raises AlreadyRuns, OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise AlreadyRuns(
                f"{path.stem} runs already (process {file.read().strip()}): stop it, or give this one another name."
            ) from error
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        try:
            yield
        finally:
            path.unlink(missing_ok=True)

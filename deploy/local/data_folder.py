"""The data folder: its parts, whether it can be written, and that only one Parley runs on it."""
import os
import time
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import Refusal
from deploy.local.folder_lock import FolderLock

PROBE_BYTES = 1 << 20  # enough to meet a full disk, or the end of a quota
LONGEST_SOCKET_PATH = 107  # sockaddr_un, with its ending zero
LATE_END_S = 5.0  # how long what a killed launcher left may take to die
LOOK_AGAIN_S = 0.1


@dataclass(frozen=True)
class DataFolder:
    """Where the database, Redis's files, logs and sockets lie."""

    path: Path

    @property
    def run(self) -> Path:
        return self.path / "run"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def redis(self) -> Path:
        return self.path / "redis"

    @property
    def redis_socket(self) -> Path:
        return self.run / "redis.sock"

    @property
    def supervisor_socket(self) -> Path:
        return self.run / "supervisor.sock"

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def prepare(self) -> None:
        """Make its folders and write to it once. Raises Refusal with a sentence that says what to do."""
        self._check_path()
        try:
            for folder in (self.path, self.run, self.logs, self.redis):
                folder.mkdir(parents=True, exist_ok=True)
            self._probe()
        except OSError as error:
            raise Refusal(f"The data folder {self.path} cannot be used ({error.strerror}); make room or rights there, "
                          "or set PARLEY_DATA_DIR to another folder.") from error

    def take(self, note: str) -> FolderLock:
        """Become the one launcher on this folder; the lock lasts until released. Raises Refusal if there is another.

        The lock outlives a launcher that was killed for as long as its supervisord does, a moment.
        """
        lock = FolderLock(self.run / "launcher.lock")
        limit = time.monotonic() + LATE_END_S
        while not lock.take(note):
            if _lives(lock.holder()) or time.monotonic() > limit:
                raise Refusal(f"Another Parley runs on the data folder {self.path} ({lock.holder()}); stop it, "
                              "or set PARLEY_DATA_DIR to another folder.")
            time.sleep(LOOK_AGAIN_S)
        return lock

    def _probe(self) -> None:
        probe = self.run / "probe"
        try:
            with probe.open("wb") as file:
                file.write(bytes(PROBE_BYTES))
                file.flush()
                os.fsync(file.fileno())
        finally:
            probe.unlink(missing_ok=True)

    def _check_path(self) -> None:
        if len(str(self.supervisor_socket).encode()) > LONGEST_SOCKET_PATH:
            raise Refusal(f"The path of the data folder {self.path} is too long for the sockets in it; "
                          "set PARLEY_DATA_DIR to a shorter one.")
        if any(mark in str(self.path) for mark in (" ;", " #", "\n", '"')):
            raise Refusal(f"The data folder's path {str(self.path)!r} holds a quote, a line break or a space before "
                          "; or #; set PARLEY_DATA_DIR to a plainer one.")


def _lives(note: str) -> bool:
    """Whether the process that the note names (`process 123, …`) still runs."""
    words = note.replace(",", " ").split()
    if len(words) < 2 or not words[1].isdigit():
        return True
    try:
        os.kill(int(words[1]), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

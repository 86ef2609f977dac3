"""The model cache: folders that are made once per machine, whole or not at all, and made again when damaged.

Holds no knowledge of any model: who wants a folder says what it is made of (`recipe`) and how (`make`).
"""
import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from inference.engine.port import Progress
from inference.models.errors import ModelError, disk_error

MARKER = "parley.json"
LOCK_POLL_S = 0.2


def default_cache() -> Path:
    """`PARLEY_MODEL_CACHE`, else `parley/models` in the user's cache folder (XDG Base Directory)."""
    if named := os.environ.get("PARLEY_MODEL_CACHE"):
        return Path(named).expanduser().absolute()
    caches = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(caches) if os.path.isabs(caches) else Path.home() / ".cache") / "parley" / "models"


class ModelCache:
    """Made folders below `root`, each with a marker that names its recipe and the SHA-256 of its files."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def get(self, name: str, recipe: str, make: Callable[[Path], None], progress: Progress, *, room_bytes: int) -> Path:
        """The folder `name`; if it is missing, damaged or of another recipe, `make` fills a new one to take its place.

        One process makes, others wait for it. What a process that was killed has left behind is removed. `room_bytes`
        is what making needs on the disk. Raises ModelError; whatever `progress` raises stops the making, too.
        """
        folder = self.root / name
        if is_whole(folder, recipe):
            return folder
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            with self._lock(name, progress):
                if not is_whole(folder, recipe):
                    self._remove_remains(name)
                    self._check_room(room_bytes)
                    self._make(folder, recipe, make)
        except OSError as error:
            raise disk_error(error, self.root) from error
        return folder

    def _make(self, folder: Path, recipe: str, make: Callable[[Path], None]) -> None:
        with tempfile.TemporaryDirectory(dir=self.root, prefix=_remains(folder.name)) as name:
            temporary = Path(name)
            made = temporary / "made"
            made.mkdir()
            make(made)
            write_marker(made, recipe)
            if folder.exists():
                folder.rename(temporary / "old")
            made.rename(folder)

    def _check_room(self, room_bytes: int) -> None:
        free = shutil.disk_usage(self.root).free
        if free < room_bytes:
            raise ModelError(
                f"Making the model needs {room_bytes / 1e6:.0f} MB in {self.root}, where {free / 1e6:.0f} MB are free: "
                "make room, or point PARLEY_MODEL_CACHE to another disk.")

    def _remove_remains(self, name: str) -> None:
        """Only under the lock: nobody else is writing there."""
        for remains in self.root.glob(f"{_remains(name)}*"):
            shutil.rmtree(remains, ignore_errors=True)

    @contextlib.contextmanager
    def _lock(self, name: str, progress: Progress) -> Iterator[None]:
        """The kernel drops it when its holder dies, so nobody waits for a dead process."""
        with (self.root / f".{name}.lock").open("w") as file:
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    progress("Another worker is preparing the model", None)
                    time.sleep(LOCK_POLL_S)
            yield


def _remains(name: str) -> str:
    return f".{name}-"


def write_marker(folder: Path, recipe: str) -> None:
    """Written last: a folder with a marker was finished."""
    hashes = {path.name: sha256(path) for path in sorted(folder.iterdir())}
    (folder / MARKER).write_text(json.dumps({"recipe": recipe, "sha256": hashes}, indent=2) + "\n")


def is_whole(folder: Path, recipe: str) -> bool:
    """Whether the folder was made by this recipe, and each of its files still is what was written."""
    try:
        marker: dict[str, Any] = json.loads((folder / MARKER).read_bytes())
        return bool(marker["recipe"] == recipe) and all(
            sha256(folder / name) == expected for name, expected in marker["sha256"].items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

"""Our own modules as compiled code: it is taken where there is some of exactly these sources, else they are.

What a token goes through costs half as much compiled (mypyc). It lies apart from the sources, in a folder that is named
for what all of them say, so that after any edit there is none, and what is run is what one reads. `deploy.compile`
makes it. Nothing else may depend on whether it is there.
"""
import hashlib
import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import EXTENSION_SUFFIXES, ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
SWITCH = "PARLEY_COMPILED"
NO = frozenset({"0", "false", "f", "no", "n", "off"})
PACKAGES = ("relay", "server", "inference")  # all of them: types of other modules are compiled in
GROUP = "parley"
LIBRARY = f"{GROUP}__mypyc"  # mypyc's name for what all modules of a group share

# A module may inherit from none of these unless it is one of them; msgspec's Structs are slower in here than without.
MODULES = (
    "relay.cursor",
    "relay.sift",
    "server.common.over",
    "server.responses.batches",
    "server.responses.hub",
    "server.responses.feed",
    "server.responses.transcript",
    "server.responses.viewer",
    "server.responses.pacer",
    "server.responses.position",
    "server.responses.renderer",
    "server.responses.tail",
    "server.responses.writer",
    "server.responses.signals",
    "server.completions.chunks",
    "inference.composer",
    "inference.outgoing",
    "inference.hold",
    "inference.holds",
    "inference.pace",
    "inference.engine.outbox",
    "inference.engine.vllm.tally",
)


def place(root: Path = ROOT) -> Path:
    """Where compiled code of these very sources for this very Python lies, if there is any."""
    digest = hashlib.sha256(f"{sys.implementation.cache_tag} {EXTENSION_SUFFIXES}".encode())
    for package in PACKAGES:
        for source in sorted((root / package).rglob("*.py")):
            digest.update(f"{source.relative_to(root)}\0".encode() + source.read_bytes() + b"\0")
    return root / ".envs" / "compiled" / digest.hexdigest()[:16]


def is_wanted() -> bool:
    return os.environ.get(SWITCH, "").strip().lower() not in NO


def use(root: Path = ROOT) -> bool:
    """Have what is imported from now on come from there. Returns whether there is something, and it is wanted."""
    if not is_wanted() or not (folder := place(root)).is_dir():
        return False
    sys.meta_path.insert(0, Finder(folder))
    return True


def in_words() -> str:
    """What this process runs."""
    return "compiled code" if any(isinstance(finder, Finder) for finder in sys.meta_path) else "the sources as they are"


class Finder(MetaPathFinder):
    """Finds the modules above in one folder, and nothing else."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find_spec(
            self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name not in MODULES and name != LIBRARY:
            return None
        file = self._folder / (name.replace(".", "/") + EXTENSION_SUFFIXES[0])
        return spec_from_file_location(name, file) if file.is_file() else None

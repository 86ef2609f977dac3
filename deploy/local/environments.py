"""The Python environments under `.envs`: each made from its lock file, and stamped when it is whole.

A stamp that fits means that nothing is done, so a second start needs neither time nor network; without one (a changed
lock, another Python, an install that was interrupted) the environment is made anew. One process installs at a time.
"""
import asyncio
import hashlib
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import LaunchError, Refusal
from deploy.local.folder_lock import FolderLock
from deploy.local.installer import Installer, InstallProgress, cause
from deploy.local.startup import Progress

LAYOUT = 1  # raised when environments made by older code must be made anew
LOOK_AGAIN_S = 0.2
GIB = 1 << 30


@dataclass(frozen=True)
class Recipe:
    """What an environment consists of. `torch` names a file with the one torch build that no ordinary index has."""

    name: str
    locks: tuple[str, ...]
    torch: str = ""
    needs_bytes: int = GIB // 2


GATEWAY = Recipe("gateway", ("gateway.txt",))
DEV = Recipe("dev", ("dev.txt",))
BUILD = Recipe("build", ("build.txt",))
WORKER_CPU = Recipe("worker", ("worker-cpu.txt",), torch="torch-cpu.txt", needs_bytes=4 * GIB)
WORKER_GPU = Recipe("worker", ("worker-gpu.txt",), needs_bytes=14 * GIB)
WORKER_TEST = "worker-test.txt"  # a lock laid over a worker's environment for its tests


class Environment:
    """One folder under `.envs`, made from a recipe. All methods leave it either whole and stamped, or unstamped."""

    def __init__(self, root: Path, recipe: Recipe, installer: Installer | None = None) -> None:
        self.root = root
        self.recipe = recipe
        self.installer = installer or Installer(root)
        self.folder = root / ".envs" / recipe.name
        self.python = self.folder / "bin" / "python"

    def is_ready(self) -> bool:
        """Whether it was made from these very locks, for this Python, in this place."""
        return self.python.exists() and self._stamp(self.recipe.locks).exists()

    async def install(self, progress: Progress) -> None:
        """Make it if it is not there. Raises LaunchError or Refusal with a sentence."""
        if not self.is_ready():
            async with _Turn(self.root, progress):
                if not self.is_ready():
                    await self._make(progress)

    async def add(self, lock: str, progress: Progress) -> None:
        """Lay one more lock over it (it must be ready)."""
        if not self._stamp((lock,)).exists():
            async with _Turn(self.root, progress):
                await self._packages(lock, progress)
                self._stamp((lock,)).touch()

    async def _make(self, progress: Progress) -> None:
        self._check_space()
        for stamp in self.folder.glob("stamp-*"):
            stamp.unlink()
        installer = self.installer
        if not installer.is_there():
            progress.tell("fetching the installer, uv")
            await installer.fetch()
        progress.tell(f"making .envs/{self.recipe.name}")
        made = await installer.run(["venv", "--quiet", "--clear", "--no-project", "--python", sys.executable,
                                    str(self.folder)])
        self._must(made.code, made.lines)
        if self.recipe.torch:
            await self._torch(progress)
        for lock in self.recipe.locks:
            await self._packages(lock, progress)
        self._stamp(self.recipe.locks).touch()

    async def _torch(self, progress: Progress) -> None:
        """Torch's CPU build: from where pip's settings point, else from PyTorch's own index, which uv knows."""
        progress.tell("finding PyTorch for the CPU (about 200 MiB)")
        common = self._command(self.root / "requirements" / self.recipe.torch)
        tell = InstallProgress(progress.tell)
        if self.installer.pip.find_links:
            links = [word for link in self.installer.pip.find_links for word in ("--find-links", link)]
            if (await self.installer.run([*common, *links], tell)).code == 0:
                return
        result = await self.installer.run([*common, "--torch-backend", "cpu"], tell)
        self._must(result.code, result.lines)

    async def _packages(self, lock: str, progress: Progress) -> None:
        """Everything in a lock; locks are complete, so nothing is resolved, and uv checks the hashes in them."""
        file = self.root / "requirements" / lock
        progress.tell(f"installing {_count(file)} packages")
        result = await self.installer.run(self._command(file), InstallProgress(progress.tell))
        self._must(result.code, result.lines)

    def _command(self, file: Path) -> list[str]:
        """Where Python is told to keep no bytecode (PYTHONDONTWRITEBYTECODE, as images often have it) it is made now:
        else each process would compile all packages that it imports, which takes longer than all the rest of its start.
        """
        compiling = ["--compile-bytecode"] if sys.dont_write_bytecode else []
        return ["pip", "install", "--python", str(self.python), "--no-deps", *compiling, "-r", str(file)]

    def _must(self, code: int, lines: list[str]) -> None:
        if code:
            raise LaunchError(f"The packages for .envs/{self.recipe.name} could not be installed: {cause(lines)} "
                              "Check the network, then run the same command again; what was fetched is kept.")

    def _check_space(self) -> None:
        free = shutil.disk_usage(self.root).free
        if free < self.recipe.needs_bytes:
            raise Refusal(f"The packages for .envs/{self.recipe.name} need about {self.recipe.needs_bytes / GIB:.1f} "
                          f"GiB, and {free / GIB:.1f} GiB are free here; free some space, then run it again.")

    def _stamp(self, locks: tuple[str, ...]) -> Path:
        """The stamp's name tells what it stands for: `stamp-{lock}-{hash of all that must not change}`."""
        digest = hashlib.sha256(f"{LAYOUT} {sys.version} {self.root}".encode())
        for name in (*locks, *filter(None, [self.recipe.torch])):
            digest.update((self.root / "requirements" / name).read_bytes())
        return self.folder / f"stamp-{locks[0].removesuffix('.txt')}-{digest.hexdigest()[:16]}"


class _Turn:
    """Waits until no other process installs here."""

    def __init__(self, root: Path, progress: Progress) -> None:
        (root / ".envs").mkdir(exist_ok=True)
        self._lock = FolderLock(root / ".envs" / "lock")
        self._progress = progress

    async def __aenter__(self) -> None:
        while not self._lock.take():
            self._progress.tell("waiting for another command that installs packages here")
            await asyncio.sleep(LOOK_AGAIN_S)

    async def __aexit__(self, *_: object) -> None:
        self._lock.release()


def _count(lock: Path) -> int:
    return sum("==" in line and not line.startswith((" ", "#")) for line in lock.read_text().splitlines())

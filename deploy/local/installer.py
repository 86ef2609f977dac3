"""uv, our installer: fetched once by whatever Python has (venv or pip), pinned in `requirements/uv.txt`."""
import hashlib
import importlib.util
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.errors import LaunchError, Refusal
from deploy.local.pip_configuration import PipConfiguration, read_pip_configuration
from deploy.local.tool import ToolResult, run_tool

NO_VENV = ("Python {version} here has neither venv nor pip, so nothing can be installed with it; "
           "on Debian and Ubuntu: apt install python3-venv.")


class Installer:
    """Gives uv's answers as sentences. `root` is the repository, whose `.envs/uv` holds the program."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.program = root / ".envs" / "uv" / "bin" / "uv"
        self._pip: PipConfiguration | None = None

    @property
    def pip(self) -> PipConfiguration:
        """pip's settings, asked for once."""
        if self._pip is None:
            self._pip = read_pip_configuration()
        return self._pip

    def is_there(self) -> bool:
        """Whether the locked uv was fetched, whole, for this Python."""
        return self._stamp().exists()

    async def fetch(self) -> None:
        """Put uv in its place. Raises Refusal where this Python can install nothing, LaunchError where it failed."""
        folder = self.root / ".envs" / "uv"
        lock = str(self.root / "requirements" / "uv.txt")
        pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", lock]
        if importlib.util.find_spec("ensurepip") and importlib.util.find_spec("venv"):
            await self._must([sys.executable, "-m", "venv", "--clear", str(folder)])
            await self._must([str(folder / "bin" / "python"), *pip])
        elif importlib.util.find_spec("pip"):
            await self._must([sys.executable, *pip, "--target", str(folder)])
        else:
            raise Refusal(NO_VENV.format(version=".".join(map(str, sys.version_info[:2]))))
        self._stamp().touch()

    async def run(self, arguments: Sequence[str], on_line: Callable[[str], None] | None = None) -> ToolResult:
        """Run uv and return what it said."""
        return await run_tool([str(self.program), *arguments], folder=self.root,
                              environment=self.pip.uv_environment(), on_line=on_line)

    def _stamp(self) -> Path:
        lock = (self.root / "requirements" / "uv.txt").read_bytes()
        return self.root / ".envs" / "uv" / f"stamp-{hashlib.sha256(lock + sys.version.encode()).hexdigest()[:16]}"

    async def _must(self, command: list[str]) -> None:
        result = await run_tool(command, folder=self.root)
        if result.code:
            raise LaunchError(f"The installer uv could not be fetched: {cause(result.lines)} "
                              "Check the network, then run the same command again.")


@dataclass
class InstallProgress:
    """Reads uv's lines: which big packages are on their way, and how much of them has come."""

    tell: Callable[[str, float | None], None]
    _sizes: dict[str, float] = field(default_factory=dict)
    _there: set[str] = field(default_factory=set)

    def __call__(self, line: str) -> None:
        if found := re.match(r"\s*Downloading (\S+) \(([\d.]+)\s*(B|KiB|MiB|GiB)\)", line):
            self._sizes[found[1]] = float(found[2]) * {"B": 2**-20, "KiB": 2**-10, "MiB": 1, "GiB": 1024}[found[3]]
        elif found := re.match(r"\s*Download(?:ed|ing) (\S+)$", line):
            self._there.add(found[1])
        elif line.startswith(("Prepared ", "Installed ", "Building ")):
            self.tell(line[0].lower() + line[1:], None)
            return
        else:
            return
        self._tell_downloads()

    def _tell_downloads(self) -> None:
        total = sum(self._sizes.values())
        come = sum(size for name, size in self._sizes.items() if name in self._there)
        waiting = [name for name in self._sizes if name not in self._there]
        names = ", ".join(waiting[:3]) + (" …" if len(waiting) > 3 else "")
        self.tell(f"downloading {names or 'the last packages'}: {come:.0f} of {total:.0f} MiB",
                  come / total if total else None)


def cause(lines: list[str]) -> str:
    """The end of an installer's complaint as one line: what failed and the innermost reason."""
    text = [re.sub(r"^[\s×├╰│─▶]+", "", line).strip() for line in lines if line.strip()]
    if any("No space left on device" in line for line in text):
        return "the disk is full; free some space."
    errors = [line for line in text if re.match(r"(error|failed|could not)", line, re.IGNORECASE)] or text[-1:]
    picked = list(dict.fromkeys([*errors[:1], *text[-1:]]))
    return " – ".join(picked).rstrip(".") + "."

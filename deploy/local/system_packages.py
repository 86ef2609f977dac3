"""Programs that the tests use and pip cannot bring: installed with apt where we may, else named in one sentence."""
import glob
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import LaunchError, Refusal
from deploy.local.startup import Startup
from deploy.local.tool import run_tool

STEP = "system packages"


@dataclass(frozen=True)
class SystemProgram:
    """A program, where it may lie, and the Debian packages that bring it."""

    names: tuple[str, ...]
    packages: tuple[str, ...]
    pattern: str = ""

    def is_there(self) -> bool:
        return any(map(shutil.which, self.names)) or bool(self.pattern and glob.glob(self.pattern))


NEEDED = (
    SystemProgram(("redis-server",), ("redis-server",)),
    SystemProgram(("chromium", "chromium-browser", "google-chrome"), ("chromium", "fonts-dejavu-core")),
    SystemProgram(("postgres",), ("postgresql",), "/usr/lib/postgresql/*/bin/postgres"),
)


def missing(needed: tuple[SystemProgram, ...] = NEEDED) -> list[str]:
    """The Debian packages that are not there."""
    return [package for program in needed if not program.is_there() for package in program.packages]


async def provide(root: Path, startup: Startup, *, is_root: Callable[[], bool] = lambda: os.geteuid() == 0) -> None:
    """Install what is missing. Raises Refusal where we may not, LaunchError where apt failed."""
    packages = missing()
    if not packages:
        return
    names = " ".join(packages)
    if not is_root() or shutil.which("apt-get") is None:
        raise Refusal(f"The tests need programs that are not here; install them first: apt install {names}")
    progress = startup.begin(STEP, f"installing {names}")
    silent: Mapping[str, str] = {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
        result = await run_tool(["apt-get", *command], folder=root, environment=silent)
        if result.code:
            progress.failed(result.last)
            raise LaunchError(f"apt-get could not install {names}: {result.last}")
    progress.done(f"installed {names}")

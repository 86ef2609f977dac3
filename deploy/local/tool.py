"""Run one program to its end, line by line: an installer, a check, the preparation of a model.

The program has a session of its own, so that Ctrl-C reaches us alone, and a leash, so that it dies with us.
"""
import asyncio
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.leash import LEASH

LEASH_FILE = Path(__file__).with_name("leash.py")
LONGEST_LINE = 1 << 20


@dataclass
class ToolResult:
    """Exit code and all lines (standard output and error together)."""

    code: int
    lines: list[str] = field(default_factory=list)

    @property
    def last(self) -> str:
        """The last line that says something."""
        return next((line.strip() for line in reversed(self.lines) if line.strip()), "")


def leashed(command: Sequence[str]) -> list[str]:
    """The command that runs this one so that it dies with its parent."""
    return [sys.executable, "-I", "-S", str(LEASH_FILE), *command]


def leash_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for something that this process starts under a leash."""
    return {**os.environ, **(extra or {}), LEASH: str(os.getpid())}


async def run_tool(
        command: Sequence[str], *, folder: Path, environment: Mapping[str, str] | None = None,
        on_line: Callable[[str], None] | None = None) -> ToolResult:
    """Run to the end; cancelled, it kills the program's whole session first."""
    process = await asyncio.create_subprocess_exec(
        *leashed(command), cwd=folder, env=leash_environment(environment), start_new_session=True,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        limit=LONGEST_LINE)
    output = process.stdout or asyncio.StreamReader()  # it is there: asked for above
    lines: list[str] = []
    try:
        async for raw in output:
            line = raw.decode(errors="replace").rstrip()
            lines.append(line)
            if on_line is not None:
                on_line(line)
        return ToolResult(await process.wait(), lines)
    finally:
        await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        os.killpg(process.pid, 9)
        await process.wait()

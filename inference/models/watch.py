"""Downloads by tools of their own, run as child processes: seen from the size of the folder that they fill."""
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile

POLL_S = 0.2
Share = Callable[[float], None]


def run_watched(
        command: list[str], folder: Path, size_bytes: int, share: Share, **environment: str) -> tuple[int, list[str]]:
    """Run to its end; return its exit status and what it printed, line by line.

    `share` hears, several times a second, how much of `size_bytes` has come into `folder`. What it raises ends the
    child. The output goes to a file, so a talkative child never blocks.
    """
    before = folder_bytes(folder)
    with TemporaryFile() as output, subprocess.Popen(  # noqa: S603 - our own arguments
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=os.environ | environment) as process:
        try:
            while process.poll() is None:
                share(max(0.0, min(1.0, (folder_bytes(folder) - before) / max(1, size_bytes))))
                try:
                    process.wait(POLL_S)
                except subprocess.TimeoutExpired:
                    continue
        finally:
            process.kill()
        output.seek(0)
        return process.returncode, output.read().decode(errors="replace").splitlines()


def folder_bytes(folder: Path) -> int:
    """Of all files below; some vanish while they are counted, and links are not followed."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.lstat().st_size if path.is_file() and not path.is_symlink() else 0
        except OSError:
            continue
    return total

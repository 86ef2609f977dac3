"""One tool of a test run: its lines on the terminal, how long it took, and how many tests it says it ran."""
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

MAKE_VARIABLES = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")
NODE_WORDS = {"pass": "passed", "fail": "failed", "skipped": "skipped"}


@dataclass
class Phase:
    """One tool's run. `counts` holds what pytest's last line said: passed, failed, errors, skipped."""

    name: str
    command: list[str]
    code: int = 0
    took_s: float = 0.0
    counts: dict[str, int] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, root: Path, *, together: bool = False) -> None:
        """Run it, its lines going on to the terminal: as they come, or as one piece where several run together."""
        began = time.monotonic()
        held: list[str] = []
        write = held.append if together else _write
        write(f"\n== {self.name}\n")
        with subprocess.Popen(  # noqa: S603 - our own commands
                self.command, cwd=root, env=_environment() | self.environment, text=True, errors="replace",
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
            for line in process.stdout or ():
                write(line)
                self._count(line)
        self.code = process.returncode
        self.took_s = time.monotonic() - began
        _write("".join(held))

    def _count(self, line: str) -> None:
        """Read pytest's last line, or one of the last lines of Node's test runner."""
        if re.search(r"\d+ \w+.* in [\d.]+s", line):
            self.counts = {word: int(count) for count, word in re.findall(r"(\d+) ([a-z]+)", line)}
        elif found := re.match(r"(?:#|ℹ) (pass|fail|skipped) (\d+)$", line.strip()):
            self.counts[NODE_WORDS[found[1]]] = int(found[2])

    def __str__(self) -> str:
        counts = ", ".join(f"{count} {word}" for word, count in self.counts.items()
                           if word in ("passed", "failed", "skipped", "error", "errors", "xfailed"))
        return f"{'ok  ' if self.code == 0 else 'FAIL'} {self.name:<28} {self.took_s:6.1f} s  {counts}".rstrip()


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _environment() -> dict[str, str]:
    """Ours without what make leaves there, which would reach every make that a test runs."""
    return {name: value for name, value in os.environ.items() if name not in MAKE_VARIABLES}

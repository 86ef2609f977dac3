"""One tool of a test run: its lines on the terminal, how long it took, and how many tests it says it ran."""
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

MAKE_VARIABLES = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")
NODE_WORDS = {"pass": "passed", "fail": "failed", "skipped": "skipped"}
BAD = ("failed", "error", "errors")
FEW = 3  # more than that fail for a reason


@dataclass
class Phase:
    """One tool's run. `counts` holds what pytest's last line said: passed, failed, errors, skipped.

    Where `again` is given, arguments that have the tool run only what failed, a few tests that did are tried once more;
    `flaky` names those that pass then.
    """

    name: str
    command: list[str]
    code: int = 0
    took_s: float = 0.0
    counts: dict[str, int] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    again: tuple[str, ...] = ()
    flaky: list[str] = field(default_factory=list)
    _failed: list[str] = field(default_factory=list)

    def run(self, root: Path, *, together: bool = False) -> None:
        """Run it, its lines going on to the terminal: as they come, or as one piece where several run together."""
        began = time.monotonic()
        held: list[str] = []
        write = held.append if together else _write
        write(f"\n== {self.name}\n")
        self._run(root, self.command, write)
        if self.code and self.again and 0 < len(self._failed) <= FEW:
            self._try_again(root, write)
        self.took_s = time.monotonic() - began
        _write("".join(held))

    def _run(self, root: Path, command: list[str], write: Callable[[str], object]) -> None:
        self._failed = []
        with subprocess.Popen(  # noqa: S603 - our own commands
                command, cwd=root, env=_environment() | self.environment, text=True, errors="replace",
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
            for line in process.stdout or ():
                write(line)
                self._count(line)
        self.code = process.returncode

    def _try_again(self, root: Path, write: Callable[[str], object]) -> None:
        before, failed = self.counts, self._failed
        write(f"\n== {self.name}, what failed once more\n")
        self._run(root, [*self.command, *self.again], write)
        self.flaky = [test for test in failed if test not in self._failed]
        if self.code:
            self.counts = before
        else:
            bad = sum(before.get(word, 0) for word in BAD)
            self.counts = {word: count for word, count in before.items() if word not in BAD}
            self.counts["passed"] = before.get("passed", 0) + bad

    def _count(self, line: str) -> None:
        """Read pytest's last lines, or one of the last of Node's test runner."""
        if re.search(r"\d+ \w+.* in [\d.]+s", line):
            self.counts = {word: int(count) for count, word in re.findall(r"(\d+) ([a-z]+)", line)}
        elif found := re.match(r"(?:FAILED|ERROR) (\S+::.+?)(?: - .*)?$", line.rstrip()):
            self._failed.append(found[1])
        elif found := re.match(r"(?:#|ℹ) (pass|fail|skipped) (\d+)$", line.strip()):
            self.counts[NODE_WORDS[found[1]]] = int(found[2])

    def __str__(self) -> str:
        counts = ", ".join(f"{count} {word}" for word, count in self.counts.items()
                           if word in ("passed", "failed", "skipped", "error", "errors", "xfailed"))
        lines = [f"{'ok  ' if self.code == 0 else 'FAIL'} {self.name:<28} {self.took_s:6.1f} s  {counts}".rstrip(),
                 *(f"     flaky, passed only at its second try: {test}" for test in self.flaky)]
        return "\n".join(lines)


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _environment() -> dict[str, str]:
    """Ours without what make leaves there, which would reach every make that a test runs."""
    return {name: value for name, value in os.environ.items() if name not in MAKE_VARIABLES}

"""`make test` and `make check`: what each of them runs, one after another, and a summary at the end."""
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local import system_packages
from deploy.local.environments import DEV, GATEWAY, WORKER_CPU, WORKER_GPU, WORKER_TEST, Environment
from deploy.local.hardware import gpu_names
from deploy.local.startup import Startup
from deploy.local.terminal import Terminal

AT_ONCE = 2  # the smallest machine that we care for has two cores
MAKE_VARIABLES = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")
VLLM_MARK = "mark.vllm"


@dataclass
class Phase:
    """One tool's run. `counts` holds what pytest's last line said: passed, failed, errors, skipped."""

    name: str
    command: list[str]
    code: int = 0
    took_s: float = 0.0
    counts: dict[str, int] = field(default_factory=dict)

    def run(self, root: Path, *, together: bool = False) -> None:
        """Run it, its lines going on to the terminal: as they come, or as one piece where several run together."""
        began = time.monotonic()
        held: list[str] = []
        write = held.append if together else _write
        write(f"\n== {self.name}\n")
        with subprocess.Popen(self.command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,  # noqa: S603
                              stdin=subprocess.DEVNULL, text=True, errors="replace", env=_environment()) as process:
            for line in process.stdout or ():
                write(line)
                if re.search(r"\d+ \w+.* in [\d.]+s", line):
                    self.counts = {word: int(count) for count, word in re.findall(r"(\d+) ([a-z]+)", line)}
        self.code = process.returncode
        self.took_s = time.monotonic() - began
        _write("".join(held))

    def __str__(self) -> str:
        counts = ", ".join(f"{count} {word}" for word, count in self.counts.items()
                           if word in ("passed", "failed", "skipped", "error", "errors", "xfailed"))
        return f"{'ok  ' if self.code == 0 else 'FAIL'} {self.name:<28} {self.took_s:6.1f} s  {counts}".rstrip()


async def run(root: Path, terminal: Terminal, *, quick: bool) -> int:
    """Set up what is needed, run every phase whatever the others did; returns 0 if all of them did well."""
    startup = Startup(terminal)
    dev = Environment(root, DEV)
    await dev.install(startup.begin("dev packages", "looking"))
    together, alone = _quick(dev), list[Phase]()
    if not quick:
        await system_packages.provide(root, startup)
        worker = await _worker(root, startup)
        await Environment(root, GATEWAY).install(startup.begin("gateway packages", "looking"))
        together, alone = _static(dev), _whole(root, dev, worker)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda phase: phase.run(root, together=True), together))
    for phase in alone:  # their tests wait for real processes, which neighbours would slow down
        phase.run(root)
    return closing([*together, *alone], terminal)


async def _worker(root: Path, startup: Startup) -> Environment:
    """The worker's environment with its test tools."""
    worker = Environment(root, WORKER_GPU if gpu_names() else WORKER_CPU)
    progress = startup.begin("worker packages", "looking")
    await worker.install(progress)
    await worker.add(WORKER_TEST, progress)
    progress.done("there")
    return worker


def _static(dev: Environment) -> list[Phase]:
    return [
        Phase("mypy", [_tool(dev, "mypy")]),
        Phase("import rules", [_tool(dev, "lint-imports"), "--no-cache"]),
        Phase("ruff", [_tool(dev, "ruff"), "check", "."]),
    ]


def _quick(dev: Environment) -> list[Phase]:
    return [_pytest("unit tests", dev, "-m", "not vllm", "tests/unit"), *_static(dev)]


def _whole(root: Path, dev: Environment, worker: Environment) -> list[Phase]:
    phases = [_pytest("tests", dev, "-m", "not vllm")]
    if files := marked_files(root / "tests"):
        names = [str(file.relative_to(root)) for file in files]
        phases.append(_pytest("tests with vLLM", worker, "-m", "vllm", *names))
    return phases


def marked_files(folder: Path) -> list[Path]:
    """The test files with a test for the worker's environment; that one cannot even import the others.

    A mark in a `conftest.py` is one on a fixture, and may concern every test of its folder.
    """
    marked = [file for name in ("test_*.py", "conftest.py") for file in folder.rglob(name)
              if VLLM_MARK in file.read_text(encoding="utf-8")]
    return sorted({test for file in marked
                   for test in (file.parent.rglob("test_*.py") if file.name == "conftest.py" else [file])})


def _pytest(name: str, environment: Environment, *arguments: str) -> Phase:
    return Phase(name, [str(environment.python), "-m", "pytest", "-q", "--durations=5", *arguments])


def _tool(environment: Environment, name: str) -> str:
    return os.path.join(environment.folder, "bin", name)


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _environment() -> dict[str, str]:
    """Ours without what make leaves there, which would reach every make that a test runs."""
    return {name: value for name, value in os.environ.items() if name not in MAKE_VARIABLES}


def closing(phases: list[Phase], terminal: Terminal) -> int:
    """A line for each phase, and the sum of all tests in the words that readers of test output look for."""
    terminal.line("\n== summary")
    for phase in phases:
        terminal.line(str(phase))
    passed, failed, skipped = (sum(phase.counts.get(word, 0) for phase in phases)
                               for word in ("passed", "failed", "skipped"))
    failed += sum(phase.counts.get(word, 0) for phase in phases for word in ("error", "errors"))
    broken = sum(phase.code != 0 for phase in phases)
    terminal.line(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if broken else 0

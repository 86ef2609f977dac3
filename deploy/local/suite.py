"""`make test` and `make check`: what each of them runs, one after another, and a summary at the end."""
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from deploy.local import compilation, npm, system_packages
from deploy.local.environments import DEV, WORKER_CPU, WORKER_GPU, WORKER_TEST, Environment
from deploy.local.hardware import gpu_names
from deploy.local.phase import BAD, Phase
from deploy.local.startup import Startup
from deploy.local.terminal import Terminal

AT_ONCE = 2  # the smallest machine that we care for has two cores
PAGE_TESTS = "tests/browser"
VLLM_MARK = "mark.vllm"
LAST_FAILED = ("--last-failed", "--last-failed-no-failures=none")


async def run(root: Path, terminal: Terminal, *, quick: bool) -> int:
    """Set up what is needed, run every phase whatever the others did; returns 0 if all of them did well."""
    startup = Startup(terminal)
    dev = Environment(root, DEV)
    await dev.install(startup.begin("dev packages", "looking"))
    together, alone = _quick(dev), list[Phase]()
    if not quick:
        await system_packages.provide(root, startup)
        worker = await _worker(root, startup)
        await compilation.provide(root, startup)
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
    phases = [*npm.runs(dev, root / npm.TEST_PROGRAMS, {
                  "programs of others": npm.INSTALL, "the page's types": ["run", "types"]}),
              _patient(_pytest("tests", dev, "-m", "not vllm", "--ignore", PAGE_TESTS)),
              # Apart, for Playwright leaves its event loop running in the main thread.
              _patient(_pytest("page", dev, PAGE_TESTS))]
    phases += npm.runs(dev, root / "clients" / "js", {
        "JavaScript packages": npm.INSTALL, "JavaScript types": ["run", "types"], "JavaScript tests": ["test"]})
    if files := marked_files(root / "tests"):
        names = [str(file.relative_to(root)) for file in files]
        phases.append(_patient(_pytest("tests with vLLM", worker, "-m", "vllm", *names)))
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


def _patient(phase: Phase) -> Phase:
    """Its tests wait for real processes and browsers, which no machine runs alike twice."""
    phase.again = LAST_FAILED
    return phase


def _tool(environment: Environment, name: str) -> str:
    return os.path.join(environment.folder, "bin", name)


def closing(phases: list[Phase], terminal: Terminal) -> int:
    """A line for each phase, and the sum of all tests in the words that readers of test output look for."""
    terminal.line("\n== summary")
    for phase in phases:
        terminal.line(str(phase))
    passed, failed, skipped = (sum(phase.counts.get(word, 0) for phase in phases for word in words)
                               for words in (["passed"], BAD, ["skipped"]))
    broken = sum(phase.code != 0 for phase in phases)
    flaky = sum(len(phase.flaky) for phase in phases)
    terminal.line(f"{passed} passed, {failed} failed, {skipped} skipped" + (f", {flaky} flaky" if flaky else ""))
    return 1 if broken else 0

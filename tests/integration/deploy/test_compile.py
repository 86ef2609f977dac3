"""Our hot parts as compiled code: processes take it where there is some, and run as well where there is none."""
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.compilation import STEP, WITHOUT, Compilation
from deploy.local.startup import Startup
from deploy.local.terminal import Terminal
from relay import compiled
from tests.parley import ROOT, Parley, get

pytestmark = pytest.mark.timeout(240)  # after an edit it is made here, which takes most of a minute


@pytest.fixture(scope="module", autouse=True)
def made() -> None:
    """By the command that makes it, unless it is there."""
    done = subprocess.run([sys.executable, "-m", "deploy.local", "compile"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """One whose sources were edited since, with this one's environments."""
    for package in (*compiled.PACKAGES, "deploy"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "relay" / "job.py").open("a") as source:
        source.write("\n# one line more\n")
    (tmp_path / ".envs").mkdir()
    for name in ("build", "gateway"):
        (tmp_path / ".envs" / name).symlink_to(ROOT / ".envs" / name)
    return tmp_path


@pytest.mark.parametrize(("setting", "runs"), [("true", "compiled code"), ("false", "the sources as they are")])
def test_both_kinds_of_process_run_what_is_wanted_and_answer(setting: str, runs: str) -> None:
    with Parley(settings={"compiled": setting}) as parley:
        status, _ = get(parley.url, "/health/ready")
        assert status == 200
        assert f"running {runs}" in parley.log("gateway-1")
        assert f"Running {runs}" in parley.log("worker-1")


async def test_a_machine_without_a_compiler_is_told_so_and_does_without(
        checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    startup = Startup(Terminal())
    compilation = Compilation(checkout, startup)
    assert await compilation.is_due()
    monkeypatch.setenv("PATH", str(checkout))
    assert not await compilation.make()
    (step,) = startup.steps
    assert (step.name, step.state) == (STEP, "done")  # nobody who waits for an answer need worry
    assert step.message == f"not made (there is no C compiler): {WITHOUT}"
    assert list((checkout / ".envs").glob("compiled/*")) == []


async def test_where_it_is_not_wanted_nothing_is_due(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(compiled.SWITCH, "false")
    assert not await Compilation(checkout, Startup(Terminal())).is_due()


async def test_what_was_made_of_older_sources_goes_when_newer_are_compiled(checkout: Path) -> None:
    older = checkout / ".envs" / "compiled" / "older"
    older.mkdir(parents=True)
    compilation = Compilation(checkout, Startup(Terminal()))
    assert await compilation.make()
    assert not await compilation.is_due()
    assert not older.exists()
    (folder,) = (checkout / ".envs" / "compiled").iterdir()
    assert len(list(folder.rglob("*.so"))) == len(compiled.MODULES) + 1

"""An environment is made once, made anew when it must be, and never by two at a time."""
import asyncio
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from deploy.local.environments import Environment, Recipe
from deploy.local.errors import LaunchError, Refusal
from deploy.local.installer import Installer
from deploy.local.pip_configuration import PipConfiguration
from deploy.local.startup import Progress, Startup
from deploy.local.terminal import Terminal
from deploy.local.tool import ToolResult

RECIPE = Recipe("gateway", ("gateway.txt",), needs_bytes=1)
WITH_TORCH = Recipe("worker", ("gateway.txt",), torch="torch-cpu.txt", needs_bytes=1)


class FakeInstaller(Installer):
    """Makes the folder and notes what it was asked to install; `fails` ends the commands that contain this word."""

    def __init__(self, root: Path, pip: PipConfiguration | None = None) -> None:
        super().__init__(root)
        self._pip = pip or PipConfiguration()
        self.commands: list[str] = []
        self.fails = ""
        self.fetched = 0
        self.at_once = 0

    def is_there(self) -> bool:
        return self.fetched > 0

    async def fetch(self) -> None:
        self.fetched += 1

    async def run(self, arguments: Sequence[str], on_line: Callable[[str], None] | None = None) -> ToolResult:
        self.at_once += 1
        assert self.at_once == 1
        await asyncio.sleep(0)
        self.at_once -= 1
        command = " ".join(arguments).replace(str(self.root), "ROOT")
        self.commands.append(command)
        if self.fails and self.fails in command:
            return ToolResult(2, ["error: no network"])
        if arguments[0] == "venv":
            python = Path(arguments[-1]) / "bin" / "python"
            python.parent.mkdir(parents=True, exist_ok=True)
            python.touch()
        return ToolResult(0)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "gateway.txt").write_text("a==1 \\\n    --hash=sha256:0\nb==2\n")
    (tmp_path / "requirements" / "torch-cpu.txt").write_text("torch==1+cpu\n")
    (tmp_path / "requirements" / "worker-test.txt").write_text("pytest==1\n")
    return tmp_path


@pytest.fixture
def progress() -> Progress:
    return Startup(Terminal(io.StringIO())).begin("packages", "looking")


async def test_a_whole_one_is_left_alone(root: Path, progress: Progress) -> None:
    installer = FakeInstaller(root)
    environment = Environment(root, RECIPE, installer)
    assert not environment.is_ready()
    await environment.install(progress)
    assert environment.is_ready()
    made = len(installer.commands)
    await Environment(root, RECIPE, installer).install(progress)
    assert len(installer.commands) == made == 2


@pytest.mark.parametrize(("keeps_none", "compiling"), [(False, ""), (True, "--compile-bytecode ")])
async def test_locks_are_installed_as_they_are(
        root: Path, progress: Progress, monkeypatch: pytest.MonkeyPatch, keeps_none: bool, compiling: str) -> None:
    """And compiled, where Python does not keep what it compiles as it goes."""
    monkeypatch.setattr("sys.dont_write_bytecode", keeps_none)
    installer = FakeInstaller(root)
    await Environment(root, RECIPE, installer).install(progress)
    assert installer.commands[-1] == (
        f"pip install --python ROOT/.envs/gateway/bin/python --no-deps {compiling}-r ROOT/requirements/gateway.txt")


@pytest.mark.parametrize("change", ["requirements/gateway.txt", ".envs/gateway/bin/python", "stamp"])
async def test_a_changed_lock_a_lost_python_or_stamp_make_it_anew(root: Path, progress: Progress, change: str) -> None:
    installer = FakeInstaller(root)
    environment = Environment(root, RECIPE, installer)
    await environment.install(progress)
    if change == "stamp":
        next(environment.folder.glob("stamp-*")).unlink()
    elif change.endswith(".txt"):
        (root / change).write_text("a==2\n")
    else:
        (root / change).unlink()
    assert not environment.is_ready()
    await environment.install(progress)
    assert environment.is_ready()
    assert len(list(environment.folder.glob("stamp-*"))) == 1


async def test_an_interrupted_one_is_not_ready(root: Path, progress: Progress) -> None:
    installer = FakeInstaller(root)
    environment = Environment(root, RECIPE, installer)
    await environment.install(progress)
    (root / "requirements" / "gateway.txt").write_text("a==2\n")
    installer.fails = "pip install"
    with pytest.raises(LaunchError, match=r"\.envs/gateway could not be installed: error: no network"):
        await environment.install(progress)
    (root / "requirements" / "gateway.txt").write_text("a==1 \\\n    --hash=sha256:0\nb==2\n")  # as it once was
    assert not environment.is_ready()


async def test_two_at_once_install_once(root: Path, progress: Progress) -> None:
    installer = FakeInstaller(root)
    await asyncio.gather(*(Environment(root, RECIPE, installer).install(progress) for _ in range(2)))
    assert len(installer.commands) == 2


async def test_a_full_disk_is_refused_before_anything_is_fetched(root: Path, progress: Progress) -> None:
    installer = FakeInstaller(root)
    with pytest.raises(Refusal, match="free some space"):
        await Environment(root, Recipe("gateway", ("gateway.txt",), needs_bytes=1 << 60), installer).install(progress)
    assert installer.commands == []


async def test_torch_comes_from_where_pip_looks(root: Path, progress: Progress) -> None:
    installer = FakeInstaller(root, PipConfiguration(("/wheels",)))
    await Environment(root, WITH_TORCH, installer).install(progress)
    assert installer.commands[1].endswith("-r ROOT/requirements/torch-cpu.txt --find-links /wheels")
    assert len(installer.commands) == 3


@pytest.mark.parametrize("pip", [PipConfiguration(), PipConfiguration(("/wheels",))])
async def test_else_torch_comes_from_its_own_index(root: Path, progress: Progress, pip: PipConfiguration) -> None:
    installer = FakeInstaller(root, pip)
    installer.fails = "--find-links"
    await Environment(root, WITH_TORCH, installer).install(progress)
    assert installer.commands[-2].endswith("-r ROOT/requirements/torch-cpu.txt --torch-backend cpu")


async def test_a_lock_is_laid_over_once_and_again_after_a_change(root: Path, progress: Progress) -> None:
    installer = FakeInstaller(root)
    environment = Environment(root, RECIPE, installer)
    await environment.install(progress)
    for _ in range(2):
        await environment.add("worker-test.txt", progress)
    assert [command.endswith("worker-test.txt") for command in installer.commands] == [False, False, True]
    assert environment.is_ready()
    (root / "requirements" / "gateway.txt").write_text("a==2\n")
    await environment.install(progress)
    await environment.add("worker-test.txt", progress)
    assert installer.commands[-1].endswith("worker-test.txt")

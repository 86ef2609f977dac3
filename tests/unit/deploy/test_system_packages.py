"""What is missing is installed by root, and named to everybody else."""
import io
from pathlib import Path

import pytest

from deploy.local import system_packages
from deploy.local.errors import Refusal
from deploy.local.startup import Startup
from deploy.local.system_packages import SystemProgram
from deploy.local.terminal import Terminal


@pytest.fixture
def startup() -> Startup:
    return Startup(Terminal(io.StringIO()))


def program(path: Path, text: str = "#!/bin/sh\n") -> Path:
    path.write_text(text)
    path.chmod(0o755)
    return path


def test_only_what_is_not_there_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    program(tmp_path / "b2")
    needed = (SystemProgram(("a",), ("pa", "pa-fonts")), SystemProgram(("b1", "b2"), ("pb",)),
              SystemProgram(("c",), ("pc",), str(tmp_path / "b*")))
    assert system_packages.missing(needed) == ["pa", "pa-fonts"]


async def test_who_may_not_install_is_told_what_to_type(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, startup: Startup) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refusal, match="apt install redis-server chromium"):
        await system_packages.provide(tmp_path, startup, is_root=lambda: False)


async def test_root_has_them_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, startup: Startup) -> None:
    log = tmp_path / "log"
    program(tmp_path / "apt-get", f'#!/bin/sh\necho "$@" >> {log}\n')
    monkeypatch.setenv("PATH", str(tmp_path))
    await system_packages.provide(tmp_path, startup, is_root=lambda: True)
    update, install = log.read_text().splitlines()
    assert update.startswith("update")
    assert install.startswith("install -y")
    assert "redis-server chromium fonts-dejavu-core" in install
    assert startup.steps[0].state == "done"

"""uv's lines become progress, and its complaints a sentence."""
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local.errors import LaunchError, Refusal
from deploy.local.installer import Installer, InstallProgress, cause


def test_downloads_are_counted_by_their_sizes() -> None:
    told: list[tuple[str, float | None]] = []
    progress = InstallProgress(lambda message, share: told.append((message, share)))
    for line in ("Resolved 3 packages in 2ms", "Downloading torch (1.5GiB)", "Downloading numpy (512.0MiB)",
                 " Downloaded numpy", " Downloaded torch", "Prepared 2 packages in 3s", "Installed 2 packages in 1s",
                 " + numpy==2.3.5"):
        progress(line)
    assert told == [
        ("downloading torch: 0 of 1536 MiB", 0.0),
        ("downloading torch, numpy: 0 of 2048 MiB", 0.0),
        ("downloading torch: 512 of 2048 MiB", 0.25),
        ("downloading the last packages: 2048 of 2048 MiB", 1.0),
        ("prepared 2 packages in 3s", None),
        ("installed 2 packages in 1s", None),
    ]


@pytest.mark.parametrize(("lines", "sentence"), [
    (["Resolved 3 packages", "error: Failed to fetch: `numpy`", "  Caused by: dns error"],
     "error: Failed to fetch: `numpy` – Caused by: dns error."),
    (["  × Failed to download `numpy`", "  ╰─▶ Hash mismatch"], "Failed to download `numpy` – Hash mismatch."),
    (["error: it broke", "  No space left on device (os error 28)"], "the disk is full; free some space."),
    (["something else"], "something else."),
])
def test_complaints_become_one_line(lines: list[str], sentence: str) -> None:
    assert cause(lines) == sentence


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Installer]:
    """An installer on a Python that has only these modules."""
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "uv.txt").write_text("uv==0\n")

    def installer(*modules: str) -> Installer:
        monkeypatch.setattr("importlib.util.find_spec", lambda name: name if name in modules else None)
        return Installer(tmp_path)

    return installer


async def test_a_python_that_can_install_nothing_is_told_what_to_install(bare: Callable[..., Installer]) -> None:
    with pytest.raises(Refusal, match="apt install python3-venv"):
        await bare().fetch()


async def test_a_failed_fetch_leaves_no_stamp(
        bare: Callable[..., Installer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    installer = bare("pip")
    with pytest.raises(LaunchError, match="uv could not be fetched"):
        await installer.fetch()
    assert not installer.is_there()

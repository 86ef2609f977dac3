import errno
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from inference.models.cache import MARKER, ModelCache, default_cache
from inference.models.errors import ModelError, disk_error

RECIPE = "a model, first conversion"


def silent(words: str, share: float | None) -> None:
    """Progress that nobody looks at."""


class Maker:
    """Fills a folder with two files; counts how often."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, folder: Path) -> None:
        self.times += 1
        (folder / "weights").write_text("some weights")
        (folder / "config.json").write_text(f"{self.times}")


@pytest.fixture
def cache(tmp_path: Path) -> ModelCache:
    return ModelCache(tmp_path / "deep" / "cache")


@pytest.fixture
def maker() -> Maker:
    return Maker()


def get(cache: ModelCache, maker: Maker, recipe: str = RECIPE, room_bytes: int = 1) -> Path:
    return cache.get("small", recipe, maker, silent, room_bytes=room_bytes)


def entries(cache: ModelCache) -> list[str]:
    return sorted(path.name for path in cache.root.iterdir())


def test_a_folder_is_made_once(cache: ModelCache, maker: Maker) -> None:
    folder = get(cache, maker)
    assert get(cache, maker) == folder == cache.root / "small"
    assert maker.times == 1
    assert sorted(path.name for path in folder.iterdir()) == ["config.json", MARKER, "weights"]
    assert entries(cache) == [".small.lock", "small"]


@pytest.mark.parametrize("damage", ["changed", "cut", "missing", "marker cut", "marker empty", "marker of a list"])
def test_a_damaged_folder_is_made_again(cache: ModelCache, maker: Maker, damage: str) -> None:
    folder = get(cache, maker)
    if damage == "missing":
        (folder / "weights").unlink()
    else:
        path, content = {
            "changed": ("weights", "some weighty"), "cut": ("weights", "some"), "marker cut": (MARKER, "{"),
            "marker empty": (MARKER, "{}"), "marker of a list": (MARKER, "[]")}[damage]
        (folder / path).write_text(content)
    assert (get(cache, maker) / "weights").read_text() == "some weights"
    assert maker.times == 2
    assert entries(cache) == [".small.lock", "small"]


def test_another_recipe_makes_it_again(cache: ModelCache, maker: Maker) -> None:
    get(cache, maker)
    get(cache, maker, "a model, second conversion")
    assert maker.times == 2


def test_a_making_that_fails_leaves_nothing(cache: ModelCache, maker: Maker) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").write_text("half")
        raise ModelError("no")

    with pytest.raises(ModelError, match=r"^no$"):
        cache.get("small", RECIPE, fail, silent, room_bytes=1)
    assert entries(cache) == [".small.lock"]
    get(cache, maker)


def test_a_making_that_fails_keeps_the_damaged_folder_for_the_one_who_wants_to_look(
        cache: ModelCache, maker: Maker) -> None:
    (get(cache, maker) / "weights").write_text("damaged")

    def fail(folder: Path) -> None:
        raise ModelError("no")

    with pytest.raises(ModelError):
        cache.get("small", RECIPE, fail, silent, room_bytes=1)
    assert (cache.root / "small" / "weights").read_text() == "damaged"


def test_what_a_killed_process_left_is_removed_and_its_lock_is_free(cache: ModelCache, maker: Maker) -> None:
    code = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom inference.models.cache import ModelCache\n"
        "def die(folder):\n    (folder / 'half').write_text('half')\n    os.kill(os.getpid(), signal.SIGKILL)\n"
        f"ModelCache(Path(sys.argv[1])).get('small', {RECIPE!r}, die, print, room_bytes=1)\n")
    killed = subprocess.run([sys.executable, "-c", code, str(cache.root)], check=False)
    assert killed.returncode == -9
    remains = [path for path in cache.root.rglob("half")]
    assert len(remains) == 1
    assert not (cache.root / "small").exists()
    get(cache, maker)
    assert entries(cache) == [".small.lock", "small"]


def test_of_two_at_once_one_makes_and_the_other_waits(cache: ModelCache, maker: Maker) -> None:
    making, waiting, other = threading.Event(), threading.Event(), Maker()
    waited: list[Path] = []

    def slow(folder: Path) -> None:
        making.set()
        assert waiting.wait(20)
        maker(folder)

    def progress(words: str, share: float | None) -> None:
        assert words == "Another worker is preparing the model"
        waiting.set()

    def second() -> None:
        assert making.wait(20)
        waited.append(cache.get("small", RECIPE, other, progress, room_bytes=1))

    thread = threading.Thread(target=second)
    thread.start()
    made = cache.get("small", RECIPE, slow, silent, room_bytes=1)
    thread.join(20)
    assert waited == [made]
    assert (maker.times, other.times) == (1, 0)


def test_who_waits_can_be_stopped(cache: ModelCache, maker: Maker) -> None:
    class Stop(Exception):
        pass

    def progress(words: str, share: float | None) -> None:
        raise Stop

    def inner(folder: Path) -> None:
        with pytest.raises(Stop):
            cache.get("small", RECIPE, maker, progress, room_bytes=1)
        maker(folder)

    cache.get("small", RECIPE, inner, silent, room_bytes=1)
    assert maker.times == 1


def test_too_little_room_is_said_before_anything_is_fetched(cache: ModelCache, maker: Maker) -> None:
    with pytest.raises(ModelError, match=r"needs 1000000000000 MB in .*PARLEY_MODEL_CACHE to another disk\.$"):
        get(cache, maker, room_bytes=10**18)
    assert maker.times == 0


def test_a_disk_that_fills_up_is_said_in_a_sentence(cache: ModelCache) -> None:
    def fill(folder: Path) -> None:
        with Path("/dev/full").open("w") as file:
            file.write("x")

    with pytest.raises(ModelError, match=r"^The disk is full .* free some room"):
        cache.get("small", RECIPE, fill, silent, room_bytes=1)


def test_a_cache_that_is_a_file_is_said_in_a_sentence(tmp_path: Path, maker: Maker) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ModelError, match="could not be written"):
        get(ModelCache(tmp_path / "file"), maker)


@pytest.mark.parametrize(("error", "words"), [
    (OSError(errno.ENOSPC, "No space left on device"), "disk is full"),
    (OSError(errno.EDQUOT, "Quota exceeded"), "disk is full"),
    (ValueError("I/O error: No space left on device (os error 28)"), "disk is full"),
    (PermissionError(errno.EACCES, "Permission denied"), "cannot be written"),
    (OSError(errno.EROFS, "Read-only file system"), "cannot be written"),
    (OSError(errno.EIO, "Input/output error"), "Input/output error"),
])
def test_disk_errors_say_what_to_do(error: Exception, words: str) -> None:
    message = str(disk_error(error, Path("/somewhere")))
    assert words in message
    assert "PARLEY_MODEL_CACHE" in message


def test_where_the_cache_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/someone")
    for name in ("PARLEY_MODEL_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    assert default_cache() == Path("/home/someone/.cache/parley/models")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative, which XDG says to ignore")
    assert default_cache() == Path("/home/someone/.cache/parley/models")
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert default_cache() == Path("/caches/parley/models")
    monkeypatch.setenv("PARLEY_MODEL_CACHE", "~/models")
    assert default_cache() == Path("/home/someone/models")

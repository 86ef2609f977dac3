"""The README's pictures can be taken anew, and the tests' own are there to be looked at."""
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import Page

from tests.browser.looks import keep_look
from tests.browser.pictures.scenes import SCENES
from tests.browser.talk import open_chat
from tests.parley import ROOT, Parley

MOST_BYTES = 1_500_000


@pytest.mark.timeout(180)
def test_the_pictures_are_taken(tmp_path: Path) -> None:
    """In a process of its own: Playwright runs once in a thread."""
    command = [sys.executable, "-m", "tests.browser.pictures", "--out", str(tmp_path), "--scale", "1"]
    taken = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=170)
    assert taken.returncode == 0, taken.stderr
    assert {file.stem for file in tmp_path.iterdir()} == set(SCENES)
    assert max(file.stat().st_size for file in tmp_path.iterdir()) < MOST_BYTES
    for file in tmp_path.iterdir():
        with Image.open(file) as picture:
            assert min(ImageStat.Stat(picture.convert("L")).stddev) > 5, f"{file.name} is empty"
    assert brightness(tmp_path / "chat-dark.png") < 128 < brightness(tmp_path / "chat-light.png")
    with Image.open(tmp_path / "survives.webp") as film:
        assert getattr(film, "n_frames", 1) > 10


def test_how_a_test_ended_is_kept(page: Page, parley: Parley, tmp_path: Path) -> None:
    open_chat(page, parley)
    keep_look(page, "tests/browser/test_x.py::test_y[dark]", tmp_path)
    [file] = tmp_path.iterdir()
    assert file.name == "test_x.py_test_y_dark_.png"
    assert brightness(file) > 128


def brightness(file: Path) -> float:
    with Image.open(file) as picture:
        return float(ImageStat.Stat(picture.convert("L")).mean[0])

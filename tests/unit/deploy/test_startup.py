"""The start is told step by step on the terminal and in the page's file."""
import io
import json
from pathlib import Path

from deploy.local.startup import Startup
from deploy.local.terminal import Terminal


class Screen(io.StringIO):
    """A terminal whose lines can be written over."""

    def isatty(self) -> bool:
        return True


def steps(file: Path) -> object:
    return json.loads(file.read_text())["steps"]


def test_the_file_holds_every_step(tmp_path: Path) -> None:
    file = tmp_path / "startup.json"
    startup = Startup(Terminal(io.StringIO()), file)
    assert steps(file) == []
    packages = startup.begin("worker packages", "looking")
    packages.tell("downloading torch", 0.25)
    assert steps(file) == [
        {"name": "worker packages", "message": "downloading torch", "progress": 0.25, "state": "running"}]
    packages.done("installed")
    startup.begin("model", "choosing").failed("The disk is full.")
    assert steps(file) == [
        {"name": "worker packages", "message": "installed", "progress": 1.0, "state": "done"},
        {"name": "model", "message": "The disk is full.", "progress": None, "state": "failed"}]
    assert list(tmp_path.iterdir()) == [file]


def test_a_step_begun_again_takes_its_old_place(tmp_path: Path) -> None:
    startup = Startup(Terminal(io.StringIO()), tmp_path / "startup.json")
    startup.begin("model", "one").failed("no")
    startup.begin("model", "two")
    assert [step.message for step in startup.steps] == ["two"]


def test_where_lines_cannot_be_replaced_each_message_is_told_once() -> None:
    out = io.StringIO()
    progress = Startup(Terminal(out)).begin("model", "fetching")
    for share in (0.1, 0.2, 0.3):
        progress.tell("converting", share)
    progress.done("there")
    assert out.getvalue().splitlines() == [
        "model            | fetching", "model            | converting (10%)", "model            | there"]


def test_on_a_terminal_progress_is_written_over_and_the_end_stays() -> None:
    out = Screen()
    progress = Startup(Terminal(out)).begin("model", "fetching")
    progress.tell("converting", 0.5)
    progress.done("there")
    assert out.getvalue() == ("model            | fetching\r\x1b[Kmodel            | converting (50%)"
                              "\r\x1b[Kmodel            | there\n")


def test_a_terminal_that_went_away_ends_nothing() -> None:
    out = io.StringIO()
    terminal = Terminal(out)
    out.close()
    terminal.line("dropped")

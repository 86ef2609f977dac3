"""Lines are given whole and once, through rotation; supervisord's words about an exit are understood."""
from pathlib import Path

import pytest

from deploy.local.log_follower import Exit, LogFollower, exit_in, is_important, last_words, plain


def test_only_what_comes_after_it_was_made_is_new(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("old\n")
    follower = LogFollower(log)
    assert follower.new_lines() == []
    with log.open("a") as file:
        file.write("one\ntwo\nhal")
    assert follower.new_lines() == ["one", "two"]
    with log.open("a") as file:
        file.write("f\n")
    assert follower.new_lines() == ["half"]


def test_a_file_that_comes_later_is_read_from_its_beginning(tmp_path: Path) -> None:
    follower = LogFollower(tmp_path / "log")
    assert follower.new_lines() == []
    (tmp_path / "log").write_text("first\n")
    assert follower.new_lines() == ["first"]


def test_rotation_loses_nothing_of_the_new_file(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("a\n" * 9)
    follower = LogFollower(log)
    log.rename(tmp_path / "log.1")
    log.write_text("after\n")
    assert follower.new_lines() == ["after"]


def test_a_file_cut_short_is_read_anew(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("a\n" * 9)
    follower = LogFollower(log)
    log.write_text("b\n")
    assert follower.new_lines() == ["b"]


@pytest.mark.parametrize(("line", "exit_"), [
    ("… WARN exited: worker-1 (exit status 2; not expected)", Exit("worker-1", "exit status 2", 2)),
    ("2026-01-01 00:00:00,000 INFO exited: worker-1 (exit status 0; expected)", Exit("worker-1", "exit status 0", 0)),
    ("… WARN exited: redis (terminated by SIGKILL; not expected)", Exit("redis", "terminated by SIGKILL", None)),
    ("… INFO spawned: 'worker-1' with pid 12", None),
])
def test_exits_are_read_from_supervisords_log(line: str, exit_: Exit | None) -> None:
    assert exit_in(line) == exit_


def test_warnings_and_worse_are_important() -> None:
    assert [is_important(f"2026-01-01 {level:<7} gateway-1 text") for level in ("INFO", "WARNING", "ERROR")] == [
        False, True, True]


@pytest.mark.parametrize(("level", "shown"), [("WARNING", False), ("ERROR  ", True)])
def test_what_a_library_merely_warns_of_is_for_the_log(level: str, shown: bool) -> None:
    assert is_important(f"2026-01-01 00:00:00.000 {level} worker-1 vllm.engine.core: something") is shown


def test_the_last_words_are_the_last_lines_with_text(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("one\ntwo\n\n  three  \n\n")
    assert last_words(tmp_path / "log") == "three"
    assert last_words(tmp_path / "log", 2) == "two\nthree"
    assert last_words(tmp_path / "none") == ""


def test_what_the_prefix_says_is_left_away() -> None:
    assert plain("2026-01-01 00:00:00.000 ERROR   worker-1 It broke: worker-1") == "ERROR: It broke: worker-1"
    assert plain("Traceback (most recent call last):") == "Traceback (most recent call last):"

"""The phases of a test run, and their sum."""
import io
import sys
from pathlib import Path

import pytest

from deploy.local.phase import FEW, Phase
from deploy.local.suite import VLLM_MARK, closing, marked_files
from deploy.local.terminal import Terminal

# A tool that fails, and says something else when it is run for what failed.
FAILS_ONCE = """
import sys
if "--again" in sys.argv:
    print({later!r})
    raise SystemExit({code})
print("FAILED a/test_a.py::test_one[x y] - assert 1 == 2")
print("ERROR a/test_a.py::test_two")
print({first!r})
raise SystemExit(1)
"""
FIRST = "1 failed, 7 passed, 1 error in 0.20s"


def fails_once(later: str, code: int, first: str = FIRST) -> Phase:
    script = FAILS_ONCE.format(later=later, code=code, first=first)
    return Phase("tool", [sys.executable, "-c", script], again=("--again",))


def phase(text: str, code: int = 0) -> Phase:
    """A tool that says this."""
    return Phase("tool", [sys.executable, "-c", f"print({text!r}); raise SystemExit({code})"])


@pytest.mark.parametrize(("line", "counts"), [
    ("105 passed in 5.48s", {"passed": 105}),
    ("== 2 failed, 14 passed, 1 skipped in 224.50s (0:03:44) ==", {"failed": 2, "passed": 14, "skipped": 1}),
    ("1 passed, 2 errors in 0.10s", {"passed": 1, "errors": 2}),
    ("Found 3 errors in 2 files", {}),
    ("# pass 12\n# fail 1\n# skipped 0", {"passed": 12, "failed": 1, "skipped": 0}),
    ("ℹ pass 3", {"passed": 3}),
])
def test_the_last_lines_of_test_runners_are_counted(
        tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, counts: dict[str, int]) -> None:
    one = phase(line)
    one.run(tmp_path)
    assert one.counts == counts
    assert line in capsys.readouterr().out


def test_the_sum_tells_tests_and_fails_if_any_tool_did(tmp_path: Path) -> None:
    phases = [phase("3 passed, 1 skipped in 0.10s"), phase("1 failed, 2 passed, 1 error in 0.20s", 1), phase("fine")]
    for one in phases:
        one.run(tmp_path)
    out = io.StringIO()
    assert closing(phases, Terminal(out)) == 1
    assert out.getvalue().splitlines()[-1] == "5 passed, 2 failed, 1 skipped"
    assert closing([phases[0], phases[2]], Terminal(out)) == 0
    assert out.getvalue().splitlines()[-1] == "3 passed, 0 failed, 1 skipped"


def test_what_passes_at_its_second_try_is_named(tmp_path: Path) -> None:
    one = fails_once("2 passed in 0.10s", 0)
    one.run(tmp_path)
    assert one.counts == {"passed": 9}
    assert one.flaky == ["a/test_a.py::test_one[x y]", "a/test_a.py::test_two"]
    out = io.StringIO()
    assert closing([one], Terminal(out)) == 0
    assert out.getvalue().splitlines()[-3:] == [
        "     flaky, passed only at its second try: a/test_a.py::test_one[x y]",
        "     flaky, passed only at its second try: a/test_a.py::test_two",
        "9 passed, 0 failed, 0 skipped, 2 flaky"]


def test_what_fails_twice_has_failed(tmp_path: Path) -> None:
    one = fails_once("FAILED a/test_a.py::test_one[x y] - assert 1 == 3\n1 failed, 1 passed in 0.10s", 1)
    one.run(tmp_path)
    assert one.flaky == ["a/test_a.py::test_two"]
    out = io.StringIO()
    assert closing([one], Terminal(out)) == 1
    assert out.getvalue().splitlines()[-1] == "7 passed, 2 failed, 0 skipped, 1 flaky"


def test_many_that_fail_are_not_tried_again(tmp_path: Path) -> None:
    many = "\n".join(f"FAILED a/test_b.py::test_{number} - assert 0" for number in range(FEW))
    one = fails_once("5 passed in 0.10s", 0, f"{many}\n5 failed in 0.20s")
    one.run(tmp_path)
    assert (one.code, one.flaky, one.counts) == (1, [], {"failed": 5})


def test_files_for_the_workers_environment_are_found_by_their_mark(tmp_path: Path) -> None:
    files = {"a/test_one.py": VLLM_MARK, "a/test_two.py": "", "b/conftest.py": VLLM_MARK, "b/c/test_three.py": "",
             "b/d.py": VLLM_MARK}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert marked_files(tmp_path) == [tmp_path / "a" / "test_one.py", tmp_path / "b" / "c" / "test_three.py"]

"""The phases of a test run, and their sum."""
import io
import sys
from pathlib import Path

import pytest

from deploy.local.phase import Phase
from deploy.local.suite import VLLM_MARK, closing, marked_files
from deploy.local.terminal import Terminal


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


def test_files_for_the_workers_environment_are_found_by_their_mark(tmp_path: Path) -> None:
    files = {"a/test_one.py": VLLM_MARK, "a/test_two.py": "", "b/conftest.py": VLLM_MARK, "b/c/test_three.py": "",
             "b/d.py": VLLM_MARK}
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert marked_files(tmp_path) == [tmp_path / "a" / "test_one.py", tmp_path / "b" / "c" / "test_three.py"]

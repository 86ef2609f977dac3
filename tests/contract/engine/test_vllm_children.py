"""A front-end that is killed leaves none of vLLM's processes behind."""
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.engine import vllm_front_end
from tests.processes import command_line, descendants, wait_until_gone

pytestmark = [pytest.mark.vllm, pytest.mark.timeout(400), pytest.mark.filterwarnings("default")]
ROOT = Path(__file__).parents[3]


@pytest.fixture
def front_end(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that runs an engine with a response in it."""
    command = [sys.executable, "-m", vllm_front_end.__name__, str(tmp_path / "tiny")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=os.environ) as process:
        yield process
        process.kill()


def test_a_killed_front_end_takes_vllm_s_processes_along(front_end: subprocess.Popen[str]) -> None:
    assert front_end.stdout
    assert front_end.stdout.readline() == "generating\n"
    children = descendants(front_end.pid)
    names = " ".join(map(command_line, children))
    assert "EngineCore" in names
    assert "Worker" in names

    front_end.kill()

    assert wait_until_gone(children) == []

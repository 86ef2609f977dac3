"""A program on a leash dies with its parent, and so does what that one started."""
import asyncio
import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from deploy.local import processes
from deploy.local.leash import LEASH
from deploy.local.tool import leashed, run_tool

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells of a parent's death")
PARENT = """
import subprocess, sys
from deploy.local.tool import leash_environment, leashed
middle = [sys.executable, "-c", "import subprocess, sys; subprocess.run(sys.argv[1:])", *leashed(["sleep", "60"])]
subprocess.run(leashed(middle), env=leash_environment(), start_new_session=True)
"""


def test_children_and_grandchildren_go(tmp_path: Path) -> None:
    mark = uuid.uuid4().hex
    with subprocess.Popen([sys.executable, "-c", PARENT], env={**os.environ, processes.MARK: mark}) as parent:
        while not any(_name(pid) == "sleep" for pid in processes.running(mark)):
            assert parent.poll() is None
        assert len(processes.running(mark)) == 3
        parent.kill()
    while processes.running(mark):
        pass


def test_a_parent_that_is_already_gone_is_noticed() -> None:
    environment = {**os.environ, LEASH: "1"}  # not who starts it
    assert subprocess.run(leashed(["true"]), env=environment, check=False).returncode == -signal.SIGKILL


async def test_a_program_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    result = await run_tool(["/nowhere/redis-server"], folder=tmp_path)
    assert (result.code, result.last) == (127, "/nowhere/redis-server cannot be run: No such file or directory.")


async def test_a_cancelled_tool_leaves_nothing(tmp_path: Path) -> None:
    mark = uuid.uuid4().hex
    begun = asyncio.Event()
    task = asyncio.create_task(run_tool(
        ["sh", "-c", "sleep 60 & echo begun; wait"], folder=tmp_path, environment={processes.MARK: mark},
        on_line=lambda _: begun.set()))
    await begun.wait()
    assert processes.running(mark)
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()
    assert processes.running(mark) == []


async def test_a_tool_gives_its_lines(tmp_path: Path) -> None:
    lines: list[str] = []
    result = await run_tool(["sh", "-c", "echo one; echo two >&2; echo; exit 3"], folder=tmp_path, on_line=lines.append)
    assert (result.code, result.lines, result.last) == (3, ["one", "two", ""], "two")
    assert lines == result.lines


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""

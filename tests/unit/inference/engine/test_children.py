"""A killed parent leaves no child and no grandchild, whatever they were doing."""
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.processes import alive, wait_until_gone

SCRIPT = textwrap.dedent("""
    import multiprocessing, os, sys, time

    def grandchild(pids):
        pids.put(os.getpid())
        while True:  # busy, so that no Python thread of its own could help
            pass

    def child(pids):
        pids.put(os.getpid())
        process = multiprocessing.get_context("spawn").Process(target=grandchild, args=(pids,))
        process.start()
        time.sleep(600)

    if __name__ == "__main__":
        from inference.engine.children import bind_children
        bind_children()
        spawn = multiprocessing.get_context("spawn")
        pids = spawn.Queue()
        spawn.Process(target=child, args=(pids,), daemon=False).start()
        print(pids.get(), pids.get(), flush=True)
        time.sleep(600)
""")


@pytest.fixture
def family(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """A parent, and the ids of its child and grandchild."""
    script = tmp_path / "parent.py"
    script.write_text(SCRIPT)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[4])}
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True, env=environment) as parent:
        assert parent.stdout
        pids = [int(pid) for pid in parent.stdout.readline().split()]
        yield parent, pids
        parent.kill()
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.skipif(sys.platform != "linux", reason="the parent-death signal is Linux's")
def test_a_killed_parent_takes_child_and_grandchild_along(family: tuple[subprocess.Popen[str], list[int]]) -> None:
    parent, pids = family
    assert len(pids) == 2
    assert all(alive(pid) for pid in pids)

    parent.kill()

    assert wait_until_gone(pids) == []


@pytest.mark.skipif(sys.platform != "linux", reason="process groups as Linux has them")
def test_children_are_not_in_the_terminal_s_process_group(family: tuple[subprocess.Popen[str], list[int]]) -> None:
    parent, pids = family
    assert {os.getpgid(pid) for pid in pids} == set(pids)
    assert os.getpgid(parent.pid) not in pids

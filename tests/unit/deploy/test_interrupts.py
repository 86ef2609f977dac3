"""Signals ask for a stop, once for a drain and twice for an end; an interrupt of make alone reaches us too."""
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.local import processes
from deploy.local.interrupts import Interrupts

CHILD = """
import asyncio
from deploy.local.interrupts import Interrupts
async def main():
    interrupts = Interrupts()
    watch = asyncio.create_task(interrupts.watch_make())
    await asyncio.sleep(0)  # it begins
    print("up", flush=True)
    await interrupts.first.wait()
    print("first", flush=True)
    if not watch.done():
        await interrupts.second.wait()
    print("over", flush=True)
asyncio.run(main())
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_the_first_signal_and_the_second(number: signal.Signals) -> None:
    interrupts = Interrupts()
    os.kill(os.getpid(), number)
    await interrupts.first.wait()
    assert not interrupts.second.is_set()
    os.kill(os.getpid(), signal.SIGTERM)
    await interrupts.second.wait()


@contextmanager
def under_make(tmp_path: Path) -> "Iterator[tuple[subprocess.Popen[str], Iterator[str]]]":
    """A make whose recipe is CHILD, and what the child says."""
    (tmp_path / "child.py").write_text(CHILD)
    (tmp_path / "Makefile").write_text(f"all:\n\t@{sys.executable} {tmp_path}/child.py\n")
    mark = uuid.uuid4().hex
    with subprocess.Popen(["make", "-C", str(tmp_path)], text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          env={**os.environ, "PYTHONPATH": str(Path.cwd()), processes.MARK: mark}) as make:
        try:
            assert make.stdout is not None
            yield make, (line.strip() for line in make.stdout if not line.startswith("make"))
        finally:
            processes.kill(mark)


def test_an_interrupt_of_make_alone_reaches_its_recipe(tmp_path: Path) -> None:
    with under_make(tmp_path) as (make, words):
        assert next(words) == "up"
        make.send_signal(signal.SIGINT)
        assert next(words) == "first"
        make.kill()
        assert next(words) == "over"  # make's death is an interrupt too


def test_the_death_of_make_is_an_interrupt(tmp_path: Path) -> None:
    with under_make(tmp_path) as (make, words):
        assert next(words) == "up"
        make.kill()
        assert next(words) == "first"
        assert next(words) == "over"

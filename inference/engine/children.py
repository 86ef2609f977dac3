"""Sees to it that processes which this one spawns die with it, and theirs with them. Linux only.

vLLM's processes outlive a front-end that is killed. The kernel's parent-death signal ends them whatever they are
doing, but each must ask for it itself, as the first thing it does: before it has unpickled or connected to anything. So
the command line that multiprocessing spawns is given a beginning. That holds whatever
the main module is.
"""
import ctypes
import multiprocessing.spawn
import os
import signal
import sys
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG = 1  # prctl(2)
_ROOT = str(Path(__file__).parents[2])
_command_line = multiprocessing.spawn.get_command_line


def bind_children() -> None:
    """From here on, processes spawned by multiprocessing die with the *thread* that spawned them, says prctl(2).

    So spawn from a thread that lives as long as the children shall.
    """
    if sys.platform == "linux":
        multiprocessing.spawn.get_command_line = _bound_command_line


def begin(parent: int) -> None:
    """What a bound child does first. `parent` is the process that spawned it."""
    die_with_parent(parent)
    os.setpgid(0, 0)  # a terminal's interrupt is for the front-end, which finishes what runs before it ends these
    bind_children()


def die_with_parent(parent: int) -> None:
    """This process is killed when its parent ends; at once if that has happened already."""
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:  # it died between spawning and the call above
        os._exit(1)


def _bound_command_line(**arguments: Any) -> list[str]:
    command = _command_line(**arguments)
    at = command.index("-c") + 1
    command[at] = (
        f"import sys; sys.path.insert(0, {_ROOT!r}); "
        f"from inference.engine.children import begin; begin({os.getpid()}); {command[at]}"
    )
    return command

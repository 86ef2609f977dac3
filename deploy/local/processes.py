"""Everything that one launch started, found again whatever became of its parents.

Two signs, since neither is enough: a mark in the environment (lost where a program writes its title over it) and the
session of supervisord (left by a program that opens its own).
"""
import os
import signal
import time
from pathlib import Path

MARK = "PARLEY_RUN_MARK"
PROC = Path("/proc")
LOOK_AGAIN_S = 0.02


def running(mark: str, session: int | None = None) -> list[int]:
    """The ids of living processes, this one excepted, with that mark or in that session. Empty without a /proc."""
    return [pid for pid in _all() if pid != os.getpid() and (_has_mark(pid, mark) or _in_session(pid, session))]


def kill(mark: str, session: int | None = None, *, within_s: float = 5.0) -> list[int]:
    """Kill them and what they still start meanwhile; returns whoever is left after the time."""
    limit = time.monotonic() + within_s
    while left := running(mark, session):
        for pid in left:
            _kill(pid)
        if time.monotonic() > limit:
            break
        time.sleep(LOOK_AGAIN_S)
    return left


def _all() -> list[int]:
    return [int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit()] if PROC.is_dir() else []


def _has_mark(pid: int, mark: str) -> bool:
    try:
        environment = (PROC / str(pid) / "environ").read_bytes()
    except OSError:  # gone, a zombie, or not ours
        return False
    return f"{MARK}={mark}".encode() in environment.split(b"\0")


def _in_session(pid: int, session: int | None) -> bool:
    if session is None:
        return False
    try:
        state, _parent, _group, found = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[:4]
    except OSError:
        return False
    return int(found) == session and state != "Z"


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except OSError:  # it went by itself
        return

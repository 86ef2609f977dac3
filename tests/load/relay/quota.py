"""Limits a process to a share of one core by a control group, as containers are limited; for who may make one (root).

Unlike one that is stopped and continued, such a process waits for the processor, and can see that it does.
"""
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PERIOD_US = 20_000
GROUPS = Path("/sys/fs/cgroup")
MEMBERS = "cgroup.procs"
EMPTY_S = 5.0


class NoQuota(Exception):
    """Control groups are not there, or not for us."""


@contextmanager
def limited_to(share: float, pid: int, groups: Path = GROUPS) -> Iterator[None]:
    """In the block; who has not ended is moved back at its end. Raises NoQuota, before it begins."""
    unified = (groups / "cgroup.controllers").is_file()  # version 2; else `cpu` is a hierarchy of its own
    top = groups if unified else groups / "cpu"
    group = top / f"parley-bench-{os.getpid()}"
    try:
        _make(group, share, unified=unified)
    except OSError as error:
        raise NoQuota(str(error)) from error
    try:
        (group / MEMBERS).write_text(str(pid))
        yield
    finally:
        with suppress(ProcessLookupError):
            (top / MEMBERS).write_text(str(pid))
        _remove(group)


def _make(group: Path, share: float, *, unified: bool) -> None:
    quota_us = int(PERIOD_US * share)
    if unified:
        (group.parent / "cgroup.subtree_control").write_text("+cpu")
    group.mkdir()
    try:
        if unified:
            (group / "cpu.max").write_text(f"{quota_us} {PERIOD_US}")
        else:
            (group / "cpu.cfs_period_us").write_text(str(PERIOD_US))
            (group / "cpu.cfs_quota_us").write_text(str(quota_us))
    except OSError:
        group.rmdir()
        raise


def _remove(group: Path) -> None:
    """Who was in it may still be ending."""
    limit = time.monotonic() + EMPTY_S
    while True:
        try:
            group.rmdir()
        except OSError:
            if time.monotonic() > limit:
                raise
            time.sleep(0.05)
        else:
            return

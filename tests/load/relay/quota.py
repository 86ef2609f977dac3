"""Limits a process to a share of one core by a control group, as containers are limited; for who may make one (root).

Unlike one that is stopped and continued, such a process waits for the processor, and can see that it does.
"""
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PERIOD_US = 20_000
GROUPS = Path("/sys/fs/cgroup")
EMPTY_S = 5.0


class NoQuota(Exception):
    """Control groups are not there, or not for us."""


@contextmanager
def limited_to(share: float, pid: int, groups: Path = GROUPS) -> Iterator[None]:
    """In the block; it must have ended, or will be moved back, at the block's end. Raises NoQuota."""
    unified = (groups / "cgroup.controllers").is_file()  # version 2; else `cpu` is a hierarchy of its own
    top = groups if unified else groups / "cpu"
    group, quota_us = top / f"parley-bench-{os.getpid()}", int(PERIOD_US * share)
    try:
        if unified:
            (top / "cgroup.subtree_control").write_text("+cpu")
        group.mkdir()
    except OSError as error:
        raise NoQuota(str(error)) from error
    try:
        if unified:
            (group / "cpu.max").write_text(f"{quota_us} {PERIOD_US}")
        else:
            (group / "cpu.cfs_period_us").write_text(str(PERIOD_US))
            (group / "cpu.cfs_quota_us").write_text(str(quota_us))
        (group / "cgroup.procs").write_text(str(pid))
        yield
        (top / "cgroup.procs").write_text(str(pid))
    except OSError as error:
        raise NoQuota(str(error)) from error
    finally:
        _remove(group)


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

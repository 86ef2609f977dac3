"""Run a program that dies with its parent: `python leash.py PROGRAM ARGUMENTS…`.

The parent names itself in `PARLEY_LEASH`; the program finds its own id there, for what it starts under a leash in turn.
Run as a file of its own with `-I -S`, so that it costs some 10 ms; it must import nothing of ours.
"""
import ctypes
import os
import signal
import sys

LEASH = "PARLEY_LEASH"
PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when its parent is gone (Linux; elsewhere nothing happens).

    SIGKILL, since a parent that was killed leaves nobody who would wait for a drain, and what we hold survives it.
    """
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the kernel knew
        os.kill(os.getpid(), signal.SIGKILL)


def main(command: list[str]) -> None:
    """Become the program."""
    die_with_parent(int(os.environ[LEASH]))
    os.environ[LEASH] = str(os.getpid())
    try:
        os.execvp(command[0], command)  # noqa: S606 - this is what a leash is for
    except OSError as error:
        sys.stderr.write(f"{command[0]} cannot be run: {error.strerror}.\n")
        sys.exit(127)


if __name__ == "__main__":
    main(sys.argv[1:])

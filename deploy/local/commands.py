"""The commands by name, and how each failure is told: one sentence on standard error and an exit code."""
import argparse
import asyncio
import sys
from pathlib import Path

from deploy.local import benches, compilation, locks, suite, vendor
from deploy.local.errors import INTERRUPTED, LaunchError
from deploy.local.launch import Launch
from deploy.local.settings import read_settings
from deploy.local.startup import Startup
from deploy.local.terminal import Terminal

COMMANDS = ("run", "test", "check", *benches.MODULES, "compile", "lock", "vendor")
ROOT = Path(__file__).resolve().parents[2]


def run_command(arguments: list[str]) -> int:
    """Carry out one command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python3 -m deploy.local", description="Parley on this machine.")
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("options", nargs=argparse.REMAINDER, help="of a bench and the like; `--help` lists them")
    given = parser.parse_args(arguments)
    if given.options and given.command not in benches.MODULES:
        parser.error(f"{given.command} takes no options")
    try:
        return asyncio.run(_carry_out(given.command, given.options, Terminal()))
    except LaunchError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    except BaseExceptionGroup as group:
        return _told(group)
    except KeyboardInterrupt:
        return INTERRUPTED


async def _carry_out(command: str, options: list[str], terminal: Terminal) -> int:
    if command == "run":
        return await Launch(ROOT, read_settings(), terminal).run()
    if command == "compile":
        return 0 if await compilation.provide(ROOT, Startup(terminal)) else 1
    if command == "lock":
        await locks.renew(ROOT, Startup(terminal))
        return 0
    if command == "vendor":
        return await vendor.run(ROOT, terminal)
    if command in benches.MODULES:
        return await benches.run(ROOT, terminal, command, options)
    return await suite.run(ROOT, terminal, quick=command == "check")


def _told(group: BaseExceptionGroup[BaseException]) -> int:
    """The first of our own errors in a group of tasks that ended together; anything else is a defect and is raised."""
    matched, rest = group.split(LaunchError)
    if matched is None or rest is not None:
        raise group
    first: BaseException = matched
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    sys.stderr.write(f"{first}\n")
    return first.exit_code if isinstance(first, LaunchError) else 1

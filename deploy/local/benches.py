"""`make bench` and the like: the environment that a measurement needs, and then the measurement, on this terminal."""
import asyncio
from pathlib import Path

from deploy.local.environments import DEV, Environment
from deploy.local.startup import Startup
from deploy.local.terminal import Terminal

MODULES = {"bench": "tests.load", "bench-relay": "tests.load.relay", "chaos": "tests.chaos"}  # by command
INTERRUPT_S = 30.0  # for a measurement to end what it has started


async def run(root: Path, terminal: Terminal, command: str, options: list[str]) -> int:
    """Returns the measurement's exit code."""
    dev = Environment(root, DEV)
    progress = Startup(terminal).begin("dev packages", "looking")
    await dev.install(progress)
    progress.done("there")
    process = await asyncio.create_subprocess_exec(str(dev.python), "-m", MODULES[command], *options, cwd=root)
    try:
        return await process.wait()
    except asyncio.CancelledError:  # the interrupt reaches it too: it is of the same group of the terminal
        try:
            await asyncio.wait_for(process.wait(), INTERRUPT_S)
        except TimeoutError:
            process.kill()
        raise

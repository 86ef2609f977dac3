"""`make bench` and the like: the environment that a tool of ours needs, and then the tool, on this terminal."""
import asyncio
from pathlib import Path

from deploy.local import compilation
from deploy.local.environments import DEV, WORKER_CPU, WORKER_GPU, Environment
from deploy.local.hardware import gpu_names
from deploy.local.startup import Startup
from deploy.local.terminal import Terminal

MODULES = {"bench": "tests.load", "bench-relay": "tests.load.relay", "bench-peers": "tests.load.peers",
           "chaos": "tests.chaos", "screenshots": "tests.browser.pictures"}  # by command
WITH_WORKER = ("bench-peers",)
REAL = "--model"  # the option of a tool that runs a real model where it is given
INTERRUPT_S = 30.0  # for a tool to end what it has started


async def run(root: Path, terminal: Terminal, command: str, options: list[str]) -> int:
    """Returns the tool's exit code."""
    startup, dev = Startup(terminal), Environment(root, DEV)
    await _provide(dev, startup)
    await compilation.provide(root, startup)
    if command in WITH_WORKER or (command == "screenshots" and REAL in options):
        await _provide(Environment(root, WORKER_GPU if gpu_names() else WORKER_CPU), startup)
    process = await asyncio.create_subprocess_exec(str(dev.python), "-m", MODULES[command], *options, cwd=root)
    try:
        return await process.wait()
    except asyncio.CancelledError:  # the interrupt reaches it too: it is of the same group of the terminal
        try:
            await asyncio.wait_for(process.wait(), INTERRUPT_S)
        except TimeoutError:
            process.kill()
        raise


async def _provide(environment: Environment, startup: Startup) -> None:
    progress = startup.begin(f"{environment.recipe.name} packages", "looking")
    await environment.install(progress)
    progress.done("there")

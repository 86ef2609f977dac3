"""`python -m inference --name worker-1`: one worker, until a signal drains it; a second signal ends it at once.

Exit codes: 0 left in order; 1 something went wrong, see the log; 2 settings, a model's name or a Redis that cannot be
used (starting again would change nothing); 3 another worker of this name runs; 4 the engine died; 128 + n signal n came
twice.
"""
import argparse
import asyncio
import os
import re
import signal
from collections.abc import Sequence

import uvloop
from loguru import logger

from inference.assembly import choose_engine
from inference.engine.factory import EngineSettingsError
from inference.engine.port import Engine, EngineDead
from inference.models.errors import ModelError
from inference.settings import WorkerSettings
from inference.worker import Worker, WorkerOptions
from relay import compiled
from relay.collector import collect_seldom
from relay.environment import BAD_SETTINGS, load_settings, refuse
from relay.errors import RedisUnfit
from relay.log import configure
from relay.pid_file import AlreadyRuns, pid_file
from relay.worker import WorkerRelay

FAILED, TAKEN, ENGINE_DEAD = 1, 3, 4
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
CLOSE_S = 10.0  # for an engine to end its processes; they die with this one anyway


class Process:
    """One worker's life, and what signals mean at each point of it."""

    def __init__(self, name: str, settings: WorkerSettings) -> None:
        self._name, self._settings = name, settings
        self._worker: Worker | None = None
        self._task: asyncio.Task[None] | None = None
        self._signalled = False

    async def run(self) -> None:
        """Until drained, or stopped before there was anything to drain. Raises as `choose_engine` and `Worker.run`."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._on_signal, number)
        self._task = asyncio.create_task(self._live())
        try:
            await self._task
        except asyncio.CancelledError:
            if not self._signalled:
                raise

    async def _live(self) -> None:
        engine = await asyncio.to_thread(choose_engine, self._settings)
        logger.info("Running {}", compiled.in_words())
        relay = WorkerRelay(self._name, self._settings.relay())
        options = WorkerOptions(
            name=self._name,
            deadline_s=self._settings.deadline_s,
            drain_s=self._settings.drain_s,
            stall_s=self._settings.stall_s,
        )
        self._worker = Worker(engine, relay, options)
        collect_seldom()
        try:
            await self._worker.run()
        finally:
            await _close(engine)

    def _on_signal(self, number: int) -> None:
        if self._signalled:
            logger.warning("Stopping at once")
            os._exit(128 + number)  # its jobs are taken back by others
        self._signalled = True
        if self._worker:
            logger.info("Stopping: what runs is finished or handed over, {:g} s at most", self._settings.drain_s)
            self._worker.drain()
        elif self._task:
            self._task.cancel()


async def _close(engine: Engine) -> None:
    try:
        async with asyncio.timeout(CLOSE_S):
            await engine.close()
    except TimeoutError:
        logger.warning("The engine did not end in {:g} s", CLOSE_S)


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m inference", description="One worker of Parley.")
    parser.add_argument("--name", default="worker-1", help="unique among the installation's workers")
    name = parser.parse_args(arguments).name
    if not NAME.fullmatch(name):
        refuse([f"--name {name!r} is not usable: it must be 1 to 64 of A-Z, a-z, 0-9, '_', '.' and '-'."])
    settings = load_settings(WorkerSettings)
    configure(name)
    try:
        with pid_file(settings.run_dir / f"{name}.pid"):
            return run(Process(name, settings))
    except OSError as error:
        refuse([f"The data folder cannot be used ({error.strerror}): make room in it, or set PARLEY_DATA_DIR."])
    except AlreadyRuns as error:
        return _give_up(error, TAKEN)


def run(process: Process) -> int:
    """Live one life. Returns the exit code."""
    try:
        uvloop.run(process.run())
    except (EngineSettingsError, RedisUnfit) as error:
        return _give_up(error, BAD_SETTINGS)
    except ModelError as error:
        return _give_up(error, FAILED)
    except EngineDead as error:
        return _give_up(error, ENGINE_DEAD)
    except Exception:
        logger.exception("The worker has failed")
        return FAILED
    return 0


def _give_up(error: Exception, code: int) -> int:
    logger.error("{}", error)
    return code

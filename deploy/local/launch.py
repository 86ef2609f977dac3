"""`make run`: brings Redis, gateways and workers up in that order, says when Parley is ready, and takes them down.

One launch is one task that starts and then watches, beside the one that waits for an interrupt. Nothing is left
running whichever way it ends.
"""
import asyncio
import os
import time
from pathlib import Path

from deploy.local import plan, redis_server, supervisor_config
from deploy.local.compilation import Compilation
from deploy.local.data_folder import DataFolder
from deploy.local.drain import Drain
from deploy.local.environments import GATEWAY, Environment
from deploy.local.errors import INTERRUPTED, Refusal
from deploy.local.folder_lock import FolderLock
from deploy.local.interrupts import Interrupts
from deploy.local.ports import check_ports
from deploy.local.preparation import Preparation
from deploy.local.readiness import Answer, ask
from deploy.local.settings import LaunchSettings
from deploy.local.startup import Progress, Startup
from deploy.local.supervision import Supervision
from deploy.local.supervisor_client import SupervisorClient
from deploy.local.supervisord import Supervisord
from deploy.local.terminal import Terminal
from deploy.local.tool import run_tool

ASK_AGAIN_S = 0.25
PATIENCE_S = 10.0  # how long something may be missing before it is worth a word
GATEWAY_PACKAGES = "gateway packages"


class Launch:
    """The whole of one `make run`, from free ports to nothing left."""

    def __init__(self, root: Path, settings: LaunchSettings, terminal: Terminal) -> None:
        self.root = root
        self.settings = settings
        self.terminal = terminal
        self.data = DataFolder(settings.data)
        self._supervisord: Supervisord | None = None

    async def run(self) -> int:
        """Returns the exit code. Raises LaunchError with the sentence for the person, all being stopped again."""
        interrupts = Interrupts()
        self.data.prepare()
        with self.data.take(f"process {os.getpid()}, {self.settings.address(self.settings.port)}") as lock:
            return await self._until_stopped(interrupts, lock)

    async def _until_stopped(self, interrupts: Interrupts, lock: FolderLock) -> int:
        make = asyncio.create_task(interrupts.watch_make())
        work = asyncio.create_task(self._start_and_watch(lock))
        first = asyncio.create_task(interrupts.first.wait())
        try:
            await asyncio.wait({work, first}, return_when=asyncio.FIRST_COMPLETED)
            interrupted = first.done()
            await _end(work)
            if interrupted and not await self._drain(interrupts):
                return INTERRUPTED
            if not interrupted:
                work.result()  # it ends only with an error: raise it
            return 0
        finally:
            if self._supervisord is not None:
                await self._supervisord.kill()
            await _end(first)
            await _end(make)

    async def _start_and_watch(self, lock: FolderLock) -> None:
        check_ports(self.settings.host, self.settings.ports)
        startup = Startup(self.terminal, self.data.run / "startup.json")
        preparation = Preparation(self.root, self.settings, startup)
        gateway = Environment(self.root, GATEWAY)
        await preparation.install(gateway, GATEWAY_PACKAGES)
        await self._check_settings(gateway)
        worker = preparation.worker_environment()
        redis = None if self.settings.redis_url else redis_server.find_redis(gateway.folder)
        groups = plan.processes(self.settings, self.data, self.root, redis, worker)
        self._write_configurations(groups, redis)
        self._supervisord = Supervisord(self.data, self.root, gateway.python)
        supervision = Supervision(self._supervisord, self.data, groups, self.terminal)
        await self._supervisord.start(lock)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(supervision.watch())
            tasks.create_task(self._bring_up(preparation, worker, supervision, startup))

    async def _check_settings(self, gateway: Environment) -> None:
        """Gateway and worker read their settings as they will, before anything is started. Raises Refusal."""
        result = await run_tool([str(gateway.python), "-m", "deploy.local.settings_check"], folder=self.root)
        if result.code:
            raise Refusal("\n".join(result.lines) or "The settings cannot be read.")

    def _write_configurations(
            self, groups: list[supervisor_config.Group], redis: redis_server.RedisProgram | None) -> None:
        if redis is not None:
            redis_server.check_files(redis, self.data)
            (self.data.run / "redis.conf").write_text(redis_server.configuration(self.data), encoding="utf-8")
        text = supervisor_config.configuration(self.data, self.root, groups)
        (self.data.run / "supervisord.conf").write_text(text, encoding="utf-8")

    async def _bring_up(self, preparation: Preparation, worker: Environment, supervision: Supervision,
                        startup: Startup) -> None:
        """Start the groups, each when what it needs is there; the gateways answer while the rest is prepared."""
        client = supervision.supervisord.client
        if not self.settings.redis_url:
            await asyncio.to_thread(client.start, plan.REDIS)
            await redis_server.wait_until_it_answers(self.data)
        compilation = Compilation(self.root, startup)
        compiles = await compilation.is_due() and await compilation.prepare()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._start_gateways(client, compilation if compiles else None))
            await preparation.install(worker, "worker packages")
            await preparation.model(worker)
        await asyncio.to_thread(client.start, plan.WORKERS)
        await self._say_when_ready(startup.begin("worker", "starting"))
        supervision.has_been_ready = True

    async def _start_gateways(self, client: SupervisorClient, compilation: Compilation | None) -> None:
        """When what they run is compiled, if it is to be."""
        if compilation is not None:
            await compilation.make()
        await asyncio.to_thread(client.start, plan.GATEWAYS)
        if self.settings.engine == "vllm":
            await self._say_when_up()

    async def _say_when_up(self) -> None:
        """The page is there long before a model is; say so, since the page tells how far it is."""
        host, port = self.settings.reachable_host, self.settings.port
        while not (await asyncio.to_thread(ask, host, port)).up:  # noqa: ASYNC110 - it comes up elsewhere
            await asyncio.sleep(ASK_AGAIN_S)
        self.terminal.said("gateway-1", f"answers at {self.settings.address(port)} while the worker is prepared")

    async def _say_when_ready(self, progress: Progress) -> None:
        """Wait for every gateway to be ready, then print the one line with the address."""
        began = time.monotonic()
        answers = await self._ask_all()
        while not all(answer.ready for answer in answers):
            telling = next((answer for answer in answers if answer.message), None)
            if telling is not None:
                progress.tell(telling.message, telling.progress)
            elif time.monotonic() - began > PATIENCE_S:
                progress.tell(answers[0].missing or "the gateway does not answer yet")
            await asyncio.sleep(ASK_AGAIN_S)
            answers = await self._ask_all()
        progress.done("ready")
        model = f"  (model {answers[0].model})" if answers[0].model else ""
        self.terminal.line(f"Parley is ready: {self.settings.address(self.settings.port)}{model}")

    async def _ask_all(self) -> list[Answer]:
        host = self.settings.reachable_host
        return [await asyncio.to_thread(ask, host, port) for port in self.settings.ports]

    async def _drain(self, interrupts: Interrupts) -> bool:
        """Stop in order within the drain limit; False if a second interrupt cut it short."""
        if self._supervisord is None:
            return True
        self.terminal.line(f"Stopping: answers under way have {self.settings.drain_s:g} s; interrupt again to end now.")
        drain = asyncio.create_task(self._supervisord.stop(Drain(self.settings.drain_s).total_s))
        second = asyncio.create_task(interrupts.second.wait())
        await asyncio.wait({drain, second}, return_when=asyncio.FIRST_COMPLETED)
        finished = drain.done()
        await _end(drain)
        await _end(second)
        return finished


async def _end(task: asyncio.Task[object]) -> None:
    """Cancel a task if it still runs, and wait until it is over; its result or error stays in it."""
    task.cancel()
    await asyncio.wait({task})

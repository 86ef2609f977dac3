"""vLLM behind the engine port: one consumer for all responses, stops that reach the scheduler, clear deaths.

vLLM is imported and made in a thread of its own, so that the event loop stays free meanwhile. That thread lives as long
as the engine: vLLM's processes are spawned from it and die with it (see `children`).
"""
import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loguru import logger

from inference.engine.children import bind_children
from inference.engine.limits import check_sampling
from inference.engine.outbox import Outbox
from inference.engine.port import EngineDead, Generation, Load, Output, Progress
from inference.engine.settings import EngineSettings
from inference.engine.traits import Traits
from inference.engine.vllm.arguments import prepare_environment
from inference.engine.vllm.load import SchedulerLoad
from inference.engine.vllm.loading import Loading
from inference.engine.vllm.logs import LogSocket
from inference.engine.vllm.tally import Tally
from inference.engine.vllm.trial import goes_on_as_undisturbed
from inference.engine.vllm.weights import count_parameters
from relay.job import Sampling

if TYPE_CHECKING:
    from inference.engine.vllm.core import Core


class VllmEngine:
    """See the port. `start` must have returned before anything else is called, but for `close`."""

    def __init__(self, settings: EngineSettings) -> None:
        self.model = settings.model
        self.context_tokens = settings.context_tokens or 0  # known for certain after the start, and so is the capacity
        self.capacity = settings.capacity or 0
        self.can_continue = False  # until it has been tried
        self.parameters: int | None = None
        self.traits = Traits()
        self._settings = settings
        self._thread = ThreadPoolExecutor(1, "vllm")
        self._outbox, self._load = Outbox(), SchedulerLoad()
        self._tallies: dict[str, Tally] = {}
        self._preparing: set[str] = set()
        self._aborts: list[str] = []
        self._death: str | None = None
        self._core: Core | None = None
        self._log: LogSocket | None = None

    async def start(self, progress: Progress) -> None:
        loop, loading = asyncio.get_running_loop(), Loading(progress)
        self._log = log = LogSocket()
        loop.add_reader(log.fileno(), log.drain, partial(_hear, loading))
        loading.begin()
        self.parameters = await asyncio.to_thread(count_parameters, Path(self._settings.folder))
        prepare_environment(self._settings, self.parameters)
        bind_children()
        await self._make_core(loading, continuing=True)
        try:
            self.can_continue = await self._tries_to_continue()
        except EngineDead as death:
            logger.warning("vLLM ended while it was tried whether it can continue: {}", death)
            await self._drop_core()
            await self._make_core(loading, continuing=False)
        loading.end()

    async def _make_core(self, loading: Loading, *, continuing: bool) -> None:
        """Raises EngineDead."""
        def make() -> "Core":
            from inference.engine.vllm.core import Core

            return Core(self._settings, self._load, continuing=continuing)

        self._death = None
        try:
            self._core = core = await asyncio.get_running_loop().run_in_executor(self._thread, make)
        except Exception as error:
            raise EngineDead(f"vLLM did not start: {error}") from error
        self.context_tokens, self.capacity = core.context_tokens, core.capacity
        self.traits = await core.learn(self._settings)
        loading.warm_up()
        await self._make_first_token()
        core.when_ended(lambda: self._die("vLLM's engine process has ended.", core))

    async def _tries_to_continue(self) -> bool:
        if not await self._alive().begin():
            return False
        if await goes_on_as_undisturbed(self):
            return True
        logger.warning("this vLLM cannot continue what another worker began: it says something else than undisturbed")
        return False

    async def _drop_core(self) -> None:
        core, self._core = self._core, None
        self._tallies.clear()
        if core is not None:
            await core.close(self._thread)

    async def _make_first_token(self) -> None:
        """Through template, tokenizer, model and ranking: what is compiled at first use is compiled now.

        Ranking for logprobs is what matters most: on a processor its first use would hold up everybody for 12 s.
        """
        hello = [{"role": "user", "content": "Hello"}]
        await self.add(Generation("warm-up", hello, Sampling(max_output_tokens=1, logprobs=True, top_logprobs=1)))
        while not any(output.finish for output in await self.outputs()):
            pass

    async def add(self, generation: Generation) -> None:
        core = self._alive()
        check_sampling(generation.sampling)
        response_id = generation.response_id
        tally = Tally(response_id, generation.sampling.top_logprobs, len(generation.known))
        self._tallies[response_id] = tally
        self._preparing.add(response_id)
        entering = False
        try:
            prepared = await core.prepare(generation)
            tally.input_tokens = prepared.input_tokens
            if tally.aborted:
                self._end(tally, tally.cancelled())
                return
            entering = True
            if whole := await core.add(response_id, prepared, partial(self._receive, tally), self._end_all):
                self._end(tally, tally.complete(whole.text, whole.finish))
                return
        except BaseException as error:
            self._tallies.pop(response_id, None)
            if entering:
                self._aborts.append(response_id)  # it may have got half-way into vLLM
            if isinstance(error, EngineDead):
                self._die(str(error))
            raise
        finally:
            self._preparing.discard(response_id)
        if tally.aborted:
            self.abort(response_id)

    def _end(self, tally: Tally, output: Output) -> None:
        """Without vLLM."""
        del self._tallies[tally.response_id]
        self._outbox.put(output)

    def _receive(
        self, tally: Tally, tokens: list[int], text: str, logprobs: Any, finish: str | None, cached_tokens: int
    ) -> None:
        """Called by vLLM in the midst of handling a step; what is raised here would end every response."""
        try:
            output = tally.output(tokens, text, logprobs, finish, cached_tokens)
        except Exception:
            logger.exception("vLLM gave something unreadable for {}", tally.response_id)
            output = tally.failure()
            self._aborts.append(tally.response_id)
        if self._tallies.get(tally.response_id) is not tally:
            return  # it failed before
        if output.finish:
            del self._tallies[tally.response_id]
        self._outbox.put(output)

    def abort(self, response_id: str) -> None:
        if (tally := self._tallies.get(response_id)) is None:
            return
        tally.aborted = True
        if response_id not in self._preparing:
            self._aborts.append(response_id)
            self._outbox.wake()

    async def outputs(self) -> list[Output]:
        while True:
            if self._aborts:
                aborts, self._aborts = self._aborts, []
                await self._alive().abort(aborts)
            if outputs := self._outbox.take():
                return outputs
            self._alive()
            await self._outbox.wait()

    def load(self) -> Load:
        return self._load.load(len(self._tallies) - len(self._preparing))

    async def close(self) -> None:
        await self._drop_core()
        if self._log is not None:
            asyncio.get_running_loop().remove_reader(self._log.fileno())
            self._log.close()
        self._thread.shutdown(wait=False)

    def _end_all(self, error: Exception) -> None:
        self._die(str(error))

    def _die(self, why: str, core: "Core | None" = None) -> None:
        """`core` is the one that died, if it may be one that was given up."""
        if core is None or core is self._core:
            self._death = self._death or why
            self._outbox.wake()

    def _alive(self) -> "Core":
        if self._death or self._core is None:
            raise EngineDead(self._death or "vLLM does not run.")
        return self._core


def _hear(loading: Loading, level: int, text: str) -> None:
    """A log line of vLLM's: news of the loading, or something that the operator should know."""
    if level >= logging.ERROR:
        logger.error("vLLM: {}", text)
    else:
        logger.debug("vLLM: {}", text)
        loading.hear(text)

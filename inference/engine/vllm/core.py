"""AsyncLLM, with the port's errors instead of vLLM's. Importing this imports vLLM: many seconds, so never on a loop."""
import asyncio
import gc
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from typing import Any

from loguru import logger
from vllm.exceptions import VLLMClientError
from vllm.multimodal import MULTIMODAL_REGISTRY
from vllm.v1.engine.async_llm import AsyncLLM
from vllm.v1.engine.exceptions import EngineDeadError

from inference.engine.port import EngineDead, EngineRequestError, Generation
from inference.engine.settings import EngineSettings
from inference.engine.traits import Traits, traits_of
from inference.engine.vllm import replay
from inference.engine.vllm.arguments import engine_arguments, engine_config
from inference.engine.vllm.load import SchedulerLoad
from inference.engine.vllm.request import Prepared, refused, render, sampling_parameters
from inference.engine.vllm.states import States, Tell, tell_of
from inference.engine.vllm.statistics import of_steps_alone, statistics_to
from inference.parsing.choice import SPECIAL_MARKS
from relay.job import Sampling

End = Callable[[Exception], None]
PROMPT_END = 16  # tokens, in which a template's opening of the thoughts would be
_SHUTDOWN_S = 2.0  # for vLLM's processes to end by themselves; nothing of theirs is to be saved


class Core:
    """Made in a thread, used from the event loop."""

    def __init__(self, settings: EngineSettings, load: SchedulerLoad, *, continuing: bool) -> None:
        """`continuing` says whether known tokens are to be taken, if this vLLM can; `begin` tells."""
        arguments = engine_arguments(settings)
        config = engine_config(arguments)
        self._continuing = continuing and _set_up(config)
        self._begun = False
        self._llm: Any = AsyncLLM.from_vllm_config(
            config, stat_loggers=[statistics_to(load)], disable_log_stats=arguments.disable_log_stats)
        of_steps_alone(self._llm)
        self._states = States(self._llm)
        self.context_tokens: int = self._llm.model_config.max_model_len
        self.capacity: int = self._llm.vllm_config.scheduler_config.max_num_seqs
        self._defaults: dict[str, Any] = self._llm.model_config.get_diff_sampling_param()
        self.traits = Traits()  # until `learn`

    async def begin(self) -> bool:
        """Whether known tokens are taken; nothing is shown yet of what comes of them."""
        if self._continuing:
            try:
                await replay.begin(self._llm)
                self._begun = True
            except replay.CannotContinue as reason:
                _explain(reason)
        return self._begun

    async def learn(self, settings: EngineSettings) -> Traits:
        """What this model can do, and how it writes it."""
        hello = Generation("traits", [{"role": "user", "content": "Hello"}], Sampling())
        prompt = await render(self._llm.renderer, hello, self.context_tokens)
        tokenizer = self._llm.tokenizer
        self.traits = traits_of(
            settings, _template_of(tokenizer), prompt_end=tokenizer.decode(prompt["prompt_token_ids"][-PROMPT_END:]),
            special=frozenset(tokenizer.get_vocab()), images=_sees_images(self._llm.model_config))
        return self.traits

    async def prepare(self, generation: Generation) -> Prepared:
        """Raises EngineRequestError."""
        traits = self.traits
        prompt = await render(
            self._llm.renderer, generation, self.context_tokens,
            thinks_unasked=bool(traits.reasoning_parser) and traits.thinks_unasked)
        room = self.context_tokens - len(prompt["prompt_token_ids"])
        parameters = sampling_parameters(
            generation, self._defaults, room, special_marks=_has_special_marks(generation, traits))
        parameters.extra_args = replay.extra_arguments(generation.known)
        return Prepared(prompt, parameters, generation.known, generation.said)

    async def add(self, response_id: str, prepared: Prepared, tell: Tell, end: End) -> replay.Known | None:
        """What is made of this request goes straight to `tell`; `end` hears what has ended all. Neither may raise.

        Returns the known tokens if they are the whole answer; then nothing was added. Raises EngineRequestError,
        EngineDead. After any other exception the request may have got half-way in.
        """
        try:
            prompt, known = prepared.prompt, None
            if prepared.parameters.structured_outputs or prepared.known:
                prompt = await self._request(response_id, prepared)
            if prepared.known:
                known = self._read(prompt, prepared)
                if known.finish:
                    return known
            self._states.expect(response_id, partial(_begin, known, tell))
            queue = await self._llm.add_request(response_id, prompt, prepared.parameters)
        except EngineDeadError as error:
            raise EngineDead(str(error)) from error
        except (VLLMClientError, ValueError, TypeError) as error:  # also what grammar libraries say of a schema
            raise refused(error, "text.format" if prepared.parameters.structured_outputs else None) from error
        finally:
            self._states.forget(response_id)
        queue.put = partial(_end, end)
        if queue.output is not None:  # it came between adding and here
            queue.put(queue.output)
        return None

    def _read(self, request: Any, prepared: Prepared) -> replay.Known:
        if not self._begun:
            raise EngineRequestError("engine_error", "This engine cannot continue what another began.")
        return replay.Known(self._llm, request, prepared.known, prepared.said)

    async def _request(self, response_id: str, prepared: Prepared) -> Any:
        """vLLM's request, made in a thread: checking a large schema takes half a second, and there can be many."""
        tasks = await self._llm.get_supported_tasks()
        return await self._llm.input_processor.process_inputs_async(
            response_id, prepared.prompt, prepared.parameters, supported_tasks=tasks
        )

    async def abort(self, response_ids: list[str]) -> None:
        """The scheduler drops them; those that still run get a last output with the reason `abort`."""
        await self._llm.abort(response_ids)

    def when_ended(self, call: Callable[[], None]) -> None:
        """`call` when vLLM's processes have died; to be asked after the first request, which starts what notices."""
        self._llm.output_handler.add_done_callback(lambda _: call())

    async def close(self, thread: Executor) -> None:
        """Ends vLLM's processes, which takes seconds: `thread` waits for them."""
        loop = asyncio.get_running_loop()
        sockets = self._llm.engine_core.resources.ctx
        await loop.run_in_executor(thread, self._end)
        await asyncio.sleep(0)  # vLLM has its sockets closed by the loop that they are used on
        await loop.run_in_executor(thread, sockets.term)  # what vLLM leaves to the collector, and pyzmq complains of

    def _end(self) -> None:
        self._llm.shutdown(timeout=_SHUTDOWN_S)
        self._llm = None
        gc.collect()  # its finaliser must not run when the interpreter is half gone


def _begin(known: replay.Known | None, tell: Tell, state: Any) -> None:
    if known:
        known.prime(state)
    tell_of(state, tell)


def _end(end: End, said: Any) -> None:
    """Of what vLLM gives out itself: nothing but errors, unless this vLLM asks no state for its outputs."""
    end(said if isinstance(said, Exception) else RuntimeError("It gives out what it makes in a way not known here."))


def _template_of(tokenizer: Any) -> str:
    """Several templates by name count as one text."""
    template = getattr(tokenizer, "chat_template", None) or ""
    return "\n".join(map(str, template.values())) if isinstance(template, dict) else str(template)


def _sees_images(model_config: Any) -> bool:
    if not model_config.is_multimodal_model:
        return False
    try:
        return int(MULTIMODAL_REGISTRY.get_allowed_mm_limits(model_config).get("image", 0)) > 0
    except Exception as error:  # processors are models' own code
        logger.warning("it cannot be told whether this model sees images: {}", error)
        return False


def _has_special_marks(generation: Generation, traits: Traits) -> bool:
    """Whether marks that this model writes as special tokens must be in the text."""
    in_calls = bool(generation.tools) and generation.text_format is None and traits.tool_parser in SPECIAL_MARKS
    return in_calls or (generation.thinks and traits.reasoning_parser in SPECIAL_MARKS)


def _set_up(config: Any) -> bool:
    try:
        replay.set_up(config)
    except replay.CannotContinue as reason:
        _explain(reason)
        return False
    return True


def _explain(reason: replay.CannotContinue) -> None:
    logger.warning("this vLLM cannot continue what another worker began: {}", reason)

"""Continuing in vLLM what another worker began: the known tokens enter as output, as those of a preempted request do.

All that this rests on inside vLLM is here: in the scheduler's process a scheduler that takes requests with output, and
grammars moved past it; in the model's process a request's state with output, and a seeded generator moved on; in the
front-end, a detokenizer that has read it. `trial` shows at the start whether all of it holds with this vLLM.
"""
from typing import Any

import torch
from vllm.v1.core.sched.async_scheduler import AsyncScheduler
from vllm.v1.core.sched.scheduler import Scheduler
from vllm.v1.core.sched.utils import check_stop
from vllm.v1.engine.detokenizer import IncrementalDetokenizer
from vllm.v1.request import Request
from vllm.v1.structured_output import StructuredOutputManager
from vllm.v1.worker import gpu_model_runner
from vllm.v1.worker.gpu_input_batch import CachedRequestState

from inference.engine.port import EngineRequestError

_KNOWN = "parley_known"  # the name of the known tokens among SamplingParams' extra_args, which reach every process
_CONTEXT_OF_A_CHARACTER = 4  # tokens that vLLM looks back to name a logprob's token, which may be half a character


class CannotContinue(Exception):
    """This vLLM, or how it is set up, is not what this module knows; says why."""


def extra_arguments(known: list[int]) -> dict[str, Any] | None:
    """For SamplingParams."""
    return {_KNOWN: known} if known else None


def set_up(config: Any) -> None:
    """Have the processes that vLLM starts for this VllmConfig take known tokens. Raises CannotContinue."""
    scheduler, parallel = config.scheduler_config, config.parallel_config
    if scheduler.scheduler_cls or parallel.worker_extension_cls:
        raise CannotContinue("it runs this model with a scheduler or a worker of its own")
    if not hasattr(StructuredOutputManager, "_create_grammar"):
        raise CannotContinue("it makes its grammars in another way")
    chosen = TakesKnownAsync if scheduler.async_scheduling else TakesKnown
    scheduler.scheduler_cls = f"{__name__}.{chosen.__name__}"
    parallel.worker_extension_cls = f"{__name__}.{WorkerTakesKnown.__name__}"


async def begin(llm: Any) -> None:
    """Once, when the engine runs. Raises CannotContinue."""
    for refusal in await llm.collective_rpc("take_known_tokens"):
        if refusal:
            raise CannotContinue(refusal)


def _known(parameters: Any) -> list[int]:
    return list((parameters.extra_args or {}).get(_KNOWN) or ()) if parameters else []


class _KnownAsOutput:
    """Before vLLM's scheduler in its process."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        manager: Any = self.structured_output_manager  # type: ignore[attr-defined]  # the scheduler's
        create = manager._create_grammar

        def create_and_advance(request: Any) -> Any:  # in one of vLLM's threads; what it raises ends this request only
            grammar = create(request)
            known = _known(request.sampling_params)
            if known and not grammar.accept_tokens(request.request_id, known):
                raise ValueError("the known tokens are not of this grammar")
            return grammar

        manager._create_grammar = create_and_advance

    def add_request(self, request: Any) -> None:
        if known := _known(request.sampling_params):
            request.append_output_token_ids(known)
            request.prefill_stats = None  # they assert that no more than the prompt is cached, and end the process
        super().add_request(request)  # type: ignore[misc]  # the scheduler's


class TakesKnown(_KnownAsOutput, Scheduler):  # type: ignore[misc]  # vLLM is not there where types are checked
    """Where vLLM schedules a step after the one before has ended."""


class TakesKnownAsync(_KnownAsOutput, AsyncScheduler):  # type: ignore[misc]  # the same
    """Where vLLM schedules a step ahead."""


class _StateWithKnown(CachedRequestState):  # type: ignore[misc]  # the same
    """A request as model runner V1 keeps it. V2 gets all tokens from the scheduler, and its seeds need no state."""

    def __post_init__(self) -> None:
        if known := _known(self.sampling_params):
            self.output_token_ids = known
            if self.generator is not None:
                torch.randint(0, 2**31, (len(known),), generator=self.generator)  # a draw each, as `forward_cpu` does
        super().__post_init__()


class WorkerTakesKnown:
    """Mixed into vLLM's worker in the model's process."""

    def take_known_tokens(self) -> str:
        """Returns why it cannot, or nothing."""
        worker: Any = self
        if worker.use_v2_model_runner:
            return ""
        if worker.device.type != "cpu":
            return "its model runner V1 draws in another way on a GPU"
        gpu_model_runner.CachedRequestState = _StateWithKnown
        return ""


class Known:
    """The known tokens of one request, read. Are they the whole answer, `finish` says why, and `text` is its rest."""

    def __init__(self, llm: Any, request: Any, known: list[int], said: int) -> None:
        """`request` is vLLM's EngineCoreRequest. Raises EngineRequestError where they cannot be of this model."""
        config = llm.model_config
        if not all(0 <= token < config.get_vocab_size() for token in known):
            raise _of_another_model()
        as_scheduled = Request.from_engine_core_request(request, None)
        as_scheduled.append_output_token_ids(known)
        ended = check_stop(as_scheduled, config.max_model_len)
        self.finish = str(as_scheduled.get_finished_reason()) if ended else ""
        self._known = known
        self._detokenizer = IncrementalDetokenizer.from_new_request(llm.tokenizer, request)
        if self._detokenizer.update(known, self.finish == "stop"):
            self.finish = "stop"
        if said > len(self._detokenizer.output_text):
            raise _of_another_model()
        self._detokenizer._last_output_text_offset = said
        self.text = self._detokenizer.output_text[said:]

    def prime(self, state: Any) -> None:
        """`state` is the RequestState of this request in vLLM's front-end, which has no output for it yet."""
        state.detokenizer = self._detokenizer
        state.sent_tokens_offset = len(self._known)
        if (logprobs := state.logprobs_processor.logprobs) is not None:
            logprobs.extend({token: None} for token in self._known[-_CONTEXT_OF_A_CHARACTER:])


def _of_another_model() -> EngineRequestError:
    return EngineRequestError("engine_error", "What was said so far does not come from this model; send it again.")

"""The engine port: what the worker needs of whatever makes tokens, and nothing of how it does it."""
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import msgspec

from inference.engine.traits import Traits
from relay.events import Logprob
from relay.job import Sampling

FinishReason = Literal["stop", "length", "cancelled", "error"]
Progress = Callable[[str, float | None], None]  # what is going on, in words; share done 0..1 or None if unknown


class EngineRequestError(Exception):
    """This one request cannot be run (too long, a bad field); the engine is well.

    `code` is one of `context_length_exceeded`, `invalid_prompt`, `unsupported_parameter`, `unsupported_image`,
    `engine_error`.
    """

    def __init__(
            self, code: str, message: str, param: str | None = None, *, input_tokens: int | None = None) -> None:
        """`input_tokens` are those of an input that is too long, where they were counted."""
        super().__init__(message)
        self.code, self.message, self.param, self.input_tokens = code, message, param, input_tokens


class EngineDead(Exception):
    """The engine is gone for good; the process must end, and its jobs move on."""


@dataclass(slots=True, frozen=True)
class Generation:
    """One response to generate. `messages` are chat messages (`role`, `content`, tool fields) for the chat template.

    A message's content is a list of parts, `text` and `image_url`, where it has images. `tools` are shown to the model;
    what a grammar is to force of them is in `text_format`. `thinks`: thoughts may come before the answer, of `effort`.

    `known` are token ids that earlier attempts have made; they count as output. `said` is how many characters of their
    text were delivered, which may be fewer than they make; the outputs' text begins there.
    """

    response_id: str
    messages: list[dict[str, Any]]
    sampling: Sampling
    tools: list[dict[str, Any]] = field(default_factory=list)
    text_format: dict[str, Any] | None = None
    known: list[int] = field(default_factory=list)
    said: int = 0
    thinks: bool = False
    effort: str | None = None


class Output(msgspec.Struct, gc=False):
    """What one step made of one response.

    `text` may be empty while `tokens` is not: half a character, or what may yet become a stop string. With `finish` set
    it is the last one; `message` then says what went wrong if it is "error".
    """

    response_id: str
    text: str
    tokens: list[int]
    logprobs: list[Logprob] = []
    finish: FinishReason | None = None
    message: str = ""
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0  # so far, known ones included


@dataclass(slots=True, frozen=True)
class Load:
    """How full an engine is: requests running and waiting in its scheduler, share of the KV cache in use (0..1)."""

    running: int
    waiting: int
    kv_usage: float


class Engine(Protocol):
    """Runs many generations at once. Methods are called from one event loop.

    `start` returns when the engine can generate, and raises `EngineDead` if it never will. `outputs` waits for at least
    one output and returns all there are (one consumer only), or raises `EngineDead`. After `abort` a final output with
    finish "cancelled" follows.
    """

    model: str  # its public name, as in /v1/models
    context_tokens: int  # prompt and output together
    capacity: int  # generations that run side by side
    can_continue: bool  # whether `known` is honoured
    parameters: int | None  # of its model, where that is known once it has started
    traits: Traits  # what its model can do beyond text; known once it has started

    async def start(self, progress: Progress) -> None: ...
    async def add(self, generation: Generation) -> None:
        """Begin a generation. Raises EngineRequestError, EngineDead."""
    def abort(self, response_id: str) -> None: ...
    async def outputs(self) -> list[Output]: ...
    def load(self) -> Load: ...
    async def close(self) -> None: ...

"""The synthetic engine: deterministic text at a set rate, no model. For tests, chaos and measuring the relay alone.

As many responses as it has capacity for advance together, a token per step each, as in a real engine's batch; others
wait for a place. Steps are made by whoever awaits `outputs()`, so there is no task and no timer per response, and a
reader that lags gets several steps in one.
"""
import asyncio
import time
from collections.abc import Callable
from typing import Any

from inference.engine.limits import check_sampling
from inference.engine.outbox import Outbox
from inference.engine.port import EngineRequestError, FinishReason, Generation, Load, Output, Progress
from inference.engine.settings import EngineSettings
from inference.engine.stop import StopFinder
from inference.engine.synthetic_death import Death, death_of
from inference.engine.synthetic_script import script_of
from inference.engine.synthetic_text import PIECES, VOCABULARY, Speller, count_tokens
from inference.engine.traits import Traits
from relay.events import Logprob

CONTEXT_TOKENS = 131_072
CAPACITY = 4096
PARTS = frozenset({"text", "image_url"})
ROLES = frozenset({"system", "developer", "user", "assistant", "tool"})


class _Running:
    """One response being made. `made` counts tokens, known ones included."""

    def __init__(self, generation: Generation, input_tokens: int, context_tokens: int) -> None:
        sampling = generation.sampling
        self.response_id, self.input_tokens = generation.response_id, input_tokens
        self._script, self._speller = script_of(generation), Speller()
        self._stop = StopFinder(sampling.stop) if sampling.stop else None
        self._min_tokens = sampling.min_tokens
        self._logprobs, self._top_logprobs = sampling.logprobs, sampling.top_logprobs
        room = context_tokens - input_tokens
        self._limit = min(room, sampling.max_output_tokens or room)
        self._end = max(self._script.length, self._min_tokens)
        self.made = 0
        self.death: Death | None = None
        self.finish: FinishReason | None = None
        replayed = "".join(self._next()[2] for _ in generation.known)  # the same ones: the script is a pure function
        self._owed = replayed[generation.said:]  # text that was not delivered, though its tokens were made

    def advance(self, steps: int) -> Output:
        """Up to `steps` more tokens; the last output has `finish`."""
        output = Output(self.response_id, self._owed, [], input_tokens=self.input_tokens)
        self._owed = ""
        for _ in range(steps):
            token, spelled, shown = self._next()
            output.tokens.append(token)
            output.text += shown
            if self._logprobs:
                output.logprobs.append(_logprob(token, spelled, self._top_logprobs))
            if self.finish:
                break
        if self.finish and self._stop:
            output.text += self._stop.flush()
        output.finish, output.output_tokens = self.finish, self.made
        return output

    def cancelled(self) -> Output:
        text = self._owed + (self._stop.flush() if self._stop else "")
        return Output(
            self.response_id, text, [], finish="cancelled", input_tokens=self.input_tokens, output_tokens=self.made
        )

    def _next(self) -> tuple[int, str, str]:
        """One token: its id, the text it completes, the text that may be shown."""
        token = self._script.token(self.made)
        self.made += 1
        spelled = shown = self._speller.spell(token)
        stopped = False
        if self._stop and self.made > self._min_tokens:
            shown, stopped = self._stop.feed(spelled)
        if stopped or self.made >= self._end:
            self.finish = "stop"
        elif self.made >= self._limit:
            self.finish = "length"
        return token, spelled, shown


class SyntheticEngine:
    """See the port. `clock` gives seconds that only grow."""

    can_continue = True
    parameters: int | None = None  # it has no model
    traits = Traits(tool_parser="hermes", reasoning_parser="think", thinks_unasked=False, images=True)

    def __init__(self, settings: EngineSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self.model = settings.model
        self.context_tokens = settings.context_tokens or CONTEXT_TOKENS
        self.capacity = settings.capacity or CAPACITY
        self._rate, self._clock = settings.synthetic_tokens_per_s, clock
        self._mortal = settings.synthetic_mortal
        self._running: dict[str, _Running] = {}
        self._waiting: dict[str, _Running] = {}  # for a place among those; first come, first served
        self._outbox = Outbox()
        self._next_step_at = 0.0

    async def start(self, progress: Progress) -> None:
        progress("ready", 1.0)

    async def add(self, generation: Generation) -> None:
        check_sampling(generation.sampling)
        _check_format(generation.text_format)
        _check_messages(generation.messages)
        input_tokens = count_tokens(generation.messages)
        if input_tokens >= self.context_tokens:
            raise EngineRequestError(
                "context_length_exceeded",
                f"The input has {input_tokens} tokens, but this model's context holds {self.context_tokens}, "
                "input and output together. Shorten the input.",
                "input",
                input_tokens=input_tokens,
            )
        running = _Running(generation, input_tokens, self.context_tokens)
        if running.finish:  # an earlier attempt made all of it, and died before it could say so
            self._outbox.put(running.advance(0))
            return
        running.death = death_of(generation.messages) if self._mortal else None
        self._waiting[running.response_id] = running
        self._fill()

    def abort(self, response_id: str) -> None:
        running = self._running.pop(response_id, None) or self._waiting.pop(response_id, None)
        if running:
            self._outbox.put(running.cancelled())
            self._fill()

    async def outputs(self) -> list[Output]:
        while True:
            if outputs := self._outbox.take():
                return outputs
            if not self._running:
                await self._outbox.wait()
            elif self._rate and (due_in_s := self._next_step_at - self._clock()) > 0:
                await self._outbox.wait(due_in_s)
            else:
                await asyncio.sleep(0)  # however fast it goes, everybody else gets a turn between two steps
                self._step(self._due())

    def load(self) -> Load:
        used = sum(running.input_tokens + running.made for running in self._running.values())
        return Load(len(self._running), len(self._waiting), min(1.0, used / (self.capacity * self.context_tokens)))

    async def close(self) -> None:
        self._running.clear()
        self._waiting.clear()

    def _fill(self) -> None:
        """Those that wait take the places that are free."""
        while self._waiting and len(self._running) < self.capacity:
            if not self._running:
                self._next_step_at = self._clock()
            response_id = next(iter(self._waiting))
            self._running[response_id] = self._waiting.pop(response_id)
            self._outbox.wake()

    def _due(self) -> int:
        """How many steps are due now; the clock of the steps moves on by as many."""
        if not self._rate:
            return 1
        steps = max(1, 1 + int((self._clock() - self._next_step_at) * self._rate))
        self._next_step_at += steps / self._rate
        return steps

    def _step(self, steps: int) -> None:
        for running in list(self._running.values()):
            if running.death and running.made >= running.death.at:
                running.death.come()
            output = running.advance(steps)
            if output.finish:
                del self._running[running.response_id]
            self._outbox.put(output)
        self._fill()


def _check_messages(messages: list[dict[str, Any]]) -> None:
    if not messages:
        raise EngineRequestError("invalid_prompt", "The prompt has no messages.", "input")
    for message in messages:
        role = message.get("role")
        if role not in ROLES:
            raise EngineRequestError("invalid_prompt", f"No chat template knows the role {role!r}.", "input")
        content = message.get("content") or ""
        parts = content if isinstance(content, list) else []
        if not isinstance(content, str | list) or any(part.get("type") not in PARTS for part in parts):
            raise EngineRequestError("invalid_prompt", "A message's content must be text or parts of one.", "input")


def _check_format(text_format: dict[str, Any] | None) -> None:
    kind = (text_format or {}).get("type", "text")
    if kind not in ("text", "json_object", "json_schema"):
        raise EngineRequestError("unsupported_parameter", f"The format {kind!r} is not known.", "text.format")


def _logprob(token: int, spelled: str, top: int) -> Logprob:
    """Invented, but of the right shape: the chosen token is the likeliest, its neighbours in the phrase follow."""
    likely = -0.01 * (1 + token % 50)
    if token >= len(VOCABULARY):  # of a text that is written as it is
        return Logprob(spelled, likely, [(spelled, likely)] if top else [])
    others = (PIECES * (token // PIECES) + (token + n) % PIECES for n in range(1, top))
    alternatives = [(VOCABULARY[other].decode(errors="ignore"), likely - 1.0 - n) for n, other in enumerate(others)]
    return Logprob(spelled, likely, [(spelled, likely), *alternatives] if top else [])

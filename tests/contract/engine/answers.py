"""Runs generations on an engine and collects what it says of each."""
import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from inference.engine.port import Engine, Generation, Output
from relay.events import Logprob
from relay.job import Sampling

_numbers = count()


@dataclass
class Answer:
    """All outputs of one response so far; `ended` is set with the last."""

    response_id: str
    outputs: list[Output] = field(default_factory=list)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def text(self) -> str:
        return "".join(output.text for output in self.outputs)

    @property
    def tokens(self) -> list[int]:
        return [token for output in self.outputs for token in output.tokens]

    @property
    def logprobs(self) -> list[Logprob]:
        return [logprob for output in self.outputs for logprob in output.logprobs]

    @property
    def last(self) -> Output:
        return self.outputs[-1]


class Asker:
    """The one reader of an engine's outputs, while `read` runs."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.answers: dict[str, Answer] = {}
        self._heard = asyncio.Condition()
        self.latest = ""  # the response id that `begin` gave last

    async def read(self) -> None:
        """For ever, or until the engine dies; then nobody waits on for an end."""
        try:
            while True:
                for output in await self.engine.outputs():
                    self._hear(output)
                async with self._heard:
                    self._heard.notify_all()
        finally:
            for answer in self.answers.values():
                answer.ended.set()

    def _hear(self, output: Output) -> None:
        answer = self.answers[output.response_id]
        assert not answer.ended.is_set(), "an output after the last one"
        answer.outputs.append(output)
        if output.finish:
            answer.ended.set()

    async def begin(self, prompt: str | list[dict[str, Any]] = "Tell me a story.", **fields: Any) -> Answer:
        """`fields` are Generation's own or of its sampling."""
        names = ("text_format", "known", "said", "tools", "thinks", "effort")
        own = {name: fields.pop(name) for name in names if name in fields}
        messages = [{"role": "user", "content": prompt}] if isinstance(prompt, str) else prompt
        answer = Answer(f"resp_{next(_numbers)}")
        self.answers[answer.response_id] = answer
        self.latest = answer.response_id
        await self.engine.add(Generation(answer.response_id, messages, Sampling(**fields), **own))
        return answer

    async def ask(self, prompt: str | list[dict[str, Any]] = "Tell me a story.", **fields: Any) -> Answer:
        answer = await self.begin(prompt, **fields)
        await answer.ended.wait()
        assert answer.outputs, "the engine died without a word"
        return answer

    async def until(self, condition: Callable[[], bool], limit_s: float = 20.0) -> None:
        """Waits for what only an output can change."""
        async with asyncio.timeout(limit_s), self._heard:
            await self._heard.wait_for(condition)


def across_two_outputs(answer: Answer) -> str:
    """Four characters of an answer that two outputs share, and that occur nowhere before."""
    border = 0
    for output in answer.outputs[:-1]:
        border += len(output.text)
        candidate = answer.text[border - 2 : border + 2]
        if border > 10 and len(candidate) == 4 and answer.text.index(candidate) == border - 2:
            return candidate
    raise AssertionError("the answer has no such place")

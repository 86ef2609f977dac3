"""What an undisturbed run says: the measure of everything that a disturbed one says."""
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any

from inference.engine.port import Generation, Output
from inference.engine.settings import EngineSettings
from inference.engine.synthetic import SyntheticEngine
from relay.job import Sampling

SAMPLING = ("max_output_tokens", "stop", "min_tokens")


@dataclass(frozen=True)
class Expected:
    """`pieces` are the texts that the tokens showed, one each. `spelled` are those of one that nothing stops."""

    pieces: Sequence[str]
    spelled: Sequence[str]
    status: str
    input_tokens: int
    output_tokens: int
    by_token: bool = True  # else the pieces are characters

    @cached_property
    def text(self) -> str:
        return "".join(self.pieces)

    @cached_property
    def unstopped(self) -> str:
        return "".join(self.spelled)

    @cached_property
    def _ends(self) -> list[int]:
        return list(accumulate(len(piece) for piece in self.pieces if piece))

    def most_events(self, begin: int, end: int) -> int:
        """How many events can lie between two places of the text, given in characters."""
        return bisect_left(self._ends, end) + 1 - bisect_right(self._ends, begin) if end > begin else 1

    def raw(self, tokens: int) -> str:
        """What so many tokens say, where a stop comes from outside: what was held back is told then."""
        return "".join(self.spelled[:tokens])


async def undisturbed(text: str, fields: dict[str, Any]) -> Expected:
    """Ask an engine of our own, which nobody disturbs, as fast as it can."""
    shown = await _run(text, Sampling(**{name: fields[name] for name in SAMPLING if name in fields}))
    last = shown[-1]
    if "stop" in fields:
        spelled = await _run(text, Sampling(max_output_tokens=last.output_tokens))
    else:
        spelled = shown
    status = "completed" if last.finish == "stop" else "incomplete"
    return Expected([output.text for output in shown], [output.text for output in spelled], status, last.input_tokens,
                    last.output_tokens)


async def _run(text: str, sampling: Sampling) -> list[Output]:
    engine = SyntheticEngine(EngineSettings(engine="synthetic", synthetic_tokens_per_s=0))
    await engine.add(Generation("resp", [{"role": "user", "content": text}], sampling))
    outputs: list[Output] = []
    while not (outputs and outputs[-1].finish):
        outputs += await engine.outputs()
    return outputs

"""What is running in vLLM for us, and how its outputs become the port's."""
import math
from dataclasses import dataclass
from typing import Any

from inference.engine.port import FinishReason, Output
from relay.events import Logprob

_FINISH: dict[str, FinishReason] = {"stop": "stop", "repetition": "stop", "length": "length", "error": "error"}
_LEAST_LOGPROB = -9999.0  # JSON has no infinity; the same value as OpenAI's


@dataclass(slots=True)
class Tally:
    """One running response: vLLM's deltas in, outputs out, with the counts so far."""

    response_id: str
    top_logprobs: int
    made: int  # tokens, known ones included
    input_tokens: int = 0
    aborted: bool = False

    def output(
        self, tokens: list[int], text: str, logprobs: Any, finish: str | None, cached_tokens: int
    ) -> Output:
        """What a step made. `logprobs` holds for each token a choice by token id, `finish` is vLLM's word."""
        self.made += len(tokens)
        output = Output(
            self.response_id, text, tokens, input_tokens=self.input_tokens, cached_tokens=max(cached_tokens, 0),
            output_tokens=self.made)
        if logprobs:
            output.logprobs = [self._logprob(token, at) for token, at in zip(tokens, logprobs, strict=True)]
        if finish:
            output.finish = self._finish(finish)
            if output.finish == "error":
                output.message = "The engine could not go on with this response."
        return output

    def failure(self) -> Output:
        message = "The engine gave something that cannot be read."
        return Output(self.response_id, "", [], finish="error", message=message, output_tokens=self.made)

    def cancelled(self) -> Output:
        """For one that was aborted before vLLM had it."""
        return self._ended("", "cancelled")

    def complete(self, text: str, reason: str) -> Output:
        """For one whose known tokens are the whole answer; `text` is what was not delivered of it."""
        return self._ended(text, self._finish(reason))

    def _ended(self, text: str, finish: FinishReason) -> Output:
        return Output(
            self.response_id, text, [], finish=finish, input_tokens=self.input_tokens, output_tokens=self.made
        )

    def _finish(self, reason: str) -> FinishReason:
        if reason == "abort":
            return "cancelled" if self.aborted else "error"
        return _FINISH.get(reason, "error")

    def _logprob(self, token: int, at: dict[int, Any]) -> Logprob:
        """`at` holds the chosen token's and those of the likeliest, by token id."""
        ranked = sorted(at.values(), key=lambda choice: choice.rank)[: self.top_logprobs]
        top = [(choice.decoded_token or "", _finite(choice.logprob)) for choice in ranked]
        return Logprob(at[token].decoded_token or "", _finite(at[token].logprob), top)


def _finite(logprob: float) -> float:
    return max(logprob, _LEAST_LOGPROB) if not math.isnan(logprob) else _LEAST_LOGPROB

"""What vLLM's front-end keeps of each request: reached before it can have an output, and asked for what is read alone.

For each token vLLM makes two objects with some thirty fields, of which five are read here. It asks the request's state
for them, and what they are made from is all in there.
"""
from collections.abc import Callable
from typing import Any

Shown = Callable[[Any], None]  # takes a RequestState
# Takes new token ids, their text, their logprobs or nothing, why the request ended or nothing, cached prompt tokens.
Tell = Callable[[list[int], str, Any, str | None, int], None]


class States:
    """Shows each request's state to who expects it."""

    def __init__(self, llm: Any) -> None:
        self._requests = llm.output_processor
        self._add_to_vllm = llm.output_processor.add_request
        self._expected: dict[str, Shown] = {}
        llm.output_processor.add_request = self._add

    def expect(self, response_id: str, shown: Shown) -> None:
        """Show the state of the next request that vLLM's front-end takes under this id."""
        self._expected[response_id] = shown

    def forget(self, response_id: str) -> None:
        """It came, or will not."""
        self._expected.pop(response_id, None)

    def _add(self, request: Any, *arguments: Any, **named: Any) -> None:
        self._add_to_vllm(request, *arguments, **named)
        if shown := self._expected.pop(request.external_req_id, None):
            shown(self._requests.request_states[request.request_id])


def tell_of(state: Any, tell: Tell) -> None:
    """`tell` what each step makes of this request; vLLM itself gets nothing to give out. `tell` must not raise."""
    text_of, processor = state.detokenizer.get_next_output_text, state.logprobs_processor

    def make_request_output(
        new_token_ids: list[int], pooling_output: Any, finish_reason: Any, stop_reason: Any, *more: Any, **named: Any
    ) -> None:
        logprobs = processor.logprobs
        if logprobs:  # of all its tokens
            logprobs = logprobs[len(logprobs) - len(new_token_ids):]
        if finish_reason is None:
            tell(new_token_ids, text_of(False, True), logprobs, None, state.num_cached_tokens)
        else:
            tell(new_token_ids, text_of(True, True), logprobs, str(finish_reason), state.num_cached_tokens)

    state.make_request_output = make_request_output

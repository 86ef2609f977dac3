"""vLLM's deltas become outputs with counts; the deltas here have just the fields that are read."""
from types import SimpleNamespace
from typing import Any

import pytest

from inference.engine.vllm.tally import Tally
from relay.events import Logprob


def delta(text: str, tokens: list[int], finish: str | None = None, logprobs: Any = None, cached: int | None = 0) -> Any:
    completion = SimpleNamespace(text=text, token_ids=tokens, finish_reason=finish, logprobs=logprobs)
    return SimpleNamespace(outputs=[completion], prompt_token_ids=[1, 2, 3], num_cached_tokens=cached)


def choice(token: str | None, logprob: float, rank: int) -> Any:
    return SimpleNamespace(decoded_token=token, logprob=logprob, rank=rank)


def test_tokens_are_counted_on() -> None:
    tally = Tally("r", 0, 0)

    first, second = tally.output(delta("a", [5], cached=2)), tally.output(delta("", [6, 7], cached=None))

    assert (first.text, first.tokens) == ("a", [5])
    assert (first.input_tokens, first.cached_tokens, first.output_tokens) == (3, 2, 1)
    assert (second.cached_tokens, second.output_tokens, second.finish) == (0, 3, None)


@pytest.mark.parametrize(("reason", "aborted", "finish"), [
    ("stop", False, "stop"), ("length", False, "length"), ("repetition", False, "stop"), ("error", False, "error"),
    ("abort", True, "cancelled"), ("abort", False, "error"), ("stop", True, "stop"), ("unheard-of", False, "error"),
])
def test_why_it_ended(reason: str, aborted: bool, finish: str) -> None:
    output = Tally("r", 0, 0, aborted=aborted).output(delta("", [], reason))

    assert output.finish == finish
    assert bool(output.message) is (finish == "error")


def test_logprobs_hold_the_chosen_token_and_the_likeliest() -> None:
    at = {9: choice("rare", float("-inf"), 40), 1: choice("often", -0.1, 1), 2: choice(None, -2.0, 2)}

    output = Tally("r", 2, 0).output(delta("rare", [9], logprobs=[at]))

    assert output.logprobs == [Logprob("rare", -9999.0, [("often", -0.1), ("", -2.0)])]


def test_without_alternatives() -> None:
    output = Tally("r", 0, 0).output(delta("a", [1], logprobs=[{1: choice("a", float("nan"), 1)}]))

    assert output.logprobs == [Logprob("a", -9999.0, [])]


def test_what_cannot_be_read_fails_alone() -> None:
    with pytest.raises(KeyError):
        Tally("r", 0, 0).output(delta("a", [1], logprobs=[{2: choice("b", -1.0, 1)}]))
    assert Tally("r", 0, 0).failure().finish == "error"

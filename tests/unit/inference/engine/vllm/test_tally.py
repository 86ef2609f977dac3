"""What vLLM makes becomes outputs with counts."""
from types import SimpleNamespace
from typing import Any

import pytest

from inference.engine.port import Output
from inference.engine.vllm.tally import Tally
from relay.events import Logprob


def output(
        tally: Tally, text: str, tokens: list[int], finish: str | None = None, logprobs: Any = None, cached: int = 0
) -> Output:
    return tally.output(tokens, text, logprobs, finish, cached)


def choice(token: str | None, logprob: float, rank: int) -> Any:
    return SimpleNamespace(decoded_token=token, logprob=logprob, rank=rank)


def test_tokens_are_counted_on() -> None:
    tally = Tally("r", 0, 0, input_tokens=3)

    first, second = output(tally, "a", [5], cached=2), output(tally, "", [6, 7])

    assert (first.text, first.tokens) == ("a", [5])
    assert (first.input_tokens, first.cached_tokens, first.output_tokens) == (3, 2, 1)
    assert (second.cached_tokens, second.output_tokens, second.finish) == (0, 3, None)


@pytest.mark.parametrize(("reason", "aborted", "finish"), [
    ("stop", False, "stop"), ("length", False, "length"), ("repetition", False, "stop"), ("error", False, "error"),
    ("abort", True, "cancelled"), ("abort", False, "error"), ("stop", True, "stop"), ("unheard-of", False, "error"),
])
def test_why_it_ended(reason: str, aborted: bool, finish: str) -> None:
    last = output(Tally("r", 0, 0, aborted=aborted), "", [], reason)

    assert last.finish == finish
    assert bool(last.message) is (finish == "error")


def test_logprobs_hold_the_chosen_token_and_the_likeliest() -> None:
    at = {9: choice("rare", float("-inf"), 40), 1: choice("often", -0.1, 1), 2: choice(None, -2.0, 2)}

    made = output(Tally("r", 2, 0), "rare", [9], logprobs=[at])

    assert made.logprobs == [Logprob("rare", -9999.0, [("often", -0.1), ("", -2.0)])]


def test_without_alternatives() -> None:
    made = output(Tally("r", 0, 0), "a", [1], logprobs=[{1: choice("a", float("nan"), 1)}])

    assert made.logprobs == [Logprob("a", -9999.0, [])]


def test_what_cannot_be_read_fails_alone() -> None:
    with pytest.raises(KeyError):
        output(Tally("r", 0, 0), "a", [1], logprobs=[{2: choice("b", -1.0, 1)}])
    assert Tally("r", 0, 0).failure().finish == "error"

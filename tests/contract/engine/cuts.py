"""Cuts an answer short wherever it can be cut, and has an engine go on from there."""
import asyncio
from dataclasses import dataclass
from typing import Any

import pytest

from tests.contract.engine.answers import Answer, Asker


@dataclass(frozen=True)
class Cut:
    """What a log holds of an answer: its first tokens, and how many characters were delivered with them."""

    tokens: int
    said: int


def cuts_of(whole: Answer) -> list[Cut]:
    """After each token, also the last; in places also as if what came with that token had not been delivered."""
    exact = [Cut(tokens, _said(whole, tokens)) for tokens in range(1, len(whole.tokens) + 1)]
    late = [Cut(cut.tokens, _said(whole, cut.tokens - 1)) for cut in exact[-1::-5]]
    return exact + late


def _said(whole: Answer, tokens: int) -> int:
    """How many characters came with the first tokens."""
    made = said = 0
    for output in whole.outputs:
        made += len(output.tokens)
        if made <= tokens:
            said += len(output.text)
    return said


async def go_on(asker: Asker, whole: Answer, cut: Cut, prompt: str, **fields: Any) -> Answer:
    return await asker.begin(prompt, known=whole.tokens[: cut.tokens], said=cut.said, **fields)


def check_rest(whole: Answer, cut: Cut, rest: Answer) -> None:
    """What was said and what follows are the undisturbed answer."""
    assert rest.tokens == whole.tokens[cut.tokens :], cut
    assert whole.text[: cut.said] + rest.text == whole.text, cut
    assert _usage(rest) == _usage(whole), cut
    assert [logprob.token for logprob in rest.logprobs] == [
        logprob.token for logprob in whole.logprobs[cut.tokens :]], cut
    assert [logprob.logprob for logprob in rest.logprobs] == pytest.approx(
        [logprob.logprob for logprob in whole.logprobs[cut.tokens :]], abs=1e-3), cut
    if cut.tokens == len(whole.tokens):
        assert len(rest.outputs) == 1, "it was complete"


async def check_every_cut(asker: Asker, prompt: str, **fields: Any) -> Answer:
    """The undisturbed answer, once each rest was compared; they run at once, with a fresh one beside them."""
    whole = await asker.ask(prompt, **fields)
    cuts = cuts_of(whole)
    rests = [await go_on(asker, whole, cut, prompt, **fields) for cut in cuts]
    again = await asker.ask(prompt, **fields)
    await asyncio.gather(*(rest.ended.wait() for rest in rests))

    assert (again.tokens, again.text) == (whole.tokens, whole.text), "it says something else each time"
    for cut, rest in zip(cuts, rests, strict=True):
        check_rest(whole, cut, rest)
    return whole


def _usage(answer: Answer) -> tuple[Any, ...]:
    return answer.last.finish, answer.last.input_tokens, answer.last.output_tokens

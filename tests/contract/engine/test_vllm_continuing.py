"""What only vLLM has to keep up when it goes on: grammars, the end that a model says itself, a full KV cache."""
import asyncio
import json
from typing import Any

import pytest

from inference.engine.port import Engine, EngineRequestError
from tests.contract.engine.answers import Answer, Asker
from tests.contract.engine.cuts import Cut, check_every_cut, check_rest, go_on
from tests.contract.engine.test_vllm import schema

pytestmark = pytest.mark.asyncio(loop_scope="session")

WRITTEN = schema(
    city={"enum": ["Paris", "Tokyo"]}, hot={"type": "boolean"}, name={"type": "string", "pattern": "^[a-z]{8,14}$"},
    said={"enum": ["Grüße", "世界"]})


@pytest.mark.parametrize("fields", [
    {"temperature": 0}, {"temperature": 1.0, "seed": 3}, {"temperature": 1.5, "seed": 4, "repetition_penalty": 1.2},
], ids=str)
async def test_a_schema_is_kept_across_the_cut(asker: Asker, fields: dict[str, Any]) -> None:
    whole = await check_every_cut(asker, "Which?", text_format=WRITTEN, **fields)

    assert whole.last.finish == "stop"
    assert list(json.loads(whole.text)) == ["city", "hot", "name", "said"]


async def test_a_character_is_cut_in_the_middle(asker: Asker) -> None:
    """With logprobs, whose tokens are named by what half characters come before them."""
    text_format = schema(said={"const": "Grüße, 世界 – 🦊🚀 नमस्ते"})

    whole = await check_every_cut(
        asker, "Say it", text_format=text_format, temperature=0, logprobs=True, top_logprobs=2)

    assert any(output.tokens and not output.text for output in whole.outputs)
    assert json.loads(whole.text) == {"said": "Grüße, 世界 – 🦊🚀 नमस्ते"}


async def test_a_grammar_ends_at_the_budget(asker: Asker) -> None:
    whole = await check_every_cut(asker, "Which?", text_format=WRITTEN, temperature=0, max_output_tokens=12)

    assert (whole.last.finish, len(whole.tokens)) == ("length", 12)


async def test_the_model_s_own_end(asker: Asker) -> None:
    """Undisturbed and cut anywhere it ends there; with `min_tokens` beyond that it does not, cut or not."""
    fields, ended = await _that_ends_by_itself(asker)

    assert (await check_every_cut(asker, "Go on", **fields)).last.finish == "stop"
    fields |= {"min_tokens": len(ended.tokens) + 6, "max_output_tokens": len(ended.tokens) + 12}
    assert len((await check_every_cut(asker, "Go on", **fields)).tokens) > len(ended.tokens) + 5


async def _that_ends_by_itself(asker: Asker) -> tuple[dict[str, Any], Answer]:
    """A random model says its end by chance only, so many seeds are tried."""
    tried = [{"temperature": 1.6, "seed": seed, "max_output_tokens": 50} for seed in range(60)]
    answers = [await asker.begin("Go on", **fields) for fields in tried]
    await asyncio.gather(*(answer.ended.wait() for answer in answers))
    return next(
        (fields, answer) for fields, answer in zip(tried, answers, strict=True)
        if answer.last.finish == "stop" and len(answer.tokens) > 8)


async def test_one_that_was_pushed_out_of_the_cache_goes_on(asker: Asker, engine: Engine) -> None:
    """Eight of 1060 tokens are more than there is room for, so the scheduler takes some back and computes them anew."""
    fields = {"temperature": 1.0, "min_tokens": 1060, "max_output_tokens": 1060}
    prompts = {f"{n}: tell me all": {**fields, "seed": n} for n in range(8)}
    wholes = []
    for four in (list(prompts)[:4], list(prompts)[4:]):
        begun = [await asker.begin(prompt, **prompts[prompt]) for prompt in four]
        await asyncio.gather(*(answer.ended.wait() for answer in begun))
        wholes += begun
    cut = Cut(800, 0)

    rests = [
        await go_on(asker, whole, cut, prompt, **prompts[prompt])
        for prompt, whole in zip(prompts, wholes, strict=True)]
    await asker.until(lambda: all(rest.outputs for rest in rests), limit_s=60)
    assert engine.load().running == 8
    await asker.until(lambda: engine.load().waiting > 0, limit_s=60)

    await asyncio.gather(*(rest.ended.wait() for rest in rests))
    for whole, rest in zip(wholes, rests, strict=True):
        check_rest(whole, cut, rest)


@pytest.mark.parametrize("known", [[512], [-1], [1, 2, 10**9]])
async def test_tokens_of_another_model_are_refused(asker: Asker, known: list[int]) -> None:
    with pytest.raises(EngineRequestError, match="this model") as refusal:
        await asker.begin("Hi", known=known)

    assert refusal.value.code == "engine_error"
    assert (await asker.ask("Hi", max_output_tokens=3, min_tokens=3)).last.finish == "length"


async def test_text_that_the_tokens_do_not_make_is_refused(asker: Asker) -> None:
    whole = await asker.ask("Hi", max_output_tokens=5, min_tokens=5, temperature=0)

    with pytest.raises(EngineRequestError, match="this model"):
        await asker.begin("Hi", known=whole.tokens, said=len(whole.text) + 10, max_output_tokens=9)


async def test_tokens_that_are_not_of_the_grammar_fail_alone(asker: Asker) -> None:
    other = await asker.begin("Hi", max_output_tokens=60, min_tokens=60)

    answer = await asker.ask("Which?", text_format=WRITTEN, known=[300, 301, 302])

    assert (answer.last.finish, answer.tokens) == ("error", [])
    await other.ended.wait()
    assert other.last.finish == "length"

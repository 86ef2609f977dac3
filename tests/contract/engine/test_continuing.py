"""Every engine goes on where another attempt stopped as if nothing had happened, wherever that was."""
import asyncio
from typing import Any

import pytest

from inference.engine.port import Engine, EngineRequestError
from tests.contract.engine.answers import Asker, across_two_outputs
from tests.contract.engine.cuts import check_every_cut

pytestmark = pytest.mark.asyncio(loop_scope="session")

STORY = "Tell me a story that has to go on. [[tokens=1000]]"
LENGTH = {"max_output_tokens": 40, "min_tokens": 40}
SAMPLED = {"temperature": 1.0, "seed": 42}
PENALTIES = {"presence_penalty": 0.9, "frequency_penalty": 0.7, "repetition_penalty": 1.4}


@pytest.mark.parametrize("fields", [
    {"temperature": 0},
    {**SAMPLED},
    {**SAMPLED, "top_p": 0.9, "top_k": 40, "min_p": 0.02},
    {**SAMPLED, "seed": -1, "temperature": 2.0},
    {"temperature": 0, **PENALTIES},
    {**SAMPLED, **PENALTIES},
    {**SAMPLED, "logprobs": True, "top_logprobs": 2},
], ids=str)
async def test_it_goes_on_after_any_token(asker: Asker, fields: dict[str, Any]) -> None:
    whole = await check_every_cut(asker, STORY, **LENGTH, **fields)

    assert (whole.last.finish, len(whole.tokens)) == ("length", 40)
    assert len(set(whole.tokens)) > 15, "it repeats itself, and proves nothing"


@pytest.mark.parametrize("fields", [{"temperature": 0}, SAMPLED], ids=str)
async def test_a_stop_string_is_found_across_the_cut(asker: Asker, fields: dict[str, Any]) -> None:
    stop = across_two_outputs(await asker.ask(STORY, **LENGTH, **fields))

    whole = await check_every_cut(asker, STORY, max_output_tokens=40, stop=["never said", stop], **fields)

    assert whole.last.finish == "stop"
    assert stop not in whole.text


async def test_a_stop_string_within_the_least_tokens_is_passed_over(asker: Asker) -> None:
    stop = across_two_outputs(await asker.ask(STORY, **LENGTH, temperature=0))

    whole = await check_every_cut(asker, STORY, **LENGTH, stop=[stop], temperature=0)

    assert whole.last.finish == "length"
    assert stop in whole.text


async def test_what_was_held_back_for_a_stop_string_is_not_lost(asker: Asker) -> None:
    """At each cut there are tokens whose text was not delivered."""
    text = (await asker.ask(STORY, **LENGTH, temperature=0)).text

    whole = await check_every_cut(asker, STORY, **LENGTH, stop=[text[-9:] + "and so on", "?" * 40], temperature=0)

    assert whole.text == text


async def test_it_ends_where_the_context_does(asker: Asker, engine: Engine) -> None:
    prompt = "word " * 395 + "[[tokens=3000]]"
    start = (await asker.ask(prompt, max_output_tokens=1)).last.input_tokens
    prompt = "word " * ((engine.context_tokens - start - 30) * 395 // start) + prompt

    whole = await check_every_cut(asker, prompt, min_tokens=2000, temperature=0)

    assert whole.last.finish == "length"
    assert whole.last.input_tokens + len(whole.tokens) == engine.context_tokens
    assert len(whole.tokens) < 60


@pytest.mark.parametrize("times", [1, 3, 200])
async def test_tokens_that_are_the_whole_answer_or_more_end_it_at_once(asker: Asker, times: int) -> None:
    fields: dict[str, Any] = {"prompt": "[[tokens=5000]]", "max_output_tokens": 20, "min_tokens": 20, "temperature": 0}
    whole = await asker.ask(**fields)

    rest = await asker.ask(known=whole.tokens * times, said=len(whole.text), **fields)

    assert (rest.tokens, len(rest.outputs), rest.last.finish) == ([], 1, "length")
    assert rest.last.output_tokens == 20 * times
    assert rest.last.input_tokens == whole.last.input_tokens


async def test_a_stop_ends_what_goes_on(asker: Asker, engine: Engine) -> None:
    whole = await asker.ask(STORY, max_output_tokens=20, min_tokens=20, temperature=0)
    rest = await asker.begin(STORY, min_tokens=900, temperature=0, known=whole.tokens, said=len(whole.text))
    await asker.until(lambda: bool(rest.outputs))

    engine.abort(rest.response_id)
    await rest.ended.wait()

    assert rest.last.finish == "cancelled"
    assert rest.last.output_tokens == 20 + len(rest.tokens) > 20
    assert rest.last.input_tokens == whole.last.input_tokens


async def test_a_stop_that_comes_while_it_enters_is_not_lost(asker: Asker, engine: Engine) -> None:
    async def stop() -> None:
        engine.abort(asker.latest)

    async with asyncio.TaskGroup() as group:
        entering = group.create_task(asker.begin(STORY, min_tokens=900, known=[1, 2, 3], said=0))
        group.create_task(stop())
    rest = entering.result()
    await rest.ended.wait()

    assert rest.last.finish == "cancelled"
    assert rest.last.output_tokens == 3 + len(rest.tokens)


async def test_an_input_beyond_the_context_is_refused_as_ever(asker: Asker) -> None:
    with pytest.raises(EngineRequestError) as refusal:
        await asker.begin("word , " * 2100, known=[1, 2, 3])

    assert refusal.value.code == "context_length_exceeded"
    assert (await asker.ask("Hi", max_output_tokens=3, min_tokens=3)).last.finish == "length"

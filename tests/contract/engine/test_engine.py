"""What every engine must do."""
import asyncio
from typing import Any

import pytest

from inference.engine.port import Engine, EngineRequestError, Generation
from relay.job import Sampling
from tests.contract.engine.answers import Answer, Asker, across_two_outputs

pytestmark = pytest.mark.asyncio(loop_scope="session")

STORY = "Tell me a long story. [[tokens=1000]]"


def ending(engine_name: str) -> dict[str, Any]:
    """Fields that make an answer end by itself. A random-weight model does so only where a grammar leaves no choice."""
    if engine_name == "synthetic":
        return {}
    return {"text_format": {"type": "json_schema", "name": "end", "schema": {"enum": ["the end"]}}}


async def test_it_says_what_it_is(engine: Engine) -> None:
    assert engine.model in ("synthetic", "tiny")
    assert engine.context_tokens == 2048
    assert engine.capacity >= 64
    assert engine.can_continue


async def test_an_answer_ends_by_itself(asker: Asker, engine_name: str) -> None:
    answer = await asker.ask("Hello", **ending(engine_name))

    assert answer.last.finish == "stop"
    assert answer.text
    assert answer.last.output_tokens == len(answer.tokens)


async def test_an_answer_ends_at_its_length(asker: Asker) -> None:
    answer = await asker.ask(STORY, max_output_tokens=7, min_tokens=7)

    assert answer.last.finish == "length"
    assert len(answer.tokens) == answer.last.output_tokens == 7


async def test_an_answer_ends_where_the_context_does(asker: Asker, engine: Engine) -> None:
    answer = await asker.ask("word " * 300 + "[[tokens=2000]]", min_tokens=2000, temperature=0)

    assert answer.last.finish == "length"
    assert answer.last.input_tokens + answer.last.output_tokens == engine.context_tokens


async def test_counts_grow_with_the_tokens_and_say_what_the_prompt_has(asker: Asker) -> None:
    short, long = await asker.ask("Hi", max_output_tokens=5), await asker.ask("Hi " * 50, max_output_tokens=5)

    counts, so_far = [], 0
    for output in short.outputs:
        so_far += len(output.tokens)
        counts.append((output.output_tokens, so_far))
    assert all(said == counted for said, counted in counts)
    assert 0 < short.last.input_tokens < long.last.input_tokens
    assert 0 <= short.last.cached_tokens <= short.last.input_tokens


async def test_an_answer_ends_before_a_stop_string_that_lies_across_tokens(asker: Asker) -> None:
    whole = await asker.ask(STORY, max_output_tokens=60, min_tokens=60, temperature=0)
    stop = across_two_outputs(whole)

    answer = await asker.ask(STORY, max_output_tokens=60, stop=["never said", stop], temperature=0)

    assert answer.last.finish == "stop"
    assert answer.text == whole.text[: whole.text.index(stop)]
    assert all(stop not in text for text in _growing(answer))


async def test_what_was_held_back_for_a_stop_string_comes_at_the_end(asker: Asker) -> None:
    whole = await asker.ask(STORY, max_output_tokens=30, min_tokens=30, temperature=0)

    almost = whole.text[-3:] + "and something that does not follow"
    answer = await asker.ask(STORY, max_output_tokens=30, min_tokens=30, stop=[almost], temperature=0)

    assert answer.text == whole.text


async def test_the_same_seed_says_the_same(asker: Asker) -> None:
    fields = {"max_output_tokens": 30, "min_tokens": 30, "temperature": 1.0, "top_p": 0.95, "top_k": 50, "seed": 42}

    first, second = await asker.ask(STORY, **fields), await asker.ask(STORY, **fields)

    assert first.tokens == second.tokens
    assert first.text == second.text


async def test_a_seeded_request_with_a_long_prompt_beside_others_ends_nothing(asker: Asker) -> None:
    """vLLM on a processor dies of a seed whose prompt is computed in pieces, so it must not compute it in pieces."""
    others = [await asker.begin(STORY, max_output_tokens=100, min_tokens=100) for _ in range(8)]
    seeded = [
        await asker.begin(f"{n} " + "long " * 350, seed=n, temperature=1.0, max_output_tokens=20, min_tokens=20)
        for n in range(8)
    ]

    await asyncio.gather(*(answer.ended.wait() for answer in others + seeded))
    assert [len(answer.tokens) for answer in others + seeded] == [100] * 8 + [20] * 8


@pytest.mark.parametrize("seed", [-(2**63), 2**63 - 1, 0, -1])
async def test_the_outermost_seeds_are_taken(asker: Asker, seed: int) -> None:
    answer = await asker.ask(STORY, seed=seed, temperature=1.0, max_output_tokens=2, min_tokens=2)

    assert answer.last.finish == "length"


async def test_a_stop_ends_it_within_a_second(asker: Asker, engine: Engine) -> None:
    answer, other = await asker.begin(STORY, min_tokens=1000), await asker.begin(STORY + "!", min_tokens=1000)
    await asker.until(lambda: bool(answer.outputs and other.outputs) and engine.load().running == 2)

    async with asyncio.timeout(1):
        engine.abort(answer.response_id)
        await answer.ended.wait()
        await asker.until(lambda: engine.load().running == 1)

    assert answer.last.finish == "cancelled"
    assert answer.last.output_tokens == len(answer.tokens) > 0
    assert answer.last.input_tokens > 0
    assert not other.ended.is_set()
    engine.abort(other.response_id)
    await other.ended.wait()
    assert engine.load().running == 0


async def test_a_stop_that_comes_while_it_is_being_added_is_not_lost(asker: Asker, engine: Engine) -> None:
    async with asyncio.TaskGroup() as group:
        adding = group.create_task(asker.begin(STORY, min_tokens=1000))
        group.create_task(_abort_meanwhile(asker, engine))
    answer = adding.result()
    await answer.ended.wait()

    assert answer.last.finish == "cancelled"


async def _abort_meanwhile(asker: Asker, engine: Engine) -> None:
    engine.abort(asker.latest)


async def test_a_stop_of_what_does_not_run_does_nothing(asker: Asker, engine: Engine) -> None:
    answer = await asker.ask("Hi", max_output_tokens=2)

    engine.abort(answer.response_id)
    engine.abort("resp_never_heard_of")

    assert (await asker.ask("Hi", max_output_tokens=2)).last.finish in ("stop", "length")


async def test_many_run_side_by_side(asker: Asker, engine: Engine) -> None:
    most = 0

    def watch() -> bool:
        nonlocal most
        most = max(most, engine.load().running)
        return all(answer.ended.is_set() for answer in answers)

    answers = [await asker.begin(f"{n}: {STORY}", max_output_tokens=60, min_tokens=60) for n in range(32)]
    await asker.until(watch)

    assert most >= 16
    assert {len(answer.tokens) for answer in answers} == {60}


@pytest.mark.parametrize("words", [2100, 200_000])
async def test_an_input_beyond_the_context_is_refused_and_the_engine_is_well(asker: Asker, words: int) -> None:
    with pytest.raises(EngineRequestError, match="2048") as refusal:
        await asker.begin("word , " * words)

    assert (refusal.value.code, refusal.value.param) == ("context_length_exceeded", "input")
    assert (await asker.ask("Hi", max_output_tokens=3, min_tokens=3)).last.finish == "length"


async def test_who_was_refused_may_come_again_with_less(asker: Asker, engine: Engine) -> None:
    """Under the same id: that of a worker's attempt, which leaves out the oldest turns."""
    with pytest.raises(EngineRequestError):
        await asker.begin("word , " * 2100)
    answer = asker.answers[asker.latest]
    hello = [{"role": "user", "content": "Hi"}]
    await engine.add(Generation(answer.response_id, hello, Sampling(max_output_tokens=3, min_tokens=3)))
    await answer.ended.wait()
    assert (answer.last.finish, len(answer.tokens)) == ("length", 3)


@pytest.mark.parametrize("messages", [
    [],
    [{"role": "user", "content": 5}],
    [{"content": "whose?"}],
    [{"role": "user", "content": [{"type": "input_audio", "data": "?"}]}],
])
async def test_messages_that_no_template_takes_are_refused(asker: Asker, messages: list[dict[str, Any]]) -> None:
    with pytest.raises(EngineRequestError) as refusal:
        await asker.begin(messages)

    assert refusal.value.code == "invalid_prompt"
    assert "Traceback" not in refusal.value.message
    assert (await asker.ask("Hi", max_output_tokens=3, min_tokens=3)).last.finish == "length"


@pytest.mark.parametrize(("field", "value"), [
    ("temperature", 2.1), ("temperature", -0.1), ("temperature", float("nan")), ("top_p", 0.0), ("top_p", 1.1),
    ("top_k", -1), ("min_p", 1.5), ("presence_penalty", 3.0), ("frequency_penalty", -3.0),
    ("repetition_penalty", 0.0), ("seed", 2**63), ("seed", -(2**63) - 1), ("top_logprobs", 21),
    ("max_output_tokens", 0), ("min_tokens", -1), ("stop", [""]), ("stop", ["x"] * 17), ("stop", ["x" * 1001]),
])
async def test_a_field_out_of_bounds_is_refused_by_name(asker: Asker, field: str, value: Any) -> None:
    with pytest.raises(EngineRequestError) as refusal:
        await asker.begin("Hi", **{field: value})

    assert (refusal.value.code, refusal.value.param) == ("unsupported_parameter", field)


async def test_every_token_has_its_logprob_if_asked_for(asker: Asker) -> None:
    answer = await asker.ask("Hi", max_output_tokens=12, min_tokens=12, logprobs=True, top_logprobs=3, temperature=0)

    assert len(answer.logprobs) == len(answer.tokens) == 12
    assert all(len(output.logprobs) == len(output.tokens) for output in answer.outputs)
    for logprob in answer.logprobs:
        assert logprob.logprob <= 0
        assert len(logprob.top) == 3
        assert logprob.top[0][1] == logprob.logprob  # at temperature 0 the likeliest is chosen
        assert sorted((likely for _, likely in logprob.top), reverse=True) == [likely for _, likely in logprob.top]


async def test_logprobs_without_alternatives(asker: Asker) -> None:
    answer = await asker.ask("Hi", max_output_tokens=4, min_tokens=4, logprobs=True)

    assert [logprob.top for logprob in answer.logprobs] == [[]] * 4


async def test_there_are_no_logprobs_unless_asked_for(asker: Asker) -> None:
    assert (await asker.ask("Hi", max_output_tokens=4)).logprobs == []


def _growing(answer: Answer) -> list[str]:
    """The text as a viewer sees it grow."""
    return ["".join(output.text for output in answer.outputs[: n + 1]) for n in range(len(answer.outputs))]

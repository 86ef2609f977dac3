"""What only the synthetic engine promises."""
import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from inference.engine.port import EngineDead, EngineRequestError
from inference.engine.settings import EngineSettings
from inference.engine.synthetic import SyntheticEngine
from tests.contract.engine.answers import Asker
from tests.contract.engine.cuts import check_every_cut


@pytest_asyncio.fixture
async def asker() -> AsyncIterator[Asker]:
    engine = SyntheticEngine(EngineSettings(engine="synthetic", model="any-name", synthetic_tokens_per_s=0))
    async with asyncio.TaskGroup() as group:
        asker = Asker(engine)
        reader = group.create_task(asker.read())
        yield asker
        reader.cancel()


async def test_it_serves_any_model_name(asker: Asker) -> None:
    assert asker.engine.model == "any-name"


async def test_the_text_is_a_function_of_the_prompt(asker: Asker) -> None:
    first, again, other = await asker.ask("one"), await asker.ask("one"), await asker.ask("two")

    assert first.text == again.text
    assert first.tokens == again.tokens
    assert first.text != other.text


async def test_the_length_follows_from_the_prompt(asker: Asker) -> None:
    lengths = [(await asker.ask(f"prompt {n}")).last.output_tokens for n in range(40)]

    assert len(set(lengths)) > 20
    assert min(lengths) >= 40
    assert max(lengths) <= 200


async def test_the_last_user_message_may_set_the_length(asker: Asker) -> None:
    messages = [
        {"role": "user", "content": "[[tokens=9]] is not the last"},
        {"role": "assistant", "content": "[[tokens=10]]"},
        {"role": "user", "content": "so long: [[tokens=500]]"},
    ]
    answer = await asker.ask(messages)

    assert (answer.last.finish, answer.last.output_tokens) == ("stop", 500)


async def test_it_holds_markdown_and_characters_of_two_to_four_bytes_and_never_half_of_one(asker: Asker) -> None:
    answer = await asker.ask("[[tokens=2000]]")

    assert {len(character.encode()) for character in answer.text} == {1, 2, 3, 4}
    assert "�" not in answer.text
    assert all(mark in answer.text for mark in ("**", "```", "\n- ", "## "))


async def test_some_tokens_give_no_text_until_the_next_one(asker: Asker) -> None:
    answer = await asker.ask("[[tokens=400]]")

    assert any(output.tokens and not output.text for output in answer.outputs)


@pytest.mark.parametrize("stop", [[], ["the lazy dog"], ["never said"]])
async def test_it_goes_on_to_its_own_end_after_any_token(asker: Asker, stop: list[str]) -> None:
    whole = await check_every_cut(asker, "[[tokens=120]] go on", stop=stop)

    assert whole.last.finish == "stop"


TOOLS: list[dict[str, Any]] = [
    {"type": "function", "name": "look", "parameters": {
        "type": "object", "properties": {"at": {"enum": ["the sea"]}, "far": {"type": "boolean"}}, "required": ["at"]}},
    {"type": "function", "name": "wait"},
]
PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg"
    "==")
SCHEMA = {"type": "json_schema", "name": "s", "schema": {
    "type": "object", "properties": {"n": {"type": "integer", "minimum": 7}}, "required": ["n"]}}
LOOK = '<tool_call>\n{"name": "look", "arguments": {"at": "the sea", "far": true}}\n</tool_call>'
WAIT = '<tool_call>\n{"name": "wait", "arguments": {}}\n</tool_call>'


@pytest.mark.parametrize(
    ("prompt", "fields", "text"),
    [
        ("Hi", {"tools": TOOLS}, LOOK),
        ("[[call=wait]] [[call=look]]", {"tools": TOOLS}, f"{WAIT}\n{LOOK}"),
        ("[[call=nothing]]", {"tools": TOOLS}, LOOK),
        ("Hi", {"text_format": SCHEMA}, '{"n": 7}'),
        ("Hi", {"text_format": SCHEMA, "tools": TOOLS}, '{"n": 7}'),
        ("Hi", {"text_format": {"type": "json_object"}}, "{}"),
    ],
)
async def test_it_does_what_tools_and_a_format_ask_for(
        asker: Asker, prompt: str, fields: dict[str, Any], text: str) -> None:
    whole = await check_every_cut(asker, prompt, **fields)
    assert (whole.text, whole.last.finish) == (text, "stop")


async def test_it_answers_in_words_what_a_tool_has_said_and_where_words_are_asked_for(asker: Asker) -> None:
    said = [{"role": "user", "content": "Hi"}, {"role": "tool", "tool_call_id": "c", "content": "42"}]
    for prompt in (said, "[[say]] Hi"):
        assert "tool_call" not in (await asker.ask(prompt, tools=TOOLS)).text


async def test_it_thinks_as_long_as_the_effort_says(asker: Asker) -> None:
    words = (await asker.ask("[[tokens=9]]")).text
    low = await check_every_cut(asker, "[[tokens=9]]", thinks=True, effort="low")
    high = await asker.ask("[[tokens=9]]", thinks=True, effort="high")
    assert low.text.startswith("<think>\n")
    assert low.text.endswith(f"\n</think>\n\n{words}")
    assert len(low.tokens) < len(high.tokens)
    assert (await asker.ask("[[tokens=9]]", thinks=True, effort="none")).text == words


async def test_it_tells_what_an_image_is(asker: Asker) -> None:
    parts = [{"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {"url": PIXEL}}]
    answer = await asker.ask([{"role": "user", "content": parts}])
    assert answer.text == "I see a PNG image of 1 × 1 pixels, 70 bytes."


async def test_logprobs_of_what_is_written(asker: Asker) -> None:
    answer = await asker.ask("Hi", tools=TOOLS, logprobs=True, top_logprobs=2)
    assert "".join(logprob.token for logprob in answer.logprobs) == answer.text


async def test_a_format_that_it_does_not_know_is_refused(asker: Asker) -> None:
    with pytest.raises(EngineRequestError, match="not known") as refusal:
        await asker.begin("Hi", text_format={"type": "novelty"})

    assert refusal.value.param == "text.format"
    assert (await asker.ask("Hi", text_format={"type": "text"})).last.finish == "stop"


async def test_as_fast_as_it_can_it_still_lets_others_run(asker: Asker) -> None:
    """Each turn of the loop makes one step at most, so a thousand turns cannot make more tokens."""
    answer = await asker.begin("[[tokens=50000]]")
    for _ in range(1000):
        await asyncio.sleep(0)

    assert 0 < sum(len(output.tokens) for output in answer.outputs) <= 1001
    asker.engine.abort(answer.response_id)
    await answer.ended.wait()


class Clock:
    """Seconds that only a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def rated(tokens_per_s: float) -> tuple[SyntheticEngine, Clock]:
    clock = Clock()
    return SyntheticEngine(EngineSettings(engine="synthetic", synthetic_tokens_per_s=tokens_per_s), clock), clock


async def test_the_rate_is_per_response_and_a_reader_that_lags_gets_all_that_is_due() -> None:
    engine, clock = rated(10)
    asker = Asker(engine)
    first, second = await asker.begin("[[tokens=100]] a"), await asker.begin("[[tokens=100]] b")

    made = {output.response_id: len(output.tokens) for output in await engine.outputs()}
    assert made == {first.response_id: 1, second.response_id: 1}
    clock.now += 2.05
    made = {output.response_id: len(output.tokens) for output in await engine.outputs()}
    assert made == {first.response_id: 20, second.response_id: 20}


async def test_nothing_comes_before_it_is_due() -> None:
    engine, clock = rated(10)
    await Asker(engine).begin("[[tokens=100]]")
    await engine.outputs()
    clock.now += 0.01

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await engine.outputs()

    clock.now += 0.09
    assert [len(output.tokens) for output in await engine.outputs()] == [1]


async def test_no_more_run_side_by_side_than_its_capacity(asker: Asker) -> None:
    asker.engine.capacity = 2
    long = [await asker.begin(f"[[tokens=1000000]] {name}") for name in "ab"]
    waiting, stopped = await asker.begin("[[tokens=5]]"), await asker.begin("[[tokens=5]]")
    await asker.until(lambda: all(answer.outputs for answer in long))
    load = asker.engine.load()
    assert (load.running, load.waiting, waiting.outputs) == (2, 2, [])
    asker.engine.abort(stopped.response_id)
    await stopped.ended.wait()
    assert stopped.last.finish == "cancelled"
    assert not waiting.outputs
    asker.engine.abort(long[0].response_id)
    await waiting.ended.wait()
    assert len(waiting.tokens) == 5
    asker.engine.abort(long[1].response_id)


@pytest.mark.parametrize(("how", "raised"), [("memory", MemoryError), ("engine", EngineDead)])
@pytest.mark.parametrize("at", [0, 3])
async def test_a_prompt_may_end_it_where_that_is_allowed(how: str, raised: type[Exception], at: int) -> None:
    settings = EngineSettings(engine="synthetic", synthetic_tokens_per_s=0, synthetic_mortal=True)
    asker = Asker(SyntheticEngine(settings))
    answer = await asker.begin(f"[[dies={how}@{at}]] [[tokens=50]]")
    with pytest.raises(raised):
        await asker.read()
    assert len(answer.tokens) == at
    again = Asker(SyntheticEngine(settings))
    await again.begin(f"[[dies={how}@{at}]] [[tokens=50]]", known=answer.tokens)
    with pytest.raises(raised):
        await again.engine.outputs()


async def test_no_prompt_ends_it_unless_it_is_mortal(asker: Asker) -> None:
    assert len((await asker.ask("[[dies=kill]] [[tokens=50]]")).tokens) == 50

"""What only vLLM does, and what of it Parley relies on."""
import asyncio
import json
import time
from typing import Any

import pytest

from inference.engine.port import EngineRequestError
from tests.contract.engine.answers import Asker

pytestmark = pytest.mark.asyncio(loop_scope="session")


def schema(**properties: Any) -> dict[str, Any]:
    whole = {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    return {"type": "json_schema", "name": "answer", "schema": whole}


@pytest.mark.parametrize("seed", [None, 3])
async def test_a_schema_is_kept(asker: Asker, seed: int | None) -> None:
    text_format = schema(city={"enum": ["Paris", "Tokyo"]}, hot={"type": "boolean"}, grade={"enum": [1, 2, 3]})

    answer = await asker.ask("Which?", text_format=text_format, seed=seed, temperature=1.0)

    assert answer.last.finish == "stop"
    said = json.loads(answer.text)
    assert list(said) == ["city", "hot", "grade"]
    assert said["city"] in ("Paris", "Tokyo")
    assert isinstance(said["hot"], bool)
    assert said["grade"] in (1, 2, 3)
    assert " " not in answer.text  # a weak model would pad until its tokens are used up


async def test_halves_of_characters_wait_for_each_other(asker: Asker) -> None:
    """The tokenizer knows bytes only, so each of these characters comes in two to four tokens."""
    text_format = schema(said={"const": "Grüße, 世界 – 🦊🚀 नमस्ते"})

    answer = await asker.ask("Say it", text_format=text_format)

    assert json.loads(answer.text) == {"said": "Grüße, 世界 – 🦊🚀 नमस्ते"}
    assert any(output.tokens and not output.text for output in answer.outputs)
    assert all("�" not in output.text for output in answer.outputs)


async def test_half_a_character_at_the_end_is_left_out(asker: Asker) -> None:
    text_format = schema(said={"const": "🦊🚀"})
    whole = await asker.ask("Say it", text_format=text_format)

    for tokens in range(1, len(whole.tokens)):
        answer = await asker.ask("Say it", text_format=text_format, max_output_tokens=tokens)
        assert whole.text.startswith(answer.text)


@pytest.mark.parametrize(("text_format", "words"), [
    ({"type": "json_schema", "name": "n"}, "lacks a schema"),
    ({"type": "xml"}, "'xml' is not known"),
    (schema(x={"type": "no such type"}), "no such type"),
    (schema(x={"$ref": "#/nowhere"}), "nowhere"),
])
async def test_a_format_that_cannot_be_kept_is_refused(asker: Asker, text_format: dict[str, Any], words: str) -> None:
    with pytest.raises(EngineRequestError, match=words) as refusal:
        await asker.begin("Hi", text_format=text_format)

    assert (refusal.value.code, refusal.value.param) == ("unsupported_parameter", "text.format")
    assert (await asker.ask("Hi", max_output_tokens=3, min_tokens=3)).last.finish == "length"


async def test_any_json_object(asker: Asker) -> None:
    answer = await asker.ask("Hi", text_format={"type": "json_object"}, max_output_tokens=5, min_tokens=5)

    assert answer.text.startswith("{")


async def test_a_prompt_that_was_seen_before_is_cached(asker: Asker) -> None:
    prompt = "A prompt of its own that is longer than one block of the cache. " * 20
    await asker.ask(prompt, max_output_tokens=2)

    again = await asker.ask(prompt, max_output_tokens=2)

    assert again.last.cached_tokens >= 128


async def test_vllm_keeps_no_statistics_of_tokens(asker: Asker) -> None:
    """They would cost as much as all else that its front-end does; those of steps tell the load."""
    from prometheus_client import REGISTRY

    await asker.ask("Hello", max_output_tokens=8)

    samples = [sample for metric in REGISTRY.collect() for sample in metric.samples]
    assert not [sample for sample in samples if sample.name == "vllm:generation_tokens_total" and sample.value]


async def test_tools_reach_the_chat_template(asker: Asker) -> None:
    """The tiny model's template ignores them; that they are taken in either shape is what matters."""
    flat = {"type": "function", "name": "weather", "parameters": {"type": "object", "properties": {}}}
    nested = {"type": "function", "function": {"name": "weather"}}

    assert (await asker.ask("Hi", tools=[flat, nested], max_output_tokens=2, min_tokens=2)).last.finish == "length"


async def test_the_text_is_what_the_tokenizer_makes_of_the_tokens(asker: Asker, tiny_model: str) -> None:
    from transformers import AutoTokenizer

    answer = await asker.ask("Tell me", max_output_tokens=80, min_tokens=80, temperature=0)

    tokenizer = AutoTokenizer.from_pretrained(tiny_model)
    decoded = tokenizer.decode(answer.tokens, skip_special_tokens=True)
    assert decoded.startswith(answer.text)
    assert decoded.removeprefix(answer.text).strip("�") == ""


async def test_checking_a_large_schema_holds_up_nobody(asker: Asker) -> None:
    level: dict[str, Any] = {"type": "string", "pattern": "^[a-z]{1,50}$"}
    for _ in range(3):
        level = {"type": "object", "properties": {f"f{n}": level for n in range(8)}}
    longest, last = 0.0, time.monotonic()

    async with asyncio.TaskGroup() as group:
        adding = group.create_task(asker.ask("Hi", text_format=schema(x=level), max_output_tokens=3))
        while not adding.done():
            await asyncio.sleep(0)
            now = time.monotonic()
            longest, last = max(longest, now - last), now

    assert longest < 0.3

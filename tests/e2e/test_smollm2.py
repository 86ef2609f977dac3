"""The model that Parley brings along, in a real vLLM, through the engine port: does it make sense?"""
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from inference.engine.factory import create_engine
from inference.engine.port import Engine, Generation, Output
from inference.engine.settings import EngineSettings
from inference.models import smollm2
from inference.models.cache import ModelCache, default_cache
from relay.job import Sampling

pytestmark = [
    pytest.mark.vllm,
    pytest.mark.timeout(600),  # the first time on a machine, the model is fetched; vLLM takes a minute to start
    pytest.mark.filterwarnings("default"),  # vLLM's own
    pytest.mark.asyncio(loop_scope="module"),
]


def silent(words: str, share: float | None) -> None:
    """Progress that nobody looks at."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine() -> AsyncIterator[Engine]:
    folder: Path = smollm2.prepare(ModelCache(default_cache()), silent)
    engine = create_engine(EngineSettings(
        engine="vllm", model=smollm2.NAME, folder=str(folder), context_tokens=2048, capacity=4, eager=True))
    await engine.start(silent)
    yield engine
    await engine.close()


async def ask(engine: Engine, name: str, question: str, sampling: Sampling) -> tuple[str, Output]:
    """The whole answer, and the last output."""
    await engine.add(Generation(name, [{"role": "user", "content": question}], sampling))
    text = ""
    while True:
        for output in await engine.outputs():
            text += output.text
            if output.finish is not None:
                return text, output


async def test_it_knows_the_capital_of_france_and_ends_by_itself(engine: Engine) -> None:
    """Its first word is nearly a tie that other numerics decide otherwise, so no single seed proves anything."""
    answers = [
        await ask(engine, f"resp_paris_{seed}", "What is the capital of France?",
                  Sampling(seed=seed, max_output_tokens=128))
        for seed in range(8)]
    good = [answer for answer, last in answers if "Paris" in answer and last.finish == "stop"]
    assert len(good) >= 5, answers
    assert {last.input_tokens for _, last in answers} == {37}  # the default system prompt included
    assert not any("<|" in answer for answer, _ in answers)


async def test_it_knows_how_large_it_is(engine: Engine) -> None:
    assert engine.parameters == 134_515_008


async def test_its_makers_way_to_sample_is_the_default(engine: Engine) -> None:
    """With a temperature of 0.2 an answer that is sampled with many seeds hardly varies; with 1.5 it does."""
    async def answers(temperature: float | None) -> set[str]:
        return {
            (await ask(engine, f"resp_{temperature}_{seed}", "What is the capital of Japan?", Sampling(
                seed=seed, temperature=temperature, max_output_tokens=12)))[0]
            for seed in range(6)}

    assert len(await answers(None)) < len(await answers(1.5))

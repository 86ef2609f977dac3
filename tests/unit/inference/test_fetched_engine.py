import asyncio
import threading
from pathlib import Path

import pytest

from inference.engine.port import Generation, Progress
from inference.engine.settings import EngineSettings
from inference.engine.synthetic import SyntheticEngine
from inference.fetched_engine import FetchedEngine
from relay.job import Sampling


def make(folder: Path) -> SyntheticEngine:
    return SyntheticEngine(
        EngineSettings(engine="synthetic", model=folder.name, capacity=7, synthetic_tokens_per_s=0))


async def test_it_says_how_fetching_goes_and_then_is_the_engine() -> None:
    said: list[tuple[str, float | None]] = []

    def fetch(progress: Progress) -> Path:
        progress("fetching", 0.5)
        return Path("/models/small")

    engine = FetchedEngine("small", fetch, make)
    assert (engine.model, engine.capacity) == ("small", 0)
    await engine.start(lambda words, share: said.append((words, share)))
    assert said[0] == ("fetching", 0.5)
    assert (engine.capacity, engine.can_continue) == (7, True)
    await engine.add(Generation("r1", [{"role": "user", "content": "Hi"}], Sampling()))
    assert engine.load().running == 1
    engine.abort("r1")
    assert (await engine.outputs())[-1].finish == "cancelled"
    await engine.close()


async def test_a_stop_while_fetching_ends_the_fetching() -> None:
    begun, go_on, ended = asyncio.Event(), threading.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def fetch(progress: Progress) -> Path:
        loop.call_soon_threadsafe(begun.set)
        go_on.wait(10)
        try:
            progress("still fetching", 0.6)
        finally:
            ended.set()
        return Path("/models/small")

    engine = FetchedEngine("small", fetch, make)
    said: list[str] = []
    task = asyncio.create_task(engine.start(lambda words, share: said.append(words)))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    go_on.set()
    await asyncio.to_thread(ended.wait, 10)
    assert said == []
    await engine.close()


async def test_before_the_start_it_can_do_nothing() -> None:
    engine = FetchedEngine("small", lambda progress: Path(), make)
    with pytest.raises(RuntimeError, match="not been started"):
        engine.load()

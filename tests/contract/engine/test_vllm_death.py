"""vLLM's processes die. This comes last of the files that share the engine: nothing can be asked of it afterwards."""
import asyncio
import os
import signal

import pytest

from inference.engine.port import Engine, EngineDead, Generation
from relay.job import Sampling
from tests.processes import command_line, descendants

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_everybody_hears_of_it_soon(engine: Engine) -> None:
    hello = [{"role": "user", "content": "Hello"}]
    for number in range(4):
        await engine.add(Generation(f"resp_last_{number}", hello, Sampling(min_tokens=1500)))
    await engine.outputs()

    os.kill(_engine_core(), signal.SIGKILL)

    with pytest.raises(EngineDead):
        await asyncio.wait_for(_read_for_ever(engine), 5)
    with pytest.raises(EngineDead):
        await engine.add(Generation("resp_too_late", hello, Sampling()))


async def _read_for_ever(engine: Engine) -> None:
    while True:
        await engine.outputs()


def _engine_core() -> int:
    """The process that this one has started under vLLM's name for it."""
    return next(pid for pid in descendants(os.getpid()) if "EngineCore" in command_line(pid))

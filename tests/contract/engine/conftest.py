"""One suite, every engine. vLLM takes part where it is installed and `-m vllm` asks for it: its start takes long."""
import asyncio
from collections.abc import AsyncIterator
from importlib.util import find_spec
from pathlib import Path

import pytest
import pytest_asyncio

from inference.engine.factory import create_engine
from inference.engine.port import Engine
from inference.engine.settings import EngineSettings
from tests.contract.engine.answers import Asker

VLLM = pytest.param("vllm", marks=[pytest.mark.vllm, pytest.mark.timeout(400)])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine_name" in metafunc.fixturenames:
        asked_for = "vllm" in str(metafunc.config.getoption("markexpr"))
        engines = ["synthetic", VLLM] if asked_for and find_spec("vllm") else ["synthetic"]
        metafunc.parametrize("engine_name", engines, indirect=True, scope="session")


@pytest.fixture(scope="session")
def engine_name(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def engine(engine_name: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Engine]:
    """A started engine that all tests share; what a test does to it, the next one would suffer."""
    engine = create_engine(_settings(engine_name, tmp_path_factory.mktemp("models")))
    await engine.start(lambda words, share: None)
    yield engine
    await engine.close()


def _settings(engine_name: str, folder: Path) -> EngineSettings:
    if engine_name == "synthetic":
        return EngineSettings(engine="synthetic", model="synthetic", synthetic_tokens_per_s=0, context_tokens=2048)
    from tests.tiny_model import make_tiny_model

    tiny = make_tiny_model(folder / "tiny")
    return EngineSettings(
        engine="vllm", model="tiny", folder=str(tiny), offline=True, eager=True, capacity=64, kv_cache_bytes=2**28
    )


@pytest_asyncio.fixture(loop_scope="session")
async def asker(engine: Engine) -> AsyncIterator[Asker]:
    """Reads the engine's outputs while the test runs. Nothing may run when the test is over."""
    asker = Asker(engine)
    reader = asyncio.create_task(asker.read())
    yield asker
    reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader
    assert engine.load().running == 0

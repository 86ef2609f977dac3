"""One suite, every engine. vLLM takes part where it is installed and `-m vllm` asks for it: its start takes long."""
import asyncio
import gc
from collections.abc import AsyncIterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from inference.engine.factory import create_engine
from inference.engine.port import Engine
from inference.engine.settings import EngineSettings
from tests.contract.engine.answers import Asker

HERE = Path(__file__).parent
SYNTHETIC = EngineSettings(engine="synthetic", synthetic_tokens_per_s=0, context_tokens=2048)
VLLM = pytest.param("vllm", marks=[
    pytest.mark.vllm,
    pytest.mark.timeout(400),  # the first test waits for the start
    pytest.mark.filterwarnings("default"),  # importing torch and vLLM warns of many things that are not ours
])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine_name" in metafunc.fixturenames:
        engines = [VLLM] if "test_vllm" in metafunc.module.__name__ else ["synthetic", VLLM]
        metafunc.parametrize("engine_name", engines, indirect=True, scope="session")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if find_spec("vllm") and "vllm" in str(config.getoption("markexpr")):
        return  # `-m` itself chooses
    left_out = [item for item in items if item.path.is_relative_to(HERE) and item.get_closest_marker("vllm")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def engine_name(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of the random-weight model; only where torch is."""
    from tests.tiny_model import make_tiny_model

    return str(make_tiny_model(tmp_path_factory.mktemp("models") / "tiny"))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def engine(engine_name: str, request: pytest.FixtureRequest) -> AsyncIterator[Engine]:
    """A started engine that all tests share; what a test does to it, the next one would suffer."""
    engine = create_engine(SYNTHETIC if engine_name == "synthetic" else _tiny(request.getfixturevalue("tiny_model")))
    await engine.start(lambda words, share: None)
    yield engine
    await engine.close()
    assert engine_name == "synthetic" or not _open_contexts()


def _open_contexts() -> list[Any]:
    """vLLM's socket contexts that nobody has ended: pyzmq complains of each when the collector comes upon it."""
    import zmq

    contexts = [thing for thing in gc.get_objects() if issubclass(type(thing), zmq.Context)]
    return [context for context in contexts if not context.closed and not context._shadow]


def _tiny(folder: str) -> EngineSettings:
    """In float32, where rounding decides no tie otherwise if a step has another size; with room for 8192 tokens."""
    return EngineSettings(
        model="tiny", folder=folder, eager=True, capacity=64, kv_cache_bytes=2**24, dtype="float32")


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

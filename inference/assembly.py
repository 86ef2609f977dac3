"""Which engine these settings mean, with which model. Chooses only; nothing is fetched or loaded here."""
from functools import partial
from pathlib import Path

from loguru import logger

from inference.engine.factory import EngineSettingsError, create_engine
from inference.engine.port import Engine
from inference.engine.settings import EngineSettings
from inference.fetched_engine import FetchedEngine
from inference.models import catalog
from inference.models.cache import ModelCache
from inference.models.errors import ModelError
from inference.models.hardware import detect
from inference.settings import WorkerSettings

SYNTHETIC = "synthetic"


def choose_engine(settings: WorkerSettings) -> Engine:
    """May ask driver and hub, so it takes seconds. Raises EngineSettingsError, one sentence for the operator."""
    if settings.engine != "vllm":
        return create_engine(_engine_settings(settings, settings.model or SYNTHETIC))
    try:
        choice = catalog.choose(settings.model or None, detect())
    except ModelError as error:
        raise EngineSettingsError(str(error)) from error
    logger.info("{}", choice.why)
    fetch = partial(catalog.prepare, choice, ModelCache(settings.model_cache))

    def make(folder: Path) -> Engine:
        return create_engine(_engine_settings(settings, choice.name, str(folder)))

    return FetchedEngine(choice.name, fetch, make)


def _engine_settings(settings: WorkerSettings, model: str, folder: str = "") -> EngineSettings:
    return EngineSettings(
        engine=settings.engine,
        model=model,
        folder=folder,
        context_tokens=settings.context_tokens,
        capacity=settings.capacity,
        synthetic_tokens_per_s=settings.synthetic_tokens_per_s,
        synthetic_mortal=settings.synthetic_mortal,
        dtype=settings.dtype,
        gpu_memory_utilization=settings.gpu_memory_utilization,
        load_format=settings.load_format,
        tool_parser=settings.tool_parser,
        reasoning_parser=settings.reasoning_parser,
    )

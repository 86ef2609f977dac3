"""Makes the engine that the settings name. The only place that knows all implementations."""
from inference.engine.port import Engine
from inference.engine.settings import EngineSettings

ENGINES = ("vllm", "synthetic")


class EngineSettingsError(ValueError):
    """The settings name no engine that can be made; the message is one sentence for the operator."""


def create_engine(settings: EngineSettings) -> Engine:
    """An engine that is not started yet. Imports only what it needs: vLLM is not there in every environment."""
    if settings.engine == "synthetic":
        from inference.engine.synthetic import SyntheticEngine

        return SyntheticEngine(settings)
    if settings.engine == "vllm":
        from inference.engine.vllm.engine import VllmEngine

        if not settings.folder:
            raise EngineSettingsError("The vllm engine needs a model: a folder or a Hugging Face id.")
        return VllmEngine(settings)
    if settings.engine == "remote":
        raise EngineSettingsError("PARLEY_ENGINE=remote is not there yet; use vllm or synthetic.")
    raise EngineSettingsError(f"PARLEY_ENGINE={settings.engine} is not known; use one of: {', '.join(ENGINES)}.")

"""Each setting that makes no sense is refused in one sentence."""
import pytest

from inference.engine.factory import EngineSettingsError, create_engine
from inference.engine.settings import EngineSettings
from inference.engine.synthetic import SyntheticEngine


def test_the_synthetic_engine() -> None:
    engine = create_engine(EngineSettings(engine="synthetic", model="m", capacity=5, context_tokens=100))

    assert isinstance(engine, SyntheticEngine)
    assert (engine.model, engine.capacity, engine.context_tokens) == ("m", 5, 100)


def test_making_a_vllm_engine_does_not_load_vllm() -> None:
    engine = create_engine(EngineSettings(engine="vllm", model="m", folder="somewhere"))

    assert engine.model == "m"
    assert engine.can_continue is False


@pytest.mark.parametrize(("settings", "words"), [
    (EngineSettings(engine="remote"), "not there yet"),
    (EngineSettings(engine="magic"), "PARLEY_ENGINE=magic is not known; use one of: vllm, synthetic"),
    (EngineSettings(engine="vllm"), "needs a model"),
])
def test_senseless_settings(settings: EngineSettings, words: str) -> None:
    with pytest.raises(EngineSettingsError, match=words):
        create_engine(settings)

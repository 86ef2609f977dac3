from pathlib import Path

import pytest

from inference.assembly import choose_engine
from inference.engine.factory import EngineSettingsError
from inference.engine.synthetic import SyntheticEngine
from inference.fetched_engine import FetchedEngine
from inference.settings import WorkerSettings


def settings(**given: object) -> WorkerSettings:
    return WorkerSettings(**given)  # type: ignore[arg-type]


def test_the_synthetic_engine_needs_no_model() -> None:
    engine = choose_engine(settings(engine="synthetic", capacity=3))
    assert isinstance(engine, SyntheticEngine)
    assert (engine.model, engine.capacity) == ("synthetic", 3)
    assert choose_engine(settings(engine="synthetic", model="tiny")).model == "tiny"


def test_a_model_is_named_before_it_is_fetched(tmp_path: Path) -> None:
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny" / "config.json").write_text("{}")
    engine = choose_engine(settings(engine="vllm", model=str(tmp_path / "tiny")))
    assert isinstance(engine, FetchedEngine)
    assert engine.model == "tiny"


@pytest.mark.parametrize("given", [{"engine": "remote"}, {"engine": "vllm", "model": "no such model"}])
def test_what_cannot_be_had_is_one_sentence(given: dict[str, object]) -> None:
    with pytest.raises(EngineSettingsError):
        choose_engine(settings(**given))

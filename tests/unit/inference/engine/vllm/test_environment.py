"""What vLLM finds in its environment; it is not imported here."""
import os
from pathlib import Path

import pytest

from inference.engine.settings import EngineSettings
from inference.engine.vllm import arguments

SETTINGS = EngineSettings(model="some", folder="some/model")
SPARE = "VLLM_CPU_NUM_OF_RESERVED_CPU"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An empty one."""
    made: dict[str, str] = {}
    monkeypatch.setattr(os, "environ", made)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1})
    return made


@pytest.mark.parametrize(("parameters", "spare"), [(1_000_000, "1"), (135_000_000, "0"), (None, "0")])
def test_a_model_of_some_size_gets_all_cores(
        environment: dict[str, str], parameters: int | None, spare: str) -> None:
    arguments.prepare_environment(SETTINGS, parameters)

    assert environment[SPARE] == spare


def test_what_the_operator_has_set_stays(environment: dict[str, str]) -> None:
    environment |= {SPARE: "1", "VLLM_LOGGING_CONFIG_PATH": "mine"}

    arguments.prepare_environment(SETTINGS, None)

    assert environment[SPARE] == "1"
    assert environment["VLLM_LOGGING_CONFIG_PATH"] == "mine"


def test_no_hub_is_asked_for_a_folder(environment: dict[str, str], tmp_path: Path) -> None:
    arguments.prepare_environment(SETTINGS, None)
    assert "HF_HUB_OFFLINE" not in environment

    arguments.prepare_environment(EngineSettings(model="some", folder=str(tmp_path)), None)
    assert environment["HF_HUB_OFFLINE"] == "1"

from pathlib import Path

import pytest

from inference.settings import WorkerSettings
from relay.environment import load_settings


def test_the_defaults(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PARLEY_MODEL_CACHE", str(tmp_path))
    settings = load_settings(WorkerSettings)
    assert (settings.engine, settings.model, settings.model_cache) == ("vllm", "", tmp_path)
    assert (settings.drain_s, settings.synthetic_tokens_per_s, settings.capacity) == (30, 50, None)


def test_every_setting_says_what_it_means() -> None:
    assert all(field.description for field in WorkerSettings.model_fields.values())


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ENGINE", "vlmm", "PARLEY_ENGINE 'vlmm' is not usable: it must be 'vllm', 'remote' or 'synthetic'."),
        ("SYNTHETIC_TOKENS_PER_S", "-1",
         "PARLEY_SYNTHETIC_TOKENS_PER_S '-1' is not usable: it must be greater than or equal to 0."),
        ("CAPACITY", "0", "PARLEY_CAPACITY '0' is not usable: it must be greater than or equal to 1."),
        ("CONTEXT_TOKENS", "many", "PARLEY_CONTEXT_TOKENS 'many' is not usable: it must be a valid integer."),
        ("DTYPE", "int3", "PARLEY_DTYPE 'int3' is not usable: it must be 'float32', 'float16' or 'bfloat16'."),
        ("GPU_MEMORY_UTILIZATION", "1.5",
         "PARLEY_GPU_MEMORY_UTILIZATION '1.5' is not usable: it must be less than or equal to 1."),
        ("LOAD_FORMAT", "random", "PARLEY_LOAD_FORMAT 'random' is not usable: it must be 'auto', 'dummy', "
         "'fastsafetensors', 'mistral', 'runai_streamer' or 'safetensors'."),
        ("STALL_S", "inf", "PARLEY_STALL_S 'inf' is not usable: it must be less than or equal to 3600."),
    ],
)
def test_a_senseless_setting_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(f"PARLEY_{name}", value)
    with pytest.raises(SystemExit) as ended:
        load_settings(WorkerSettings)
    assert (ended.value.code, capsys.readouterr().err) == (2, said + "\n")

"""What vLLM is started with, by its own account; no engine is started."""
from typing import Any

import pytest

from inference.engine.settings import EngineSettings

pytestmark = [pytest.mark.vllm, pytest.mark.filterwarnings("default")]


def arguments(folder: str, **more: Any) -> Any:
    from inference.engine.vllm.arguments import engine_arguments

    return engine_arguments(EngineSettings(model="tiny", folder=folder, **more))


def test_sizes_that_are_not_set_are_those_of_vllm_s_own_server(
        tiny_model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from vllm.engine.arg_utils import AsyncEngineArgs
    from vllm.usage.usage_lib import UsageContext

    from inference.engine.vllm.arguments import engine_config

    by_use = {UsageContext.OPENAI_API_SERVER: 1024, UsageContext.LLM_CLASS: 7}
    monkeypatch.setattr(AsyncEngineArgs, "get_batch_defaults", lambda *_: ({}, by_use))
    asked = arguments(tiny_model)
    asked.max_num_seqs = None  # as on a GPU
    assert engine_config(asked).scheduler_config.max_num_seqs == 1024


def test_a_share_of_a_gpu_and_the_way_to_get_the_weights_reach_vllm(tiny_model: str) -> None:
    told = arguments(tiny_model, gpu_memory_utilization=0.3, load_format="dummy")
    assert (told.gpu_memory_utilization, told.load_format) == (0.3, "dummy")
    assert arguments(tiny_model).gpu_memory_utilization == type(told).gpu_memory_utilization

"""How vLLM is started. Its own defaults are right, unless a measurement says otherwise; then the reason stands here."""
import os
from pathlib import Path
from typing import Any

from inference.engine.settings import EngineSettings
from inference.engine.vllm import hardware
from inference.engine.vllm.logs import CONFIGURATION

# A prompt is computed in one piece there (see below), so the context bounds the memory of a step.
CPU_CONTEXT_TOKENS = 8192
CPU_CAPACITY = 128
_WAITING = "inference.engine.vllm.waiting"  # named, not imported: vLLM's processes import it when they are set up


def prepare_environment(settings: EngineSettings, parameters: int | None) -> None:
    """Set what vLLM reads from the environment, before it is imported. What the operator has set stays.

    `parameters` are the model's, as `count_parameters` tells them.
    """
    defaults = {
        "VLLM_WORKER_MULTIPROC_METHOD": "spawn",  # a fork would inherit sockets and threads of the event loop
        "VLLM_LOGGING_CONFIG_PATH": str(CONFIGURATION),
        "VLLM_NO_USAGE_STATS": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    }
    spare = hardware.cores_to_spare(parameters, len(os.sched_getaffinity(0)))
    defaults["VLLM_CPU_NUM_OF_RESERVED_CPU"] = str(spare)  # read where it computes on a processor
    if Path(settings.folder).is_dir():  # no hub is needed, and asking one takes its time where none is in reach
        defaults |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    for name, value in defaults.items():
        os.environ.setdefault(name, value)


def engine_arguments(settings: EngineSettings) -> Any:
    """An AsyncEngineArgs. Reads the model's configuration, so it may take a second, or a download."""
    from vllm.engine.arg_utils import AsyncEngineArgs
    from vllm.platforms import current_platform

    arguments: dict[str, Any] = {
        "model": settings.folder,
        "served_model_name": settings.model,
        "max_model_len": settings.context_tokens,
        "max_num_seqs": settings.capacity,
        "dtype": settings.dtype or "auto",
        "kv_cache_memory_bytes": settings.kv_cache_bytes,
        "load_format": settings.load_format,
        "enable_log_requests": False,
        "use_tqdm_on_load": False,
        "enforce_eager": settings.eager,
        "disable_log_stats": True,  # our own logger of statistics is called nevertheless
        # Weak models pad JSON with white space until the tokens are used up; only these backends can forbid it.
        "structured_outputs_config": {"backend": "xgrammar", "disable_any_whitespace": True},
    }
    if settings.gpu_memory_utilization is not None:
        arguments["gpu_memory_utilization"] = settings.gpu_memory_utilization
    if current_platform.is_cpu():
        model = AsyncEngineArgs(model=settings.folder).create_model_config()
        arguments |= _cpu_arguments(settings, model.max_model_len)
    return AsyncEngineArgs(**arguments)


def engine_config(arguments: Any) -> Any:
    """A VllmConfig. What is not set is as in vLLM's own server: 256 side by side, 1,024 on a GPU of 70 GiB or more.

    Who does not say that it is one gets 128 (vLLM 0.32, `EngineArgs.get_batch_defaults`).
    """
    from vllm.usage.usage_lib import UsageContext

    return arguments.create_engine_config(UsageContext.OPENAI_API_SERVER)


def _cpu_arguments(settings: EngineSettings, model_context_tokens: int) -> dict[str, Any]:
    context_tokens = settings.context_tokens or min(model_context_tokens, CPU_CONTEXT_TOKENS)
    capacity = settings.capacity or CPU_CAPACITY
    return {
        "max_model_len": context_tokens,
        "max_num_seqs": capacity,
        "dtype": settings.dtype or ("bfloat16" if hardware.has_avx512() else "float32"),
        "kv_cache_memory_bytes": settings.kv_cache_bytes
        or hardware.kv_cache_bytes(hardware.available_memory_bytes()),
        "enable_prefix_caching": True,
        "distributed_executor_backend": f"{_WAITING}.SleepingExecutor",
        "worker_cls": f"{_WAITING}.SleepingWorker",
        # A seeded request whose prompt is computed in pieces ends the engine: "CPU Generator does not use offset".
        "enable_chunked_prefill": False,
        "max_num_batched_tokens": max(context_tokens, capacity),
    }

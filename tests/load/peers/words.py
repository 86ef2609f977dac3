"""How vLLM's own server is told what Parley's worker tells its engine: command-line words."""
from typing import Any

MODULE = "vllm.entrypoints.openai.api_server"
VALUES = ("max_model_len", "max_num_seqs", "dtype", "kv_cache_memory_bytes", "max_num_batched_tokens",
          "gpu_memory_utilization", "load_format")
SWITCHES = ("enable_prefix_caching", "enable_chunked_prefill")


def server_words(arguments: Any, port: int) -> list[str]:
    """For that module, from AsyncEngineArgs. What is None there is vLLM's own affair.

    Left out is what changes no answer here, or is Parley's way to run it: its executor, its log, its grammars.
    """
    words = ["--host", "127.0.0.1", "--port", str(port), "--model", arguments.model,
             "--served-model-name", str(arguments.served_model_name)]
    for name in VALUES:
        if (value := getattr(arguments, name)) is not None:
            words += [_flag(name), str(value)]
    for name in SWITCHES:
        if (on := getattr(arguments, name)) is not None:
            words.append(_flag(name) if on else f"--no-{_flag(name)[2:]}")
    return words


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")

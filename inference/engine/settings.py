"""What an engine needs to know to be made. Reading the environment is not done here."""
from dataclasses import dataclass

AUTO, NONE = "auto", "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """One engine. None means: by hardware or by model, see `inference/engine/README.md`.

    `model` is the public name; `folder` is what vLLM loads, a folder or a Hugging Face id.
    """

    engine: str = "vllm"
    model: str = "synthetic"
    folder: str = ""
    context_tokens: int | None = None
    capacity: int | None = None

    synthetic_tokens_per_s: float = 50.0  # per response; 0 = as fast as it can
    synthetic_mortal: bool = False  # whether a prompt may end the process, see `synthetic_death.py`

    tool_parser: str = AUTO  # a name out of `parsing.choice`, or one of these two
    reasoning_parser: str = AUTO

    dtype: str | None = None
    kv_cache_bytes: int | None = None
    gpu_memory_utilization: float | None = None  # a share of a GPU's memory
    load_format: str = AUTO
    eager: bool = False  # compile nothing: starts sooner, runs slower

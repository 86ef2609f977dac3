"""The worker's settings, each documented once, here and in `relay.environment`."""
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from inference.models.cache import default_cache
from relay.environment import SharedSettings


class WorkerSettings(SharedSettings):
    """What only the worker needs. Times in seconds, sizes in tokens."""

    engine: Literal["vllm", "remote", "synthetic"] = Field("vllm", description="what makes tokens")
    model: str = Field("", description="a Hugging Face id or a folder; unset: chosen by what this machine has")
    model_cache: Path = Field(default_factory=default_cache, description="where fetched and converted models are kept")
    context_tokens: Annotated[int, Field(ge=16, le=10_000_000)] | None = Field(
        None, description="prompt and answer together; unset: as much as the model and the memory allow")
    capacity: Annotated[int, Field(ge=1, le=65_536)] | None = Field(
        None, description="responses that one worker runs side by side; unset: the engine's own default")
    dtype: Literal["float32", "float16", "bfloat16"] | None = Field(
        None, description="the weights' number format; unset: what is fastest on this machine")
    gpu_memory_utilization: Annotated[float, Field(gt=0, le=1)] | None = Field(
        None, description="share of a GPU's memory that a worker takes; unset: vLLM's own, nearly all of it")
    load_format: Literal["auto", "dummy", "fastsafetensors", "mistral", "runai_streamer", "safetensors"] = Field(
        "auto", description="how vLLM gets the weights (its `--load-format`); `dummy`: random ones, for load tests")
    tool_parser: Literal["auto", "none", "hermes", "llama3", "mistral"] = Field(
        "auto", description="how the model writes calls of functions; auto: as its chat template shows")
    reasoning_parser: Literal["auto", "none", "think", "mistral"] = Field(
        "auto", description="how the model marks its thoughts; auto: as its chat template shows")
    synthetic_tokens_per_s: Annotated[float, Field(ge=0, le=1_000_000)] = Field(
        50, description="rate of the synthetic engine per response; 0: as fast as it can")
    synthetic_mortal: bool = Field(
        False, description="whether `[[dies=kill]]` in a prompt kills the synthetic engine's worker: for chaos tests")
    stall_s: Annotated[float, Field(ge=1, le=3600)] = Field(
        120, description="an engine that makes no step for so long, though requests run, is dead")

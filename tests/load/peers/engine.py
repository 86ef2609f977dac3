"""What the worker environment's programs here have in common: which engine, as Parley's worker would have it."""
import argparse

from inference.engine.settings import AUTO, EngineSettings


def engine_parser(module: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {module}")
    parser.add_argument("--folder", required=True, help="of the model")
    parser.add_argument("--name", required=True, help="the model's public name")
    parser.add_argument("--dtype", help="unset: as the worker chooses")
    parser.add_argument("--kv-bytes", type=int, help="of the KV cache; unset: as the worker chooses")
    parser.add_argument("--gpu-memory-utilization", type=float, help="unset: as vLLM chooses")
    parser.add_argument("--load-format", default=AUTO, help="how vLLM gets the weights")
    return parser


def engine_settings(given: argparse.Namespace) -> EngineSettings:
    return EngineSettings(
        model=given.name, folder=given.folder, dtype=given.dtype, kv_cache_bytes=given.kv_bytes,
        gpu_memory_utilization=given.gpu_memory_utilization, load_format=given.load_format)

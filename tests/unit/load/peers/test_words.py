from types import SimpleNamespace
from typing import Any

from tests.load.peers.words import server_words


def words(**more: Any) -> str:
    arguments = {
        "model": "/models/tiny", "served_model_name": "tiny", "max_model_len": 2048, "max_num_seqs": 128,
        "dtype": "float32", "kv_cache_memory_bytes": 1 << 30, "max_num_batched_tokens": 2048,
        "gpu_memory_utilization": 0.92, "load_format": "auto", "enable_prefix_caching": True,
        "enable_chunked_prefill": False}
    return " ".join(server_words(SimpleNamespace(**arguments | more), 8100))


def test_what_the_worker_tells_its_engine_the_server_is_told() -> None:
    assert words() == (
        "--host 127.0.0.1 --port 8100 --model /models/tiny --served-model-name tiny --max-model-len 2048 "
        "--max-num-seqs 128 --dtype float32 --kv-cache-memory-bytes 1073741824 --max-num-batched-tokens 2048 "
        "--gpu-memory-utilization 0.92 --load-format auto --enable-prefix-caching --no-enable-chunked-prefill")


def test_what_the_worker_leaves_to_vllm_the_server_does_too() -> None:
    said = words(max_num_seqs=None, kv_cache_memory_bytes=None, enable_chunked_prefill=None)
    assert "max-num-seqs" not in said
    assert "kv-cache" not in said
    assert "chunked" not in said

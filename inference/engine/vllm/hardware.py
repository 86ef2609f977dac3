"""What this machine has, as far as it decides how vLLM is started."""
from pathlib import Path

_MIB = 2**20
_LEAST_KV, _MOST_KV = 256 * _MIB, 4096 * _MIB
_SMALL_PARAMETERS = 50_000_000  # a model that takes little more for a token than relay and scheduler do
_FEW_CORES = 8


def has_avx512(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    """Whether the processor computes 512 bits at once: then bfloat16 is the faster type in vLLM, else float32."""
    try:
        flags = next(line for line in cpuinfo.read_text().splitlines() if line.startswith("flags"))
    except (OSError, StopIteration):
        return False
    return "avx512f" in flags.split()


def available_memory_bytes(meminfo: Path = Path("/proc/meminfo")) -> int:
    """Memory that can be had without swapping; 4 GiB where it cannot be told."""
    try:
        line = next(line for line in meminfo.read_text().splitlines() if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        return 4096 * _MIB
    return int(line.split()[1]) * 1024


def kv_cache_bytes(available_bytes: int) -> int:
    """How much of the memory the KV cache gets on a processor: an eighth, within bounds; others live here too."""
    return max(_LEAST_KV, min(_MOST_KV, available_bytes // 8))


def cores_to_spare(parameters: int | None, cores: int) -> int:
    """How many cores the model's threads leave to all others. `parameters` None: not known, so not small.

    vLLM leaves one, where its scheduler spins. Ours sleeps, and with a model of some size gateway, Redis, worker and
    scheduler together need a twentieth of a core. Where there are many, one more is little.
    """
    small = parameters is not None and parameters < _SMALL_PARAMETERS
    return 1 if small or cores > _FEW_CORES else 0

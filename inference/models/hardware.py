"""What this machine can run a model on, found without loading torch."""
import shutil
import subprocess
from dataclasses import dataclass

PROBE_S = 10  # the first call of a session loads the driver


@dataclass(frozen=True)
class Hardware:
    """The largest NVIDIA GPU, or none. `gpu_memory_bytes` is all of its memory, in use or not."""

    gpu: str | None = None
    gpu_memory_bytes: int = 0


def detect() -> Hardware:
    """Ask the NVIDIA driver. A machine whose driver does not answer has no GPU to us."""
    if (tool := shutil.which("nvidia-smi")) is None:
        return Hardware()
    command = [tool, "--query-gpu=name,memory.total", "--format=csv,noheader,nounits"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=PROBE_S)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return Hardware()
    return largest(answer.stdout)


def largest(listing: str) -> Hardware:
    """Parse lines of `name, MiB`, as nvidia-smi prints them; what cannot be read is left out."""
    found = [Hardware()]
    for line in listing.splitlines():
        name, _, memory = line.rpartition(",")
        if name.strip() and memory.strip().isdigit():
            found.append(Hardware(name.strip(), int(memory) << 20))
    return max(found, key=lambda hardware: hardware.gpu_memory_bytes)

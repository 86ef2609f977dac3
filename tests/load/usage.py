"""What processes on this machine have used, as Linux counts it: processor seconds and memory, by role."""
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.processes import descendants

TICK_S = 1 / os.sysconf("SC_CLK_TCK")
ROLES = ("gateway", "worker", "redis", "engine")


@dataclass(frozen=True, slots=True)
class Usage:
    """At one moment: seconds of processor by role, and of the whole machine, busy and in all."""

    cpu_s: Mapping[str, float] = field(default_factory=dict)
    busy_s: float = 0.0
    machine_s: float = 0.0

    def since(self, before: "Usage") -> "Usage":
        cpu = {role: seconds - before.cpu_s.get(role, 0.0) for role, seconds in self.cpu_s.items()}
        return Usage(cpu, self.busy_s - before.busy_s, self.machine_s - before.machine_s)


class Probe:
    """`pids` names processes by role; what workers have started (vLLM's engine) is the role `engine`. Empty: remote."""

    def __init__(self, pids: Mapping[str, list[int]] | None = None) -> None:
        self._pids = {role: list(found) for role, found in (pids or {}).items()}

    @classmethod
    def of_folder(cls, run: Path) -> "Probe":
        """The processes whose pid files lie in an installation's `run` folder."""
        pids: dict[str, list[int]] = {}
        for file in sorted(run.glob("*.pid")):
            role = file.stem.partition("-")[0]
            if role in ROLES and Path(f"/proc/{(pid := int(file.read_text().split()[0]))}").exists():
                pids.setdefault(role, []).append(pid)
        return cls(pids)

    def usage(self) -> Usage:
        cpu = {role: sum(map(cpu_s, pids)) for role, pids in self._pids.items()}
        if children := [child for pid in self._pids.get("worker", []) for child in descendants(pid)]:
            cpu["engine"] = sum(map(cpu_s, children))
        return Usage(cpu, *_machine())

    def gateway_bytes(self) -> int | None:
        """Memory of the gateways together that they share with nobody, or their part of it."""
        pids = self._pids.get("gateway")
        return sum(map(pss_bytes, pids)) if pids else None


def cpu_s(pid: int) -> float:
    """Processor seconds of a process and all its threads so far; 0 for one that is gone.

    Linux has a clock for each process, finer than the ticks in /proc; its number is made as `clock_getcpuclockid` does.
    """
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except (OSError, OverflowError):
        return 0.0


def pss_bytes(pid: int) -> int:
    """A process's proportional set size."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _machine() -> tuple[float, float]:
    fields = [int(word) for word in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    idle = fields[3] + fields[4]
    return (sum(fields) - idle) * TICK_S, sum(fields) * TICK_S


def machine() -> dict[str, object]:
    """What the figures were taken on."""
    model = next((line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), "unknown")
    memory = next(int(line.split()[1]) for line in Path("/proc/meminfo").read_text().splitlines()
                  if line.startswith("MemTotal"))
    return {"processor": model, "cores": len(os.sched_getaffinity(0)), "memory_gib": round(memory / 2**20, 1),
            "system": f"Linux {os.uname().release}"}

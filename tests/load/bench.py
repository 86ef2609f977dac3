"""One run of scenarios against an installation: what each phase needs around it, and everything that was found."""
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from tests.load.figures import Figures, Objective, figures
from tests.load.measured import Said
from tests.load.phase import Phase
from tests.load.pool import ClientPool
from tests.load.usage import Probe, machine


class Report(msgspec.Struct, kw_only=True):
    """What is written as JSON, and drawn as HTML."""

    installation: str
    started: str  # UTC
    machine: dict[str, object]
    objective_first_ms: float
    objective_per_token_ms: float
    processes: int
    scenarios: dict[str, list[Figures]] = msgspec.field(default_factory=dict)


class Bench:
    """`tell` gets whole lines; `show` what stands on the terminal for a moment only."""

    def __init__(self, pool: ClientPool, probe: Probe, objective: Objective, *, tell: Callable[[str], None],
                 show: Callable[[str], None]) -> None:
        self.pool, self.probe, self.objective, self.tell, self._show = pool, probe, objective, tell, show

    def report(self, installation: str) -> Report:
        """An empty one, for this machine and moment."""
        return Report(
            installation=installation, started=time.strftime("%Y-%m-%d %H:%M", time.gmtime()), machine=machine(),
            objective_first_ms=self.objective.first_s * 1000, objective_per_token_ms=self.objective.per_token_s * 1000,
            processes=self.pool.processes)

    async def phase(self, phase: Phase) -> Figures:
        """Carry it out, telling how it goes, and then what came of it."""
        empty_bytes = self.probe.gateway_bytes()
        full_bytes: list[int | None] = []
        before = [self.probe.usage()]
        began = [time.monotonic()]

        def standing() -> None:
            full_bytes.append(self.probe.gateway_bytes())
            before[0], began[0] = self.probe.usage(), time.monotonic()

        def told(said: Said) -> None:
            self._show(f"  {phase.name}: {time.monotonic() - began[0]:4.0f} s of {phase.seconds:g}, "
                       f"{said.sockets} sockets, {said.answers} answers, {said.deltas} deltas, {said.errors} errors")

        measured = await self.pool.run(phase, told, standing)
        taken_s = time.monotonic() - began[0]
        found = figures(phase, measured, self.objective, self.probe.usage().since(before[0]), taken_s)
        if phase.kind == "idle" and empty_bytes is not None and full_bytes[0] is not None:
            found.kib_per_socket = round((full_bytes[0] - empty_bytes) / 1024 / phase.sockets, 2)
        self.tell(line(found))
        for remark in found.remarks:
            self.tell(f"      {remark}")
        return found


def line(found: Figures) -> str:
    """A phase in one line."""
    parts = [f"  {found.name:<24}"]
    if found.answers:
        parts.append(f"{found.output_tokens_per_s:>9,.0f} tokens/s {found.requests_per_s:>7,.1f} answers/s "
                     f"({found.goodput_per_s:,.1f} good)")
    spreads = (("first token", found.first_ms), ("per token", found.per_token_ms), ("back after", found.wait_ms))
    for name, spread in spreads:
        if spread is not None:
            parts.append(f"{name} {spread.p50:.1f}/{spread.p99:.1f} ms")
    if found.cpu_us_per_token:
        parts.append("µs/token " + " ".join(f"{role} {cost:.1f}" for role, cost in found.cpu_us_per_token.items()))
    if found.kib_per_socket is not None:
        parts.append(f"{found.sockets:,} sockets, {found.kib_per_socket:.1f} KiB each")
    if found.errors:
        parts.append("errors " + " ".join(f"{code} {count}" for code, count in found.errors.items()))
    return "  ".join(parts)


def write(report: Report, folder: Path, name: str) -> Path:
    """As JSON; returns the file."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.json"
    file.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=1))
    return file

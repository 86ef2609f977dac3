"""The report as one HTML page that opens from disk: a table for each scenario, and the ramp as plots."""
from collections.abc import Callable, Sequence
from html import escape

from tests.load.bench import Report
from tests.load.figures import Figures, Spread
from tests.load.plot import Axis, Line, plot

STYLE = """
:root { color-scheme: light dark; --ink: #1f2937; --faint: #d1d5db; --paper: #ffffff; --warn: #b45309; }
@media (prefers-color-scheme: dark) { :root { --ink: #e5e7eb; --faint: #374151; --paper: #111827; --warn: #fbbf24; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 75rem; margin: 2rem auto; padding: 0 1rem;
  color: var(--ink); background: var(--paper); }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; display: block; overflow-x: auto; }
th, td { padding: .25rem .75rem; text-align: right; border-bottom: 1px solid var(--faint); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(24rem, 1fr)); gap: 1rem; }
svg { width: 100%; font-size: 12px; fill: var(--ink); }
svg .title { font-size: 14px; font-weight: 600; } svg .grid { stroke: var(--faint); }
.remark { color: var(--warn); }
"""
TITLES = {
    "steady": "Steady rate", "fixed": "Fixed concurrency", "ramp": "Ramp to saturation", "long": "Long answers",
    "idle": "Idle sockets", "storm": "Reconnect storm", "slow": "Slow readers"}

Column = tuple[str, Callable[[Figures], str]]


def _number(value: float | None, digits: int = 1) -> str:
    return "" if value is None else f"{value:,.{digits}f}"


def _three(spread: Spread | None) -> str:
    return "" if spread is None else f"{spread.p50:,.1f} / {spread.p95:,.1f} / {spread.p99:,.1f}"


def _costs(costs: dict[str, float]) -> str:
    return ", ".join(f"{role} {cost:,.1f}" for role, cost in costs.items())


COLUMNS: tuple[Column, ...] = (
    ("phase", lambda found: found.name),
    ("answers", lambda found: f"{found.answers:,}" if found.answers else ""),
    ("tokens/s", lambda found: _number(found.output_tokens_per_s, 0) if found.answers else ""),
    ("answers/s", lambda found: _number(found.requests_per_s) if found.answers else ""),
    ("good answers/s", lambda found: _number(found.goodput_per_s) if found.answers else ""),
    ("first token, ms", lambda found: _three(found.first_ms)),
    ("per token, ms", lambda found: _three(found.per_token_ms)),
    ("gap between chunks, ms", lambda found: _three(found.gap_ms)),
    ("chunks per token", lambda found: _number(found.frames_per_token, 2)),
    ("back after, ms", lambda found: _three(found.wait_ms)),
    ("connected in, ms", lambda found: _three(found.connect_ms)),
    ("CPU, µs a token", lambda found: _costs(found.cpu_us_per_token)),
    ("cores", lambda found: _costs(found.cpu_cores)),
    ("KiB a socket", lambda found: _number(found.kib_per_socket)),
    ("errors", lambda found: ", ".join(f"{code} {count}" for code, count in found.errors.items())),
)


def page(report: Report) -> str:
    """The whole page."""
    machine = ", ".join(f"{name} {value}" for name, value in report.machine.items())
    parts = [
        "<!doctype html>", '<html lang="en"><head><meta charset="utf-8"><title>Parley under load</title>',
        f"<style>{STYLE}</style></head><body>", "<h1>Parley under load</h1>",
        f"<p>{escape(report.installation)}, {escape(report.started)} UTC. {escape(machine)}. "
        f"{report.processes} client processes, on the same machine unless the address says otherwise.</p>",
        f"<p>An answer is good when its first token comes within {report.objective_first_ms:g} ms and the others "
        f"within {report.objective_per_token_ms:g} ms each, on average. Three figures are percentiles: 50, 95, 99.</p>",
    ]
    for name, phases in report.scenarios.items():
        parts.append(f"<h2>{escape(TITLES.get(name, name))}</h2>")
        if name == "ramp":
            parts.append(_plots(phases))
        parts += [_table(phases), *_remarks(phases)]
    return "\n".join([*parts, "</body></html>", ""])


def _table(phases: Sequence[Figures]) -> str:
    rows = [[text(found) for _, text in COLUMNS] for found in phases]
    used = [number for number in range(len(COLUMNS)) if any(row[number] for row in rows)]
    head = "".join(f"<th>{escape(COLUMNS[number][0])}</th>" for number in used)
    body = "".join("<tr>" + "".join(f"<td>{escape(row[number])}</td>" for number in used) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _remarks(phases: Sequence[Figures]) -> list[str]:
    return [f'<p class="remark">{escape(found.name)}: {escape(remark)}.</p>'
            for found in phases for remark in found.remarks]


def _plots(phases: Sequence[Figures]) -> str:
    at_once, load = Axis("answers at once", log=True), Axis("output tokens/s")
    rates = [(float(found.sockets), found.output_tokens_per_s) for found in phases]
    good = [(float(found.sockets), found.goodput_per_s) for found in phases]
    requests = [(float(found.sockets), found.requests_per_s) for found in phases]
    drawn = [
        plot("Throughput over concurrency", at_once, Axis("output tokens/s"), [Line("tokens/s", rates)]),
        plot("Goodput over concurrency", at_once, Axis("answers/s"), [Line("all", requests), Line("good", good)]),
        plot("First token over load", load, Axis("ms", log=True), _lines(phases, lambda found: found.first_ms)),
        plot("Time per token over load", load, Axis("ms", log=True), _lines(phases, lambda found: found.per_token_ms)),
        plot("Gap between chunks over load", load, Axis("ms", log=True), _lines(phases, lambda found: found.gap_ms)),
        plot("Processor over concurrency", at_once, Axis("cores"), [
            *[Line(role, [(float(found.sockets), found.cpu_cores[role]) for found in phases if role in found.cpu_cores])
              for role in ("gateway", "worker", "redis", "engine")],
            Line("clients", [(float(found.sockets), sum(found.client_cores)) for found in phases])]),
    ]
    return f'<div class="plots">{"".join(f"<figure>{svg}</figure>" for svg in drawn)}</div>'


def _lines(phases: Sequence[Figures], spread: Callable[[Figures], Spread | None]) -> list[Line]:
    found = [(phase.output_tokens_per_s, of) for phase in phases if (of := spread(phase)) is not None]
    return [Line("p50", [(load, of.p50) for load, of in found]), Line("p95", [(load, of.p95) for load, of in found]),
            Line("p99", [(load, of.p99) for load, of in found])]

"""A line plot as inline SVG: axes, a grid, lines with their points, a legend. Knows nothing of what it plots."""
import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 560, 320
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 40, 48
COLOURS = ("#2563eb", "#d97706", "#059669", "#dc2626", "#7c3aed", "#475569")
TICKS = 5


@dataclass(frozen=True, slots=True)
class Line:
    """Points in the order in which they are joined."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Axis:
    """`log`: each step is a multiple of the last one; only what is above 0 is shown then."""

    title: str
    log: bool = False


class _Scale:
    """From values to a coordinate between two ends; of a range that is nothing it makes something."""

    def __init__(self, values: Sequence[float], axis: Axis, ends: tuple[float, float]) -> None:
        self._log, self._ends = axis.log, ends
        if axis.log:
            low, high = min(values), max(values)
            self.low, self.high = low, high if high > low else low * 10
        else:
            self.low, self.high = 0.0, max(values) * 1.05 or 1.0

    def at(self, value: float) -> float:
        low, high, value = (math.log(v) for v in (self.low, self.high, value)) if self._log else (
            self.low, self.high, value)
        return self._ends[0] + (value - low) / (high - low) * (self._ends[1] - self._ends[0])

    def ticks(self) -> list[float]:
        if not self._log:
            step = _round(self.high / TICKS)
            return [step * n for n in range(int(self.high / step) + 1)]
        base = 10.0 if self.high / self.low > 100 else 2.0
        first = math.ceil(math.log(self.low, base) - 1e-9)
        ticks = [base**n for n in range(first, math.floor(math.log(self.high, base) + 1e-9) + 1)]
        return ticks if len(ticks) > 1 else [self.low, self.high]


def plot(title: str, x: Axis, y: Axis, lines: Sequence[Line]) -> str:
    """The plot; a note in its place where there is nothing to show."""
    shown = [Line(line.name, [(a, b) for a, b in line.points if (a > 0 or not x.log) and (b > 0 or not y.log)])
             for line in lines]
    shown = [line for line in shown if line.points]
    if not shown:
        return f"<p>{escape(title)}: nothing was measured.</p>"
    across = _Scale([a for line in shown for a, _ in line.points], x, (LEFT, WIDTH - RIGHT))
    up = _Scale([b for line in shown for _, b in line.points], y, (HEIGHT - BOTTOM, TOP))
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title, quote=True)}">',
        f'<text class="title" x="{LEFT}" y="16">{escape(title)}</text>',
        *_grid(across, up),
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 8}" text-anchor="middle">{escape(x.title)}</text>',
        f'<text x="14" y="{(TOP + HEIGHT - BOTTOM) / 2}" text-anchor="middle" '
        f'transform="rotate(-90 14 {(TOP + HEIGHT - BOTTOM) / 2})">{escape(y.title)}</text>',
    ]
    for number, line in enumerate(shown):
        parts += _drawn(line, number, across, up)
    return "\n".join([*parts, "</svg>"])


def _grid(across: _Scale, up: _Scale) -> list[str]:
    parts = []
    for tick in across.ticks():
        at = across.at(tick)
        parts.append(f'<line class="grid" x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
                     f'<text x="{at:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{_short(tick)}</text>')
    for tick in up.ticks():
        at = up.at(tick)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}"/>'
                     f'<text x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{_short(tick)}</text>')
    return parts


def _drawn(line: Line, number: int, across: _Scale, up: _Scale) -> list[str]:
    colour = COLOURS[number % len(COLOURS)]
    places = [(across.at(a), up.at(b)) for a, b in line.points]
    path = " ".join(f"{a:.1f},{b:.1f}" for a, b in places)
    left = LEFT + 8 + 110 * number
    return [
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>',
        *[f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{colour}">'
          f'<title>{escape(line.name)}: {_short(x)}, {_short(y)}</title></circle>'
          for (a, b), (x, y) in zip(places, line.points, strict=True)],
        f'<rect x="{left}" y="24" width="10" height="10" fill="{colour}"/>'
        f'<text x="{left + 14}" y="33">{escape(line.name)}</text>',
    ]


def _round(step: float) -> float:
    """1, 2 or 5 times a power of ten, not below `step`."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(power * n for n in (1, 2, 5, 10) if power * n >= step * (1 - 1e-9))


def _short(value: float) -> str:
    if value >= 10_000:
        return f"{value / 1000:,.0f}k"
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"

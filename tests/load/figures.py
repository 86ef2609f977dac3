"""From what was measured to what is told: the arithmetic of a phase, as a plain object for JSON."""
from dataclasses import dataclass

import msgspec

from tests.load.histogram import Histogram, percentile
from tests.load.measured import Answer, Measured
from tests.load.phase import Phase
from tests.load.usage import Usage

PERCENTS = (50, 95, 99)
BUSY = 0.85  # of a core in one client process, or of the whole machine: what is beyond may be the generator's doing
LAG_S = 0.02  # of a client process's event loop, at its 99th percentile
CLIENTS_PART = 0.3  # of a busy machine's work


@dataclass(frozen=True, slots=True)
class Objective:
    """An answer counts as good when its first token and, on average, its others come within these seconds."""

    first_s: float = 1.0
    per_token_s: float = 0.05

    def met(self, answer: Answer) -> bool:
        """Whether it came without an error and in time."""
        if answer.error or answer.first_s is None or answer.first_s > self.first_s:
            return False
        return answer.per_token_s is None or answer.per_token_s <= self.per_token_s


class Spread(msgspec.Struct):
    """Percentiles in milliseconds."""

    p50: float
    p95: float
    p99: float


class Figures(msgspec.Struct, kw_only=True):
    """One phase's. Rates are of the phase's time; what does not apply, or was not measured, is None."""

    name: str
    kind: str
    seconds: float
    sockets: int
    asked_per_s: float
    answers: int
    good: int
    errors: dict[str, int]
    output_tokens_per_s: float
    requests_per_s: float
    goodput_per_s: float
    first_ms: Spread | None = None
    per_token_ms: Spread | None = None
    gap_ms: Spread | None = None
    wait_ms: Spread | None = None
    connect_ms: Spread | None = None
    frames_per_token: float | None = None
    cpu_us_per_token: dict[str, float] = msgspec.field(default_factory=dict)
    cpu_cores: dict[str, float] = msgspec.field(default_factory=dict)
    kib_per_socket: float | None = None
    client_cores: list[float] = msgspec.field(default_factory=list)
    client_lag_ms: float | None = None
    remarks: list[str] = msgspec.field(default_factory=list)


def figures(phase: Phase, measured: Measured, objective: Objective, usage: Usage, taken_s: float) -> Figures:
    """`usage` is what the installation used in the `taken_s` seconds that the phase took, its last answers included."""
    quick = [answer for answer in measured.answers if not answer.slow]
    good = [answer for answer in quick if objective.met(answer)]
    tokens = tokens_within(measured.answers, measured.began, measured.began + phase.seconds)
    all_tokens = sum(answer.tokens for answer in measured.answers)
    frames = sum(answer.frames for answer in measured.answers if answer.tokens)
    in_time = [answer for answer in measured.answers
               if answer.took_s is not None and answer.began + answer.took_s <= measured.began + phase.seconds]
    return Figures(
        name=phase.name, kind=phase.kind, seconds=phase.seconds, sockets=phase.sockets, asked_per_s=phase.per_second,
        answers=len(measured.answers), good=len(good), errors=_errors(measured),
        output_tokens_per_s=round(tokens / phase.seconds, 1),
        requests_per_s=round(sum(not answer.error for answer in in_time) / phase.seconds, 2),
        goodput_per_s=round(sum(objective.met(answer) for answer in in_time if not answer.slow) / phase.seconds, 2),
        first_ms=_spread([answer.first_s for answer in quick]),
        per_token_ms=_spread([answer.per_token_s for answer in quick]),
        gap_ms=_spread(Histogram(measured.gaps)),
        wait_ms=_spread(measured.waits_s),
        connect_ms=_spread(measured.connects_s),
        frames_per_token=round(frames / all_tokens, 3) if all_tokens else None,
        cpu_us_per_token={
            role: round(spent / all_tokens * 1e6, 2) for role, spent in usage.cpu_s.items() if all_tokens},
        cpu_cores={role: round(spent / taken_s, 3) for role, spent in usage.cpu_s.items()},
        client_cores=[round(share, 3) for share in measured.cpu],
        client_lag_ms=_ms(Histogram(measured.lags).percentile(99)),
        remarks=[*remarks(measured, usage, taken_s), *_calm(phase, measured)])


def tokens_within(answers: list[Answer], since: float, until: float) -> float:
    """Tokens that came between two moments, those of one answer taken as evenly spread over its time."""
    total = 0.0
    for answer in answers:
        if answer.first_s is None or answer.last_s is None:
            continue
        first, last = answer.began + answer.first_s, answer.began + answer.last_s
        if last <= first:
            total += answer.tokens * (since <= first <= until)
        else:
            total += answer.tokens * max(0.0, min(last, until) - max(first, since)) / (last - first)
    return total


def remarks(measured: Measured, usage: Usage, taken_s: float) -> list[str]:
    """Where the generator itself may have been the limit: then the figures are of it, and not of the installation."""
    found = []
    if (most := max(measured.cpu, default=0.0)) > BUSY:
        found.append(f"THE LOAD GENERATOR WAS THE BOTTLENECK: one of its processes used {most:.0%} of a core; "
                     "use more of them (--processes), or another machine")
    lag = Histogram(measured.lags).percentile(99)
    if lag is not None and lag > LAG_S:
        found.append(f"the load generator woke up to {lag * 1000:.0f} ms late (99th percentile), "
                     "and so much of each delay may be its own")
    busy = usage.busy_s / usage.machine_s if usage.machine_s else 0.0
    clients = sum(measured.cpu) * taken_s / usage.busy_s if usage.busy_s else 0.0
    if busy > BUSY and clients > CLIENTS_PART:
        found.append(f"this machine was {busy:.0%} busy, and {clients:.0%} of that was the load generator: "
                     "an installation that has the machine for itself goes further")
    return found


def _calm(phase: Phase, measured: Measured) -> list[str]:
    """What a storm must say of answers that were over before it came."""
    spared = len(measured.answers) - len(measured.waits_s)
    if phase.kind != "storm" or spared <= 0:
        return []
    return [f"{spared} of {len(measured.answers)} answers did not lose their connection in the middle: "
            "they had ended, or had not begun; ask for longer ones (--long-tokens)"]


def _errors(measured: Measured) -> dict[str, int]:
    errors: dict[str, int] = {"unreachable": measured.failed_connects} if measured.failed_connects else {}
    for answer in measured.answers:
        if answer.error:
            errors[answer.error] = errors.get(answer.error, 0) + 1
    return errors


def _spread(values: Histogram | list[float] | list[float | None]) -> Spread | None:
    if isinstance(values, Histogram):
        found = [values.percentile(percent) for percent in PERCENTS]
    else:
        there = [value for value in values if value is not None]
        found = [percentile(there, percent) for percent in PERCENTS]
    p50, p95, p99 = map(_ms, found)
    return None if p50 is None or p95 is None or p99 is None else Spread(p50, p95, p99)


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 3)

"""From what is wanted to a verdict: plan, stack, run, database."""
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.plan import Plan, draw_faults, draw_streams
from tests.chaos.run import Outcome, Run
from tests.chaos.stack import Stack
from tests.chaos.stored import stored
from tests.chaos.verdict import Verdict, is_gone, weigh

TOKENS_PER_S = 15
MEAN_FAULT_S = 3.0  # what one fault takes of a run, from its beginning to that of the next


@dataclass(frozen=True, slots=True)
class Wanted:
    """`tokens` is how long the answers are, from and to."""

    streams: int
    seed: int
    per_second: float
    kinds: tuple[str, ...]
    tokens: tuple[int, int] = (40, 200)
    gap_s: tuple[float, float] = (0.5, 2.5)
    logs: Path | None = None


async def chaos(wanted: Wanted, tell: Callable[[str], None]) -> tuple[Outcome, Verdict]:
    """Carry it out. The last faults happen when the last streams have begun."""
    once_s = MEAN_FAULT_S * len(wanted.kinds)
    seconds = max(wanted.streams / wanted.per_second, once_s)
    rounds = max(1, round(seconds / once_s))
    plan = Plan(wanted.seed, draw_streams(wanted.seed, wanted.streams, wanted.tokens),
                draw_faults(wanted.seed, wanted.kinds, rounds, wanted.gap_s))
    settings = {"synthetic_tokens_per_s": str(TOKENS_PER_S), "max_in_flight": "100000", "max_waiting": "100000"}
    async with Stack(settings) as stack:
        outcome = await Run(stack, plan, seconds, tell).go()
        awaited = {stream.response_id for stream in outcome.streams
                   if stream.plan.store and stream.response_id and not is_gone(outcome, stream)}
        rows = await stored(stack.parley.folder / "parley.db", awaited)
        verdict = weigh(outcome, rows)
        if verdict.faults and wanted.logs:
            shutil.copytree(stack.parley.folder, wanted.logs, dirs_exist_ok=True)
    return outcome, verdict

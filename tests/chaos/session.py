"""From what is wanted to a verdict: plan, stack, run, database."""
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from tests.chaos.engines import VLLM_START_S, WORKER_PYTHON, asked_before, expect_synthetic, greedy, vllm_settings
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
    engine: str = "synthetic"  # or vllm


async def chaos(wanted: Wanted, tell: Callable[[str], None]) -> tuple[Outcome, Verdict]:
    """Carry it out. The last faults happen when the last streams have begun."""
    once_s = MEAN_FAULT_S * len(wanted.kinds)
    seconds = max(wanted.streams / wanted.per_second, once_s)
    rounds = max(1, round(seconds / once_s))
    plan = Plan(wanted.seed, draw_streams(wanted.seed, wanted.streams, wanted.tokens),
                draw_faults(wanted.seed, wanted.kinds, rounds, wanted.gap_s))
    with tempfile.TemporaryDirectory(prefix="parley-model-") as folder:
        stack = _stack(wanted, Path(folder))
        async with stack:
            if wanted.engine == "vllm":
                plan = replace(plan, streams=[greedy(stream) for stream in plan.streams])
                expect = await asked_before(plan.streams, stack.parley.url)
            else:
                expect = expect_synthetic
            return await _judged(stack, Run(stack, plan, seconds, expect, tell), wanted.logs)


def _stack(wanted: Wanted, folder: Path) -> Stack:
    settings = {"max_in_flight": "100000", "max_waiting": "100000"}
    if wanted.engine != "vllm":
        return Stack({**settings, "synthetic_tokens_per_s": str(TOKENS_PER_S)})
    return Stack({**settings, **vllm_settings(folder)}, worker_python=str(WORKER_PYTHON), ready_s=VLLM_START_S)


async def _judged(stack: Stack, run: Run, logs: Path | None) -> tuple[Outcome, Verdict]:
    outcome = await run.go()
    awaited = {stream.response_id for stream in outcome.streams
               if stream.plan.store and stream.response_id and not is_gone(outcome, stream)}
    verdict = weigh(outcome, await stored(stack.parley.folder / "parley.db", awaited))
    if verdict.faults and logs:
        shutil.copytree(stack.parley.folder, logs, dirs_exist_ok=True)
    return outcome, verdict

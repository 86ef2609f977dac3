"""A short run of `make chaos`, so that every change is tried under faults."""
import random

import pytest

from tests.chaos import table
from tests.chaos.session import Wanted, chaos

KINDS = ("worker killed", "worker asleep", "worker deployed", "gateway killed", "gateway deployed",
         "Redis loses writes", "Redis hangs up", "half a command", "half a frame")


@pytest.mark.timeout(240)  # a run without trouble takes half a minute; a busy machine needs longer to start processes
async def test_streams_under_faults() -> None:
    wanted = Wanted(60, random.randrange(2**32), per_second=3, kinds=KINDS, tokens=(40, 120), gap_s=(0.1, 1.0))
    told: list[str] = []
    outcome, verdict = await chaos(wanted, told.append)
    report = "\n".join([*told, *table.lines(outcome, verdict)])
    assert not verdict.faults, report
    assert len(outcome.streams) == 60
    assert {it.plan.kind for it in outcome.happenings} == set(KINDS)
    assert verdict.diverged == 0, report
    assert verdict.saved == verdict.to_save > 0

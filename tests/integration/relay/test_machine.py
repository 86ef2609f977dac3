"""The relay's promises over random histories of a real Redis; and each of its rules broken, to see that it matters.

`PARLEY_TEST_EXAMPLES` is how many histories are tried (see docs/development.md).
"""
import os
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from relay.cursor import Diverged
from tests.integration.relay.breaks import BREAKS, SEEN_BY_RULES_ONLY, Break
from tests.integration.relay.machine import RelayMachine
from tests.integration.relay.staged import StagedRedis
from tests.integration.relay.stories import STORIES
from tests.integration.relay.world import Client
from tests.model.actors import RULES

EXAMPLES = int(os.environ.get("PARLEY_TEST_EXAMPLES", "150"))
Stage = Callable[..., type[RelayMachine]]


@pytest.fixture
def stage(redis_url: str, client: Client) -> Iterator[Stage]:
    """Makes the machine's class on an empty Redis, with one rule broken or none."""
    made: list[StagedRedis] = []

    def make(broken: Break | None = None, *, strict: bool = True) -> type[RelayMachine]:
        broken = broken or Break("nothing")
        staged = StagedRedis(client, broken.texts(), checked_before=broken.checked_before)
        staged.strict = strict
        made.append(staged)
        undone = {broken.actor: False} if broken.actor else {}
        return type("Staged", (RelayMachine,), {"staged": staged, **undone})

    yield make
    for staged in made:
        staged.close()


def search(machine: type[RelayMachine], *, examples: int, shrink: bool) -> None:
    """Random histories, the same ones each time."""
    phases = [Phase.generate, Phase.shrink] if shrink else [Phase.generate]
    run_state_machine_as_test(machine, settings=settings(
        derandomize=True, deadline=None, database=None, max_examples=examples, stateful_step_count=40, phases=phases,
        suppress_health_check=list(HealthCheck)))


def tell(machine: type[RelayMachine], name: str) -> None:
    """One history, to its end."""
    m = machine()
    m.begin(store=True, both=False)
    STORIES[name](m)
    m.holds()
    m.settle()


@pytest.mark.timeout(120 + EXAMPLES)
def test_the_promises_hold(stage: Stage) -> None:
    search(stage(), examples=EXAMPLES, shrink=True)


@pytest.mark.parametrize("name", STORIES)
def test_a_history_that_a_rule_saves(stage: Stage, name: str) -> None:
    tell(stage(), name)


@pytest.mark.parametrize("name", STORIES)
def test_without_the_rule_it_goes_wrong(stage: Stage, name: str) -> None:
    """But for a few, what a viewer is shown, or misses, says so without a look at tokens and places."""
    machine = stage(BREAKS[name], strict=name in SEEN_BY_RULES_ONLY)
    with pytest.raises((AssertionError, Diverged)):
        tell(machine, name)


@pytest.mark.parametrize("name", ["no-fold", "no-backfill"])
def test_random_histories_see_it_too(stage: Stage, name: str) -> None:
    """The search itself is no formality. It ends at the first that goes wrong; how soon depends on what is imported."""
    with pytest.raises((AssertionError, Diverged)):
        search(stage(BREAKS[name]), examples=2000, shrink=False)


def test_every_rule_of_the_model_is_broken_here() -> None:
    assert set(RULES) <= set(BREAKS) == set(STORIES)

"""The relay's rules on a small model: they hold in every state, and each is needed."""
import pytest

from tests.model.actors import RULES
from tests.model.sizes import SIZES
from tests.model.walk import Violated, walk

# How many states there are; another number means that the model has changed, and should be looked at.
HOLDS = {"takeover": 206_667, "reconnect-1": 57_876, "restart-1": 438_101}

NEEDED_IN = {
    "no-fence": "takeover", "split-write": "takeover", "no-fold": "takeover", "forget-destination": "takeover",
    "same-token": "reconnect-1", "keep-lower": "reconnect-1", "no-backfill": "restart-1", "no-grace": "restart-1",
    "append-in-grace": "restart-1", "two-owners": "restart-1", "same-attempt": "restart-1", "forget": "restart-1",
    "workers-first": "restart-1-2",
}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("size", HOLDS)
def test_the_rules_hold_in_every_state(size: str) -> None:
    assert walk(SIZES[size]) == HOLDS[size]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("rule", RULES)
def test_without_a_rule_somebody_is_shown_something_else(rule: str) -> None:
    with pytest.raises(Violated, match="was shown"):
        walk(SIZES[NEEDED_IN[rule]]._replace(broken=rule), limit=600_000)


def test_a_limit_is_kept() -> None:
    with pytest.raises(TimeoutError):
        walk(SIZES["takeover"], limit=100)

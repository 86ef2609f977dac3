"""Bounds are inclusive; what is not set is not checked."""
import pytest

from inference.engine.limits import BOUNDS, check_sampling
from inference.engine.port import EngineRequestError
from relay.job import Sampling


@pytest.mark.parametrize("name", sorted(BOUNDS))
def test_both_bounds_are_allowed(name: str) -> None:
    for bound in BOUNDS[name]:
        fields = {"min_tokens": 0, "max_output_tokens": None} | {name: bound}
        check_sampling(Sampling(**fields))  # type: ignore[arg-type]


def test_more_least_than_most_tokens() -> None:
    with pytest.raises(EngineRequestError, match="must not exceed max_output_tokens") as refusal:
        check_sampling(Sampling(min_tokens=5, max_output_tokens=4))
    assert refusal.value.param == "min_tokens"
    check_sampling(Sampling(min_tokens=5, max_output_tokens=5))

"""However long a stop may last, its parts fit into it."""
import pytest

from deploy.local.drain import Drain


@pytest.mark.parametrize("total_s", [5, 10, 30, 600])
def test_the_parts_fit_into_the_whole(total_s: float) -> None:
    drain = Drain(total_s)
    assert drain.workers_wait_s + drain.gateways_wait_s + drain.redis_wait_s <= total_s
    assert 0 < drain.workers_s < drain.workers_wait_s
    assert 0 < drain.gateways_s < drain.gateways_wait_s


def test_supervisord_gets_no_wait_of_zero() -> None:
    drain = Drain(0)
    assert (drain.workers_wait_s, drain.gateways_wait_s, drain.redis_wait_s) == (1, 1, 1)

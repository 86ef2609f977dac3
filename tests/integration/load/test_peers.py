"""The comparison's two ways to ask Parley, and how an engine stands still, with the synthetic engine."""
import sys
from collections.abc import Iterator

import pytest

from tests.chaos.stack import is_stopped
from tests.load.peers.engines import ParleyEngine
from tests.load.peers.measurement import Failed, measure
from tests.load.peers.order import Order, Way

TOKENS = 20


@pytest.fixture(scope="module")
def engine() -> Iterator[ParleyEngine]:
    engine = ParleyEngine({"synthetic_tokens_per_s": "200"}, sys.executable)
    try:
        engine.start()
        yield engine
    finally:
        engine.end()


def order(engine: ParleyEngine, way: Way, model: str = "synthetic") -> Order:
    return Order(way=way, address=engine.addresses[way], model=model, streams=3, tokens=TOKENS)


def test_both_ways_ask_for_the_same_and_hear_all_of_it(engine: ParleyEngine) -> None:
    rows = [measure(order(engine, way), engine, [], 0.5) for way in ("websocket", "sse")]
    for row in rows:
        assert 0 < row["frames_per_token"] <= 1
        assert row.keys() >= {f"cpu_us_{role}" for role in ("gateway", "redis", "front_end", "client", "all")}
    assert rows[0]["prompt_tokens"] == rows[1]["prompt_tokens"] > 0


def test_one_that_stands_still_uses_nothing_and_goes_on_afterwards(engine: ParleyEngine) -> None:
    engine.stand_still()
    pids = [pid for pids in engine.roles().values() for pid in pids]
    assert len(pids) >= 3
    assert all(map(is_stopped, pids))
    engine.go_on()
    assert not any(map(is_stopped, pids))
    assert measure(order(engine, "websocket"), engine, [], 0.2)["prompt_tokens"] > 0


@pytest.mark.parametrize("way", ["websocket", "sse"])
def test_what_is_refused_is_told_and_not_measured(engine: ParleyEngine, way: Way) -> None:
    with pytest.raises(Failed, match="answers ended with"):
        measure(order(engine, way, "no-such-model"), engine, [], 0.2)

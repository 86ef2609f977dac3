"""What a worker knows when it rejoins: what it holds, and what has ended so lately that Redis may have lost it."""
from inference.engine.port import Output
from inference.engine.settings import EngineSettings
from inference.engine.synthetic import SyntheticEngine
from inference.hold import REDIS_LOSES_S
from inference.holds import Holds
from tests.unit.inference.jobs import leased, response_id

NOW = 100.0


def holds_of_one() -> Holds:
    engine = SyntheticEngine(EngineSettings(engine="synthetic"))
    holds = Holds(engine, wall=lambda: 1.0, wake=lambda: None)
    holds.take(leased(), NOW)
    return holds


def say(holds: Holds, text: str, now: float, *, last: bool = False) -> None:
    """One output, and its step confirmed."""
    holds.compose([Output(f"{response_id()}.7", text, [1] * 5, finish="stop" if last else None)], now)
    holds.outgoing.step(now)
    holds.confirm(now)


def test_an_end_is_known_for_as_long_as_redis_may_lose_it() -> None:
    holds = holds_of_one()
    say(holds, "a", NOW + 1, last=True)
    assert holds.held() == []
    (known,) = holds.known(NOW + 1 + REDIS_LOSES_S)
    assert known.request == leased().request
    assert [record.first for record in known.records][:1] == [0]
    assert holds.known(NOW + 2 + REDIS_LOSES_S) == [], "its log may have been let go of, and it must not come back"


def test_a_request_is_known_for_as_long_as_all_of_its_records_are() -> None:
    holds = holds_of_one()
    say(holds, "a", NOW + 1)
    assert holds.held()[0].request == leased().request
    say(holds, "b", NOW + 1 + REDIS_LOSES_S)
    held = holds.held()[0]
    assert held.request is None
    assert held.records[0].first > 0

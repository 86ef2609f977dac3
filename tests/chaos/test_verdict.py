"""What a run is blamed for beyond what each reader is told: too long a pause, or none seen, after a worker's death."""
import pytest

from tests.chaos.check import Track
from tests.chaos.expected import Expected
from tests.chaos.faults import Happening
from tests.chaos.plan import ALONE, FaultPlan, Plan, ReaderPlan, StreamPlan
from tests.chaos.run import Outcome
from tests.chaos.stream import Reader, Stream
from tests.chaos.verdict import MOST_PAUSE_S, Verdict, lefts, weigh

EXPECTED = Expected([], [], "completed", input_tokens=0, output_tokens=0)
ASKER = ReaderPlan("socket", 1)
DIED_AT = 10.0


def weighed(*continued: list[tuple[float, float]]) -> Verdict:
    """Of a run in which one worker died, with these attempts seen by its readers: (when, after what pause)."""
    stream = Stream(StreamPlan(0, 0.0, "hi", {"store": False}, ASKER), EXPECTED, [])
    stream.response_id = "resp_1"
    stream.readers = [Reader(ASKER, stream, Track(EXPECTED, end=ENDED), 1, continued=seen) for seen in continued]
    death = Happening(FaultPlan(ALONE, 1, 0.0, 0.5), DIED_AT, proof=1, held={"resp_1"},
                      watched=[(reader, 1) for reader in stream.readers])
    return weigh(Outcome(Plan(1), [stream], [death]), {})


ENDED = {"status": "completed", "output": [], "usage": {"input_tokens": 0, "output_tokens": 0}}


def test_the_first_attempt_after_the_death_counts() -> None:
    verdict = weighed([(DIED_AT - 3, 30.0), (DIED_AT + 2, 2.0), (DIED_AT + 40, 30.0)], [(DIED_AT + 1, 1.0)])
    assert verdict.pauses_after_death == [1.0, 2.0]
    assert verdict.faults == []


@pytest.mark.parametrize("few", [1, 4])
def test_a_pause_too_long_at_p95(few: int) -> None:
    short, long = [(DIED_AT + 1, 1.0)], [(DIED_AT + 9, MOST_PAUSE_S + 4)]
    verdict = weighed(*[short] * (100 - 10 * few), *[long] * (10 * few))
    assert [fault.startswith("a pause of 9.0 s at p95") for fault in verdict.faults] == [True]
    assert weighed(*[short] * 96, *[long] * 4).faults == []


def test_a_death_that_nobody_was_seen_to_notice_proves_nothing() -> None:
    assert weighed([(DIED_AT - 3, 1.0)]).faults == ["nobody was seen to wait for another worker"]


@pytest.mark.parametrize(("deaths", "left"), [
    ({"gateway-1": 11.0, "worker-2": 12.0}, True),
    ({"worker-1": 11.0, "worker-2": 12.0}, False),
    ({"gateway-1": 11.0, "gateway-2": 12.0}, False),
    ({"gateway-1": 9.0, "worker-2": 12.0}, False),
    ({"gateway-1": 11.0, "worker-2": 31.0}, False),
])
def test_what_redis_loses_may_be_missed_where_a_gateway_and_a_worker_die_before_it_is_back(
        deaths: dict[str, float], left: bool) -> None:
    loses = Happening(FaultPlan("Redis loses writes", 1, 0.0, 0.5), 10.0, 20.0, proof=9, lost_since=10.5)
    others = [Happening(FaultPlan("killed", 1, 0.0, 0.5), at, 30.0, proof=1, deaths={name: at})
              for name, at in deaths.items()]
    assert lefts(Outcome(Plan(1), [], [loses, *others])) == [loses] * left


def missed(last: int, *dead: str) -> Verdict:
    """Of a stream that was accepted as Redis lost what it was told, and of which nothing is known any more."""
    stream = Stream(StreamPlan(0, 0.0, "hi", {"store": True}, ASKER), EXPECTED, [])
    stream.response_id, stream.accepted_at = "resp_1", 11.0
    stream.readers = [Reader(ASKER, stream, Track(EXPECTED, last=last), 1, failure="response_not_found")]
    loses = Happening(FaultPlan("Redis loses writes", 1, 0.0, 0.5), 10.0, 20.0, proof=9, lost_since=10.5,
                      deaths=dict.fromkeys(dead, 12.0))
    return weigh(Outcome(Plan(1), [stream], [loses]), {})


@pytest.mark.parametrize(("last", "dead", "may_be"), [
    (1, ["gateway-1"], True), (1, ["worker-1"], False), (1002, ["gateway-1"], False),
    (1002, ["gateway-1", "worker-1"], True)])
def test_what_waited_was_known_to_its_gateway_alone(last: int, dead: list[str], may_be: bool) -> None:
    assert (missed(last, *dead).wrong == []) == may_be


@pytest.mark.parametrize(("told_at", "may_be"), [(11.0, True), (25.0, False)])
def test_an_end_may_be_forgotten_by_all_who_knew_it(told_at: float, may_be: bool) -> None:
    stream = Stream(StreamPlan(0, 0.0, "hi", {"store": True}, ASKER), EXPECTED, [])
    stream.response_id, stream.accepted_at = "resp_1", 1.0
    cancelled = {**ENDED, "status": "incomplete", "incomplete_details": {"reason": "cancelled"}}
    by = ReaderPlan("socket", 1, cancels_after=3)
    stream.readers = [Reader(by, stream, Track(EXPECTED, end=cancelled), 1, ended_at=told_at)]
    everybody = Happening(FaultPlan("everybody dies", 1, 0.0, 0.5), 10.0, 20.0, proof=9, lost_since=10.5,
                          deaths={"gateway-1": 12.0, "worker-1": 12.0})
    verdict = weigh(Outcome(Plan(1), [stream], [everybody]), {"resp_1": ENDED})
    assert (verdict.wrong == []) == may_be
    assert verdict.diverged == may_be


@pytest.mark.parametrize(("at", "told_at", "may_be"), [
    (21.0, 11.0, True), (80.0, 11.0, True), (21.0, 5.0, True), (80.0, 5.0, False), (80.0, 30.0, False)])
def test_who_was_told_what_got_lost_may_hear_of_it_late(at: float, told_at: float, may_be: bool) -> None:
    stream = Stream(StreamPlan(0, 0.0, "hi", {"store": False}, ASKER), EXPECTED, [])
    stream.response_id, stream.began = "resp_1", 1.0
    stream.readers = [Reader(ASKER, stream, Track(EXPECTED, end=ENDED), 1, diverged=[(at, told_at)])]
    everybody = Happening(FaultPlan("everybody dies", 1, 0.0, 0.5), 10.0, 20.0, proof=9, lost_since=10.5,
                          deaths={"gateway-1": 12.0, "worker-1": 12.0})
    verdict = weigh(Outcome(Plan(1), [stream], [everybody]), {})
    assert (verdict.diverged, verdict.bad_divergence) == (1, not may_be)
    assert len(verdict.faults) == (not may_be)

import pytest

from tests.load.figures import Objective, figures, remarks, tokens_within
from tests.load.histogram import Histogram
from tests.load.measured import Answer, Measured, merge
from tests.load.phase import Phase
from tests.load.usage import Usage

TEN_S = Phase(name="p", kind="closed", seconds=10.0, sockets=3)


def answer(first_s: float | None = 0.5, per_token_s: float = 0.02, *, began: float = 100.0, tokens: int = 101,
           error: str = "", slow: bool = False) -> Answer:
    last_s = None if first_s is None else first_s + per_token_s * (tokens - 1)
    return Answer(began, first_s, last_s, last_s, tokens, tokens, error, slow)


def measured(*answers: Answer, **fields: object) -> Measured:
    return Measured(began=100.0, ended=112.0, answers=list(answers), **fields)  # type: ignore[arg-type]


def test_an_answer_is_good_when_both_times_are_kept_and_there_was_no_error() -> None:
    objective = Objective(first_s=1.0, per_token_s=0.05)
    assert objective.met(answer())
    assert objective.met(answer(1.0, 0.0499))
    assert not objective.met(answer(1.01))
    assert not objective.met(answer(per_token_s=0.051))
    assert not objective.met(answer(error="worker_lost"))
    assert not objective.met(answer(None))
    assert objective.met(answer(0.5, tokens=1))


def test_goodput_counts_what_was_good_and_ended_in_time() -> None:
    found = figures(TEN_S, measured(answer(), answer(2.0), answer(began=109.9), answer(slow=True)),
                    Objective(), Usage(), 12.0)
    assert (found.answers, found.good) == (4, 2)
    assert (found.goodput_per_s, found.requests_per_s) == (0.1, 0.3)


def test_tokens_count_as_far_as_they_came_in_the_phases_time() -> None:
    whole, half, outside = answer(1.0, 0.01), answer(9.5, 0.01), answer(11.0, 0.01)
    assert tokens_within([whole], 100.0, 110.0) == pytest.approx(101)
    assert tokens_within([half], 100.0, 110.0) == pytest.approx(50.5)
    assert tokens_within([outside, answer(None)], 100.0, 110.0) == 0
    assert tokens_within([answer(1.0, tokens=1)], 100.0, 110.0) == 1


def test_costs_are_per_token_of_each_role_over_the_whole_time() -> None:
    found = figures(TEN_S, measured(answer(), answer(tokens=99)), Objective(),
                    Usage({"gateway": 0.002, "redis": 0.0004}), 12.0)
    assert found.cpu_us_per_token == {"gateway": 10.0, "redis": 2.0}


def test_errors_are_counted_by_code_refused_connections_among_them() -> None:
    found = figures(TEN_S, measured(answer(error="queue_full"), answer(error="queue_full"), answer(),
                                    failed_connects=3), Objective(), Usage(), 12.0)
    assert found.errors == {"unreachable": 3, "queue_full": 2}


def test_percentiles_leave_out_who_is_slow_on_purpose() -> None:
    found = figures(TEN_S, measured(answer(0.1), answer(9.0, slow=True)), Objective(), Usage(), 12.0)
    assert found.first_ms is not None
    assert found.first_ms.p99 == 100.0


def test_a_generator_at_its_limit_says_so() -> None:
    def late(seconds: float) -> dict[int, int]:
        histogram = Histogram()
        histogram.add(seconds)
        return histogram.counts

    assert remarks(measured(cpu=[0.2, 0.3], lags=late(0.001)), Usage(busy_s=10, machine_s=20), 10.0) == []
    (bottleneck,) = remarks(measured(cpu=[0.2, 0.95]), Usage(), 10.0)
    assert "BOTTLENECK" in bottleneck
    (lag,) = remarks(measured(cpu=[0.2], lags=late(0.1)), Usage(), 10.0)
    assert "late" in lag
    (shared,) = remarks(measured(cpu=[0.4, 0.4]), Usage(busy_s=19, machine_s=20), 10.0)
    assert "42% of that was the load generator" in shared


def test_the_results_of_processes_add_up() -> None:
    one = Measured(began=1.0, ended=5.0, answers=[answer()], gaps={3: 1}, waits_s=[0.1], cpu=[0.5], failed_connects=1)
    other = Measured(began=2.0, ended=6.0, answers=[answer(), answer()], gaps={3: 2, 4: 1}, lags={7: 1}, cpu=[0.25])
    both = merge([one, other])
    assert (both.began, both.ended, len(both.answers), both.failed_connects) == (1.0, 6.0, 3, 1)
    assert (both.gaps, both.lags, both.cpu, both.waits_s) == ({3: 3, 4: 1}, {7: 1}, [0.5, 0.25], [0.1])


@pytest.mark.parametrize("processes", [1, 2, 3, 7])
def test_a_phase_is_divided_without_a_rest(processes: int) -> None:
    phase = Phase(name="p", kind="rate", seconds=1.0, sockets=10, per_second=21.0)
    shares = [phase.share(number, processes) for number in range(processes)]
    assert sum(share.sockets for share in shares) == 10
    assert sum(share.per_second for share in shares) == pytest.approx(21.0)


def test_a_storm_says_which_answers_it_did_not_hit() -> None:
    storm = Phase(name="s", kind="storm", seconds=10.0, sockets=2)
    hit = figures(storm, measured(answer(), answer(), waits_s=[0.1, 0.2]), Objective(), Usage(), 12.0)
    spared = figures(storm, measured(answer(), answer(), waits_s=[0.1]), Objective(), Usage(), 12.0)
    assert hit.remarks == []
    assert [remark[:16] for remark in spared.remarks] == ["1 of 2 answers d"]

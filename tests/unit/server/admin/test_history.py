"""The history: what gateways tell each five seconds, put together in steps."""
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from relay.errors import LinkLost, RelayAway
from relay.views import WorkerInfo
from server.admin import live_samples
from server.admin.history import History
from server.admin.history_schemas import HistoryRead
from server.admin.quantiles import quantile
from server.admin.reporter import MOST_KEPT, Reporter, decode_error
from server.admin.samples import Counted, Sample, decode, encode
from server.admission.sockets import Sockets
from server.common.recent import RecentErrors
from tests.unit.server.clock import FakeClock

ENDS = (0.1, 0.5, 1.0)
INF = float("inf")
NOW = 1_700_000_000  # a multiple of the steps of 5 and 10 s
NONE = Counted(0, {}, {}, {}, {})


class FakeRelay:
    """Keeps what it is told, and tells it."""

    def __init__(self) -> None:
        self.samples: list[bytes] = []
        self.failures: list[bytes] = []
        self.refusals: list[bytes] = []
        self.away: Exception | None = None
        self.asked_since = 0.0

    async def waiting(self) -> dict[str, int]:
        if self.away is not None:
            raise self.away
        return {"tiny": 2, "big": 1}

    async def workers(self) -> list[WorkerInfo]:
        return [WorkerInfo("w", "tiny", running=4, tokens_per_s=50.04), WorkerInfo("v", "big", running=1)]

    async def report(self, sample: bytes, failures: Sequence[bytes], refusals: Sequence[bytes]) -> None:
        self.samples.append(sample)
        self.failures += failures
        self.refusals += refusals

    async def reports(self, since: float) -> AsyncIterator[list[bytes]]:
        self.asked_since = since
        for sample in self.samples:
            yield [sample]


def sample(at: int, gateway: str = "g1", **more: Any) -> bytes:
    return encode(Sample(gateway, at, **{"seconds": 5.0} | more))


async def history(*samples: bytes, step_s: int = 5, minutes: int = 1, since: float = 0.0) -> dict[str, Any]:
    relay = FakeRelay()
    relay.samples = list(samples)
    found = await History(relay, FakeClock(NOW + 2), soon=ENDS, per_token=ENDS).read(step_s, minutes, since)
    return found.model_dump()


async def test_every_step_of_the_time_is_there_and_null_where_nobody_told_of_it() -> None:
    told = await history(sample(NOW, tokens=50, running=3, waiting=1, made_per_s=10.5, sockets=7))
    assert told["at"] == list(range(NOW - 55, NOW + 5, 5))
    for name, value in (("delivered_tokens_per_s", 10), ("running", 3), ("waiting", 1), ("tokens_per_s", 10.5),
                        ("sockets", 7)):
        assert told[name] == [None] * 11 + [value], name
    assert told["time_to_first_token_s"] == {"p50": [None] * 12, "p95": [None] * 12, "count": [None] * 11 + [0]}
    assert (told["responses"], told["failures"], told["errors"]) == ({}, {}, {})


async def test_gateways_are_summed_up_but_for_what_they_know_alike() -> None:
    told = await history(
        sample(NOW, "g1", tokens=50, sockets=2, running=3, waiting=1, made_per_s=20, errors={"queue_full": 1}),
        sample(NOW, "g2", tokens=25, sockets=1, running=4, waiting=0, made_per_s=21, errors={"queue_full": 2}),
        sample(NOW, "g3", tokens=0, sockets=0))
    assert [told[name][-1] for name in (
        "delivered_tokens_per_s", "sockets", "running", "waiting", "tokens_per_s")] == [15, 3, 4, 0, 21]
    assert told["errors"] == {"queue_full": [None] * 11 + [3]}


async def test_a_sample_of_a_longer_time_is_a_rate_all_the_same() -> None:
    told = await history(sample(NOW, tokens=100, seconds=20.0), sample(NOW - 5, seconds=0.0, tokens=9))
    assert told["delivered_tokens_per_s"][-2:] == [0, 5]


async def test_two_samples_of_a_gateway_in_one_step_are_no_two_gateways() -> None:
    one = sample(NOW, sockets=3, tokens=5, ended={"completed": 1})
    told = await history(one, one)
    assert (told["sockets"][-1], told["delivered_tokens_per_s"][-1]) == (3, 1)
    assert told["responses"] == {"completed": [None] * 11 + [2]}


async def test_longer_steps_are_means_sums_and_quantiles_of_all() -> None:
    told = await history(
        sample(NOW - 5, tokens=10, running=2, waiting=0, made_per_s=1, first_token={0.1: 3}, ended={"failed": 1},
               failures={"worker_lost": 1}),
        sample(NOW, tokens=20, first_token={1.0: 1}, per_token={INF: 1}), step_s=10)
    assert told["at"] == list(range(NOW - 50, NOW + 10, 10))
    assert told["delivered_tokens_per_s"][-1] == 3
    assert told["running"][-1] == 2, "the mean of what is known"
    assert told["time_to_first_token_s"]["count"][-1] == 4
    assert told["time_to_first_token_s"]["p50"][-1] == pytest.approx(0.2 / 3, abs=1e-5)
    assert told["time_to_first_token_s"]["p95"][-1] == 0.9
    assert told["time_per_output_token_s"]["p95"][-1] == 1.0, "of what has no upper end the lower one"
    assert told["responses"] == {"failed": [None] * 5 + [1]}
    assert told["failures"] == {"worker_lost": [None] * 5 + [1]}


async def test_only_what_has_settled_and_is_asked_for() -> None:
    samples = [sample(at) for at in range(NOW - 100, NOW + 10, 5)]
    told = await history(*samples)
    assert (told["at"][0], told["at"][-1]) == (NOW - 55, NOW)
    assert told["sockets"] == [0] * 12
    assert (await history(*samples, since=NOW - 10))["at"] == [NOW - 5, NOW]
    assert (await history(*samples, since=NOW - 7))["at"] == [NOW - 5, NOW]
    assert (await history(*samples, since=NOW))["at"] == []
    assert (await history(*samples, since=1e300))["sockets"] == []
    assert (await history(*samples, step_s=60, minutes=2))["at"] == [NOW - NOW % 60 - 60, NOW - NOW % 60]


async def test_what_another_version_wrote_is_left_out() -> None:
    assert (await history(b"?", b"\x81\xa1a\x01"))["sockets"] == [None] * 12


@pytest.mark.parametrize(("buckets", "share", "value"), [
    ({}, 0.5, None), ({0.1: 0}, 0.5, None), ({0.1: 10}, 0.5, 0.05), ({0.5: 10}, 0.5, 0.3), ({0.5: 1, 1.0: 1}, 0.5, 0.5),
    ({0.1: 1, 1.0: 19}, 0.95, 0.5 + 0.5 * 18 / 19), ({INF: 3}, 0.5, 1.0), ({0.1: 1, INF: 1}, 0.95, 1.0)])
def test_quantiles(buckets: dict[float, int], share: float, value: float | None) -> None:
    assert quantile(buckets, share, ENDS) == (None if value is None else pytest.approx(value))


class Told:
    """A reporter, what it counts, and what it has told."""

    def __init__(self) -> None:
        self.relay, self.clock, self.sockets = FakeRelay(), FakeClock(NOW + 3), Sockets(9)
        self.counted = Counted(100, {0.1: 5}, {}, {("completed", ""): 7}, {"queue_full": 1})
        self.recent = RecentErrors(self.clock.now)
        self.reporter = Reporter(
            "g1", self.relay, self.relay, self.sockets, lambda: self.counted, self.recent, self.clock)

    async def report(self, after_s: float = 5) -> None:
        self.clock.at += after_s
        await self.reporter.report()

    @property
    def last(self) -> Sample:
        found = decode(self.relay.samples[-1])
        assert found is not None
        return found


async def test_tells_what_was_counted_since_the_last_time() -> None:
    told = Told()
    told.counted = Counted(
        130, {0.1: 5, 0.5: 2}, {1.0: 1},
        {("completed", ""): 8, ("failed", "worker_lost"): 1, ("failed", "engine_error"): 2}, {"queue_full": 4})
    with told.sockets.admit():
        await told.report(2)
    assert told.last == Sample(
        "g1", NOW + 5, 2.0, tokens=30, sockets=1, first_token={0.5: 2}, per_token={1.0: 1},
        ended={"completed": 1, "failed": 3}, failures={"worker_lost": 1, "engine_error": 2}, errors={"queue_full": 3},
        running=5, waiting=3, made_per_s=50.0)
    await told.report()
    assert told.last == Sample("g1", NOW + 10, 5.0, running=5, waiting=3, made_per_s=50.0)


@pytest.mark.parametrize(("at", "step"), [(NOW + 4.6, NOW + 5), (NOW + 5, NOW + 5), (NOW + 9.4, NOW + 5)])
async def test_a_step_ends_with_the_clock(at: float, step: int) -> None:
    told = Told()
    await told.report(at - NOW - 3)
    assert told.last.at == step


async def test_what_redis_did_not_hear_is_in_the_next() -> None:
    told = Told()
    told.recent.note("queue_full", 429, "http", "Full.")
    told.relay.away = RelayAway()
    await told.report()
    assert told.relay.samples == []
    told.relay.away = None
    told.counted = Counted(200, {}, {}, {}, {"queue_full": 3})
    await told.report()
    assert (told.last.tokens, told.last.seconds, told.last.errors) == (100, 10, {"queue_full": 2})
    assert len(told.relay.refusals) == 1
    await told.report()
    assert len(told.relay.refusals) == 1


async def test_what_redis_may_have_heard_is_not_said_again() -> None:
    told = Told()
    told.counted = Counted(200, {}, {}, {}, {})
    told.relay.away = LinkLost("It broke.")
    await told.report()
    told.relay.away = None
    await told.report()
    assert (told.last.tokens, told.last.seconds) == (0, 5)


async def test_failures_and_refusals_go_apart() -> None:
    told = Told()
    told.recent.note("worker_lost", 503, "response", "Lost.", user="ann", response_id="resp_1")
    told.recent.note("invalid_value", 400, "websocket", None, param="temperature")
    await told.report()
    (failure,), (refusal,) = [[decode_error(data) for data in kind] for kind in (
        told.relay.failures, told.relay.refusals)]
    assert failure is not None
    assert refusal is not None
    assert (failure.code, failure.user, failure.response_id, failure.at) == ("worker_lost", "ann", "resp_1", NOW + 3)
    assert (refusal.door, refusal.param, refusal.user) == ("websocket", "temperature", None)
    assert decode_error(b"?") is None


async def test_of_many_errors_the_last_are_kept_while_redis_is_away() -> None:
    told = Told()
    told.relay.away = RelayAway()
    for number in range(3):
        for _ in range(60):
            told.recent.note(f"code_{number}", 500, "http", None)
        await told.report()
    told.relay.away = None
    await told.report()
    found = [error.code for data in told.relay.failures if (error := decode_error(data))]
    assert (len(found), found[0], found[-1]) == (MOST_KEPT, "code_1", "code_2")


async def test_reports_at_the_ends_of_steps() -> None:
    told = Told()

    class Stop(Exception):
        pass

    async def sleep(seconds: float) -> None:
        told.clock.at += seconds
        if len(told.relay.samples) == 2:
            raise Stop

    told.clock.sleep = sleep  # type: ignore[method-assign]
    with pytest.raises(Stop):
        await told.reporter.run()
    assert [one.at for data in told.relay.samples if (one := decode(data))] == [NOW + 5, NOW + 10]


def test_the_documents_sample_is_whole() -> None:
    read = HistoryRead.model_validate(live_samples.HISTORY, strict=True)
    assert read.model_dump() == live_samples.HISTORY
    assert {len(series) for series in (read.running, read.time_to_first_token_s.p50)} == {len(read.at)}
    assert {len(series) for series in (*read.responses.values(), *read.errors.values())} == {len(read.at)}

import os
import subprocess
import time
from pathlib import Path

import pytest

from tests.chaos.stack import is_stopped
from tests.load.histogram import Histogram
from tests.load.relay import soundness
from tests.load.relay.listener import Counted, Stamped
from tests.load.relay.quota import NoQuota, limited_to
from tests.load.relay.stack import Spent
from tests.load.relay.throttle import held_to

HERE = Path("/proc/self/cgroup")
DELTA = b'{"type":"response.output_text.delta","sequence_number":7,"delta":"1000000 1500000 "}'


def test_the_engines_part_is_taken_off_the_workers_bill() -> None:
    spent = Spent(4.0, 2.0, 3.0, 1.0, 1_500_000).since(Spent(1.0, 1.0, 1.0, 0.5, 500_000))
    assert spent.per_token_us() == {"worker": 2.5, "redis": 1.0, "gateway": 2.0, "engine": 0.5}


def test_each_token_of_a_merged_delta_has_its_own_delay() -> None:
    delays = Histogram()
    assert not Stamped(delays).hear(DELTA, 2.0)
    assert len(delays) == 2
    assert delays.percentile(50) == pytest.approx(0.5, rel=0.01)
    assert delays.percentile(100) == pytest.approx(1.0, rel=0.01)


def test_only_deltas_are_counted() -> None:
    turn = Counted(0.0, Histogram())
    for frame in (DELTA, b'{"type":"response.created"}', DELTA):
        turn.hear(frame, 1.0)
    assert turn.deltas == 2


@pytest.mark.parametrize(("sound", "row", "is_sound"), [
    (soundness.cost, {"pace": 1.0, "many_pace": 0.95, "heard": 1.0, "many_heard": 0.98}, True),
    (soundness.cost, {"pace": 1.0, "many_pace": 0.5, "heard": 1.0, "many_heard": 1.0}, False),
    (soundness.cost, {"pace": 1.0, "many_pace": 1.0, "heard": 0.0, "many_heard": 1.0}, False),
    (soundness.cost, {"pace": 1.0, "many_pace": 1.0, "heard": 1.0, "many_heard": 0.1}, False),
    (soundness.events, {"frames_per_token": 1.0}, True),
    (soundness.events, {"frames_per_token": 0.5}, False),
    (soundness.merged, {"taken": 1.0, "tokens_per_frame": 2.0, "tokens_per_event": 1.0}, True),
    (soundness.merged, {"taken": 0.5, "tokens_per_frame": 2.0, "tokens_per_event": 1.0}, False),
    (soundness.merged, {"taken": 1.0, "tokens_per_frame": 500.0, "tokens_per_event": 1.0}, False),
    (soundness.merged, {"taken": 1.0, "tokens_per_frame": 9.0, "tokens_per_event": 8.0}, True),
    (soundness.merged_by_gateway, {"taken": 1.0, "tokens_per_frame": 9.0, "tokens_per_event": 1.1}, True),
    (soundness.merged_by_gateway, {"taken": 1.0, "tokens_per_frame": 2.0, "tokens_per_event": 8.0}, False),
    (soundness.delay, {"pace": 1.0, "listener_cores": 0.3}, True),
    (soundness.delay, {"pace": 1.0, "listener_cores": 0.99}, False),
])
def test_what_a_busy_machine_has_spoilt_is_not_a_result(
        sound: soundness.Sound, row: dict[str, float], is_sound: bool) -> None:
    assert (sound(row) == "") == is_sound


def test_a_process_that_is_held_is_stopped_again_and_again_and_free_afterwards() -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        try:
            with held_to(0.2, [process.pid]):
                changes, stopped = 0, is_stopped(process.pid)
                limit = time.monotonic() + 30
                while changes < 6 and time.monotonic() < limit:
                    changes += stopped != (stopped := is_stopped(process.pid))
            assert changes == 6
            assert not is_stopped(process.pid)
        finally:
            process.kill()


def test_a_process_has_a_quota_for_the_block_and_none_where_there_are_no_control_groups(tmp_path: Path) -> None:
    before = HERE.read_text()
    try:
        with limited_to(0.5, os.getpid()):
            assert f"/parley-bench-{os.getpid()}\n" in HERE.read_text()
    except NoQuota:  # who is not root may make none
        assert os.geteuid() or not os.access("/sys/fs/cgroup", os.W_OK)
    assert HERE.read_text() == before
    with pytest.raises(NoQuota), limited_to(0.5, os.getpid(), tmp_path):
        pass


def test_what_goes_wrong_in_the_block_is_not_taken_for_a_missing_quota() -> None:
    with pytest.raises((ConnectionResetError, NoQuota)) as raised, limited_to(0.5, os.getpid()):
        raise ConnectionResetError
    assert raised.type is ConnectionResetError or os.geteuid() or not os.access("/sys/fs/cgroup", os.W_OK)

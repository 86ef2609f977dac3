"""Everything of one launch is found and killed, by its mark or by its session."""
import os
import subprocess
import uuid

from deploy.local import processes


def test_the_mark_finds_them_and_kill_ends_them() -> None:
    mark = uuid.uuid4().hex
    with subprocess.Popen(["sleep", "60"], env={**os.environ, processes.MARK: mark}) as one:
        while one.pid not in processes.running(mark):
            assert one.poll() is None  # between fork and exec it still has our own environment
        assert processes.running(mark + "0") == []
        assert processes.kill(mark) == []
        assert one.wait() == -9


def test_the_session_finds_one_that_lost_its_mark() -> None:
    with subprocess.Popen(["sleep", "60"], env={}, start_new_session=True) as one:
        assert one.pid in processes.running("no such mark", one.pid)
        assert processes.kill("no such mark", one.pid) == []
        assert one.wait() == -9


def test_no_mark_and_no_session_is_nobody() -> None:
    assert processes.running(uuid.uuid4().hex) == []

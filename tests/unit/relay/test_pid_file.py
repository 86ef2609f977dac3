"""One process per name."""
import os
from pathlib import Path

import pytest

from relay.pid_file import AlreadyRuns, pid_file


def test_holds_this_process_and_goes_with_it(tmp_path: Path) -> None:
    path = tmp_path / "run" / "gateway-1.pid"
    with pid_file(path):
        assert int(path.read_text()) == os.getpid()
        with pytest.raises(AlreadyRuns, match=f"gateway-1 runs already .process {os.getpid()}."), pid_file(path):
            pass
        assert path.exists()
    assert not path.exists()


def test_takes_over_what_a_killed_process_left(tmp_path: Path) -> None:
    path = tmp_path / "gateway-1.pid"
    path.write_text("123456789\n")
    with pid_file(path):
        assert int(path.read_text()) == os.getpid()

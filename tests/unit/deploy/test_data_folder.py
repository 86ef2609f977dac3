"""The data folder is made, written to once, and given to one launcher."""
import os
from pathlib import Path

import pytest

from deploy.local.data_folder import DataFolder
from deploy.local.errors import Refusal


def test_it_is_made_with_its_parts(tmp_path: Path) -> None:
    data = DataFolder(tmp_path / "new" / "data")
    data.prepare()
    assert [path.is_dir() for path in (data.run, data.logs, data.redis)] == [True] * 3
    assert list(data.run.iterdir()) == []  # the probe is gone


def test_a_file_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(Refusal, match="PARLEY_DATA_DIR"):
        DataFolder(tmp_path / "data").prepare()


def test_a_full_disk_is_refused_before_anything_starts(tmp_path: Path) -> None:
    data = DataFolder(tmp_path)
    data.prepare()
    (data.run / "probe").symlink_to("/dev/full")
    with pytest.raises(Refusal, match=r"No space left on device.*make room"):
        data.prepare()


@pytest.mark.parametrize("name", ["a" * 120, "my #1 project", 'quo"te', "semi ;colon"])
def test_paths_that_sockets_or_configuration_cannot_hold_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refusal, match="PARLEY_DATA_DIR"):
        DataFolder(tmp_path / name).prepare()
    assert list(tmp_path.iterdir()) == []


def test_a_second_launcher_is_told_who_runs(tmp_path: Path) -> None:
    data = DataFolder(tmp_path)
    data.prepare()
    note = f"process {os.getpid()}, http://127.0.0.1:8000"
    with data.take(note):
        with pytest.raises(Refusal, match=f"process {os.getpid()}") as refused:
            data.take("process 1")
        assert "http://127.0.0.1:8000" in str(refused.value)
    with data.take("process 2"):
        pass

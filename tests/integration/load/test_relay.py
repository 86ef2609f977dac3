"""The bench of the relay alone, from end to end: a moment of those measurements that are made of parts of their own."""
from pathlib import Path

import msgspec
import pytest

from tests.load.ratios import Ratios
from tests.load.relay.__main__ import GOALS, MEASUREMENTS, main


@pytest.mark.parametrize("name", ["cost", "events", "delay"])
def test_a_measurement_yields_its_figures(name: str, tmp_path: Path) -> None:
    """Whether they are sound is for the machine to say; that they were taken is not."""
    main([name, "--tiny", "--repeat", "1", "--out", str(tmp_path)])
    found = msgspec.json.decode((tmp_path / "relay.json").read_bytes(), type=Ratios)
    (row,) = found.details[name]
    assert row.keys() >= set(MEASUREMENTS[name].rows.values())
    assert all(value >= 0 for value in row.values())
    assert set(found.ratios) <= set(MEASUREMENTS[name].rows)


def test_every_goal_has_its_row() -> None:
    assert set(GOALS) <= {key for measurement in MEASUREMENTS.values() for key in measurement.rows}

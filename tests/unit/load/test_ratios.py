from pathlib import Path

import msgspec

from tests.load.ratios import Ratios, begun, lines, ratio, write


def test_a_row_is_a_median_with_its_spread() -> None:
    found = ratio([3.0, 1.0, 2.00004])
    assert (found.median, found.low, found.high, found.runs) == (2.0, 1.0, 3.0, [3.0, 1.0, 2.0])


def test_what_is_written_holds_the_machine_and_only_the_rows_that_were_measured(tmp_path: Path) -> None:
    ratios = begun()
    ratios.ratios["delay_p50_ms"] = ratio([1.5])
    ratios.details["delay"] = [{"p50_ms": 1.5}]
    found = msgspec.json.decode(write(ratios, tmp_path / "bench", "relay").read_bytes(), type=Ratios)
    assert list(found.ratios) == ["delay_p50_ms"]
    assert found.machine["cores"]
    assert lines(found, {"delay_p50_ms": "<= 2"}) == [
        "  delay_p50_ms                            1.5   1.5 to 1.5 in 1   goal <= 2"]
    assert lines(found, {}) == ["  delay_p50_ms                            1.5   1.5 to 1.5 in 1   goal none"]

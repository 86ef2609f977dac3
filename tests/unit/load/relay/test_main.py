"""How a gateway is measured that must merge, and with how much of a core."""
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.load.relay import __main__ as bench
from tests.load.relay import rows
from tests.load.relay.quota import NoQuota
from tests.load.relay.rows import Row, Sizes

SIZES = Sizes(merging_shares=(0.2, 0.3, 0.4))


def keeps_up_from(least: float) -> Callable[..., Row]:
    def merged(sizes: Sizes, rate: float, share: float | None = None) -> Row:
        taken = 1.0 if share is None or share >= least else 0.5
        return {"taken": taken, "tokens_per_frame": 9.0, "tokens_per_event": 1.0, "per_core": rate / (share or 1.0),
                "tokens_per_s": rate}
    return merged


@pytest.mark.parametrize(("least", "share"), [(0.1, 0.2), (0.3, 0.3), (0.4, 0.4)])
def test_the_least_share_that_is_enough(monkeypatch: pytest.MonkeyPatch, least: float, share: float) -> None:
    monkeypatch.setattr(rows, "merged", keeps_up_from(least))
    row = bench.merged(SIZES)
    assert (row["held_share"], row["held_per_core"]) == (share, SIZES.viewers_rate / share)
    assert (row["free_tokens_per_s"], row["tokens_per_s"]) == (SIZES.viewers_rate, SIZES.merging_rate)


def test_where_no_share_is_enough_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "merged", keeps_up_from(0.9))
    assert [name for name in bench.merged(SIZES) if name.startswith("held_")] == []


def test_where_no_share_can_be_had_the_rest_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    def merged(sizes: Sizes, rate: float, share: float | None = None) -> Row:
        if share is not None:
            raise NoQuota
        return {"tokens_per_s": rate}
    monkeypatch.setattr(rows, "merged", merged)
    row = bench.merged(SIZES)
    assert (row["tokens_per_s"], "held_share" in row) == (SIZES.merging_rate, False)


@pytest.mark.parametrize(("least", "held"), [(0.3, True), (0.9, False)])
def test_a_row_is_of_the_measurements_that_have_it(
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str],
        least: float, held: bool) -> None:
    monkeypatch.setattr(rows, "merged", keeps_up_from(least))
    assert bench.main(["merged", "--repeat", "1", "--out", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert ("  gateway_merged_tokens_per_s " in told, "  gateway_held_tokens_per_core_s " in told) == (True, held)

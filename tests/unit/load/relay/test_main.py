"""With how much of a core a gateway is measured that must merge."""
import pytest

from tests.load.relay import __main__ as bench
from tests.load.relay import rows, soundness
from tests.load.relay.quota import NoQuota
from tests.load.relay.rows import Row, Sizes

SIZES = Sizes(merging_shares=(0.2, 0.3, 0.4))


def keeps_up_from(least: float) -> object:
    def merged(sizes: Sizes, rate: float, share: float | None = None) -> Row:
        taken = 1.0 if share is None or share >= least else 0.5
        return {"taken": taken, "tokens_per_frame": 9.0, "tokens_per_event": 1.0, "per_core": rate / (share or 1.0)}
    return merged


@pytest.mark.parametrize(("least", "share"), [(0.1, 0.2), (0.3, 0.3), (0.9, 0.4)])
def test_the_least_share_that_is_enough(monkeypatch: pytest.MonkeyPatch, least: float, share: float) -> None:
    monkeypatch.setattr(rows, "merged", keeps_up_from(least))
    row = bench.merged(SIZES)
    assert row["share"] == share
    assert row["per_core"] == SIZES.viewers_rate / share
    assert row["free_per_core"] == SIZES.viewers_rate
    assert bool(soundness.merged(row)) == (least > max(SIZES.merging_shares))


def test_where_no_share_can_be_had_it_has_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def merged(sizes: Sizes, rate: float, share: float | None = None) -> Row:
        if share is not None:
            raise NoQuota
        return {"per_core": rate}
    monkeypatch.setattr(rows, "merged", merged)
    row = bench.merged(SIZES)
    assert (row["share"], row["per_core"]) == (1.0, SIZES.viewers_rate)

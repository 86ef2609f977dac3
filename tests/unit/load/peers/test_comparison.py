import pytest

from tests.load.peers.comparison import turn, unsound

FAIR = {"still_cores": 0.0, "foreign_cores": 0.1, "client_cores": 0.5}


def test_turns_go_there_and_back() -> None:
    assert [turn(["a", "b", "c"], number) for number in (1, 2, 3)] == [
        ["a", "b", "c"], ["c", "b", "a"], ["a", "b", "c"]]


@pytest.mark.parametrize(("spoilt", "why"), [
    ({}, ""), ({"still_cores": 0.5}, "stand still"), ({"foreign_cores": 0.9}, "others"),
    ({"client_cores": 0.95}, "client")])
def test_a_measurement_that_others_took_part_in_is_none(spoilt: dict[str, float], why: str) -> None:
    found = unsound(FAIR | spoilt, 0.2)
    assert why in found
    assert bool(found) == bool(why)

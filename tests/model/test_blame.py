"""No innocent job is given up for another's crashes, and each rule of blame is needed for that."""
import pytest

from tests.model.blame import BLAME_RULES, BLAME_SIZES, Unjust, walk_blame

HOLDS = {"two-early": 158_265, "early-late": 58_806, "long": 1468}
NEEDED_IN = {
    "crowd-suspects": "early-late", "crowd-others": "early-late", "no-pardon": "long", "blame-all": "long",
}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("size", HOLDS)
def test_no_innocent_job_is_given_up(size: str) -> None:
    assert walk_blame(BLAME_SIZES[size]) == HOLDS[size]


@pytest.mark.parametrize("rule", BLAME_RULES)
def test_without_a_rule_one_is(rule: str) -> None:
    with pytest.raises(Unjust, match="an innocent job was given up"):
        walk_blame(BLAME_SIZES[NEEDED_IN[rule]]._replace(broken=rule))

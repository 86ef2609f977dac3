"""What is kept though turns are left out."""
from typing import Any

import pytest

from inference.truncation import Turns

LONG = "x" * 1000
RULE: dict[str, Any] = {"type": "message", "role": "system", "content": "Be kind."}
SUMMARY: dict[str, Any] = {"type": "compaction", "summary": "We launch on Tuesday."}
QUESTION: dict[str, Any] = {"type": "message", "role": "user", "content": LONG}
ANSWER: dict[str, Any] = {"type": "message", "role": "assistant", "content": LONG}


@pytest.mark.parametrize("head", [[RULE], [SUMMARY], [RULE, SUMMARY], [SUMMARY, RULE], []])
def test_what_stands_before_all(head: list[dict[str, Any]]) -> None:
    left = Turns([*head, QUESTION, ANSWER, QUESTION])
    assert left.drop(1001, 1000)
    assert left.items == [*head, QUESTION]
    assert not left.drop(1001, 1000)


def test_what_stands_further_on_goes_with_its_turn() -> None:
    left = Turns([QUESTION, SUMMARY, ANSWER, QUESTION])
    assert left.drop(1001, 1000)
    assert left.items == [QUESTION]

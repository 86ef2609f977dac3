from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from inference.truncation import Turns


def message(role: str, text: str) -> dict[str, Any]:
    return {"type": "message", "role": role, "content": [{"type": "input_text", "text": text}]}


SYSTEM, LONG = message("developer", "Be kind."), "x" * 1000
CALL = {"type": "function_call", "call_id": "c", "name": "look", "arguments": "{}"}
OUTPUT = {"type": "function_call_output", "call_id": "c", "output": LONG}


def turns(count: int) -> list[dict[str, Any]]:
    return [item for n in range(count) for item in (message("user", f"{n} {LONG}"), message("assistant", LONG))]


def test_the_oldest_turn_goes_first_and_with_it_all_that_belongs_to_it() -> None:
    items = [SYSTEM, message("user", LONG), CALL, OUTPUT, message("assistant", LONG), *turns(1)]
    left = Turns(items)
    assert left.drop(1100, 1000)
    assert left.items == [SYSTEM, *turns(1)]
    assert not left.drop(1100, 1000)
    assert left.items == [SYSTEM, *turns(1)]


def test_as_many_go_as_it_will_take() -> None:
    left = Turns(turns(10))
    assert left.drop(2000, 1000)
    assert left.items == turns(10)[12:]  # six of ten: five would leave all of the context, and none for the answer


def test_where_nobody_has_counted_bytes_are_taken_for_tokens() -> None:
    left = Turns(turns(40))  # 80,000 bytes, some 20,000 tokens
    assert left.drop(None, 5000)
    assert 8 * 2 <= len(left.items) <= 10 * 2


def test_what_was_said_before_any_question_goes_with_the_first() -> None:
    left = Turns([message("assistant", LONG), *turns(2)])
    assert left.drop(1001, 1000)
    assert left.items == turns(2)
    assert left.drop(1001, 1000)
    assert left.items == turns(2)[2:]


ITEMS = st.lists(st.sampled_from([SYSTEM, message("user", LONG), message("assistant", "x"), CALL, OUTPUT]), max_size=12)


@given(ITEMS)
def test_it_ends_with_the_last_turn_whole(items: list[dict[str, Any]]) -> None:
    left = Turns(items)
    steps = 0
    while left.drop(1001, 1000):
        steps += 1
    assert steps <= len(items)
    users = [number for number, item in enumerate(items) if item == message("user", LONG)]
    last = items[users[-1]:] if users else items
    assert left.items[-len(last):] == last if last else left.items == []

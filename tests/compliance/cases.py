"""The list of cases, and how one is added to it."""
from collections.abc import Awaitable, Callable

from tests.compliance.target import Target

Case = Callable[[Target], Awaitable[None]]
CASES: dict[str, Case] = {}  # by id, in the order in which they are told


def case(case_id: str) -> Callable[[Case], Case]:
    """Its docstring says what must hold. It raises AssertionError or ValidationError where it does not."""

    def add(function: Case) -> Case:
        assert case_id not in CASES, f"two cases are called {case_id}"
        CASES[case_id] = function
        return function

    return add

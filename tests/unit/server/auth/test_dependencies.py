"""What routes read of a request."""
from typing import Any

import pytest
from starlette.requests import HTTPConnection

from server.auth.dependencies import AuthServices, client_address

NOTHING: Any = None


def address(trusted: int, *forwarded: str) -> str:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    connection = HTTPConnection({"type": "http", "headers": headers, "client": ("10.0.0.9", 1)})
    services = AuthServices(
        NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, trusted)
    return client_address(connection, services)


@pytest.mark.parametrize(
    ("trusted", "forwarded", "expected"),
    [
        (0, (), "10.0.0.9"),
        (0, ("1.1.1.1",), "10.0.0.9"),
        (1, ("1.1.1.1",), "1.1.1.1"),
        (1, ("6.6.6.6, 1.1.1.1",), "1.1.1.1"),
        (2, ("6.6.6.6, 1.1.1.1, 10.0.0.8",), "1.1.1.1"),
        (2, ("6.6.6.6, 1.1.1.1", "10.0.0.8"), "1.1.1.1"),
        (2, ("1.1.1.1",), "10.0.0.9"),
        (1, (), "10.0.0.9"),
        (1, (" , ",), "10.0.0.9"),
    ],
)
def test_only_what_our_own_proxies_say_counts(trusted: int, forwarded: tuple[str, ...], expected: str) -> None:
    assert address(trusted, *forwarded) == expected

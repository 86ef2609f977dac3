"""The Python client's small pure parts, by the tables that the JavaScript client obeys too."""
from typing import Any

import pytest
from parley_client import errors
from parley_client.addresses import socket_address
from parley_client.frames import decode, encode, size_bytes
from parley_client.options import Options, delay_s
from parley_client.pending import Pending

from tests.unit.clients.vectors import cases


@pytest.mark.parametrize("case", cases("errors.json"))
def test_errors(case: dict[str, Any]) -> None:
    error = errors.error_of(case["status"], case["error"])
    assert (type(error).__name__, error.retryable) == (case["kind"], case["retryable"])
    for name in ("code", "message", "param"):
        expected = case[name] if name in case else case["error"].get(name, getattr(error, name))
        if name in case or isinstance(case["error"].get(name), str):
            assert getattr(error, name) == expected


@pytest.mark.parametrize("case", cases("addresses.json"))
def test_addresses(case: dict[str, Any]) -> None:
    if case["socket"] is None:
        with pytest.raises(ValueError, match="should begin with"):
            socket_address(case["url"])
    else:
        assert socket_address(case["url"]) == case["socket"]


@pytest.mark.parametrize("case", cases("frames.json"))
def test_frames(case: dict[str, Any]) -> None:
    text = encode(case["event"])
    assert (text, size_bytes(text)) == (case["text"], case["size_bytes"])
    assert decode(text) == case["event"]


def test_half_a_character_is_sent_as_the_sign_for_one_that_is_lost() -> None:
    assert encode({"input": "a\ud83db"}) == '{"input":"a\ufffdb"}'


def test_what_is_not_json_is_refused_before_it_is_sent() -> None:
    with pytest.raises(ValueError, match="JSON"):
        encode({"temperature": float("nan")})


@pytest.mark.parametrize("case", cases("pending.json"))
def test_pending(case: dict[str, Any]) -> None:
    pending = Pending(case["merge_after"])
    for event in case["add"]:
        pending.add(event)
    assert [pending.take() for _ in range(len(pending))] == case["take"]


def test_delays_never_pass_the_longest() -> None:
    options = Options(first_delay_s=1, max_delay_s=8)
    assert [delay_s(options, attempt, 1) for attempt in (1, 2, 3, 4, 5, 5000)] == [1, 2, 4, 8, 8, 8]


def test_an_error_shows_its_code() -> None:
    assert str(errors.RequestError("invalid_value", "Too hot.", "temperature")) == "Too hot. (invalid_value)"

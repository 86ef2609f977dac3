"""What a client keeps for us comes back as it was, and nothing else is read."""
import base64
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.responses import opaque
from server.responses.opaque import PREFIX, seal, unseal
from tests.unit.server.responses.story import unhurried


@unhurried
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_comes_back_as_it_was(text: str) -> None:
    assert unseal(seal(text)) == text


def packed(data: bytes) -> str:
    return PREFIX + base64.urlsafe_b64encode(data).decode()


@pytest.mark.parametrize("content", [
    "", "gAAAAABpM0Yj", PREFIX, f"{PREFIX}AAAA", f"{PREFIX}é", seal("hello")[:-8], seal("hello").removeprefix(PREFIX),
    packed(zlib.compress(b"\xff")), packed(zlib.compress(b"hello")[:-4]),
])
def test_nothing_else_is_read(content: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        unseal(content)


def test_a_small_code_does_not_become_a_large_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opaque, "MAX_CHARACTERS", 1000)
    assert unseal(seal("x" * 999)) == "x" * 999
    with pytest.raises(ValueError, match="too large"):
        unseal(seal("x" * 2000))

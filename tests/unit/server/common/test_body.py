"""HTTP bodies as JSON."""
import pytest
from starlette.requests import Request

from server.common.body import parse_object, read_body
from server.common.errors import BadRequest, Code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", Code.INVALID_JSON),
        (b"{", Code.INVALID_JSON),
        (b'{"a": NaN}', Code.INVALID_JSON),
        (b'\xef\xbb\xbf{}', Code.INVALID_JSON),
        (b"[" * 5000, Code.INVALID_JSON),
        (b'"\xe2\x82"', Code.INVALID_UTF8),
        (b"null", Code.INVALID_TYPE),
        (b"[]", Code.INVALID_TYPE),
    ],
)
def test_what_is_no_object(data: bytes, code: Code) -> None:
    with pytest.raises(BadRequest) as caught:
        parse_object(data)
    assert caught.value.code is code


def test_the_place_of_half_a_character_is_told() -> None:
    with pytest.raises(BadRequest, match="at byte 3"):
        parse_object(b'{"\x61\xc3"}')


def a_request(*headers: tuple[bytes, bytes]) -> Request:
    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": '{"a": "é"}'.encode()}

    return Request({"type": "http", "headers": list(headers)}, receive)


@pytest.mark.parametrize("kind", [None, b"application/json", b"Application/JSON; charset=utf-8"])
async def test_json_is_read(kind: bytes | None) -> None:
    headers = [] if kind is None else [(b"content-type", kind)]
    assert await read_body(a_request(*headers)) == {"a": "é"}


@pytest.mark.parametrize("kind", [b"text/plain", b"application/x-www-form-urlencoded", b"", b"application/jsonp"])
async def test_other_kinds_are_refused(kind: bytes) -> None:
    with pytest.raises(BadRequest) as caught:
        await read_body(a_request((b"content-type", kind)))
    assert caught.value.code is Code.UNSUPPORTED_MEDIA_TYPE

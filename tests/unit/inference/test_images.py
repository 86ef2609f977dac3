import base64
import struct

import pytest

from inference.engine.port import EngineRequestError
from inference.images import MAX_IMAGE_BYTES, Image, check_image

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 30, 20) + b"\x08\x06"
GIF = b"GIF89a" + struct.pack("<HH", 30, 20)
JPEG = (b"\xff\xd8\xff\xe0\x00\x04ab\xff\xff\xc4\x00\x02\xff\xc2\x00\x0b\x08"
        + struct.pack(">HH", 20, 30) + b"\x03\x01")
VP8 = b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 30, 20)
VP8L = b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f" + struct.pack("<I", 29 | 19 << 14) + b"\0" * 8
VP8X = b"RIFF\0\0\0\0WEBPVP8X\0\0\0\0\0\0\0\0" + b"\x1d\0\0" + b"\x13\0\0"


def url(data: bytes, kind: str = "png") -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


@pytest.mark.parametrize(("data", "kind"), [
    (PNG, "PNG"), (GIF, "GIF"), (JPEG, "JPEG"), (VP8, "WebP"), (VP8L, "WebP"), (VP8X, "WebP")])
def test_an_images_first_bytes_tell_its_type_and_size(data: bytes, kind: str) -> None:
    assert check_image(url(data), "there") == Image(kind, 30, 20, len(data))


@pytest.mark.parametrize(("address", "code"), [
    ("https://example.org/a.png", "unsupported_parameter"),
    ("http://169.254.169.254/", "unsupported_parameter"),
    ("file:///etc/passwd", "unsupported_parameter"),
    ("data:image/png,abc", "invalid_prompt"),
    ("data:image/png;base64", "invalid_prompt"),
    ("data:image/png;base64,§", "invalid_prompt"),
    ("data:image/png;base64,abc", "invalid_prompt"),
    (url(b"%PDF-1.7"), "invalid_prompt"),
    (url(b""), "invalid_prompt"),
    (url(PNG[:10]), "invalid_prompt"),
    (url(JPEG[:20]), "invalid_prompt"),
    (url(b"\xff\xd8" + b"\xff" * 10_000), "invalid_prompt"),
    (url(b"\xff\xd8\x00"), "invalid_prompt"),
    (url(VP8[:20]), "invalid_prompt"),
    (url(VP8.replace(b"VP8 ", b"VP9 ")), "invalid_prompt"),
    (url(GIF.replace(struct.pack("<H", 30), b"\0\0")), "invalid_prompt"),
    (url(GIF.replace(struct.pack("<H", 30), b"\xff\xff")), "invalid_prompt"),
    ("data:image/png;base64," + "A" * (MAX_IMAGE_BYTES * 4 // 3 + 8), "invalid_prompt"),
])
def test_what_is_no_image_in_the_request_is_refused(address: str, code: str) -> None:
    with pytest.raises(EngineRequestError) as refused:
        check_image(address, "there")
    assert (refused.value.code, refused.value.param) == (code, "there")

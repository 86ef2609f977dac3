"""Images as a request holds them: in `data:` URLs, never behind an address, which no worker is sent to fetch."""
import base64
import binascii
from dataclasses import dataclass

from inference.engine.port import EngineRequestError

MAX_IMAGE_BYTES = 8 << 20
MAX_SIDE = 16_384  # pixels; decoding needs four bytes for each
MAX_PIXELS = 64_000_000
HEAD = 512 << 10  # characters of base64 in which an image must tell its size
MAX_SEGMENTS = 2000  # before a JPEG's size


@dataclass(frozen=True, slots=True)
class Image:
    """What an image's first bytes tell of it; sides in pixels."""

    type: str
    width: int
    height: int
    size_bytes: int


def check_image(url: str, where: str) -> Image:
    """Raises EngineRequestError (`unsupported_parameter`, `invalid_prompt`)."""
    if not url.startswith("data:"):
        message = "Images are taken as data: URLs only (data:image/png;base64,…); no address is fetched."
        raise EngineRequestError("unsupported_parameter", message, where)
    header, comma, data = url.partition(",")
    if not comma or not header.endswith(";base64"):
        raise EngineRequestError("invalid_prompt", "An image's data: URL must be in base64.", where)
    if len(data) * 3 // 4 > MAX_IMAGE_BYTES:
        message = f"An image may have {MAX_IMAGE_BYTES >> 20} MiB; make it smaller."
        raise EngineRequestError("invalid_prompt", message, where)
    try:
        image = describe(base64.b64decode(data[:HEAD], validate=True), len(data) * 3 // 4 - data[-2:].count("="))
    except (binascii.Error, ValueError, IndexError):
        image = None
    if image is None:
        raise EngineRequestError("invalid_prompt", "This is no PNG, JPEG, GIF or WebP image.", where)
    if not 0 < image.width <= MAX_SIDE or not 0 < image.height <= MAX_SIDE or image.width * image.height > MAX_PIXELS:
        raise EngineRequestError(
            "invalid_prompt", f"An image of {image.width} × {image.height} pixels is not possible here.", where)
    return image


def describe(data: bytes, size_bytes: int) -> Image | None:
    """From an image's first bytes; None for what is none of a known type. Raises IndexError where it is cut short."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) >= 24:
        return Image("PNG", _big(data[16:20]), _big(data[20:24]), size_bytes)
    if data[:6] in (b"GIF87a", b"GIF89a") and len(data) >= 10:
        return Image("GIF", _little(data[6:8]), _little(data[8:10]), size_bytes)
    if data.startswith(b"\xff\xd8"):
        return _jpeg(data, size_bytes)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(data, size_bytes)
    return None


def _jpeg(data: bytes, size_bytes: int) -> Image | None:
    """Segments of two bytes' marker and two bytes' length, up to the frame's header."""
    at = 2
    for _ in range(MAX_SEGMENTS):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:  # padding
            at += 1
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            _ = data[at + 8]
            return Image("JPEG", _big(data[at + 7:at + 9]), _big(data[at + 5:at + 7]), size_bytes)
        else:
            at += 2 + _big(data[at + 2:at + 4])
    return None


def _webp(data: bytes, size_bytes: int) -> Image | None:
    _ = data[29]
    kind = data[12:16]
    if kind == b"VP8 ":
        return Image("WebP", _little(data[26:28]) & 0x3FFF, _little(data[28:30]) & 0x3FFF, size_bytes)
    if kind == b"VP8L":
        bits = _little(data[21:25])
        return Image("WebP", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, size_bytes)
    if kind == b"VP8X":
        return Image("WebP", _little(data[24:27]) + 1, _little(data[27:30]) + 1, size_bytes)
    return None


def _big(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")

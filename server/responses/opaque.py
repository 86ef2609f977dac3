"""Text that a client keeps for us and sends back without reading it: `encrypted_content` of the protocol.

It is encoded, not encrypted: it holds nothing that its owner has not been told or may not say, and every gateway can
read it without a secret that they would have to share.
"""
import base64
import binascii
import zlib

PREFIX = "parley1."
MAX_CHARACTERS = 16 * 1024 * 1024  # of the text: a small code must not become a large one


def seal(text: str) -> str:
    return PREFIX + base64.urlsafe_b64encode(zlib.compress(text.encode())).decode()


def unseal(content: str) -> str:
    """Raises ValueError for what was not sealed here."""
    if not content.startswith(PREFIX):
        raise ValueError("not sealed here")
    inflate = zlib.decompressobj()
    try:
        data = inflate.decompress(base64.b64decode(content.removeprefix(PREFIX), b"-_", validate=True), MAX_CHARACTERS)
    except (binascii.Error, zlib.error) as error:
        raise ValueError("broken") from error
    if not inflate.eof:
        raise ValueError("cut short, or too large")
    return data.decode()

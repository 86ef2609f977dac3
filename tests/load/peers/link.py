"""What goes between the client process and vLLM in process: lines of questions, batches of frames.

The frames are an answer's events as Parley words them, so that the client has the same to do with them. All that one
step of the engine made is one batch, and so one write and one read: less than any server can do with.
"""
import struct

import msgspec

_LENGTH = struct.Struct(">I")


class Question(msgspec.Struct, array_like=True, frozen=True):
    """Asked on one of the client's streams; each has one under way at most."""

    stream: int
    text: str
    tokens: int


class Piece(msgspec.Struct, array_like=True, frozen=True):
    """A frame for a stream."""

    stream: int
    frame: bytes


_encoder, _decoder = msgspec.msgpack.Encoder(), msgspec.msgpack.Decoder(list[Piece])
_json = msgspec.json.Encoder()


def line(question: Question) -> bytes:
    return _json.encode(question) + b"\n"


def delta(text: str) -> bytes:
    return b'{"type":"response.output_text.delta","delta":%b}' % _json.encode(text)


def completed(made: int, read: int) -> bytes:
    """The last frame of a whole answer."""
    return (b'{"type":"response.completed","response":{"usage":{"input_tokens":%d,"output_tokens":%d}}}'
            % (read, made))


def failed(code: str) -> bytes:
    """The last frame of one that was not."""
    return b'{"type":"error","error":{"code":%b}}' % _json.encode(code)


def batch(pieces: list[Piece]) -> bytes:
    content = _encoder.encode(pieces)
    return _LENGTH.pack(len(content)) + content


class Batches:
    """Bytes in, however they were cut; whole batches out."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[list[Piece]]:
        data, batches = self._rest + data, []
        while len(data) >= _LENGTH.size and len(data) >= (end := _LENGTH.size + _LENGTH.unpack_from(data)[0]):
            batches.append(_decoder.decode(data[_LENGTH.size:end]))
            data = data[end:]
        self._rest = data
        return batches

"""What bad input gets: a clear error with a code and the field's name; and nothing else is disturbed."""
import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosedError
from websockets.frames import Frame, Opcode

from tests.integration.server.talk import error_after, expected, send, socket_to, text_of, until, until_end
from tests.parley import Parley

LIMIT_BYTES = 1024 * 1024
MESSAGES: list[tuple[str, str | bytes, str, str | None]] = [
    ("not json", "{", "invalid_json", None),
    ("no object", "[]", "invalid_type", None),
    ("no type", "{}", "missing_required_parameter", "type"),
    ("unknown event", '{"type": "response.dance"}', "unknown_event", "type"),
    ("binary", b'{"type": "response.create", "input": "x"}', "binary_frame", None),
    ("bad lane", '{"type": "response.create", "input": "x", "stream_id": "a b"}', "invalid_value", "stream_id"),
    ("large", json.dumps({"type": "response.create", "input": "x" * LIMIT_BYTES}), "frame_too_large", None),
]
REQUESTS: list[tuple[dict[str, Any], str, str | None]] = [
    ({"input": 7}, "invalid_type", "input"),
    ({"input": ""}, "empty_input", "input"),
    ({"input": []}, "empty_input", "input"),
    ({"input": [{"type": "message", "role": "user", "content": 7}]}, "invalid_type", "input[0].content"),
    ({"input": "x", "model": "gpt-5"}, "model_not_found", "model"),
    ({"input": "x", "temperature": 2.5}, "invalid_value", "temperature"),
    ({"input": "x", "temperature": "hot"}, "invalid_type", "temperature"),
    ({"input": "x", "n": 2}, "unsupported_parameter", "n"),
    ({"input": "x", "flavour": "sour"}, "unknown_parameter", "flavour"),
    ({"input": "x", "previous_response_id": "resp_0none"}, "previous_response_not_found", "previous_response_id"),
    ({"input": "x " * 262_200}, "context_length_exceeded", "input"),
]


@pytest.fixture
async def socket(parley: Parley) -> AsyncIterator[ClientConnection]:
    """One on which a lane is streaming; it must not notice."""
    async with socket_to(parley.ws_url) as socket:
        await send(socket, input="Undisturbed [[tokens=9]]", stream_id="before")
        await until_end(socket)
        yield socket
        await send(socket, input="Undisturbed [[tokens=9]]", stream_id="after")
        assert text_of(await until_end(socket)) == expected("Undisturbed [[tokens=9]]")


@pytest.mark.parametrize(
    ("message", "code", "param"), [case[1:] for case in MESSAGES], ids=[case[0] for case in MESSAGES])
async def test_message(socket: ClientConnection, message: str | bytes, code: str, param: str | None) -> None:
    error = await error_after(socket, message)
    assert (error["code"], error["param"]) == (code, param)
    assert "Traceback" not in error["message"]


@pytest.mark.parametrize(("fields", "code", "param"), REQUESTS)
async def test_request(socket: ClientConnection, fields: dict[str, Any], code: str, param: str | None) -> None:
    await send(socket, **fields, stream_id="mine")
    last = (await until_end(socket))[-1]
    assert last["stream_id"] == "mine"
    assert code in (last.get("error", {}).get("code"), last.get("response", {}).get("error", {}).get("code"))
    if last["type"] == "error":
        assert last["error"]["param"] == param


@pytest.mark.parametrize(("fields", "code", "param"), REQUESTS)
async def test_request_over_http(parley: Parley, fields: dict[str, Any], code: str, param: str | None) -> None:
    async with httpx.AsyncClient(base_url=parley.url) as client:
        answer = await client.post("/v1/responses", json=fields)
    assert 400 <= answer.status_code < 500
    assert answer.json()["error"]["code"] == code


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "invalid_json"),
        (b'{"input": "\xff"}', "application/json", 400, "invalid_utf8"),
        (b"[]", "application/json", 400, "invalid_type"),
        (b"input=x", "text/plain", 415, "unsupported_media_type"),
        (b" " * (LIMIT_BYTES + 1), "application/json", 413, "frame_too_large"),
    ],
)
async def test_body(parley: Parley, body: bytes, kind: str, status: int, code: str) -> None:
    async with httpx.AsyncClient(base_url=parley.url) as client:
        answer = await client.post("/v1/responses", content=body, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


async def test_a_frame_beyond_all_measure_closes_its_socket(parley: Parley) -> None:
    async with socket_to(parley.ws_url) as socket:
        with pytest.raises(ConnectionClosedError):
            await asyncio.gather(socket.send("x" * 3 * LIMIT_BYTES), socket.recv())
    assert socket.close_code == 1009


async def test_half_a_character_closes_its_socket(parley: Parley) -> None:
    async with socket_to(parley.ws_url) as socket, socket_to(parley.ws_url) as other:
        await send(other, input="Undisturbed [[tokens=100]]")
        begun = await until(other, "response.output_text.delta")
        socket.transport.write(Frame(Opcode.TEXT, '{"type": "é'.encode()[:-1]).serialize(mask=True, extensions=[]))
        with pytest.raises(ConnectionClosedError):
            await socket.recv()
        assert socket.close_code == 1007
        assert text_of(begun + await until_end(other)) == expected("Undisturbed [[tokens=100]]")

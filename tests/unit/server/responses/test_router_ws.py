"""/v1/responses as a WebSocket: a real uvicorn, the websockets client, and the official SDK."""
import json

import openai
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Frame, Opcode

from relay.events import AnyEvent, Delta, Ended, InProgress, ItemAdded, PartAdded
from server.admission.standing import Standing
from server.responses.session import SessionLimits
from tests.unit.server.responses.fakes import AWAY
from tests.unit.server.responses.gateway import LIMITS, Gateway, until
from tests.unit.server.responses.talk import create, created, hear, hear_until, say, told, turn


async def test_a_turn(gateway: Gateway, socket: ClientConnection) -> None:
    events = await turn(gateway, socket, "Hé", "llo", stream=True)
    assert [event["type"] for event in events[:3]] == ["response.created", "response.queued", "response.in_progress"]
    assert "".join(event.get("delta", "") for event in events) == "Héllo"
    numbers = [event["sequence_number"] for event in events]
    assert numbers == sorted(set(numbers))
    assert "stream_id" not in events[0]
    assert events[-1]["response"]["output"][0]["content"][0]["text"] == "Héllo"
    await until(lambda: gateway.world.hub.viewers == 0)


async def test_turns_of_a_socket_run_one_after_another(gateway: Gateway, socket: ClientConnection) -> None:
    await create(socket)
    await create(socket, input="second")
    await create(socket, temperature=9)
    first = await created(socket)
    assert (await hear(socket))["type"] == "response.queued"
    assert len(gateway.world.relay.requests) == 1
    gateway.world.relay.answer(first, "A")
    assert (await hear_until(socket, "response.completed"))[-1]["response"]["id"] == first
    second = await created(socket)
    gateway.world.relay.answer(second, "B")
    await hear_until(socket, "response.completed")
    assert await told(socket) == (400, "invalid_value", "temperature", None)


async def test_lanes_run_side_by_side_and_echo_their_id(gateway: Gateway, socket: ClientConnection) -> None:
    lanes = [f"lane-{i}" for i in range(16)]
    for lane in lanes:
        await create(socket, lane, input=lane)
    relay = gateway.world.relay
    await until(lambda: len(relay.requests) == 16)
    for response_id, request in reversed(list(relay.requests.items())):
        relay.answer(response_id, request.input[0]["content"][0]["text"])
    texts: dict[str, str] = {}
    for _ in lanes:
        while (event := await hear(socket))["type"] != "response.completed":
            assert event["stream_id"] in lanes
        texts[event["stream_id"]] = event["response"]["output"][0]["content"][0]["text"]
    assert texts == {lane: lane for lane in lanes}
    await create(socket, "lane-3", n=2)
    assert await told(socket) == (400, "unsupported_parameter", "n", "lane-3")


async def test_bad_frames_are_answered_and_the_socket_kept(gateway: Gateway, socket: ClientConnection) -> None:
    await create(socket, "busy")
    await hear(socket)
    await hear(socket)
    frames: list[tuple[str | bytes, int, str, str | None]] = [
        ("{", 400, "invalid_json", None),
        ("[]", 400, "invalid_type", None),
        (b"\x00\xff", 400, "binary_frame", None),
        ('{"type": "session.update"}', 400, "unknown_event", "type"),
        ('{"type": "response.create", "input": ""}', 400, "empty_input", "input"),
        ('{"type": "response.create", "input": "hi", "event_id": "x"}', 400, "unknown_parameter", "event_id"),
        ('{"type": "response.create", "input": "hi", "model": "none"}', 404, "model_not_found", "model"),
        ('{"type": "response.create", "input": "hi", "model": "bug"}', 500, "internal_error", None),
        ('{"type": "response.create", "input": "hi", "background": true}', 400, "unsupported_parameter", "background"),
        (json.dumps({"type": "response.create", "input": "x" * 60_000}), 413, "input_too_large", "input"),
        ("x" * 100_001, 413, "frame_too_large", None),
        ('{"type": "response.cancel", "response_id": "resp_0"}', 404, "response_not_found", "response_id"),
        ('{"type": "parley:resume", "response_id": "resp_0"}', 404, "response_not_found", "response_id"),
    ]
    for frame, status, code, param in frames:
        await socket.send(frame)
        assert await told(socket) == (status, code, param, None), frame[:80]
    gateway.world.relay.answer(gateway.world.last, "A")
    assert (await hear_until(socket, "response.completed"))[-1]["stream_id"] == "busy"


async def test_a_message_in_fragments(gateway: Gateway, socket: ClientConnection) -> None:
    await socket.send(['{"type": "response.cre', 'ate", "inp', 'ut": "hi"}'])
    assert await created(socket) == gateway.world.last


async def test_half_a_character_closes_with_1007(gateway: Gateway, socket: ClientConnection) -> None:
    socket.transport.write(Frame(Opcode.TEXT, b'{"type": "\xc3').serialize(mask=True))
    with pytest.raises(ConnectionClosed) as caught:
        await socket.recv()
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 1007


async def test_far_too_large_a_message_closes_with_1009(gateway: Gateway, socket: ClientConnection) -> None:
    await socket.send("x" * (4 * LIMITS.max_message_bytes + 1))
    with pytest.raises(ConnectionClosed) as caught:
        await socket.recv()
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 1009


async def test_a_cancel_ends_the_turn(gateway: Gateway, socket: ClientConnection) -> None:
    await create(socket, "a")
    response_id = await created(socket)
    await say(socket, type="response.cancel", response_id=response_id)
    last = (await hear_until(socket, "response.incomplete"))[-1]
    assert last["response"]["incomplete_details"] == {"reason": "cancelled"}
    assert last["stream_id"] == "a"
    await say(socket, type="response.cancel", response_id=response_id)  # ended meanwhile: nothing to say
    await turn(gateway, socket, "A")


async def test_a_chain_that_is_stored_nowhere(gateway: Gateway, socket: ClientConnection) -> None:
    first = (await turn(gateway, socket, "A", store=False))[-1]["response"]["id"]
    second = (await turn(gateway, socket, "B", store=False, input="on", previous_response_id=first))[-1]["response"]
    request = gateway.world.relay.requests[second["id"]]
    assert [item["content"][0]["text"] for item in request.input] == ["hi", "A", "on"]
    assert second["previous_response_id"] == first
    await create(socket, previous_response_id=first)
    assert await told(socket) == (400, "previous_response_not_found", "previous_response_id", None)
    async with connect(gateway.ws) as other:
        await create(other, previous_response_id=second["id"])
        assert (await told(other))[1] == "previous_response_not_found"


async def test_a_failed_continuation_evicts_its_parent(gateway: Gateway, socket: ClientConnection) -> None:
    first = (await turn(gateway, socket, "A", store=False))[-1]["response"]["id"]
    await create(socket, previous_response_id=first)
    second = await created(socket)
    gateway.world.relay.tell(second, [InProgress(1.0), Ended("failed", 2.0, code="engine_error", message="no")])
    await hear_until(socket, "response.failed")
    await create(socket, previous_response_id=first)
    assert (await told(socket))[1] == "previous_response_not_found"


async def test_resume_with_an_event(gateway: Gateway, socket: ClientConnection) -> None:
    events = await turn(gateway, socket, "A", "B")
    response_id, at = events[0]["response"]["id"], events[4]["sequence_number"]
    async with connect(gateway.ws) as other:
        await say(other, type="parley:resume", response_id=response_id, starting_after=at, stream_id="x")
        rest = await hear_until(other, "response.completed")
        assert [{**event, "stream_id": "x"} for event in events[5:]] == rest
        await turn(gateway, other, "C", previous_response_id=response_id)


async def test_resume_by_query_in_the_middle(gateway: Gateway, socket: ClientConnection) -> None:
    await create(socket)
    response_id = await created(socket)
    begin: list[AnyEvent] = [InProgress(1.0), ItemAdded("msg_1", "message"), PartAdded("output_text"), Delta("A", [1])]
    gateway.world.relay.tell(response_id, begin)
    at = (await hear_until(socket, "response.output_text.delta"))[-1]["sequence_number"]
    await socket.close()
    await until(lambda: gateway.world.hub.viewers == 0)
    gateway.world.relay.tell(response_id, [Delta("B", [2]), Delta("C", [3])])
    async with connect(f"{gateway.ws}?resume={response_id}&starting_after={at}") as other:
        merged = await hear(other)
        assert (merged["delta"], merged["sequence_number"]) == ("BC", at + 2)
        gateway.world.relay.tell(response_id, [Delta("D", [4])])
        assert (await hear(other))["delta"] == "D"
    assert gateway.world.relay.cancelled == []


async def test_a_bad_resume_by_query(gateway: Gateway) -> None:
    async with connect(f"{gateway.ws}?resume=resp_0&starting_after=x") as socket:
        assert await told(socket) == (400, "invalid_type", "starting_after", None)
        await turn(gateway, socket, "A")


async def test_an_ambiguous_drop_generates_once(gateway: Gateway, socket: ClientConnection) -> None:
    await create(socket, idempotency_key="k")
    response_id = await created(socket)
    await socket.close()
    gateway.world.relay.answer(response_id, "A")
    async with connect(gateway.ws) as other:
        await create(other, idempotency_key="k")
        assert await created(other) == response_id
        await hear_until(other, "response.completed")
        await create(other, idempotency_key="k", input="other")
        assert (await told(other))[:2] == (409, "idempotency_mismatch")
    assert len(gateway.world.relay.requests) == 1


async def test_while_the_relay_is_away_sockets_stay(gateway: Gateway, socket: ClientConnection) -> None:
    first = (await turn(gateway, socket, "A", store=False))[-1]["response"]["id"]
    gateway.world.relay.error = AWAY
    await create(socket, previous_response_id=first)
    assert (await told(socket))[:2] == (503, "relay_unavailable")
    gateway.world.relay.error = None
    await turn(gateway, socket, "B", previous_response_id=first)


async def test_somebody_else_s_response(gateway: Gateway, socket: ClientConnection) -> None:
    await create(socket)
    response_id = await created(socket)
    async with connect(gateway.ws, additional_headers={"Authorization": "Bearer other"}) as other:
        for event in ({"type": "response.cancel"}, {"type": "parley:resume"}):
            await say(other, **event, response_id=response_id)
            assert (await told(other))[:2] == (404, "response_not_found")
        await create(other, previous_response_id=response_id)
        assert (await told(other))[:2] == (400, "previous_response_not_found")
    assert gateway.world.relay.cancelled == []


@pytest.mark.parametrize("fails", [False, True])
async def test_a_socket_that_closes_while_a_turn_starts(
    gateway: Gateway, socket: ClientConnection, fails: bool
) -> None:
    relay = gateway.world.relay
    relay.submitting.clear()
    await create(socket)
    await create(socket)
    await until(lambda: gateway.world.hub.feeds == 1)
    await socket.close()
    relay.errors = [AWAY] * fails
    relay.submitting.set()
    await until(lambda: gateway.sockets.open == 0)
    assert len(relay.requests) == (0 if fails else 1)  # it goes on; the turn that waited has never begun
    assert gateway.world.hub.viewers == 0


async def test_the_official_sdk(gateway: Gateway) -> None:
    async with (
        openai.AsyncOpenAI(base_url=gateway.http, api_key="one") as client,
        client.responses.connect() as connection,
    ):
        previous: str | None = None
        for text in ("Hello", "again"):
            await connection.response.create(
                model="tiny", input="hi", stream=True, store=False,
                previous_response_id=previous)
            event = await connection.recv()
            assert event.type == "response.created"
            gateway.world.relay.answer(event.response.id, text)
            pieces = []
            while (event := await connection.recv()).type != "response.completed":
                if event.type == "response.output_text.delta":
                    pieces.append(event.delta)
            assert "".join(pieces) == event.response.output_text == text
            previous = event.response.id
        await connection.response.create(model="tiny", input="hi", temperature=5, stream_id="a")
        event = await connection.recv()
        assert event.type == "error"
        assert event.error.code == "invalid_value"
        assert event.stream_id == "a"


def test_limits_have_the_protocol_s_defaults() -> None:
    limits = SessionLimits()
    assert (limits.max_lanes, limits.max_in_flight_lanes, limits.max_age_s) == (32, 16, 3600)
    assert limits.max_message_bytes == 1 << 20


@pytest.mark.parametrize("value", ["true", "1"])
async def test_signals_are_told_on_a_socket_that_asks_for_them(gateway: Gateway, value: str) -> None:
    async with connect(f"{gateway.ws}?signals={value}") as socket, connect(f"{gateway.ws}?signals=false") as other:
        await create(socket, "lane")
        response_id = await created(socket)
        assert (await hear(socket))["type"] == "response.queued"
        feed = gateway.world.hub.find(response_id)
        assert feed is not None
        await say(other, type="parley:resume", response_id=response_id)
        await hear_until(other, "response.queued")
        feed.stand(Standing(3, 12))
        assert await hear(socket) == {
            "stream_id": "lane", "type": "parley:queue", "response_id": response_id, "position": 3, "waiting": 12,
            "estimated_s": None}
        gateway.world.relay.answer(response_id, "A")
        assert (await hear(other))["type"] == "response.in_progress"


async def test_a_switch_that_is_none_is_refused(gateway: Gateway) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"{gateway.ws}?signals=perhaps")
    assert refused.value.response.status_code == 400
    assert json.loads(refused.value.response.body or b"")["error"]["param"] == "signals"

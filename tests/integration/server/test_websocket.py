"""Chat over a WebSocket, through real processes: order, turns, lanes, chains, stopping and going on."""
import asyncio

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.integration.server.talk import (
    Event,
    error_after,
    expected,
    kinds,
    numbers,
    output_text,
    receive,
    send,
    socket_to,
    text_of,
    turn,
    until,
    until_end,
)
from tests.parley import Parley, metric

ORDER = [
    "response.created", "response.queued", "response.in_progress", "response.output_item.added",
    "response.content_part.added", "response.output_text.delta", "response.output_text.done",
    "response.content_part.done", "response.output_item.done", "response.completed",
]


async def test_a_turn_says_what_the_engine_made_in_the_protocols_order(parley: Parley) -> None:
    async with socket_to(parley.ws_url) as socket:
        events = await turn(socket, "Tell me [[tokens=60]]", stream=True)
    assert kinds(events) == ORDER
    assert numbers(events) == sorted(set(numbers(events)))
    assert text_of(events) == expected("Tell me [[tokens=60]]") == output_text(events[-1]["response"])
    assert events[-1]["response"]["usage"]["output_tokens"] == 60
    assert not any("stream_id" in event for event in events)


async def test_turns_without_lanes_run_one_after_another(parley: Parley) -> None:
    async with socket_to(parley.ws_url) as socket:
        for text in ("one [[tokens=20]]", "two [[tokens=20]]"):
            await send(socket, input=text)
        first, second = await until_end(socket), await until_end(socket)
    assert text_of(first) == expected("one [[tokens=20]]")
    assert text_of(second) == expected("two [[tokens=20]]")
    assert {event["response"]["id"] for event in first if "response" in event}.isdisjoint(
        {event["response"]["id"] for event in second if "response" in event})


async def test_lanes_run_side_by_side_and_name_themselves(parley: Parley) -> None:
    lanes = [f"lane-{n}" for n in range(16)]
    events: dict[str, list[Event]] = {lane: [] for lane in lanes}
    open_at_once = 0
    async with socket_to(parley.ws_url) as socket:
        for lane in lanes:
            await send(socket, input=f"{lane} [[tokens=80]]", stream_id=lane)
        while not all(found and found[-1]["type"] == "response.completed" for found in events.values()):
            event = await receive(socket)
            events[event["stream_id"]].append(event)
            streaming = [len(found) > 5 and found[-1]["type"] != "response.completed" for found in events.values()]
            open_at_once = max(open_at_once, sum(streaming))
    assert open_at_once == 16
    for lane, found in events.items():
        assert kinds(found) == ORDER
        assert text_of(found) == expected(f"{lane} [[tokens=80]]")


async def test_a_chain_that_is_stored_nowhere_goes_on_on_its_socket_only(parley: Parley) -> None:
    async with socket_to(parley.ws_url) as socket:
        first = (await turn(socket, "one [[tokens=9]]", store=False))[-1]["response"]
        events = await turn(socket, "two [[tokens=9]]", store=False, previous_response_id=first["id"])
        second = events[-1]["response"]
        assert second["previous_response_id"] == first["id"]
        assert text_of(events) == expected("one [[tokens=9]]", output_text(first), "two [[tokens=9]]")
    async with socket_to(parley.ws_url) as socket:
        [refused] = await turn(socket, "three", previous_response_id=second["id"])
        assert refused["error"]["code"] == "previous_response_not_found"


async def test_a_stored_chain_goes_on_on_any_socket_of_the_same_user(parley: Parley) -> None:
    async with socket_to(parley.ws_url, key="user-a") as socket:
        first = (await turn(socket, "one [[tokens=9]]"))[-1]["response"]
    async with socket_to(parley.ws_url, key="user-a") as socket:
        events = await turn(socket, "two [[tokens=9]]", previous_response_id=first["id"])
        assert text_of(events) == expected("one [[tokens=9]]", output_text(first), "two [[tokens=9]]")
    async with socket_to(parley.ws_url, key="user-b") as socket:
        [refused] = await turn(socket, "two [[tokens=9]]", previous_response_id=first["id"])
        assert refused["error"]["code"] == "previous_response_not_found"


async def test_a_stop_reaches_the_engine_and_says_how_many_tokens_were_made(parley: Parley) -> None:
    async with socket_to(parley.ws_url) as socket:
        await send(socket, input="Go on [[tokens=100000]]")
        begun = await until(socket, "response.output_text.delta")
        response_id = begun[0]["response"]["id"]
        await parley.until(lambda: metric(parley.url, "parley_running") == 1, "the engine to run one")
        await send(socket, "response.cancel", response_id=response_id)
        events = [*begun, *await until_end(socket)]
        await parley.until(lambda: metric(parley.url, "parley_running") == 0, "the engine to be idle", limit_s=3)
    response = events[-1]["response"]
    assert (response["status"], response["incomplete_details"]) == ("incomplete", {"reason": "cancelled"})
    made = response["usage"]["output_tokens"]
    assert 0 < made < 100_000
    said = text_of(events)
    assert said == output_text(response)
    assert expected("Go on [[tokens=100000]]", tokens=made).startswith(said)


async def test_a_client_that_was_cut_off_goes_on_where_it_stood(parley: Parley) -> None:
    async with socket_to(parley.ws_url) as socket:
        await send(socket, input="Long [[tokens=300]]")
        seen = await until(socket, "response.output_text.delta")
        response_id = seen[0]["response"]["id"]
        socket.transport.abort()
    query = f"?resume={response_id}&starting_after={seen[-1]['sequence_number']}"
    async with socket_to(parley.ws_url, query) as socket:
        rest = await until_end(socket)
    assert numbers(seen + rest) == sorted(set(numbers(seen + rest)))
    assert text_of(seen + rest) == expected("Long [[tokens=300]]")


async def test_several_sockets_may_follow_one_response_of_their_user_alone(parley: Parley) -> None:
    async with (
        socket_to(parley.ws_url, key="user-a") as first,
        socket_to(parley.ws_url, key="user-a") as second,
        socket_to(parley.ws_url, key="user-b") as stranger,
    ):
        await send(first, input="Both [[tokens=100]]")
        begun = await until(first, "response.output_text.delta")
        response_id = begun[0]["response"]["id"]
        await send(second, "parley:resume", response_id=response_id)
        await send(stranger, "parley:resume", response_id=response_id)
        refused = await receive(stranger)
        await send(stranger, "response.cancel", response_id=response_id)
        not_stopped = await receive(stranger)
        rest, whole = await asyncio.gather(until_end(first), until_end(second))
    assert text_of(begun + rest) == text_of(whole) == expected("Both [[tokens=100]]")
    assert refused["error"]["code"] == not_stopped["error"]["code"] == "response_not_found"


async def test_sent_again_with_its_key_it_is_made_once(parley: Parley) -> None:
    again = {"idempotency_key": "one-and-the-same"}
    async with socket_to(parley.ws_url) as socket, socket_to(parley.ws_url) as other:
        first = await turn(socket, "Once [[tokens=30]]", **again)
        second = await turn(other, "Once [[tokens=30]]", **again)
        [refused] = await turn(other, "Twice", **again)
    assert first[0]["response"]["id"] == second[0]["response"]["id"]
    assert text_of(second) == text_of(first)
    assert refused["error"]["code"] == "idempotency_mismatch"


async def test_a_page_of_another_origin_is_refused(parley: Parley) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"{parley.ws_url}/v1/responses", origin="http://evil.example")  # type: ignore[arg-type]
    assert refused.value.response.status_code == 403


async def test_an_error_leaves_the_socket_and_its_other_turns_alone(parley: Parley) -> None:
    async with socket_to(parley.ws_url) as socket:
        await send(socket, input="Undisturbed [[tokens=200]]", stream_id="a")
        await until(socket, "response.output_text.delta")
        await socket.send("{")
        refused: list[Event] = []
        while not refused:
            event = await receive(socket)
            refused += [event] if event["type"] == "error" else []
        assert refused[0]["error"]["code"] == "invalid_json"
        last = (await until_end(socket))[-1]
        assert output_text(last["response"]) == expected("Undisturbed [[tokens=200]]")
        assert (await error_after(socket, '{"type": "response.dance"}'))["code"] == "unknown_event"

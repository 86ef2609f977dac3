"""Every limit has a clear error, and what is under it goes on."""
import pytest
from websockets.exceptions import InvalidStatus

from tests.integration.server.talk import (
    Event,
    expected,
    output_text,
    receive,
    send,
    socket_to,
    text_of,
    turn,
    until,
    until_end,
)
from tests.parley import Parley

LONG = "Long [[tokens=100000]]"


async def test_sockets(start_parley: type[Parley]) -> None:
    parley = start_parley(settings={"max_sockets": "2"})
    async with socket_to(parley.ws_url) as first, socket_to(parley.ws_url):
        with pytest.raises(InvalidStatus) as refused:
            async with socket_to(parley.ws_url):
                pass
        assert refused.value.response.status_code == 503
        assert b"too_many_sockets" in refused.value.response.body
        assert text_of(await turn(first, "Undisturbed [[tokens=9]]")) == expected("Undisturbed [[tokens=9]]")


async def test_responses_in_flight_are_counted_per_user(start_parley: type[Parley]) -> None:
    parley = start_parley(settings={"max_in_flight": "2"})
    async with socket_to(parley.ws_url, key="greedy") as socket, socket_to(parley.ws_url, key="modest") as other:
        for lane in ("a", "b"):
            await send(socket, input=LONG, stream_id=lane)
            await until(socket, "response.created")
        await send(socket, input=LONG, stream_id="c")
        refused = await _error(socket)
        assert (refused["stream_id"], refused["status"]) == ("c", 429)
        assert refused["error"]["code"] == "too_many_responses"
        assert (await turn(other, "Mine [[tokens=9]]"))[-1]["type"] == "response.completed"
        socket.transport.abort()  # a polite close would wait for what this client has stopped to read


async def test_the_queue_is_bounded_and_nobody_waits_for_ever(start_parley: type[Parley]) -> None:
    parley = start_parley(settings={"capacity": "1", "max_waiting": "3", "max_queue_s": "2"})
    async with socket_to(parley.ws_url) as socket:
        codes: dict[str, str] = {}
        for number in range(12):  # at most two are leased and three may wait, so at least one waits for too long
            await send(socket, input=LONG, stream_id=f"lane-{number}")
        while {"queue_full", "queue_timeout"} > set(codes.values()):
            event = await receive(socket)
            if event["type"] == "error":
                codes[event["stream_id"]] = event["error"]["code"]
            if event["type"] == "response.failed":
                codes[event["stream_id"]] = event["response"]["error"]["code"]
        assert set(codes.values()) == {"queue_full", "queue_timeout"}
        assert len(codes) < 12


async def test_bytes_of_all_that_one_response_is_given(start_parley: type[Parley]) -> None:
    parley = start_parley(settings={"max_input_bytes": "2048"})
    async with socket_to(parley.ws_url) as socket:
        first = (await turn(socket, "x" * 1500 + "[[tokens=5]]"))[-1]["response"]
        [refused] = await turn(socket, "x" * 600, previous_response_id=first["id"])
        assert refused["error"]["code"] == "input_too_large"
        last = (await turn(socket, "Less [[tokens=9]]"))[-1]["response"]
        assert output_text(last) == expected("Less [[tokens=9]]")


async def test_a_socket_has_an_end_to_its_lanes(parley: Parley) -> None:
    async with socket_to(parley.ws_url) as socket:
        for number in range(32):
            await send(socket, input="Hi [[tokens=2]]", stream_id=f"lane-{number}")
            await until_end(socket)
        await send(socket, input="Hi [[tokens=2]]", stream_id="one-more")
        assert (await _error(socket))["error"]["code"] == "too_many_lanes"


async def _error(socket: object) -> Event:
    """The next error, past the events of other lanes."""
    while True:
        event = await receive(socket)  # type: ignore[arg-type]
        if event["type"] == "error":
            return event

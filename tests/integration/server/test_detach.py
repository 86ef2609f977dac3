"""Nobody watches any more: what is to be stored goes on, the rest is stopped after a while, whichever gateway dies."""
import json
import signal

import httpx
import pytest

from tests.integration.server.talk import Event, expected, numbers, receive, send, socket_to, text_of, until
from tests.parley import Parley, metric

LONG = "[[tokens=100000]]"


@pytest.fixture
def two(start_parley: type[Parley]) -> Parley:
    return start_parley(gateways=2, settings={"synthetic_tokens_per_s": "50", "detach_s": "2"})


async def leave(ws_url: str, name: str, *, store: bool = True) -> str:
    """Ask for a response, and leave in mid-answer without a word. Returns its id."""
    async with socket_to(ws_url, key="me") as socket:
        await send(socket, input=f"{name} {LONG}", store=store)
        begun = await until(socket, "response.output_text.delta")
        socket.transport.abort()
    response_id: str = begun[0]["response"]["id"]
    return response_id


async def read(parley: Parley, response_id: str, gateway: int = 1) -> Event:
    async with httpx.AsyncClient(headers={"Authorization": "Bearer me"}) as client:
        response: Event = (await client.get(f"{parley.urls[gateway]}/v1/responses/{response_id}")).json()
    return response


async def test_what_is_stored_goes_on_and_what_nobody_could_read_is_stopped(two: Parley) -> None:
    stored = await leave(two.ws_urls[0], "stored")
    await two.until(lambda: two.total("parley_feeds") == 0, "nobody to follow it")
    left = await leave(two.ws_urls[0], "left", store=False)  # later, so when it is stopped the other's time is over too
    await two.until(lambda: two.total("parley_detached_total") == 1, "what was left to be stopped")
    assert (await read(two, left))["incomplete_details"] == {"reason": "cancelled"}
    assert (await read(two, stored))["status"] == "in_progress"
    await two.until(lambda: metric(two.url, "parley_running") == 1, "its worker to say that it runs the other alone")


async def test_a_completion_is_not_stored_unless_it_says_so_and_stopped_when_its_client_leaves(two: Parley) -> None:
    asked = {"messages": [{"role": "user", "content": LONG}]}
    headers = {"Authorization": "Bearer me"}
    async with httpx.AsyncClient(base_url=f"{two.url}/v1", headers=headers) as client:
        async with client.stream("POST", "/chat/completions", json={**asked, "stream": True}) as answer:
            chunk = json.loads((await anext(answer.aiter_lines())).removeprefix("data: "))
        with pytest.raises(httpx.ReadTimeout):  # who waits for the whole knows no id: it is stopped at once
            await client.post("/chat/completions", json=asked, timeout=0.5)
    await two.until(lambda: two.total("parley_detached_total") == 1, "what was left to be stopped")
    left = await read(two, chunk["id"].replace("chatcmpl-", "resp_"))
    assert (left["incomplete_details"], left["store"]) == ({"reason": "cancelled"}, False)
    await two.until(lambda: metric(two.url, "parley_running") == 0, "the engine to be idle")


async def test_a_viewer_at_another_gateway_keeps_it_running(two: Parley) -> None:
    async with socket_to(two.ws_urls[0], key="me") as asker, socket_to(two.ws_urls[1], key="me") as viewer:
        await send(asker, input=f"watched {LONG}", store=False)
        begun = await until(asker, "response.output_text.delta")
        watched = begun[0]["response"]["id"]
        await send(viewer, "parley:resume", response_id=watched)
        seen = await until(viewer, "response.output_text.delta")
        asker.transport.abort()
        # This one is left last, so when it is stopped the time of the other is over too.
        left = await leave(two.ws_urls[0], "left", store=False)
        await two.until(lambda: two.total("parley_detached_total") == 1, "what was left to be stopped")
        assert (await read(two, left))["incomplete_details"] == {"reason": "cancelled"}
        number = (await until(viewer, "response.output_text.delta"))[-1]["sequence_number"]
        while number < seen[-1]["sequence_number"] + 250:  # far more than the time of the one that was stopped
            number = (await receive(viewer))["sequence_number"]
        viewer.transport.abort()
    await two.until(lambda: two.total("parley_detached_total") == 2, "the other to be stopped too")
    await two.until(lambda: metric(two.url, "parley_running") == 0, "the engine to be idle")
    assert (await read(two, watched))["incomplete_details"] == {"reason": "cancelled"}


async def test_one_that_waits_is_stopped_without_a_worker(two: Parley) -> None:
    two.end("worker-1")
    async with socket_to(two.ws_urls[0], key="me") as socket:
        await send(socket, input="waiting", store=False)
        response_id = (await until(socket, "response.queued"))[0]["response"]["id"]
        socket.transport.abort()
    await two.until(lambda: two.total("parley_detached_total") == 1, "it to be stopped")
    assert (await read(two, response_id))["status"] == "incomplete"
    assert two.total("parley_waiting") == 0


async def test_a_gateway_that_dies_stops_nothing_at_once_and_keeps_nothing_for_ever(two: Parley) -> None:
    async with socket_to(two.ws_urls[0], key="me") as socket, socket_to(two.ws_urls[0], key="me") as other:
        await send(socket, input="comes back [[tokens=400]]", store=False)
        await send(other, input=f"does not {LONG}", store=False)
        seen = await until(socket, "response.output_text.delta")
        lost = (await until(other, "response.output_text.delta"))[0]["response"]["id"]
        two.end("gateway-1", signal.SIGKILL)
    query = f"?resume={seen[0]['response']['id']}&starting_after={seen[-1]['sequence_number']}"
    async with socket_to(two.ws_urls[1], query, key="me") as socket:
        events = seen + await until(socket, "response.completed")
    assert text_of(events) == expected("comes back [[tokens=400]]")
    assert numbers(events) == sorted(set(numbers(events)))
    await two.until(lambda: metric(two.urls[1], "parley_detached_total") == 1, "the other to be stopped")
    assert (await read(two, lost))["incomplete_details"] == {"reason": "cancelled"}

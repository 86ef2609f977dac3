"""The official SDK over HTTP, against a real uvicorn."""
import asyncio
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest

from tests.unit.server.responses.gateway import Gateway, answered


@pytest.fixture
async def sdk(gateway: Gateway) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=gateway.http, api_key="one", max_retries=0) as sdk:
        yield sdk


async def test_the_official_sdk(gateway: Gateway, sdk: openai.AsyncOpenAI) -> None:
    async with asyncio.TaskGroup() as tasks:
        creating = tasks.create_task(sdk.responses.create(model="tiny", input="hi", temperature=0.5))
        await answered(gateway, "Hel", "lo")
    response = creating.result()
    assert (response.output_text, response.status) == ("Hello", "completed")
    assert (await sdk.responses.retrieve(response.id)).output_text == "Hello"
    listed = await sdk.responses.input_items.list(response.id)
    assert [item.type for item in listed.data] == ["message"]
    followed = [event.type async for event in await sdk.responses.retrieve(response.id, stream=True, starting_after=1)]
    assert followed[0] == "response.in_progress"
    assert followed[-1] == "response.completed"
    await sdk.responses.delete(response.id)
    with pytest.raises(openai.NotFoundError):
        await sdk.responses.retrieve(response.id)


async def test_the_official_sdk_streams_and_goes_on(gateway: Gateway, sdk: openai.AsyncOpenAI) -> None:
    async with asyncio.TaskGroup() as tasks:
        answering = tasks.create_task(answered(gateway, "Hel", "lo"))
        async with sdk.responses.stream(model="tiny", input="hi", instructions="be brief") as stream:
            types = [event.type async for event in stream]
            first = await stream.get_final_response()
    assert first.id == answering.result()
    assert first.output_text == "Hello"
    assert types[-1] == "response.completed"
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(answered(gateway, "More", before=1))
        followed = [
            event async for event in await sdk.responses.create(
                model="tiny", input=[{"role": "user", "content": "go on"}], previous_response_id=first.id, stream=True)
        ]
    assert followed[-1].type == "response.completed"
    texts = [item["content"][0]["text"] for item in gateway.world.relay.requests[gateway.world.last].input]
    assert texts == ["hi", "Hello", "go on"]


async def test_the_official_sdk_can_send_back_what_it_got(gateway: Gateway, sdk: openai.AsyncOpenAI) -> None:
    async with asyncio.TaskGroup() as tasks:
        creating = tasks.create_task(sdk.responses.create(model="tiny", input="hi", store=False))
        await answered(gateway, "Hello")
    items: list[Any] = [{"role": "user", "content": "hi"}, *creating.result().output, {"role": "user", "content": "on"}]
    async with asyncio.TaskGroup() as tasks:
        creating = tasks.create_task(sdk.responses.create(model="tiny", input=items, store=False))
        await answered(gateway, "More", before=1)
    assert creating.result().output_text == "More"


async def test_the_official_sdk_sees_our_errors(sdk: openai.AsyncOpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        await sdk.responses.create(model="tiny", input="hi", temperature=5)
    assert (caught.value.code, caught.value.param, caught.value.type) == (
        "invalid_value", "temperature", "invalid_request_error")

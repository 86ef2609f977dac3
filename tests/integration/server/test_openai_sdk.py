"""The official OpenAI SDK, with nothing changed but its `base_url`."""
from collections.abc import AsyncIterator

import openai
import pytest
from openai import AsyncOpenAI

from tests.integration.server.talk import expected
from tests.parley import Parley


@pytest.fixture
async def client(parley: Parley) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(base_url=f"{parley.url}/v1", api_key="sdk-user", max_retries=0) as client:
        yield client


async def test_create(client: AsyncOpenAI) -> None:
    response = await client.responses.create(model="synthetic", input="Hello [[tokens=40]]")
    assert response.output_text == expected("Hello [[tokens=40]]")
    assert response.usage is not None
    assert response.usage.output_tokens == 40


async def test_stream(client: AsyncOpenAI) -> None:
    text, last = "", None
    async for event in await client.responses.create(model="synthetic", input="Hello [[tokens=40]]", stream=True):
        if event.type == "response.output_text.delta":
            text += event.delta
        last = event
    assert last is not None
    assert last.type == "response.completed"
    assert last.response.output_text == text == expected("Hello [[tokens=40]]")


async def test_stream_helper(client: AsyncOpenAI) -> None:
    async with client.responses.stream(model="synthetic", input="Hello [[tokens=40]]") as stream:
        final = await stream.get_final_response()
    assert final.output_text == expected("Hello [[tokens=40]]")


async def test_websocket(client: AsyncOpenAI) -> None:
    async with client.responses.connect() as connection:
        for text in ("one [[tokens=30]]", "two [[tokens=30]]"):
            await connection.response.create(model="synthetic", input=text)
            said = ""
            async for event in connection:
                if event.type == "response.output_text.delta":
                    said += event.delta
                if event.type == "response.completed":
                    break
            assert said == expected(text)


async def test_reads_stops_and_deletes(client: AsyncOpenAI) -> None:
    response = await client.responses.create(model="synthetic", input="Hello [[tokens=9]]")
    assert (await client.responses.retrieve(response.id)).output_text == response.output_text
    assert (await client.responses.cancel(response.id)).status == "completed"
    [item] = (await client.responses.input_items.list(response.id)).data
    assert item.type == "message"
    await client.responses.delete(response.id)
    with pytest.raises(openai.NotFoundError):
        await client.responses.retrieve(response.id)


async def test_errors_arrive_as_the_sdks_own(client: AsyncOpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as unknown:
        await client.responses.create(model="gpt-5", input="Hello")
    assert unknown.value.code == "model_not_found"
    with pytest.raises(openai.BadRequestError) as wrong:
        await client.responses.create(model="synthetic", input="Hello", temperature=7)
    assert (wrong.value.code, wrong.value.param) == ("invalid_value", "temperature")


async def test_lists_models(client: AsyncOpenAI) -> None:
    models = await client.models.list()
    assert [model.id for model in models.data] == ["synthetic"]
    assert (await client.models.retrieve("synthetic")).owned_by == "parley"

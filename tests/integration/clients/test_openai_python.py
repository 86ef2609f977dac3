"""The official OpenAI SDK for Python with tools, structured output and all else that a response can hold."""
import json
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI
from openai.types.responses import FunctionToolParam, ResponseFunctionToolCall
from pydantic import BaseModel

from tests.compliance.asked import RED_DOT, WEATHER
from tests.parley import Parley

MODEL = "synthetic"
TOOLS: list[FunctionToolParam] = [{
    "type": "function", "name": WEATHER["name"], "description": WEATHER["description"], "strict": True,
    "parameters": WEATHER["parameters"],
}]


class City(BaseModel):
    """What is asked for as structured output."""

    name: str
    people: int
    districts: list[str]


@pytest.fixture
async def client(parley: Parley) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(base_url=f"{parley.url}/v1", api_key="sdk-user", max_retries=0) as client:
        yield client


def only_call(output: list[Any]) -> ResponseFunctionToolCall:
    [call] = [item for item in output if item.type == "function_call"]
    assert isinstance(call, ResponseFunctionToolCall)
    assert isinstance(json.loads(call.arguments), dict)
    assert (call.name, call.status) == ("get_weather", "completed")
    return call


async def test_a_tool_is_called_and_answered(client: AsyncOpenAI) -> None:
    first = await client.responses.create(model=MODEL, input="How is the weather?", tools=TOOLS)
    call = only_call(first.output)
    second = await client.responses.create(
        model=MODEL, previous_response_id=first.id, tools=TOOLS,
        input=[{"type": "function_call_output", "call_id": call.call_id, "output": "fog"}])
    assert second.output_text
    given: list[Any] = [
        {"role": "user", "content": "How is the weather?"}, *first.output,
        {"type": "function_call_output", "call_id": call.call_id, "output": "fog"}]
    third = await client.responses.create(model=MODEL, input=given, tools=TOOLS, store=False)  # what it got, sent back
    assert third.output_text == second.output_text


async def test_a_tool_call_is_streamed(client: AsyncOpenAI) -> None:
    said = ""
    async with client.responses.stream(
        model=MODEL, input="How is the weather?", tools=TOOLS, tool_choice="required", parallel_tool_calls=False
    ) as stream:
        async for event in stream:
            if event.type == "response.function_call_arguments.delta":
                said += event.delta
        final = await stream.get_final_response()
    call = only_call(final.output)
    assert call.arguments == said
    assert final.parallel_tool_calls is False


async def test_a_tool_is_called_over_a_websocket(client: AsyncOpenAI) -> None:
    async with client.responses.connect() as connection:
        await connection.response.create(model=MODEL, input="How is the weather?", tools=TOOLS, store=False)
        first = await _end(connection)
        await connection.response.create(
            model=MODEL, previous_response_id=first.id, store=False,
            input=[{"type": "function_call_output", "call_id": only_call(first.output).call_id, "output": "fog"}])
        second = await _end(connection)
    assert second.output_text


async def _end(connection: Any) -> Any:
    async for event in connection:
        if event.type == "response.completed":
            return event.response
        assert event.type != "error", event
    raise AssertionError("the connection has ended")


async def test_an_orphaned_output_is_an_error_of_the_sdk(client: AsyncOpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        await client.responses.create(
            model=MODEL, input=[{"type": "function_call_output", "call_id": "nobody_s", "output": "fog"}])
    assert (caught.value.code, caught.value.param) == ("invalid_value", "input[0].call_id")


async def test_parse_gives_an_object(client: AsyncOpenAI) -> None:
    response = await client.responses.parse(model=MODEL, input="Name a city.", text_format=City)
    assert isinstance(response.output_parsed, City)


async def test_a_stream_is_parsed_too(client: AsyncOpenAI) -> None:
    async with client.responses.stream(model=MODEL, input="Name a city.", text_format=City) as stream:
        kinds = [event.type async for event in stream]
        final = await stream.get_final_response()
    assert kinds[-1] == "response.completed"
    assert isinstance(final.output_parsed, City)


async def test_structured_output_over_a_websocket(client: AsyncOpenAI) -> None:
    form: Any = {"type": "json_schema", "name": "city", "schema": City.model_json_schema(), "strict": True}
    async with client.responses.connect() as connection:
        await connection.response.create(model=MODEL, input="Name a city.", text={"format": form})
        assert City.model_validate_json((await _end(connection)).output_text)


async def test_a_model_thinks(client: AsyncOpenAI) -> None:
    response = await client.responses.create(
        model=MODEL, input="Think.", reasoning={"effort": "low", "summary": "auto"},
        include=["reasoning.encrypted_content"])
    thought = response.output[0]
    assert thought.type == "reasoning"
    assert thought.encrypted_content
    assert response.usage is not None
    assert response.usage.output_tokens_details.reasoning_tokens > 0
    assert response.reasoning is not None
    assert response.reasoning.effort == "low"
    given: list[Any] = [{"role": "user", "content": "Think."}, *response.output, {"role": "user", "content": "And?"}]
    assert (await client.responses.create(model=MODEL, input=given)).output_text


async def test_thoughts_are_streamed(client: AsyncOpenAI) -> None:
    """By the specification's name, which the SDK hands on though it has another for them."""
    thought = ""
    async with client.responses.stream(model=MODEL, input="Think.", reasoning={"effort": "low"}) as stream:
        async for event in stream:
            if str(event.type) == "response.reasoning.delta":
                thought += event.to_dict()["delta"]  # type: ignore[operator]
        final = await stream.get_final_response()
    told = final.output[0].to_dict()["content"]
    assert told == [{"type": "reasoning_text", "text": thought}]
    assert thought


async def test_an_image_is_seen(client: AsyncOpenAI) -> None:
    response = await client.responses.create(model=MODEL, input=[{"role": "user", "content": [
        {"type": "input_text", "text": "What is this?"},
        {"type": "input_image", "image_url": RED_DOT, "detail": "auto"},
    ]}])
    assert "8 × 8" in response.output_text
    [item] = (await client.responses.input_items.list(response.id)).data
    assert item.type == "message"


async def test_a_conversation_is_made_short(client: AsyncOpenAI) -> None:
    first = await client.responses.create(model=MODEL, input="We launch on Tuesday.")
    short = await client.responses.compact(model=MODEL, previous_response_id=first.id)
    assert [item.type for item in short.output] == ["compaction"]
    given: list[Any] = [*short.output, {"role": "user", "content": "When?"}]
    assert (await client.responses.create(model=MODEL, input=given)).status == "completed"


async def test_in_the_background(client: AsyncOpenAI) -> None:
    made = await client.responses.create(model=MODEL, input="Long [[tokens=100000]]", background=True)
    assert made.status in ("queued", "in_progress")
    assert (await client.responses.retrieve(made.id)).status in ("queued", "in_progress")
    assert (await client.responses.cancel(made.id)).status == "incomplete"


async def test_models_say_what_they_can(client: AsyncOpenAI) -> None:
    model = await client.models.retrieve(MODEL)
    able = model.model_dump()["parley:capabilities"]
    assert {"tools", "images", "reasoning", "structured_output", "logprobs"} == set(able)
    assert model.model_dump()["parley:context_tokens"] > 0

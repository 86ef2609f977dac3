"""The official OpenAI SDK's Chat Completions, with nothing changed but its `base_url`."""
import json
from collections.abc import AsyncIterator
from typing import Literal, cast

import openai
import pytest
from openai import AsyncOpenAI
from openai.types.chat import (
    ChatCompletionFunctionToolParam,
    ChatCompletionMessageParam,
    ChatCompletionToolMessageParam,
    ChatCompletionUserMessageParam,
)
from pydantic import BaseModel

from tests.integration.server.talk import expected
from tests.parley import Parley

PROMPT = "Hello [[tokens=40]]"
MESSAGES: list[ChatCompletionUserMessageParam] = [{"role": "user", "content": PROMPT}]


@pytest.fixture
async def client(parley: Parley) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(base_url=f"{parley.url}/v1", api_key="sdk-user", max_retries=0) as client:
        yield client


async def test_create(client: AsyncOpenAI) -> None:
    completion = await client.chat.completions.create(model="synthetic", messages=MESSAGES)
    [choice] = completion.choices
    assert (choice.message.content, choice.finish_reason) == (expected(PROMPT), "stop")
    assert completion.usage is not None
    assert completion.usage.completion_tokens == 40
    response = await client.responses.retrieve(completion.id.replace("chatcmpl-", "resp_"))
    assert response.output_text == choice.message.content


async def test_stream_with_usage(client: AsyncOpenAI) -> None:
    text, reasons, usages, ids = "", [], [], set()
    async for chunk in await client.chat.completions.create(
        model="synthetic", messages=MESSAGES, stream=True, stream_options={"include_usage": True}
    ):
        ids.add(chunk.id)
        usages.append(chunk.usage)
        for choice in chunk.choices:
            text += choice.delta.content or ""
            reasons.append(choice.finish_reason)
    assert text == expected(PROMPT)
    assert [reason for reason in reasons if reason] == ["stop"]
    assert usages[-1] is not None
    assert usages[-1].completion_tokens == 40
    assert usages[:-1] == [None] * (len(usages) - 1)
    assert len(ids) == 1


async def test_stream_helper(client: AsyncOpenAI) -> None:
    async with client.chat.completions.stream(model="synthetic", messages=MESSAGES) as stream:
        completion = await stream.get_final_completion()
    assert completion.choices[0].message.content == expected(PROMPT)


async def test_length_stop_and_logprobs(client: AsyncOpenAI) -> None:
    short = await client.chat.completions.create(model="synthetic", messages=MESSAGES, max_tokens=5)
    assert (short.choices[0].finish_reason, short.choices[0].message.content) == ("length", expected(PROMPT, tokens=5))
    ends = expected(PROMPT)[20:24]
    cut = await client.chat.completions.create(model="synthetic", messages=MESSAGES, stop=ends)
    assert cut.choices[0].message.content == expected(PROMPT).partition(ends)[0]
    scored = await client.chat.completions.create(
        model="synthetic", messages=MESSAGES, max_completion_tokens=8, logprobs=True, top_logprobs=2)
    assert scored.choices[0].logprobs is not None
    assert scored.choices[0].logprobs.content is not None
    assert all(token.logprob <= 0 and len(token.top_logprobs) == 2 for token in scored.choices[0].logprobs.content)


async def test_errors_arrive_as_the_sdks_own(client: AsyncOpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as unknown:
        await client.chat.completions.create(model="gpt-5", messages=MESSAGES)
    assert unknown.value.code == "model_not_found"
    with pytest.raises(openai.BadRequestError) as several:
        await client.chat.completions.create(model="synthetic", messages=MESSAGES, n=3)
    assert (several.value.code, several.value.param) == ("unsupported_parameter", "n")


async def test_an_error_after_the_stream_has_begun_is_raised(client: AsyncOpenAI) -> None:
    long: list[ChatCompletionUserMessageParam] = [{"role": "user", "content": "word " * 150_000}]
    stream = await client.chat.completions.create(model="synthetic", messages=long, stream=True)
    with pytest.raises(openai.APIError) as raised:
        async for _ in stream:
            pass
    assert raised.value.code == "context_length_exceeded"


WEATHER: ChatCompletionFunctionToolParam = {
    "type": "function",
    "function": {
        "name": "weather",
        "parameters": {
            "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"],
            "additionalProperties": False,
        },
        "strict": True,
    },
}


async def test_a_tool_is_called_and_its_output_answered(client: AsyncOpenAI) -> None:
    asked: list[ChatCompletionMessageParam] = [{"role": "user", "content": "What is the weather in Paris?"}]
    first = await client.chat.completions.create(model="synthetic", messages=asked, tools=[WEATHER])
    [choice] = first.choices
    assert choice.finish_reason == "tool_calls"
    assert choice.message.tool_calls is not None
    [call] = choice.message.tool_calls
    assert call.type == "function"
    assert (call.function.name, list(json.loads(call.function.arguments))) == ("weather", ["city"])
    answer: ChatCompletionToolMessageParam = {"role": "tool", "tool_call_id": call.id, "content": "rain"}
    sent_back = cast(ChatCompletionMessageParam, choice.message)  # as the SDK's own examples do
    second = await client.chat.completions.create(
        model="synthetic", messages=[*asked, sent_back, answer], tools=[WEATHER])
    assert second.choices[0].finish_reason == "stop"
    assert second.choices[0].message.content


async def test_a_call_comes_in_pieces(client: AsyncOpenAI) -> None:
    async with client.chat.completions.stream(
        model="synthetic", messages=[{"role": "user", "content": "The weather?"}], tools=[WEATHER]
    ) as stream:
        deltas = [event async for event in stream if event.type == "tool_calls.function.arguments.delta"]
        completion = await stream.get_final_completion()
    assert completion.choices[0].message.tool_calls is not None
    [call] = completion.choices[0].message.tool_calls
    assert "".join(delta.arguments_delta for delta in deltas) == call.function.arguments
    assert len(deltas) > 1
    assert call.function.parsed_arguments == json.loads(call.function.arguments)


@pytest.mark.parametrize(("choice", "calls"), [("none", False), ("required", True)])
async def test_whether_a_tool_is_called(client: AsyncOpenAI, choice: Literal["none", "required"], calls: bool) -> None:
    completion = await client.chat.completions.create(
        model="synthetic", messages=[{"role": "user", "content": "The weather?"}], tools=[WEATHER], tool_choice=choice)
    assert bool(completion.choices[0].message.tool_calls) is calls


class Weather(BaseModel):
    city: str
    degrees: float


@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")  # the SDK's own, of `parsed` in what it sends back
async def test_structured_output(client: AsyncOpenAI) -> None:
    asked: list[ChatCompletionMessageParam] = [{"role": "user", "content": "The weather in Paris?"}]
    parsed = await client.chat.completions.parse(model="synthetic", messages=asked, response_format=Weather)
    message = parsed.choices[0].message
    assert isinstance(message.parsed, Weather)
    asked += [cast(ChatCompletionMessageParam, message), {"role": "user", "content": "And now? [[tokens=9]]"}]
    again = await client.chat.completions.create(model="synthetic", messages=asked)
    assert again.usage is not None
    assert again.usage.completion_tokens == 9
    loose = await client.chat.completions.create(
        model="synthetic", messages=MESSAGES, response_format={"type": "json_object"})
    assert isinstance(json.loads(loose.choices[0].message.content or ""), dict)


async def test_an_image_is_seen(client: AsyncOpenAI) -> None:
    pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    completion = await client.chat.completions.create(model="synthetic", messages=[{"role": "user", "content": [
        {"type": "text", "text": "What is it?"},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{pixel}"}}]}])
    assert "1 × 1 pixels" in (completion.choices[0].message.content or "")


async def test_thoughts_come_apart_from_the_answer(client: AsyncOpenAI) -> None:
    whole = await client.chat.completions.create(model="synthetic", messages=MESSAGES, reasoning_effort="low")
    message = whole.choices[0].message
    thought = (message.model_extra or {})["reasoning_content"]
    assert thought
    assert message.content == expected(PROMPT)
    assert whole.usage is not None
    assert whole.usage.completion_tokens_details is not None
    assert whole.usage.completion_tokens_details.reasoning_tokens
    told = ""
    async for chunk in await client.chat.completions.create(
        model="synthetic", messages=MESSAGES, reasoning_effort="low", stream=True
    ):
        told += (chunk.choices[0].delta.model_extra or {}).get("reasoning_content", "")
    assert told == thought

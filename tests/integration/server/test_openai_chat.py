"""The official OpenAI SDK's Chat Completions, with nothing changed but its `base_url`."""
from collections.abc import AsyncIterator

import openai
import pytest
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletionUserMessageParam

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

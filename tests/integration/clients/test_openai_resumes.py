"""The official OpenAI SDK, unmodified, resumes in mid-answer: the example in docs/sdk.md, through a proxy that cuts."""
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from openai import AsyncOpenAI

from tests.integration.clients.fault_proxy import FaultProxy
from tests.integration.server.talk import expected
from tests.parley import Parley, metric

DOCUMENT = Path(__file__).parents[3] / "docs" / "sdk.md"
PROMPT = "Hello [[tokens=500]]"


@pytest.fixture
def answer() -> Callable[[AsyncOpenAI, str, str], Awaitable[str]]:
    """The example's function."""
    example = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert example is not None
    names: dict[str, Any] = {}
    exec(compile(example[1], DOCUMENT, "exec"), names)  # noqa: S102 - our own document
    found: Callable[[AsyncOpenAI, str, str], Awaitable[str]] = names["answer"]
    return found


@pytest.mark.parametrize(("cuts", "what"), [
    ([6_000], "once, in mid-answer"),
    ([5_000, 4_000, 4_000], "again and again"),
    ([0, 0], "before anything is known of the response"),
    ([], "never"),
])
async def test_resumes(
    parley: Parley, answer: Callable[[AsyncOpenAI, str, str], Awaitable[str]], cuts: list[int], what: str
) -> None:
    before = metric(parley.url, "parley_responses_total")
    async with FaultProxy(parley.ports[0], cuts) as proxy:
        async with AsyncOpenAI(base_url=f"{proxy.url}/v1", api_key="sdk-user", max_retries=0) as client:
            assert await answer(client, PROMPT, "synthetic") == expected(PROMPT)
        assert proxy.connections == len(cuts) + 1
    assert metric(parley.url, "parley_responses_total") == before + 1

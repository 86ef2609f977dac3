"""A vLLM worker is killed in the middle of its answers; another goes on, and every text is the undisturbed one."""
import asyncio
import json
import signal
from typing import Any

import pytest

from tests.e2e.conftest import START_S
from tests.integration.server.talk import TERMINAL, Event, numbers, receive, send, socket_to, text_of
from tests.parley import Parley, metric

pytestmark = pytest.mark.timeout(START_S + 240)

TOKENS = 900
FIELDS = [f"field_{number}" for number in range(30)]
SCHEMA = {
    "type": "object", "properties": {field: {"type": "string", "pattern": "^[a-z]{9}$"} for field in FIELDS},
    "required": FIELDS, "additionalProperties": False}
WRITTEN = {"format": {"type": "json_schema", "name": "fields", "schema": SCHEMA}}
KINDS: list[dict[str, Any]] = [
    {"temperature": 0, "max_output_tokens": TOKENS, "min_tokens": TOKENS, "stop": ["this is never said"]},
    {"temperature": 1.0, "seed": 11, "top_p": 0.95, "text": WRITTEN},
]
REQUESTS = [{"input": f"Tell me of {number}.", **KINDS[number % 2]} for number in range(12)]


@pytest.fixture
async def two_workers(stack: Parley) -> Parley:
    """This ends the sharing: one of them will be dead afterwards."""
    stack.start_worker(2)
    await stack.until(lambda: metric(stack.url, "parley_workers", 'state="ready"') == 2, "a second worker", START_S)
    return stack


async def test_a_kill_in_the_middle_of_answers_changes_none_of_them(two_workers: Parley) -> None:
    """The other one sleeps while they are given out, so that all of them are hit."""
    stack = two_workers
    undisturbed = await asyncio.gather(*(_Answer(asyncio.Event()).run(stack, request) for request in REQUESTS))
    stack.processes["worker-2"].send_signal(signal.SIGSTOP)
    more = asyncio.Event()
    answers = [_Answer(more) for _ in REQUESTS]
    running = [asyncio.create_task(answer.run(stack, request)) for answer, request in zip(
        answers, REQUESTS, strict=True)]
    while not all(len(answer.text) > 80 or answer.ended for answer in answers):
        more.clear()
        await more.wait()
    stack.processes["worker-2"].send_signal(signal.SIGCONT)

    assert await asyncio.to_thread(stack.end, "worker-1", signal.SIGKILL) == -signal.SIGKILL
    await asyncio.gather(*running)

    assert [answer.count("parley:response.continued") for answer in answers] == [1] * len(REQUESTS)
    for answer, whole in zip(answers, undisturbed, strict=True):
        assert answer.text == whole.text
        assert numbers(answer.events) == sorted(set(numbers(answer.events)))
        assert answer.end["status"] == whole.end["status"]
        for count in ("input_tokens", "output_tokens"):
            assert answer.end["usage"][count] == whole.end["usage"][count]
    for answer in answers[1::2]:
        assert list(json.loads(answer.text)) == FIELDS


class _Answer:
    """One response on a socket of its own."""

    def __init__(self, more: asyncio.Event) -> None:
        """`more` is set with each event."""
        self.events: list[Event] = []
        self._more = more

    async def run(self, parley: Parley, request: dict[str, Any]) -> "_Answer":
        async with socket_to(parley.ws_url) as socket:
            await send(socket, **request)
            while not self.ended:
                self.events.append(await receive(socket))
                self._more.set()
        return self

    @property
    def ended(self) -> bool:
        return bool(self.events) and self.events[-1]["type"] in TERMINAL

    @property
    def text(self) -> str:
        return text_of(self.events)

    @property
    def end(self) -> Event:
        response: Event = self.events[-1]["response"]
        return response

    def count(self, kind: str) -> int:
        return sum(event["type"] == kind for event in self.events)

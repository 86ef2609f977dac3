"""A worker is killed amid thoughts and calls of functions: another goes on in the very item, and nothing shows it."""
import asyncio
import signal
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.server.talk import Event, numbers
from tests.integration.worker.streams import Stream
from tests.parley import Parley

pytestmark = pytest.mark.timeout(120)

STREAMS = 12
DELTAS = ("response.function_call_arguments.delta", "response.reasoning.delta")
TOOLS: list[dict[str, Any]] = [
    {"type": "function", "name": name, "parameters": {
        "type": "object", "properties": {"said": {"type": "string", "minLength": length}}, "required": ["said"]}}
    for name, length in (("look", 60), ("wait", 20), ("sing", 110))]
CALLS = ["[[call=look]]", "[[call=wait]]", "[[call=sing]]"]
TEXTS = [f"{number}: " + " ".join(CALLS[(number + n) % 3] for n in range(5)) for number in range(STREAMS)]
FIELDS: dict[str, Any] = {"tools": TOOLS, "reasoning": {"effort": "medium"}}


def items(events: list[Event]) -> list[Any]:
    """What the end tells of each item."""
    return [
        (item["type"], item.get("name"), item.get("arguments"), item.get("content"), item.get("status"))
        for item in events[-1]["response"]["output"]]


def streamed(events: list[Event]) -> dict[str, str]:
    """What the deltas told, by item."""
    texts: dict[str, str] = defaultdict(str)
    for event in events:
        if event["type"] in DELTAS:
            texts[event["item_id"]] += event["delta"]
    return texts


async def ask_all(parley: Parley) -> list[Stream]:
    streams = [Stream(text) for text in TEXTS]
    await asyncio.gather(*(stream.run(parley.ws_url, **FIELDS) for stream in streams))
    return streams


async def far_enough(stream: Stream, deltas: int) -> None:
    while sum(event["type"] in DELTAS for event in stream.events) < deltas:
        stream.grown.clear()
        await stream.grown.wait()


async def test_whatever_was_open_goes_on(start_parley: Callable[..., Parley]) -> None:
    parley = start_parley(workers=1, settings={"synthetic_tokens_per_s": "100"})
    undisturbed = await ask_all(parley)
    streams = [Stream(text) for text in TEXTS]
    async with asyncio.TaskGroup() as group:
        for number, stream in enumerate(streams):
            group.create_task(stream.run(parley.ws_url, **FIELDS))
            await far_enough(stream, 3 if number % 2 else 12)
        parley.start_worker(2)
        await parley.until(lambda: "registered" in parley.log("worker-2"), "the second worker")
        assert not any(stream.ended for stream in streams)
        await asyncio.to_thread(parley.end, "worker-1", signal.SIGKILL)
    assert [stream.continued for stream in streams] == [1] * STREAMS
    for stream, whole in zip(streams, undisturbed, strict=True):
        assert items(stream.events) == items(whole.events)
        assert [kind for kind, *_ in items(whole.events)] == ["reasoning"] + ["function_call"] * 5
        assert numbers(stream.events) == sorted(set(numbers(stream.events)))
        added = Counter(event["output_index"] for event in stream.events if event["type"].endswith("item.added"))
        assert added == Counter(range(6))
        told = streamed(stream.events)
        for item in stream.events[-1]["response"]["output"]:
            assert told[item["id"]] == item.get("arguments") or item["content"][0]["text"] == told[item["id"]]
        ends = [one.events[-1]["response"]["usage"] for one in (stream, whole)]
        assert ends[0] == ends[1]

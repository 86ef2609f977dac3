"""The loop with requests that have tools, thoughts, images and more context than fits."""
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from inference.engine.traits import Traits
from relay.events import AnyEvent, Delta, Ended, ItemAdded
from relay.views import Leased
from tests.unit.inference.at_work import Engine, working
from tests.unit.inference.fake_relay import FakeRelay
from tests.unit.inference.jobs import leased, response_id

TOOLS = [
    {"type": "function", "name": "look", "parameters": {"type": "object", "properties": {"at": {"const": "sea"}}}},
    {"type": "function", "name": "wait"}]


def asking(text: str = "Hello", log: list[AnyEvent] | None = None, **fields: Any) -> Leased:
    job = leased(text=text, log=log)
    return replace(job, request=msgspec.structs.replace(job.request, **fields))


def told(events: list[AnyEvent]) -> list[tuple[str, str, str]]:
    """Each item's kind, name and text."""
    items: list[tuple[str, str, str]] = []
    for event in events:
        if isinstance(event, ItemAdded):
            items.append((event.kind, event.name, ""))
        elif isinstance(event, Delta):
            items[-1] = (*items[-1][:2], items[-1][2] + event.text)
    return items


async def run(job: Leased, engine: Engine | None = None) -> list[AnyEvent]:
    relay = FakeRelay(job)
    async with working(relay, engine) as running:
        await running.ended(0)
    return relay.events(response_id())


def end(events: list[AnyEvent]) -> Ended:
    assert isinstance(events[-1], Ended)
    return events[-1]


LOOK = ("function_call", "look", '{"at": "sea"}')


@pytest.mark.parametrize(("text", "fields", "items"), [
    ("Hello", {}, [LOOK]),
    ("[[call=wait]] [[call=look]]", {}, [("function_call", "wait", "{}"), LOOK]),
    ("[[call=wait]] [[call=look]]", {"parallel_tool_calls": False}, [("function_call", "wait", "{}")]),
    ("[[say]]", {"tool_choice": "required"}, [LOOK]),
    ("Hello", {"tool_choice": {"type": "function", "name": "wait"}}, [("function_call", "wait", "{}")]),
])
async def test_tools_are_called(text: str, fields: dict[str, Any], items: list[tuple[str, str, str]]) -> None:
    events = await run(asking(text, tools=TOOLS, **fields))
    assert told(events) == items
    assert end(events).status == "completed"


async def test_tools_that_may_not_be_called_are_not_shown() -> None:
    engine = Engine()
    events = await run(asking("[[tokens=5]]", tools=TOOLS, tool_choice="none"), engine)
    assert [kind for kind, *_ in told(events)] == ["message"]
    assert engine.generations[0].tools == []


async def test_what_comes_after_the_last_call_is_not_made() -> None:
    calls = "[[call=wait]]" * 1000
    relay, engine = FakeRelay(asking(calls, tools=TOOLS, max_tool_calls=2)), Engine()
    async with working(relay, engine) as running:
        await running.ended(0)
        await running.until(lambda: engine.load().running == 0)
    events = relay.events(response_id())
    assert told(events) == [("function_call", "wait", "{}")] * 2
    assert end(events).usage.output_tokens < 100


async def test_it_thinks_before_it_calls() -> None:
    thought, call = told(await run(asking(tools=TOOLS, reasoning_effort="low")))
    assert thought[0] == "reasoning"
    assert call == LOOK


@pytest.mark.parametrize("cut", [1, 20, 40, 60, 80, 100])
async def test_another_worker_goes_on_amid_thoughts_and_calls(cut: int) -> None:
    fields: dict[str, Any] = {"tools": TOOLS, "reasoning_effort": "low"}
    whole = await run(asking("[[call=look]] [[call=wait]]", **fields))
    logged = whole[:min(cut, len(whole) - 2)]
    rest = await run(asking("[[call=look]] [[call=wait]]", logged, **fields))
    assert told([*logged, *rest]) == told(whole)
    assert end(rest).usage == end(whole).usage


async def test_tools_are_told_in_words_where_the_template_knows_none() -> None:
    engine = Engine()
    engine.traits = replace(engine.traits, tools_in_words=True)
    assert told(await run(asking(tools=TOOLS), engine)) == [LOOK]
    assert '{"name": "wait"}' in engine.generations[0].messages[0]["content"]


async def test_where_the_model_cannot_call_a_request_with_tools_is_refused() -> None:
    engine = Engine()
    engine.traits = Traits()
    failed = end(await run(asking(tools=TOOLS), engine))
    assert (failed.status, failed.code) == ("failed", "unsupported_parameter")
    assert engine.generations == []


@pytest.mark.parametrize("fields", [
    {"tools": [{"type": "function"}]}, {"tools": [{"name": "look", "parameters": [1]}], "tool_choice": "required"},
    {"tools": TOOLS, "tool_choice": {"type": "function"}}, {"tools": TOOLS, "tool_choice": 7}])
async def test_tools_that_no_gateway_lets_through_end_nothing_but_their_response(fields: dict[str, Any]) -> None:
    relay = FakeRelay(asking(**fields), leased(1, text="[[tokens=5]]"))
    async with working(relay) as running:
        await running.ended(0, 1)
    assert end(relay.events(response_id(0))).status == "failed"
    assert end(relay.events(response_id(1))).status == "completed"


async def test_an_image_is_seen_or_refused() -> None:
    url = (
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5Erk"
        "Jggg==")
    image = {"type": "message", "role": "user", "content": [{"type": "input_image", "image_url": url}]}
    assert told(await run(asking(input=[image])))[0][2] == "I see a PNG image of 1 × 1 pixels, 70 bytes."
    engine = Engine()
    engine.traits = replace(engine.traits, images=False)
    assert end(await run(asking(input=[image]), engine)).code == "unsupported_image"


def turn(text: str) -> dict[str, Any]:
    return {"type": "message", "role": "user", "content": text}


async def test_the_oldest_turns_go_where_that_is_allowed() -> None:
    engine = Engine()
    engine.context_tokens = 500
    context = [turn("x" * 800) for _ in range(9)] + [turn("[[tokens=5]]")]
    events = await run(asking(input=context, truncation="auto"), engine)
    assert end(events).status == "completed"
    assert [len(generation.messages) for generation in engine.generations] == [10, 3]
    assert end(await run(asking(input=context), engine)).code == "context_length_exceeded"
    alone = [turn("x" * 8000)]
    assert end(await run(asking(input=alone, truncation="auto"), engine)).code == "context_length_exceeded"


async def test_the_registry_hears_what_the_model_can_do() -> None:
    relay, engine = FakeRelay(), Engine()
    engine.may_start.clear()
    async with working(relay, engine, deadline_s=0.03) as running:
        await running.until(lambda: relay.infos)
        assert relay.infos[-1].capabilities is None
        engine.may_start.set()
        await running.until(lambda: relay.infos[-1].state == "ready")
    assert relay.infos[-1].capabilities == ["tools", "images", "reasoning", "structured_output", "logprobs"]

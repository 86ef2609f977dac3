"""A stream that keeps to the grammar has nothing said of it, and each way of breaking it is seen."""
import copy
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from jsonschema import ValidationError  # type: ignore[import-untyped]

from relay.events import AnyEvent, Delta, Done, InProgress, ItemAdded, ItemDone, PartAdded, PartDone
from server.responses.renderer import delta_frames, mark_frame
from server.responses.transcript import Run, Transcript
from tests.compliance.grammar import check_stream
from tests.unit.server.responses.story import a_request, an_end, message, numbered

Events = list[dict[str, Any]]


@pytest.fixture
def events() -> Events:
    """A thought, a text and a call."""
    story: list[AnyEvent] = [
        InProgress(1.0),
        ItemAdded("rs_1", "reasoning"), PartAdded("reasoning_text"), Delta("hm"), Done(), PartDone(), ItemDone(),
        *message("a", "b"),
        ItemAdded("fc_1", "function_call", "f", "call_1"), Delta("{}"), Done(), ItemDone(),
        an_end(),
    ]
    transcript = Transcript(a_request())
    for record in numbered(story):
        transcript.add(record)
    frames: list[bytes] = []
    for step in transcript.steps:
        if isinstance(step, Run):
            frames += delta_frames(step.part, step.last, step.text(), step.logprobs())
        else:
            frames.append(mark_frame(transcript, step))
    return [orjson.loads(frame) for frame in frames]


def test_nothing_is_said_of_what_is_right(events: Events) -> None:
    check_stream(events)


def at(events: Events, kind: str) -> int:
    return next(index for index, event in enumerate(events) if event["type"] == kind)


def changed(kind: str, **fields: Any) -> Callable[[Events], None]:
    return lambda events: events[at(events, kind)].update(fields)


def dropped(kind: str) -> Callable[[Events], None]:
    return lambda events: events.__delitem__(at(events, kind))


@pytest.mark.parametrize("breakage", [
    dropped("response.created"), dropped("response.completed"), dropped("response.output_text.delta"),
    dropped("response.output_item.added"), dropped("response.output_item.done"),
    changed("response.in_progress", sequence_number=0), changed("response.output_text.delta", delta="x"),
    changed("response.output_text.done", text="x"), changed("response.function_call_arguments.done", arguments="x"),
    changed("response.reasoning.done", text="x"), changed("response.output_item.added", output_index=1),
    changed("response.content_part.added", part={"type": "zip"}), changed("response.queued", response={}),
    lambda events: events[-1]["response"]["output"].pop(),
    lambda events: events[-1]["response"].update(id="resp_other"),
    lambda events: events[-1]["response"].update(status="failed"),
    lambda events: events[-1]["response"].pop("usage"),
    lambda events: events.append(copy.deepcopy(events[-1])),
    lambda events: events.insert(1, events.pop(2)),
])
def test_what_is_wrong_is_seen(events: Events, breakage: Callable[[Events], None]) -> None:
    breakage(events)
    with pytest.raises((AssertionError, ValidationError)):
        check_stream(events)

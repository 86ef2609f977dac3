"""Protocol events as bytes: their shape, their order, and that none is too large."""
from typing import Any

import orjson
import pytest
from hypothesis import given

from relay.events import AnyEvent, Continued, Delta, Done, InProgress, ItemAdded, ItemDone, Logprob, PartAdded, PartDone
from relay.records import Record
from server.responses.renderer import MAX_FRAME_BYTES, SAFE_TEXT, delta_frames, mark_frame
from server.responses.resource import resource
from server.responses.transcript import Mark, Part, Run, Transcript
from tests import spec
from tests.unit.server.responses.story import a_request, an_end, message, numbered, stories, told, unhurried


def folded(records: list[Record], **request: object) -> Transcript:
    transcript = Transcript(a_request(**request))
    for record in records:
        transcript.add(record)
    return transcript


def events_of(transcript: Transcript) -> list[dict[str, Any]]:
    """All events, each run as one delta."""
    frames: list[bytes] = []
    for step in transcript.steps:
        if isinstance(step, Run):
            frames += delta_frames(step.part, step.last, step.text(), step.logprobs())
        else:
            frames.append(mark_frame(transcript, step))
    return [orjson.loads(frame) for frame in frames]


def only_part(transcript: Transcript) -> Part:
    return transcript.items[0].parts[0]


def test_a_message_from_beginning_to_end() -> None:
    transcript = folded(told("Hel", "lo"))
    events = events_of(transcript)
    assert [(event["type"], event["sequence_number"]) for event in events] == [
        ("response.created", 0),
        ("response.queued", 1),
        ("response.in_progress", 1001),
        ("response.output_item.added", 1002),
        ("response.content_part.added", 1003),
        ("response.output_text.delta", 1005),
        ("response.output_text.done", 1006),
        ("response.content_part.done", 1007),
        ("response.output_item.done", 1008),
        ("response.completed", 1009),
    ]
    created, queued, begun, item, part, delta, done, part_done, item_done, end = events
    assert [event["response"]["status"] for event in (created, queued, begun)] == ["queued", "queued", "in_progress"]
    assert [event["response"]["output"] for event in (created, queued, begun)] == [[], [], []]
    whole = {"type": "output_text", "text": "Hello", "annotations": [], "logprobs": []}
    added = {"type": "message", "id": "msg_1", "status": "in_progress", "role": "assistant", "content": []}
    place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    assert item["item"] == added
    assert part == {
        "type": "response.content_part.added", "sequence_number": 1003, **place, "part": {**whole, "text": ""}
    }
    assert delta == {
        "type": "response.output_text.delta", "sequence_number": 1005, **place, "delta": "Hello", "logprobs": []
    }
    assert done == {
        "type": "response.output_text.done", "sequence_number": 1006, **place, "text": "Hello", "logprobs": []
    }
    assert part_done["part"] == whole
    assert item_done["item"] == {**added, "status": "completed", "content": [whole]}
    assert end["response"] == resource(transcript)


def test_other_kinds_have_their_own_events() -> None:
    output: list[AnyEvent] = [
        ItemAdded("rs_1", "reasoning"), PartAdded("reasoning_text"), Delta("hm"), Done(), PartDone(), ItemDone(),
        ItemAdded("msg_1", "message"), PartAdded("refusal"), Delta("No."), Done(), PartDone(), ItemDone(),
        ItemAdded("fc_1", "function_call", "f", "call_1"), Delta("{}"), Done(), ItemDone(),
    ]
    events = [
        {name: value for name, value in event.items() if name != "sequence_number"}
        for event in events_of(folded(numbered(output)))[2:]
    ]
    reasoning = {"item_id": "rs_1", "output_index": 0, "content_index": 0}
    refusal = {"item_id": "msg_1", "output_index": 1, "content_index": 0}
    call = {"item_id": "fc_1", "output_index": 2}
    assert events[2:4] == [
        {"type": "response.reasoning.delta", **reasoning, "delta": "hm"},
        {"type": "response.reasoning.done", **reasoning, "text": "hm"},
    ]
    assert events[8:10] == [
        {"type": "response.refusal.delta", **refusal, "delta": "No."},
        {"type": "response.refusal.done", **refusal, "refusal": "No."},
    ]
    assert events[13:15] == [
        {"type": "response.function_call_arguments.delta", **call, "delta": "{}"},
        {"type": "response.function_call_arguments.done", **call, "arguments": "{}"},
    ]
    assert events[12]["item"]["arguments"] == ""
    assert events[12]["item"]["call_id"] == "call_1"


@pytest.mark.parametrize("status", ["completed", "incomplete", "failed"])
def test_the_end_is_named_for_its_status(status: str) -> None:
    end = events_of(folded(numbered([an_end(status)])))[-1]
    assert (end["type"], end["response"]["status"]) == (f"response.{status}", status)


def test_another_attempt_is_told() -> None:
    later = [[Continued(2.5, "worker_lost")], [Continued(3.5, "worker_lost")]]
    *_, second, third = events_of(folded(numbered([InProgress(1.0)], *later)))
    assert second == {
        "type": "parley:response.continued", "sequence_number": 2001, "response_id": "resp_0123", "attempt": 2,
        "at": 2.5, "reason": "worker_lost",
    }
    assert (third["attempt"], third["sequence_number"]) == (3, 3001)


@unhurried
@given(stories())
def test_every_event_fits_the_specification(records: list[Record]) -> None:
    for event in events_of(folded(records)):
        spec.check_event(event)


def test_a_delta_with_log_probabilities() -> None:
    part = only_part(folded(told("x")))
    (frame,) = delta_frames(part, 7, "x", [Logprob("x", -1.0)])
    event = orjson.loads(frame)
    spec.check_event(event)
    assert event["logprobs"] == [{"token": "x", "logprob": -1.0, "bytes": [120], "top_logprobs": []}]


def test_a_text_beyond_every_limit_becomes_frames_of_one_number() -> None:
    text = "\0" * SAFE_TEXT + "é" * SAFE_TEXT + "end"
    frames = delta_frames(only_part(folded(told("x"))), 7, text, [])
    events = [orjson.loads(frame) for frame in frames]
    assert "".join(event["delta"] for event in events) == text
    assert [event["sequence_number"] for event in events] == [7, 7, 7]
    assert max(map(len, frames)) <= MAX_FRAME_BYTES


def test_log_probabilities_of_a_delta_go_before_the_limit_does() -> None:
    many = [Logprob("token", -1.0, [("other", -2.0)] * 20)] * 1000
    frames = delta_frames(only_part(folded(told("x"))), 7, "x" * SAFE_TEXT + "y", many)
    events = [orjson.loads(frame) for frame in frames]
    assert "".join(event["delta"] for event in events) == "x" * SAFE_TEXT + "y"
    assert [event.get("parley:omitted") for event in events] == [None, ["logprobs"]]
    for event in events:
        spec.check_event(event)


def large(transcript: Transcript) -> dict[str, dict[str, Any]]:
    """Frames of the marks by type, checked."""
    events = {}
    for step in transcript.steps:
        if isinstance(step, Mark):
            frame = mark_frame(transcript, step)
            assert len(frame) <= MAX_FRAME_BYTES
            event = orjson.loads(frame)
            spec.check_event(event)
            events[event["type"]] = event
    return events


DONE_EVENTS = [
    "response.output_text.done", "response.content_part.done", "response.output_item.done", "response.completed"
]


def test_log_probabilities_are_left_out_of_what_repeats_them() -> None:
    scored = Delta("word", [1], [Logprob("word", -1.0, [("other", -2.0)] * 20)])
    plain = message("x")
    events = large(folded(numbered([*plain[:3], *[scored] * 1000, *plain[3:], an_end()])))
    for kind in DONE_EVENTS:
        assert events[kind]["parley:omitted"] == ["logprobs"]
    assert events["response.output_text.done"]["text"] == "x" + "word" * 1000
    assert events["response.content_part.done"]["part"]["logprobs"] == []
    assert events["response.completed"]["response"]["output"][0]["content"][0]["text"] == "x" + "word" * 1000


def test_a_text_that_is_too_large_is_left_out_of_what_repeats_it() -> None:
    transcript = folded(numbered([*message("x" * MAX_FRAME_BYTES), an_end()]))
    events = large(transcript)
    for kind in DONE_EVENTS:
        assert events[kind]["parley:omitted"] == ["logprobs", "text"]
    assert events["response.output_text.done"]["text"] == ""
    assert events["response.completed"]["response"]["output"][0]["content"][0]["text"] == ""
    assert resource(transcript)["output"][0]["content"][0]["text"] == "x" * MAX_FRAME_BYTES


def test_refusals_and_arguments_are_left_out_in_the_same_way() -> None:
    much = "x" * MAX_FRAME_BYTES
    output: list[AnyEvent] = [
        ItemAdded("msg_1", "message"), PartAdded("refusal"), Delta(much), Done(), PartDone(), ItemDone(),
        ItemAdded("fc_1", "function_call", "f", "call_1"), Delta(much), Done(), ItemDone(), an_end(),
    ]
    events = large(folded(numbered(output)))
    assert events["response.refusal.done"]["refusal"] == ""
    assert events["response.function_call_arguments.done"]["arguments"] == ""
    assert events["response.completed"]["response"]["output"][1]["arguments"] == ""


def test_a_request_that_is_too_large_is_not_repeated() -> None:
    transcript = folded(told("x"), instructions="i" * MAX_FRAME_BYTES, echo={"metadata": {"k": "v"}})
    events = large(transcript)
    for kind in ("response.created", "response.queued", "response.in_progress", "response.completed"):
        assert events[kind]["parley:omitted"] == ["logprobs", "text", "request"]
        assert events[kind]["response"]["instructions"] is None
    assert "parley:omitted" not in events["response.output_text.done"]


def test_what_fits_is_whole() -> None:
    assert not any("parley:omitted" in event for event in large(folded(told("x"))).values())

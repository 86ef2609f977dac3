"""One event of each type that a stream tells, rendered as every stream is: what the documents show of them."""
from typing import Any

import orjson

from relay.events import (
    AnyEvent,
    Continued,
    Delta,
    Done,
    Ended,
    InProgress,
    ItemAdded,
    ItemDone,
    Logprob,
    PartAdded,
    PartDone,
    Usage,
)
from relay.job import Request
from relay.records import ATTEMPT_GAP, Record, first_record
from server.admission.standing import Standing
from server.responses.renderer import delta_frames, mark_frame
from server.responses.resource import input_items as items_of
from server.responses.resource import resource
from server.responses.signals import INTERRUPTED, QUEUE, interrupted_frame, queue_frame
from server.responses.transcript import Run, Transcript

ID = "resp_0a1b2c3d4e5f"
AT = 1_764_000_000.0
TEXT: list[AnyEvent] = [
    InProgress(AT), ItemAdded("msg_1", "message"), PartAdded("output_text"),
    Delta("Paris.", [1], [Logprob("Paris.", -0.25, [("Paris.", -0.25)])]), Done(), PartDone(), ItemDone()]
OTHERS: list[AnyEvent] = [
    Continued(AT + 2, "worker_lost"),
    ItemAdded("rs_1", "reasoning"), PartAdded("reasoning_text"), Delta("Hm."), Done(), PartDone(), ItemDone(),
    ItemAdded("fc_1", "function_call", "weather", "call_1"), Delta('{"city":"Paris"}'), Done(), ItemDone(),
    ItemAdded("msg_2", "message"), PartAdded("refusal"), Delta("No."), Done(), PartDone(), ItemDone()]
ENDS = (
    Ended("completed", AT + 3, usage=Usage(14, 0, 3, 0)),
    Ended("incomplete", AT + 3, reason="max_output_tokens", usage=Usage(14, 0, 3, 0)),
    Ended("failed", AT + 3, code="worker_lost", message="The worker that made it has died.", usage=Usage(14, 0, 0, 0)),
)


def responses() -> list[dict[str, Any]]:
    """Resources of every kind, one that has ended well first."""
    return [resource(_told([*TEXT, ENDS[0]])), *[resource(_told([*TEXT, *OTHERS, end])) for end in ENDS],
            resource(_told([]))]


def summed_up() -> tuple[Request, dict[str, Any]]:
    """A request, and the resource of the response that sums it up."""
    return _request(), responses()[0]


def input_items() -> list[dict[str, Any]]:
    return items_of(_request())


def events() -> dict[str, list[dict[str, Any]]]:
    """By type."""
    found: dict[str, list[dict[str, Any]]] = {}
    for told in ([*TEXT, ENDS[0]], *[[*TEXT, *OTHERS, end] for end in ENDS]):
        for event in stream(told):
            found.setdefault(event["type"], []).append(event)
    return found


def signals() -> dict[str, list[dict[str, Any]]]:
    """What is told beside the events, by type."""
    queue = [queue_frame(ID, Standing(3, 12, estimated_s)) for estimated_s in (4, None)]
    return {QUEUE: [orjson.loads(frame) for frame in queue], INTERRUPTED: [orjson.loads(interrupted_frame(ID))]}


def stream(events: list[AnyEvent]) -> list[dict[str, Any]]:
    """What a viewer is sent."""
    transcript = _told(events)
    frames: list[bytes] = []
    for step in transcript.steps:
        if isinstance(step, Run):
            frames += delta_frames(step.part, step.last, step.text(), step.logprobs())
        else:
            frames.append(mark_frame(transcript, step))
    return [orjson.loads(frame) for frame in frames]


def _request() -> Request:
    asked = {"type": "message", "role": "user", "content": [
        {"type": "input_text", "text": "What is the capital of France?"}]}
    return Request(
        response_id=ID, user="user", model="smollm2-135m-instruct", created_at=AT, own_input=1, input=[asked])


def _told(events: list[AnyEvent]) -> Transcript:
    transcript = Transcript(_request())
    first = first_record(ID)
    transcript.add(first)
    if events:
        transcript.add(Record(ID, 1, first.last, first.last + ATTEMPT_GAP, events))
    return transcript


def as_sse(events: list[dict[str, Any]]) -> str:
    """Some events as a stream tells them, and its end."""
    told = [f"event: {event['type']}\nid: {event['sequence_number']}\ndata: {orjson.dumps(event).decode()}"
            for event in events]
    return "\n\n".join([*told, "data: [DONE]"]) + "\n\n"

"""Protocol events as JSON bytes, out of a transcript's marks and runs. Holds no state but a template per part.

No frame is over MAX_FRAME_BYTES. What does not fit is left out and named in `parley:omitted`, in this order:
`logprobs`; `text`, of done events and the terminal one, which repeat what the deltas have said (GET has it all);
`request`, which the resource repeats. A delta is never shortened: merged ones are cut between events, by the position.
One event's own text that is over the limit is cut into frames of the same number; workers make no such event.
"""
from collections.abc import Callable
from typing import Any, Final

import orjson

from relay.events import (
    AnyEvent,
    Continued,
    Created,
    Done,
    Ended,
    InProgress,
    ItemAdded,
    ItemDone,
    Logprob,
    PartAdded,
    PartDone,
    Queued,
)
from server.responses.resource import (
    SEALED,
    item_field,
    logprob_fields,
    new_item_field,
    new_part_field,
    part_field,
    resource,
    snapshot,
)
from server.responses.transcript import Item, Mark, Part, Transcript

MAX_FRAME_BYTES = (1 << 20) - 1024  # the shell may still put a `stream_id` of 256 bytes in
SAFE_TEXT: Final = 160 * 1024  # characters: six bytes each at worst ("\u0000"), so such a text fits whatever is in it

_json: Final = orjson.dumps

_EVENTS: dict[str, tuple[str, str]] = {  # a part's kind: its events' stem, the field that holds the whole text
    "output_text": ("response.output_text", "text"),
    "reasoning_text": ("response.reasoning", "text"),
    "refusal": ("response.refusal", "refusal"),
    "arguments": ("response.function_call_arguments", "arguments"),
}


def _place(part: Part) -> dict[str, Any]:
    place: dict[str, Any] = {"item_id": part.item.added.item_id, "output_index": part.item.index}
    if part.kind != "arguments":
        place["content_index"] = part.index
    return place


def _delta_template(part: Part) -> tuple[bytes, bytes]:
    """What comes before a delta's number and after its text."""
    event = {"type": f"{_EVENTS[part.kind][0]}.delta", **_place(part)}
    part.delta_template = template = (
        _json(event)[:-1] + b',"sequence_number":',
        b',"logprobs":[]}' if part.kind == "output_text" else b"}",
    )
    return template


def delta_frames(part: Part, number: int, text: str, logprobs: list[Logprob]) -> list[bytes]:
    """One delta of a part that covers the events up to `number`: one frame, but for a text beyond every limit."""
    head, tail = part.delta_template or _delta_template(part)
    if logprobs:
        return _delta_frames_with_logprobs(part, number, text, logprobs)
    if len(text) <= SAFE_TEXT:
        return [b'%b%d,"delta":%b%b' % (head, number, _json(text), tail)]
    pieces = [text[i:i + SAFE_TEXT] for i in range(0, len(text), SAFE_TEXT)]
    return [b'%b%d,"delta":%b%b' % (head, number, _json(piece), tail) for piece in pieces]


def _delta_frames_with_logprobs(part: Part, number: int, text: str, logprobs: list[Logprob]) -> list[bytes]:
    head, _ = part.delta_template or _delta_template(part)
    fields = _json(logprob_fields(logprobs))
    frame = b'%b%d,"delta":%b,"logprobs":%b}' % (head, number, _json(text), fields)
    if len(frame) <= MAX_FRAME_BYTES:
        return [frame]
    *before, last = delta_frames(part, number, text, [])
    return [*before, last[:-1] + b',"parley:omitted":["logprobs"]}']


def mark_frame(transcript: Transcript, mark: Mark) -> bytes:
    """The event that a mark stands for. What it repeats (a part's text, an item) is told as it stood then."""
    kind, fields = _MARKS[type(mark.event)](transcript, mark.event, mark.subject)
    return _fit({"type": kind, "sequence_number": mark.first, **fields})


Fields = tuple[str, dict[str, Any]]  # the event's type, and what it holds beside that and its number


def _created(transcript: Transcript, event: Created, subject: None) -> Fields:
    return "response.created", {"response": snapshot(transcript.request, "queued")}


def _queued(transcript: Transcript, event: Queued, subject: None) -> Fields:
    return "response.queued", {"response": snapshot(transcript.request, "queued")}


def _in_progress(transcript: Transcript, event: InProgress, subject: None) -> Fields:
    return "response.in_progress", {"response": snapshot(transcript.request, "in_progress")}


def _continued(transcript: Transcript, event: Continued, attempt: int) -> Fields:
    fields = {
        "response_id": transcript.request.response_id, "attempt": attempt, "at": event.at, "reason": event.reason}
    return "parley:response.continued", fields


def _item_added(transcript: Transcript, event: ItemAdded, item: Item) -> Fields:
    return "response.output_item.added", {"output_index": item.index, "item": new_item_field(item)}


def _part_added(transcript: Transcript, event: PartAdded, part: Part) -> Fields:
    return "response.content_part.added", {**_place(part), "part": new_part_field(part)}


def _done(transcript: Transcript, event: Done, part: Part) -> Fields:
    stem, field = _EVENTS[part.kind]
    fields = {**_place(part), field: part.text()}
    if part.kind == "output_text":
        fields["logprobs"] = logprob_fields(part.logprobs())
    return f"{stem}.done", fields


def _part_done(transcript: Transcript, event: PartDone, part: Part) -> Fields:
    return "response.content_part.done", {**_place(part), "part": part_field(part)}


def _item_done(transcript: Transcript, event: ItemDone, item: Item) -> Fields:
    told = item_field(item, sealed=SEALED in transcript.request.include)
    return "response.output_item.done", {"output_index": item.index, "item": told}


def _ended(transcript: Transcript, event: Ended, subject: None) -> Fields:
    return f"response.{event.status}", {"response": resource(transcript)}


_MARKS: dict[type[AnyEvent], Callable[[Transcript, Any, Any], Fields]] = {
    Created: _created,
    Queued: _queued,
    InProgress: _in_progress,
    Continued: _continued,
    ItemAdded: _item_added,
    PartAdded: _part_added,
    Done: _done,
    PartDone: _part_done,
    ItemDone: _item_done,
    Ended: _ended,
}


def _fit(event: dict[str, Any]) -> bytes:
    frame = _json(event)
    omitted: list[str] = []
    for name, strip in _STRIPS:
        if len(frame) <= MAX_FRAME_BYTES:
            break
        strip(event)
        omitted.append(name)
        frame = _json({**event, "parley:omitted": omitted})
    return frame


def _outputs(event: dict[str, Any]) -> list[dict[str, Any]]:
    """The event itself, and every item and part in it: whatever may hold text or log probabilities of the output."""
    items = event["response"]["output"] if "response" in event else [event["item"]] if "item" in event else []
    parts = [event["part"]] if "part" in event else [part for item in items for part in item.get("content", [])]
    return [event, *items, *parts]


def _strip_logprobs(event: dict[str, Any]) -> None:
    for place in _outputs(event):
        if "logprobs" in place:
            place["logprobs"] = []


def _strip_text(event: dict[str, Any]) -> None:
    for place in _outputs(event):
        for field in place.keys() & {"text", "refusal", "arguments", "encrypted_content"}:
            place[field] = ""


def _strip_request(event: dict[str, Any]) -> None:
    event.get("response", {}).update(instructions=None, tools=[], metadata={}, tool_choice="auto")


_STRIPS: tuple[tuple[str, Callable[[dict[str, Any]], None]], ...] = (
    ("logprobs", _strip_logprobs),
    ("text", _strip_text),
    ("request", _strip_request),
)

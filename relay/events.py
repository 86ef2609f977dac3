"""Compact events: what a worker says of a response, one protocol event each.

Only what cannot be derived is in them: a reader knows an event's number from its place in a record, and the item and
part that a delta belongs to from the events before it (`ItemAdded`, `PartAdded`). The gateway renders them into the
protocol's JSON. Encoded as msgpack arrays, so fields may only be added at the end, with a default.
"""
from typing import Literal

import msgspec

ItemKind = Literal["message", "reasoning", "function_call"]
PartKind = Literal["output_text", "reasoning_text", "refusal"]
ItemStatus = Literal["completed", "incomplete"]
EndStatus = Literal["completed", "incomplete", "failed"]


class Event(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Base of all compact events; the first element of the array is the tag."""


class Created(Event, frozen=True, array_like=True, tag=0):
    """response.created, written by `submit`; the resource is rendered from the job's request."""


class Queued(Event, frozen=True, array_like=True, tag=1):
    """response.queued, written by `submit`."""


class InProgress(Event, frozen=True, array_like=True, tag=2):
    """response.in_progress: a worker has begun. `at` is Unix time in seconds."""

    at: float


class Continued(Event, frozen=True, array_like=True, tag=3):
    """parley:response.continued: another attempt goes on where the log stood. `at` is Unix time in seconds."""

    at: float
    reason: str


class ItemAdded(Event, frozen=True, array_like=True, tag=4):
    """response.output_item.added. `name` and `call_id` are of function calls only."""

    item_id: str
    kind: ItemKind
    name: str = ""
    call_id: str = ""


class PartAdded(Event, frozen=True, array_like=True, tag=5):
    """response.content_part.added. Function calls have no parts."""

    kind: PartKind


class Logprob(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One token's log probability (natural logarithm), and those of the `top` alternatives as (token, logprob)."""

    token: str
    logprob: float
    top: list[tuple[str, float]] = []


class Delta(Event, frozen=True, array_like=True, tag=6):
    """A piece of the open part: output text, reasoning text, refusal, or a function call's arguments.

    `tokens` are the ids that led to `text`; ids that gave no text yet ride on the next event.
    """

    text: str
    tokens: list[int] = []
    logprobs: list[Logprob] = []


class Done(Event, frozen=True, array_like=True, tag=7):
    """The open part's text (or the call's arguments) is complete; what it is follows from the deltas."""

    tokens: list[int] = []


class PartDone(Event, frozen=True, array_like=True, tag=8):
    """response.content_part.done"""


class ItemDone(Event, frozen=True, array_like=True, tag=9):
    """response.output_item.done"""

    status: ItemStatus = "completed"


class Usage(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Tokens counted by the engine."""

    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0


class Ended(Event, frozen=True, array_like=True, tag=10):
    """The terminal event: response.completed, .incomplete or .failed. `at` is Unix time in seconds.

    `reason` says why an incomplete one stopped (`max_output_tokens`, `cancelled`); `code` and `message` why one failed.
    """

    status: EndStatus
    at: float
    usage: Usage = Usage()
    reason: str = ""
    code: str = ""
    message: str = ""


AnyEvent = (
    Created | Queued | InProgress | Continued | ItemAdded | PartAdded | Delta | Done | PartDone | ItemDone | Ended)

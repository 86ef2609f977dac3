"""What a subscription tells of a response: Open Responses' events, each with its sequence number."""
from collections.abc import Callable
from enum import Enum

import orjson
import strawberry
from strawberry.scalars import JSON

from server.graphql.ports import Json
from server.graphql.types.items import Item, item
from server.graphql.types.responses import Response, response

TERMINAL = frozenset({"response.completed", "response.incomplete", "response.failed"})
PROGRESS = frozenset({"response.created", "response.queued", "response.in_progress"})


@strawberry.enum(description="What a delta belongs to.")
class DeltaKind(Enum):
    OUTPUT_TEXT = "response.output_text.delta"
    REASONING = "response.reasoning.delta"
    REFUSAL = "response.refusal.delta"
    FUNCTION_ARGUMENTS = "response.function_call_arguments.delta"


DELTAS = {kind.value: kind for kind in DeltaKind}


@strawberry.interface(description="One event of a response. Go on behind it with `startingAfter: sequenceNumber`.")
class ResponseEvent:
    raw: strawberry.Private[Json]
    sequence_number: int = strawberry.field(
        description="It only grows, and may leap: a delta that was merged has the last number that it covers.")

    @strawberry.field(description="Its type in Open Responses, as `response.output_text.delta`.")
    def type(self) -> str:
        return str(self.raw["type"])

    @strawberry.field(description="The event as it is at the other doors.")
    def json(self) -> JSON:
        return JSON(self.raw)


@strawberry.type(description="It was created, waits, or has begun.")
class ResponseProgress(ResponseEvent):
    response: Response


@strawberry.type(description="More of one part.")
class ResponseDelta(ResponseEvent):
    kind: DeltaKind
    item_id: strawberry.ID
    output_index: int
    content_index: int | None
    delta: str


@strawberry.type(description="An item has begun (`response.output_item.added`) or is whole (`….done`).")
class ResponseItem(ResponseEvent):
    output_index: int
    item: Item


@strawberry.type(description="The last event: how it ended.")
class ResponseEnded(ResponseEvent):
    response: Response


@strawberry.type(description="An event that this schema has no type for: see `json`.")
class OtherEvent(ResponseEvent):
    pass


def event(frame: bytes, whole: Callable[[], Json]) -> ResponseEvent:
    """An event out of a viewer's frame. `whole` gives the response that the last frame may only have had a part of."""
    raw: Json = orjson.loads(frame)
    kind, number = raw["type"], raw["sequence_number"]
    if (delta := DELTAS.get(kind)) is not None:
        return ResponseDelta(
            raw=raw, sequence_number=number, kind=delta, item_id=strawberry.ID(raw["item_id"]),
            output_index=raw["output_index"], content_index=raw.get("content_index"), delta=raw["delta"])
    if kind in TERMINAL:
        told = whole() if "parley:omitted" in raw else raw["response"]
        return ResponseEnded(raw=raw, sequence_number=number, response=response(told))
    if kind in PROGRESS:
        return ResponseProgress(raw=raw, sequence_number=number, response=response(raw["response"]))
    if kind.startswith("response.output_item."):
        return ResponseItem(
            raw=raw, sequence_number=number, output_index=raw["output_index"], item=item(raw["item"]))
    return OtherEvent(raw=raw, sequence_number=number)

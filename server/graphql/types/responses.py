"""A response, as far as it has come."""
from datetime import UTC, datetime
from enum import Enum

import strawberry
from strawberry.scalars import JSON

from server.graphql.context import Info
from server.graphql.ports import Json
from server.graphql.types.items import Item, items, text_of
from server.graphql.types.nodes import Node


@strawberry.enum(description="How far a response has come.")
class ResponseStatus(Enum):
    QUEUED = "queued"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    INCOMPLETE = "incomplete"
    FAILED = "failed"


@strawberry.type(description="How many tokens it took.")
class Usage:
    input_tokens: int
    output_tokens: int
    total_tokens: int
    cached_tokens: int = strawberry.field(description="Of the input, those that were known already.")
    reasoning_tokens: int = strawberry.field(description="Of the output, those of reasoning.")


@strawberry.type(description="Why a response has failed.")
class ResponseError:
    code: str
    message: str


@strawberry.type(description="One generation: what was asked, and what the model made of it.")
class Response(Node):
    raw: strawberry.Private[Json]

    @strawberry.field
    def status(self) -> ResponseStatus:
        return ResponseStatus(self.raw["status"])

    @strawberry.field
    def model(self) -> str:
        return str(self.raw["model"])

    @strawberry.field
    def created_at(self) -> datetime:
        return time(self.raw["created_at"])

    @strawberry.field(description="Null unless it is completed.")
    def completed_at(self) -> datetime | None:
        at = self.raw.get("completed_at")
        return None if at is None else time(at)

    @strawberry.field(description="All that its messages say.")
    def text(self) -> str:
        return "".join(text_of(one) for one in self.raw["output"] if one["type"] == "message")

    @strawberry.field(description="What the model made.")
    def output(self) -> list[Item]:
        return items(self.raw["output"])

    @strawberry.field(description="What was asked, without what came before.")
    async def input(self, info: Info) -> list[Item]:
        known = await info.context.loaders.responses.load(self.id)
        return [] if known is None else items(known.input())

    @strawberry.field
    def instructions(self) -> str | None:
        return self.raw.get("instructions")

    @strawberry.field(description="The response that it goes on from.")
    async def previous(self, info: Info) -> "Response | None":
        previous_id = self.raw.get("previous_response_id")
        return None if previous_id is None else await find_response(info, previous_id)

    @strawberry.field(description="The conversation that it is part of.")
    def conversation_id(self) -> strawberry.ID | None:
        place = self.raw.get("conversation")
        return None if place is None else strawberry.ID(place["id"])

    @strawberry.field(description="Null until it has ended.")
    def usage(self) -> Usage | None:
        usage = self.raw.get("usage")
        return None if usage is None else Usage(
            input_tokens=usage["input_tokens"],
            output_tokens=usage["output_tokens"],
            total_tokens=usage["total_tokens"],
            cached_tokens=usage["input_tokens_details"]["cached_tokens"],
            reasoning_tokens=usage["output_tokens_details"]["reasoning_tokens"],
        )

    @strawberry.field(description="Why an incomplete one stopped: `max_output_tokens`, `cancelled` …")
    def incomplete_reason(self) -> str | None:
        return (self.raw.get("incomplete_details") or {}).get("reason")

    @strawberry.field(description="Null unless it has failed.")
    def error(self) -> ResponseError | None:
        error = self.raw.get("error")
        return None if error is None else ResponseError(code=error["code"], message=error["message"])

    @strawberry.field(description="Whether it is kept once it has ended.")
    def stored(self) -> bool:
        return bool(self.raw.get("store"))

    @strawberry.field
    def metadata(self) -> JSON:
        return JSON(self.raw.get("metadata") or {})

    @strawberry.field(description="The response as it is at the other doors.")
    def json(self) -> JSON:
        return JSON(self.raw)


def response(raw: Json) -> Response:
    return Response(id=strawberry.ID(raw["id"]), raw=raw)


async def find_response(info: Info, response_id: str) -> Response | None:
    """None if there is none that this user may see."""
    known = await info.context.loaders.responses.load(response_id)
    return None if known is None else response(known.response)


def time(seconds: float) -> datetime:
    """A Unix time."""
    return datetime.fromtimestamp(seconds, UTC)

"""Items: what a response was given and what it said, as Open Responses has them."""
from collections.abc import Iterable

import strawberry
from strawberry.scalars import JSON

from server.graphql.ports import Json


@strawberry.type(description="A piece of a message or of reasoning.")
class ContentPart:
    raw: strawberry.Private[Json]

    @strawberry.field(description="`input_text`, `output_text`, `refusal`, `reasoning_text`, `input_image` …")
    def type(self) -> str:
        return str(self.raw.get("type", ""))

    @strawberry.field(description="Its words; empty where it has none.")
    def text(self) -> str:
        return str(self.raw.get("text") or self.raw.get("refusal") or "")

    @strawberry.field(description="The part as it is at the other doors.")
    def json(self) -> JSON:
        return JSON(self.raw)


@strawberry.interface(description="A unit of context.")
class Item:
    raw: strawberry.Private[Json]

    @strawberry.field(description="Unique in its conversation; null where none was given.")
    def id(self) -> strawberry.ID | None:
        return strawberry.ID(self.raw["id"]) if self.raw.get("id") else None

    @strawberry.field(description="`message`, `function_call`, `function_call_output`, `reasoning` …")
    def type(self) -> str:
        return str(self.raw["type"])

    @strawberry.field(description="`in_progress`, `completed` or `incomplete`, where the item has one.")
    def status(self) -> str | None:
        return self.raw.get("status")

    @strawberry.field(description="The item as it is at the other doors.")
    def json(self) -> JSON:
        return JSON(self.raw)


@strawberry.type
class Worded(Item):
    """Of words; no type of the schema by itself."""

    @strawberry.field
    def content(self) -> list[ContentPart]:
        return parts(self.raw)

    @strawberry.field(description="The words of all its parts.")
    def text(self) -> str:
        return text_of(self.raw)


@strawberry.type(description="What somebody says.")
class Message(Worded):
    @strawberry.field(description="`user`, `assistant`, `system` or `developer`.")
    def role(self) -> str:
        return str(self.raw["role"])


@strawberry.type(description="What the model thought before it spoke.")
class Reasoning(Worded):
    pass


@strawberry.type(description="The model asks for a function to be called.")
class FunctionCall(Item):
    @strawberry.field(description="What its output refers to.")
    def call_id(self) -> str:
        return str(self.raw["call_id"])

    @strawberry.field
    def name(self) -> str:
        return str(self.raw["name"])

    @strawberry.field(description="JSON, as the model wrote it.")
    def arguments(self) -> str:
        return str(self.raw["arguments"])


@strawberry.type(description="What a function has returned.")
class FunctionCallOutput(Item):
    @strawberry.field(description="The call that it answers.")
    def call_id(self) -> str:
        return str(self.raw["call_id"])

    @strawberry.field(description="A string, or a list of content parts.")
    def output(self) -> JSON:
        return JSON(self.raw["output"])


@strawberry.type(description="An item of a kind that this schema has no type for: see `json`.")
class OtherItem(Item):
    pass


KINDS: dict[str, type[Item]] = {
    "message": Message,
    "reasoning": Reasoning,
    "function_call": FunctionCall,
    "function_call_output": FunctionCallOutput,
}


def item(raw: Json) -> Item:
    """An item of the type that it is."""
    return KINDS.get(raw["type"], OtherItem)(raw=raw)


def items(raw: Iterable[Json]) -> list[Item]:
    return [item(one) for one in raw]


def parts(raw: Json) -> list[ContentPart]:
    """An item's content; a string is one part."""
    content = raw.get("content") or []
    if isinstance(content, str):
        kind = "output_text" if raw.get("role") == "assistant" else "input_text"
        content = [{"type": kind, "text": content}]
    return [ContentPart(raw=part) for part in content]


def text_of(raw: Json) -> str:
    """The words of an item's parts."""
    content = raw.get("content") or []
    if isinstance(content, str):
        return content
    return "".join(str(part.get("text") or part.get("refusal") or "") for part in content)

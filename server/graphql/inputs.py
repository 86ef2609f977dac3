"""What mutations take, and the bodies of Open Responses that they become."""
from dataclasses import replace

import strawberry
from strawberry.scalars import JSON

from server.common.errors import BadRequest, Code
from server.graphql.ports import Json


@strawberry.input(description="A response to make. `options` takes what has no field here.")
class CreateResponse:
    text: str | None = strawberry.field(default=None, description="What to answer: this or `items`.")
    items: list[JSON] | None = strawberry.field(default=None, description="Input items, as `input` of Open Responses.")
    model: str | None = strawberry.field(default=None, description="Left out: the default one.")
    instructions: str | None = None
    previous_response_id: strawberry.ID | None = strawberry.field(default=None, description="The one to go on from.")
    conversation: strawberry.ID | None = strawberry.field(default=None, description="The one that it is part of.")
    parent: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="The turn of the conversation to follow; null for none, left out for the end of the active branch.")
    store: bool | None = strawberry.field(default=None, description="Whether to keep it once it has ended.")
    max_output_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    metadata: JSON | None = None
    idempotency_key: str | None = strawberry.field(
        default=None, description="Sent again within a day, it gives the first response and makes no other.")
    options: JSON | None = strawberry.field(
        default=None, description="Any other fields of the body of `POST /v1/responses`, as they are there.")

    def body(self) -> Json:
        """As `POST /v1/responses` takes it. Raises BadRequest for a field that is said twice."""
        named = {
            "input": self._input(),
            "model": self.model,
            "instructions": self.instructions,
            "previous_response_id": self.previous_response_id,
            "conversation": self._place(),
            "store": self.store,
            "max_output_tokens": self.max_output_tokens,
            "temperature": self.temperature,
            "top_p": self.top_p,
            "metadata": self.metadata,
            "idempotency_key": self.idempotency_key,
        }
        given = {name: value for name, value in named.items() if value is not None}
        options = _options(self.options)
        if twice := given.keys() & options.keys():
            name = min(twice)
            raise BadRequest(Code.INVALID_VALUE, f"`{name}` is given as a field and in `options`; say it once.", name)
        return {**given, **options}

    def beside(self, conversation_id: str, parent_id: str | None) -> "CreateResponse":
        """The same, behind that turn. Raises BadRequest if it says that it goes elsewhere."""
        elsewhere = self.conversation or self.previous_response_id
        if elsewhere is not None or self.parent is not strawberry.UNSET:
            raise BadRequest(
                Code.INVALID_VALUE, "`input` must not say what it follows: it becomes the sibling of `turn`.", "input")
        parent = None if parent_id is None else strawberry.ID(parent_id)
        return replace(self, conversation=strawberry.ID(conversation_id), parent=parent)

    def _place(self) -> Json | None:
        if self.parent is strawberry.UNSET:
            return None if self.conversation is None else {"id": self.conversation}
        if self.conversation is None:
            raise BadRequest(
                Code.MISSING_REQUIRED_PARAMETER, "`conversation` is required with `parent`.", "conversation")
        return {"id": self.conversation, "parley:parent_id": self.parent}

    def _input(self) -> object:
        if self.text is not None and self.items is not None:
            raise BadRequest(Code.INVALID_VALUE, "`text` and `items` exclude each other; give one of them.", "items")
        return self.text if self.items is None else self.items


def _options(value: object) -> Json:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadRequest(Code.INVALID_TYPE, "`options` should be an object.", "options")
    if value.get("stream"):
        raise BadRequest(
            Code.UNSUPPORTED_PARAMETER,
            "`stream` means nothing here: follow the response with the subscription `response`.", "options.stream")
    return value


@strawberry.input(description="A conversation to begin.")
class CreateConversation:
    title: str | None = strawberry.field(default=None, description="Left out: it is made from what is said first.")
    items: list[JSON] | None = strawberry.field(default=None, description="What is said in it already.")
    metadata: JSON | None = None

    def body(self) -> Json:
        """As `POST /v1/conversations` takes it."""
        named = {"parley:title": self.title, "items": self.items, "metadata": self.metadata}
        return {name: value for name, value in named.items() if value is not None}

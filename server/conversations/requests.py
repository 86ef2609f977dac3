"""The bodies that `/v1/conversations` is asked with. What OpenAI's API does not name is prefixed `parley:`."""
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationError

from server.common.errors import Code
from server.common.validation import Strict, bad_request, flaw
from server.conversations.mappers import plain

MAX_METADATA_PAIRS = 16
MAX_IMPORTED_TURNS = 10_000
LATEST = 253_402_300_799  # the end of the year 9999, in Unix seconds

M = TypeVar("M", bound=BaseModel)


def _few_pairs(value: Any) -> Any:
    if isinstance(value, dict) and len(value) > MAX_METADATA_PAIRS:
        raise flaw(Code.INVALID_VALUE, f"should have at most {MAX_METADATA_PAIRS} pairs; it has {len(value):,}")
    return value


def _one_line(value: str) -> str:
    line = " ".join(plain(value).split())
    if not line:
        raise flaw(Code.INVALID_VALUE, "should say something")
    return line


Id = Annotated[str, Field(min_length=1, max_length=128)]
Title = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_one_line)]
MetadataKey = Annotated[str, Field(max_length=64)]
MetadataValue = Annotated[str, Field(max_length=512)]
Metadata = Annotated[dict[MetadataKey, MetadataValue], BeforeValidator(_few_pairs)]
Moment = Annotated[float, Field(ge=0, le=LATEST)]


class ConversationCreate(Strict):
    """A conversation to begin. `items` are checked as those of a response's input are."""

    items: list[Any] | None = None
    metadata: Metadata | None = None
    title: Title | None = Field(None, alias="parley:title")


class ConversationUpdate(Strict):
    """What to change; what is left out stays. `metadata` takes the place of what was there."""

    metadata: Metadata | None = None
    title: Title | None = Field(None, alias="parley:title")
    pinned: bool | None = Field(None, alias="parley:pinned")
    archived: bool | None = Field(None, alias="parley:archived")


class ItemsCreate(Strict):
    """Items to put at the end of the active branch."""

    items: list[Any]


class BranchChoose(Strict):
    """The turn through which the active branch shall go."""

    turn_id: Id


class ShareCreate(Strict):
    """The turn up to which is shared; without it all of the active branch that has ended."""

    turn_id: Id | None = None


class TurnImport(Strict):
    """A turn as an export has it."""

    id: Id
    parent_id: Id | None = None
    response_id: Id | None = None
    status: Literal["in_progress", "completed", "incomplete", "failed"]
    model: Annotated[str, Field(max_length=256)] = ""
    created_at: Moment
    items: list[Any]


class ConversationImport(Strict):
    """A conversation as an export has it. It gets an id of its own, and so do its turns and items."""

    object: Literal["parley:conversation.export"]
    version: Literal[1]
    id: Id | None = None
    title: Annotated[str, Field(max_length=200)] = ""
    metadata: Metadata | None = None
    created_at: Moment
    updated_at: Moment
    pinned: bool = False
    archived: bool = False
    active_turn_id: Id | None = None
    turns: Annotated[list[TurnImport], Field(max_length=MAX_IMPORTED_TURNS, fail_fast=True)]


def parse(model: type[M], body: dict[str, Any]) -> M:
    """Raises BadRequest."""
    try:
        return model.model_validate(body)
    except ValidationError as error:
        raise bad_request(error) from None

"""Where a response is to stand: in which conversation, and behind which turn of it."""
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field

from server.common.errors import Code
from server.common.validation import Strict, flaw, shown

if TYPE_CHECKING:
    from server.responses.schemas import ResponseCreate

FIRST = ""  # behind no turn at all
Id = Annotated[str, Field(min_length=1, max_length=128)]


class ConversationRef(Strict):
    """`parley:parent_id` names the turn to follow: null for none, left out for the end of the active branch."""

    id: Id
    parent_id: Id | None = Field(None, alias="parley:parent_id")


def _with_id(value: Any) -> Any:
    if value is None or isinstance(value, dict):
        return value
    if isinstance(value, str):
        return {"id": value}
    raise flaw(Code.INVALID_TYPE, f"should be a string or an object with an id; it is {shown(value)}")


Conversation = Annotated[
    ConversationRef | None, BeforeValidator(_with_id, json_schema_input_type=str | ConversationRef | None)]


def check_place(create: "ResponseCreate") -> None:
    """For a validator: what says where it stands must not contradict itself."""
    if create.conversation is None:
        return
    if create.store is False:
        raise flaw(Code.INVALID_VALUE, "cannot be false in a conversation, which keeps what is said", "store")
    if create.previous_response_id is not None and "parent_id" in create.conversation.model_fields_set:
        raise flaw(
            Code.INVALID_VALUE, "and `previous_response_id` both say what to follow; send one of them",
            "conversation.parley:parent_id")


def parent_of(create: "ResponseCreate") -> str | None:
    """The turn to follow in the conversation: its id, FIRST, or None for the end of the active branch."""
    if create.previous_response_id is not None:
        return create.previous_response_id
    ref = create.conversation
    return (ref.parent_id or FIRST) if ref is not None and "parent_id" in ref.model_fields_set else None

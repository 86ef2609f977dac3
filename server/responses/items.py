"""The input items that a client may send, and what is refused of those that the protocol knows."""
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag

from server.common.errors import Code
from server.common.validation import Strict, flaw, tag_of
from server.responses.content import InputContent, OutputContent, RefusedText, Text, text_kind
from server.responses.opaque import unseal
from server.responses.tools import FunctionName

Id = Annotated[str, Field(min_length=1, max_length=128)]
CallId = Annotated[str, Field(min_length=1, max_length=64)]
Status = Literal["in_progress", "completed", "incomplete"]

OTHER_ITEMS = {
    "file_search_call", "web_search_call", "computer_call", "computer_call_output", "image_generation_call",
    "code_interpreter_call", "local_shell_call", "local_shell_call_output", "mcp_call", "mcp_list_tools",
    "mcp_approval_request", "mcp_approval_response", "custom_tool_call", "custom_tool_call_output", "shell_call",
    "shell_call_output", "apply_patch_call", "apply_patch_call_output",
}
INPUT_TYPES = ("message", "function_call", "function_call_output", "reasoning", "compaction", "item_reference")


def _refuse_item(value: Any) -> Any:
    kind = tag_of(value)
    if isinstance(kind, str) and kind in OTHER_ITEMS:
        raise flaw(Code.UNSUPPORTED_PARAMETER, f"{kind!r} is not supported; there are no tools of ours", "type")
    raise flaw(Code.INVALID_VALUE, f"should be one of {', '.join(INPUT_TYPES)}", "type")


def _item_kind(value: Any) -> str:
    """Which model an input item is validated by. Messages (OpenAI's short form) and references need no `type`."""
    if not isinstance(value, dict):
        return "<other>"
    kind = value.get("type") or ("message" if "role" in value else "item_reference" if "id" in value else None)
    if kind == "message":
        return "<output>" if value.get("role") == "assistant" else "<input>"
    return f"<{kind}>" if kind in INPUT_TYPES else "<other>"


def _ours(content: str) -> str:
    """The text in it."""
    try:
        return unseal(content)
    except ValueError:
        raise flaw(Code.INVALID_VALUE, "was not made by this server, which can read its own only") from None


Sealed = Annotated[Text, AfterValidator(_ours)]


class InputMessage(Strict):
    """What a user, the system or the developer says."""

    type: Literal["message"] = "message"
    role: Literal["user", "system", "developer"]
    content: InputContent
    id: Id | None = None
    status: Status | None = None
    phase: None = None


class OutputMessage(Strict):
    """What the model said, sent back as context."""

    type: Literal["message"] = "message"
    role: Literal["assistant"]
    content: OutputContent
    id: Id | None = None
    status: Status | None = None
    phase: Literal["commentary", "final_answer"] | None = None


class FunctionCall(Strict):
    type: Literal["function_call"]
    call_id: CallId
    name: FunctionName
    arguments: Text
    id: Id | None = None
    status: Status | None = None
    namespace: None = None
    caller: None = None
    async_: None = Field(None, alias="async")


class FunctionCallOutput(Strict):
    type: Literal["function_call_output"]
    call_id: CallId
    output: InputContent
    id: Id | None = None
    status: Status | None = None
    caller: None = None


class SummaryText(Strict):
    type: Literal["summary_text"]
    text: Text


class ReasoningText(Strict):
    type: Literal["reasoning_text"]
    text: Text


class ReasoningItem(Strict):
    """What the model thought earlier. `encrypted_content` is read where the thoughts themselves did not come along."""

    type: Literal["reasoning"]
    summary: list[SummaryText]
    content: list[ReasoningText] | None = None
    encrypted_content: Sealed | None = None
    id: Id | None = None
    status: Status | None = None


class CompactionItem(Strict):
    """What `/v1/responses/compact` has made of a conversation: `encrypted_content` becomes the summary in it."""

    type: Literal["compaction"]
    encrypted_content: Sealed
    id: Id | None = None
    created_by: str | None = None


class ItemReference(Strict):
    """An item that the server knows by its id: of this chain, or of a stored response."""

    type: Literal["item_reference"] | None = None
    id: Id


AnyItem = (
    InputMessage | OutputMessage | FunctionCall | FunctionCallOutput | ReasoningItem | CompactionItem | ItemReference)
InputItem = Annotated[
    Annotated[InputMessage, Tag("<input>")]
    | Annotated[OutputMessage, Tag("<output>")]
    | Annotated[FunctionCall, Tag("<function_call>")]
    | Annotated[FunctionCallOutput, Tag("<function_call_output>")]
    | Annotated[ReasoningItem, Tag("<reasoning>")]
    | Annotated[CompactionItem, Tag("<compaction>")]
    | Annotated[ItemReference, Tag("<item_reference>")]
    | Annotated[Any, BeforeValidator(_refuse_item), Tag("<other>")],
    Discriminator(_item_kind),
]
Input = Annotated[
    Annotated[Text, Tag("<text>")] | Annotated[list[InputItem], Field(fail_fast=True), Tag("<parts>")] | RefusedText,
    Discriminator(text_kind),
]

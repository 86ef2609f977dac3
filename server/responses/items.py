"""The input items that a client may send, and what is refused of those that the protocol knows."""
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from server.common.errors import Code
from server.common.validation import Strict, flaw

MAX_TEXT_CHARACTERS = 10_485_760  # Open Responses, `maxLength` of texts
Id = Annotated[str, Field(min_length=1, max_length=128)]
CallId = Annotated[str, Field(min_length=1, max_length=64)]
Text = Annotated[str, Field(max_length=MAX_TEXT_CHARACTERS)]
Status = Literal["in_progress", "completed", "incomplete"]

INPUT_PARTS = ("input_text",)
OUTPUT_PARTS = ("output_text", "refusal")
MEDIA_PARTS = {"input_image", "input_file", "input_audio", "input_video"}
OTHER_ITEMS = {
    "item_reference", "compaction", "file_search_call", "web_search_call", "computer_call", "computer_call_output",
    "image_generation_call", "code_interpreter_call", "local_shell_call", "local_shell_call_output", "mcp_call",
    "mcp_list_tools", "mcp_approval_request", "mcp_approval_response", "custom_tool_call", "custom_tool_call_output",
}
INPUT_TYPES = ("message", "function_call", "function_call_output", "reasoning")


def _refuse_part(value: Any) -> Any:
    if not isinstance(value, dict):
        raise flaw(Code.INVALID_TYPE, "should be an object")
    kind = value.get("type")
    if kind is None:
        raise flaw(Code.MISSING_REQUIRED_PARAMETER, "is required", "type")
    if isinstance(kind, str) and kind in MEDIA_PARTS:
        raise flaw(Code.UNSUPPORTED_PARAMETER, f"{kind!r} is not supported: these models read text only", "type")
    raise flaw(Code.INVALID_VALUE, "is not a known kind of content", "type")


def _refuse_item(value: Any) -> Any:
    if not isinstance(value, dict):
        raise flaw(Code.INVALID_TYPE, "should be an object")
    kind = value.get("type")
    if isinstance(kind, str) and kind in OTHER_ITEMS:
        raise flaw(Code.UNSUPPORTED_PARAMETER, f"{kind!r} is not supported; send the item itself", "type")
    if kind is None and "id" in value:  # `type` may be left out of an item reference
        raise flaw(Code.UNSUPPORTED_PARAMETER, "is an item reference, which is not supported; send the item itself")
    if kind is None:
        raise flaw(Code.MISSING_REQUIRED_PARAMETER, "is required", "type")
    raise flaw(Code.INVALID_VALUE, f"should be one of {', '.join(INPUT_TYPES)}", "type")


def _refuse_text(value: Any) -> Any:
    raise flaw(Code.INVALID_TYPE, "should be a string or an array")


RefusedText = Annotated[Any, BeforeValidator(_refuse_text), Tag("<other>")]


def text_kind(value: Any) -> str:
    """Text is a string or a list of parts."""
    return "<text>" if isinstance(value, str) else "<parts>" if isinstance(value, list) else "<other>"


def _item_kind(value: Any) -> str:
    """Which model an input item is validated by. A message may leave `type` out, as OpenAI's short form does."""
    if not isinstance(value, dict):
        return "<other>"
    kind = value.get("type", "message" if "role" in value else None)
    if kind == "message":
        return "<output>" if value.get("role") == "assistant" else "<input>"
    return f"<{kind}>" if kind in INPUT_TYPES else "<other>"


class InputText(Strict):
    type: Literal["input_text"]
    text: Text


class OutputText(Strict):
    """What the model said earlier; what else came with it is accepted, and left out of the context."""

    type: Literal["output_text"]
    text: Text
    annotations: list[Any] | None = None
    logprobs: list[Any] | None = None


class Refusal(Strict):
    type: Literal["refusal"]
    refusal: Text


def _refuse_input_part(value: Any) -> Any:
    if isinstance(value, dict) and value.get("type") in OUTPUT_PARTS:
        raise flaw(Code.INVALID_VALUE, "is for the assistant's messages; here it is 'input_text'", "type")
    return _refuse_part(value)


def _refuse_output_part(value: Any) -> Any:
    if isinstance(value, dict) and value.get("type") in INPUT_PARTS:
        raise flaw(Code.INVALID_VALUE, "is not for the assistant's messages; here it is 'output_text'", "type")
    return _refuse_part(value)


def _part_kind(value: Any, known: tuple[str, ...]) -> str:
    kind = value.get("type") if isinstance(value, dict) else None
    return f"<{kind}>" if kind in known else "<other>"


InputPart = Annotated[
    Annotated[InputText, Tag("<input_text>")] | Annotated[Any, BeforeValidator(_refuse_input_part), Tag("<other>")],
    Discriminator(lambda value: _part_kind(value, INPUT_PARTS)),
]
OutputPart = Annotated[
    Annotated[OutputText, Tag("<output_text>")]
    | Annotated[Refusal, Tag("<refusal>")]
    | Annotated[Any, BeforeValidator(_refuse_output_part), Tag("<other>")],
    Discriminator(lambda value: _part_kind(value, OUTPUT_PARTS)),
]
InputContent = Annotated[
    Annotated[Text, Tag("<text>")] | Annotated[list[InputPart], Field(fail_fast=True), Tag("<parts>")] | RefusedText,
    Discriminator(text_kind),
]
OutputContent = Annotated[
    Annotated[Text, Tag("<text>")] | Annotated[list[OutputPart], Field(fail_fast=True), Tag("<parts>")] | RefusedText,
    Discriminator(text_kind),
]


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
    name: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-zA-Z0-9_-]+$")]
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
    """What the model thought earlier. Encrypted reasoning is another service's, and cannot be read here."""

    type: Literal["reasoning"]
    summary: list[SummaryText]
    content: list[ReasoningText] | None = None
    encrypted_content: None = None
    id: Id | None = None
    status: Status | None = None


InputItem = Annotated[
    Annotated[InputMessage, Tag("<input>")]
    | Annotated[OutputMessage, Tag("<output>")]
    | Annotated[FunctionCall, Tag("<function_call>")]
    | Annotated[FunctionCallOutput, Tag("<function_call_output>")]
    | Annotated[ReasoningItem, Tag("<reasoning>")]
    | Annotated[Any, BeforeValidator(_refuse_item), Tag("<other>")],
    Discriminator(_item_kind),
]
Input = Annotated[
    Annotated[Text, Tag("<text>")] | Annotated[list[InputItem], Field(fail_fast=True), Tag("<parts>")] | RefusedText,
    Discriminator(text_kind),
]

"""The messages that Chat Completions are asked with, and what is refused of those that the protocol knows."""
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from server.common.errors import Code
from server.common.validation import Strict, flaw, tag_of
from server.responses.content import MAX_TEXT_CHARACTERS, RefusedText, Text, text_kind
from server.responses.items import CallId
from server.responses.schemas import Unsupported
from server.responses.tools import FunctionName

ROLES = ("system", "developer", "user", "assistant", "tool")


class TextPart(Strict):
    type: Literal["text"]
    text: Text


class RefusalPart(Strict):
    type: Literal["refusal"]
    refusal: Text


class ImageAddress(Strict):
    """`url` may be a `data:` URL that holds the image itself."""

    url: Annotated[str, Field(min_length=1, max_length=2 * MAX_TEXT_CHARACTERS)]
    detail: Literal["auto", "low", "high"] | None = None


class ImagePart(Strict):
    type: Literal["image_url"]
    image_url: ImageAddress


def _refuse_part(value: Any) -> Any:
    kind = tag_of(value)
    if kind in ("input_audio", "file"):
        raise flaw(Code.UNSUPPORTED_PARAMETER, f"{kind!r} is not supported", "type")
    if kind in ("text", "image_url", "refusal"):
        raise flaw(Code.INVALID_VALUE, f"{kind!r} is not for messages of this role", "type")
    raise flaw(Code.INVALID_VALUE, "is not a known kind of content", "type")


def _part_kind(value: Any) -> str:
    kind = value.get("type") if isinstance(value, dict) else None
    return f"<{kind}>" if kind in ("text", "image_url", "refusal") else "<other>"


def _known_or_other(*known: str) -> Discriminator:
    tags = {f"<{kind}>" for kind in known}
    return Discriminator(lambda value: kind if (kind := _part_kind(value)) in tags else "<other>")


_Text = Annotated[TextPart, Tag("<text>")]
_Other = Annotated[Any, BeforeValidator(_refuse_part), Tag("<other>")]
PlainPart = Annotated[_Text | _Other, _known_or_other("text")]
UserPart = Annotated[
    _Text | Annotated[ImagePart, Tag("<image_url>")] | _Other, _known_or_other("text", "image_url")]
AssistantPart = Annotated[
    _Text | Annotated[RefusalPart, Tag("<refusal>")] | _Other, _known_or_other("text", "refusal")]

_Words = Annotated[Text, Tag("<text>")]
PlainContent = Annotated[
    _Words | Annotated[list[PlainPart], Field(fail_fast=True), Tag("<parts>")] | RefusedText, Discriminator(text_kind)]
UserContent = Annotated[
    _Words | Annotated[list[UserPart], Field(fail_fast=True), Tag("<parts>")] | RefusedText, Discriminator(text_kind)]
AssistantContent = Annotated[
    _Words | Annotated[list[AssistantPart], Field(fail_fast=True), Tag("<parts>")] | RefusedText,
    Discriminator(text_kind)]


class SystemMessage(Strict):
    role: Literal["system", "developer"]
    content: PlainContent
    name: Unsupported = None


class UserMessage(Strict):
    role: Literal["user"]
    content: UserContent
    name: Unsupported = None


class CalledFunction(Strict):
    name: FunctionName
    arguments: Text


class ToolCall(Strict):
    """A function that the model called earlier."""

    id: CallId
    type: Literal["function"]
    function: CalledFunction


class AssistantMessage(Strict):
    """What the model said earlier. `annotations` and `parsed`, which SDKs send back, repeat what `content` says."""

    role: Literal["assistant"]
    content: AssistantContent | None = None
    refusal: Text | None = None
    reasoning_content: Text | None = None
    tool_calls: Annotated[list[ToolCall], Field(max_length=128, fail_fast=True)] | None = None
    annotations: list[Any] | None = None
    parsed: Any = None
    audio: Unsupported = None
    function_call: Unsupported = None
    name: Unsupported = None

    @model_validator(mode="after")
    def _says_something(self) -> "AssistantMessage":
        if self.content is None and not self.tool_calls and not self.refusal:
            raise flaw(Code.MISSING_REQUIRED_PARAMETER, "is required where there are no `tool_calls`", "content")
        return self


class ToolMessage(Strict):
    """What a called function gave. Its `name` follows from the call, and may be repeated."""

    role: Literal["tool"]
    content: PlainContent
    tool_call_id: CallId
    name: FunctionName | None = None


def _refuse_message(value: Any) -> Any:
    role = tag_of(value, "role")
    if role == "function":
        raise flaw(Code.UNSUPPORTED_PARAMETER, "'function' is not supported; use 'tool' and `tool_call_id`", "role")
    raise flaw(Code.INVALID_VALUE, f"should be one of {', '.join(ROLES)}", "role")


def _message_kind(value: Any) -> str:
    role = value.get("role") if isinstance(value, dict) else None
    if role in ("system", "developer"):
        return "<system>"
    return f"<{role}>" if role in ("user", "assistant", "tool") else "<other>"


Message = Annotated[
    Annotated[SystemMessage, Tag("<system>")]
    | Annotated[UserMessage, Tag("<user>")]
    | Annotated[AssistantMessage, Tag("<assistant>")]
    | Annotated[ToolMessage, Tag("<tool>")]
    | Annotated[Any, BeforeValidator(_refuse_message), Tag("<other>")],
    Discriminator(_message_kind),
]


def check_calls(messages: list[Any]) -> None:
    """Each tool message answers a call that an assistant's message before it made."""
    called: dict[str, str] = {}
    for index, message in enumerate(messages):
        if message.role == "assistant":
            called |= {call.id: call.function.name for call in message.tool_calls or []}
        elif message.role == "tool":
            _check_answer(message, called, f"messages[{index}]")


def _check_answer(message: ToolMessage, called: dict[str, str], path: str) -> None:
    if message.tool_call_id not in called:
        raise flaw(Code.INVALID_VALUE, "is of no call in the assistant's messages before it", f"{path}.tool_call_id")
    if message.name not in (None, called[message.tool_call_id]):
        raise flaw(Code.INVALID_VALUE, f"should be {called[message.tool_call_id]!r}, as it was called", f"{path}.name")

"""The body of `POST /v1/chat/completions`: what is honoured, and what is refused.

Fields that a response has by the same name are the response's own: whatever holds for them there holds here.
"""
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, ValidationError, create_model, model_validator

from server.common.errors import Code
from server.common.validation import Strict, bad_request, flaw, shown
from server.completions.messages import Message, check_calls
from server.responses.schemas import INT64, FormatName, IdempotencyKey, ResponseCreate, Unsupported
from server.responses.tools import MAX_TOOLS, FunctionName

SHARED = (
    "model", "temperature", "top_p", "presence_penalty", "frequency_penalty", "stop", "seed", "n", "top_k", "min_p",
    "repetition_penalty", "metadata", "parallel_tool_calls", "service_tier", "safety_identifier",
    "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "user", "moderation",
)
MAX_MESSAGES = 10_000

_Shared = create_model(  # type: ignore[call-overload]
    "_Shared", __base__=Strict,
    **{name: (ResponseCreate.model_fields[name].annotation, ResponseCreate.model_fields[name]) for name in SHARED})


def _refuse_tool(value: Any) -> Any:
    kind = value.get("type") if isinstance(value, dict) else None
    if kind is None:
        raise flaw(Code.INVALID_VALUE, "should be an object with the `type` 'function'")
    raise flaw(Code.UNSUPPORTED_PARAMETER, f"can only be 'function'; it is {shown(kind)}", "type")


def _refuse_functions(value: Any) -> None:
    if value is not None:
        raise flaw(Code.UNSUPPORTED_PARAMETER, "is not supported; use `tools` and `tool_choice`")


def _text_only(value: Any) -> Any:
    if value not in (None, [], ["text"]):
        raise flaw(Code.UNSUPPORTED_PARAMETER, "can only be ['text'] here")
    return value


OldFunctions = Annotated[None, BeforeValidator(_refuse_functions)]
Modalities = Annotated[list[str] | None, BeforeValidator(_text_only)]


def _only_function(value: Any) -> str:
    return "<function>" if isinstance(value, dict) and value.get("type") == "function" else "<other>"


class Function(Strict):
    name: FunctionName
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None


class FunctionTool(Strict):
    type: Literal["function"]
    function: Function


class FunctionChoice(Strict):
    name: FunctionName


class ToolChoice(Strict):
    """One function that is to be called, or is among those that may be."""

    type: Literal["function"]
    function: FunctionChoice


class AllowedTools(Strict):
    mode: Literal["auto", "required"]
    tools: Annotated[list[ToolChoice], Field(min_length=1, max_length=MAX_TOOLS, fail_fast=True)]


class AllowedToolsChoice(Strict):
    type: Literal["allowed_tools"]
    allowed_tools: AllowedTools


def _refuse_choice(value: Any) -> Any:
    if isinstance(value, dict) and value.get("type") == "custom":
        raise flaw(Code.UNSUPPORTED_PARAMETER, "'custom' is not supported", "type")
    raise flaw(Code.INVALID_VALUE, "should be 'none', 'auto', 'required', a function or allowed tools")


def _choice_kind(value: Any) -> str:
    if isinstance(value, str):
        return "<word>"
    kind = value.get("type") if isinstance(value, dict) else None
    return f"<{kind}>" if kind in ("function", "allowed_tools") else "<other>"


Tool = Annotated[
    Annotated[FunctionTool, Tag("<function>")] | Annotated[Any, BeforeValidator(_refuse_tool), Tag("<other>")],
    Discriminator(_only_function),
]
AnyToolChoice = Annotated[
    Annotated[Literal["none", "auto", "required"], Tag("<word>")]
    | Annotated[ToolChoice, Tag("<function>")]
    | Annotated[AllowedToolsChoice, Tag("<allowed_tools>")]
    | Annotated[Any, BeforeValidator(_refuse_choice), Tag("<other>")],
    Discriminator(_choice_kind),
]


class JsonSchema(Strict):
    name: FormatName
    schema_: Annotated[dict[str, Any] | None, Field(alias="schema")] = None
    description: str | None = None
    strict: bool | None = None


class PlainFormat(Strict):
    type: Literal["text", "json_object"]


class JsonSchemaFormat(Strict):
    type: Literal["json_schema"]
    json_schema: JsonSchema


def _format_kind(value: Any) -> str:
    return "<json_schema>" if isinstance(value, dict) and value.get("type") == "json_schema" else "<text>"


ResponseFormat = Annotated[
    Annotated[PlainFormat, Tag("<text>")] | Annotated[JsonSchemaFormat, Tag("<json_schema>")],
    Discriminator(_format_kind),
]


def _declined(value: Any) -> Any:
    if value is True:
        raise flaw(Code.UNSUPPORTED_PARAMETER, "can only be false here: chunks are never padded")
    return value


class StreamOptions(Strict):
    """`include_usage`: one more chunk, before the end, says how many tokens there were."""

    include_usage: bool | None = None
    include_obfuscation: Annotated[bool | None, BeforeValidator(_declined)] = None


Count = Annotated[int, Field(ge=1, le=INT64)]


class CompletionCreate(_Shared):
    """One completion to make, with the fields that a response calls otherwise or has not."""

    messages: Annotated[list[Message], Field(max_length=MAX_MESSAGES, fail_fast=True)]
    store: bool | None = None
    stream: bool | None = None
    idempotency_key: IdempotencyKey | None = None
    min_tokens: Annotated[int, Field(ge=0, le=INT64)] | None = None
    max_tokens: Count | None = None
    max_completion_tokens: Count | None = None
    logprobs: bool | None = None
    top_logprobs: Annotated[int, Field(ge=0, le=20)] | None = None
    tools: Annotated[list[Tool], Field(max_length=MAX_TOOLS, fail_fast=True)] | None = None
    tool_choice: AnyToolChoice | None = None
    response_format: ResponseFormat | None = None
    stream_options: StreamOptions | None = None
    reasoning_effort: str | None = None
    verbosity: str | None = None
    modalities: Modalities = None
    functions: OldFunctions = None
    function_call: OldFunctions = None
    logit_bias: Unsupported = None
    prediction: Unsupported = None
    audio: Unsupported = None
    web_search_options: Unsupported = None

    @model_validator(mode="after")
    def _makes_sense(self) -> "CompletionCreate":
        if not self.messages:
            raise flaw(Code.EMPTY_INPUT, "is empty; send the messages to answer", "messages")
        check_calls(self.messages)
        if None not in (self.max_tokens, self.max_completion_tokens) and self.max_tokens != self.max_completion_tokens:
            raise flaw(Code.INVALID_VALUE, "is not `max_completion_tokens`, which means the same", "max_tokens")
        if self.min_tokens and self.limit and self.min_tokens > self.limit:
            raise flaw(Code.INVALID_VALUE, "is more than `max_completion_tokens`", "min_tokens")
        if self.top_logprobs is not None and not self.logprobs:
            raise flaw(Code.INVALID_VALUE, "needs `logprobs`: true", "top_logprobs")
        if self.stream_options is not None and not self.stream:
            raise flaw(Code.INVALID_VALUE, "needs `stream`: true", "stream_options")
        if self.tool_choice not in (None, "none", "auto") and not self.tools:
            raise flaw(Code.INVALID_VALUE, "needs `tools` to choose from", "tool_choice")
        return self

    @property
    def limit(self) -> int | None:
        """How many tokens may be made."""
        return self.max_tokens if self.max_completion_tokens is None else self.max_completion_tokens


def parse_completion(body: dict[str, Any]) -> CompletionCreate:
    """Validate a decoded body. Raises BadRequest."""
    try:
        return CompletionCreate.model_validate(body)
    except ValidationError as error:
        raise bad_request(error) from None



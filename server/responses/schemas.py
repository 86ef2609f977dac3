"""The body of `POST /v1/responses` and of a WebSocket's `response.create`: what is honoured, and what is refused.

Every field of Open Responses' CreateResponseBody is known, and those of OpenAI's SDKs. Nothing is ignored in silence:
what cannot be honoured yet is `unsupported_parameter`, and null always means "not given".
"""
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, ValidationError, model_validator

from server.common.errors import BadRequest, Code
from server.common.validation import Strict, bad_request, flaw, shown
from server.responses.content import text_kind
from server.responses.items import Input
from server.responses.json_schema import JsonSchema
from server.responses.place import Conversation, check_place
from server.responses.tools import FunctionName, ToolChoice, Tools, check_tools

MAX_METADATA_PAIRS = 16
INT64 = 2**63 - 1
IdempotencyKey = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[\x21-\x7e]+$")]
FormatName = FunctionName  # the same characters, and as many
HOSTED_INCLUDES = {
    "code_interpreter_call.outputs", "computer_call_output.output.image_url", "file_search_call.results",
    "message.input_image.image_url", "web_search_call.action.sources", "web_search_call.results",
}


def _unsupported(value: Any) -> None:
    """For fields that are known to the field's protocols and not honoured here."""
    if value is not None and value != [] and value != {}:
        raise flaw(Code.UNSUPPORTED_PARAMETER, "is not supported")


Unsupported = Annotated[None, BeforeValidator(_unsupported)]


def _only(honoured: Any) -> AfterValidator:
    """Of the values that the protocol knows, only this one is honoured."""

    def check(value: Any) -> Any:
        if value is None or value == honoured:
            return value
        raise flaw(Code.UNSUPPORTED_PARAMETER, f"can only be {shown(honoured)} here; it is {shown(value)}")

    return AfterValidator(check)


def _not_hosted(value: Any) -> Any:
    if isinstance(value, str) and value in HOSTED_INCLUDES:
        raise flaw(Code.UNSUPPORTED_PARAMETER, f"{value!r} is not supported; there are no tools of ours")
    return value


def _few_pairs(value: Any) -> Any:
    if isinstance(value, dict) and len(value) > MAX_METADATA_PAIRS:
        raise flaw(Code.INVALID_VALUE, f"should have at most {MAX_METADATA_PAIRS} pairs; it has {len(value):,}")
    return value


def _refuse_stop(value: Any) -> Any:
    raise flaw(Code.INVALID_TYPE, f"should be a string or an array of strings; it is {shown(value)}")


class TextFormat(Strict):
    type: Literal["text", "json_object"]


class JsonSchemaFormat(Strict):
    type: Literal["json_schema"]
    name: FormatName
    schema_: Annotated[JsonSchema, Field(alias="schema")]
    description: Annotated[str, Field(max_length=4096)] | None = None
    strict: bool | None = None


def _format_kind(value: Any) -> str:
    kind = value.get("type") if isinstance(value, dict) else None
    return "<json_schema>" if kind == "json_schema" else "<text>"


class TextOptions(Strict):
    """How the text is to look. `verbosity` is told to the model in words."""

    format: (
        Annotated[
            Annotated[TextFormat, Tag("<text>")] | Annotated[JsonSchemaFormat, Tag("<json_schema>")],
            Discriminator(_format_kind),
        ]
        | None
    ) = None
    verbosity: Literal["low", "medium", "high"] | None = None


class StreamOptions(Strict):
    """Frames are never padded, so obfuscation can only be declined."""

    include_obfuscation: Annotated[bool | None, _only(False)] = None


class ReasoningOptions(Strict):
    """How much a model thinks. It shows its thoughts and makes no summary of them, which `auto` leaves to it."""

    effort: Literal["none", "minimal", "low", "medium", "high", "xhigh"] | None = None
    summary: Annotated[Literal["auto", "concise", "detailed"] | None, _only("auto")] = None
    generate_summary: Annotated[Literal["auto", "concise", "detailed"] | None, _only("auto")] = None


MetadataKey = Annotated[str, Field(max_length=64)]
MetadataValue = Annotated[str, Field(max_length=512)]
StopString = Annotated[str, Field(min_length=1, max_length=256)]
Share = Annotated[float, Field(ge=0, le=1)]
Penalty = Annotated[float, Field(ge=-2, le=2)]
Stop = Annotated[
    Annotated[StopString, Tag("<text>")]
    | Annotated[list[StopString], Field(max_length=16, fail_fast=True), Tag("<parts>")]
    | Annotated[Any, BeforeValidator(_refuse_stop), Tag("<other>")],
    Discriminator(text_kind),
]
IncludeValue = Annotated[
    Literal["message.output_text.logprobs", "reasoning.encrypted_content"], BeforeValidator(_not_hosted)]


class Sampling(Strict):
    """How tokens are chosen; None means the model's own default. The last seven are beyond the protocol."""

    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Share | None = None
    presence_penalty: Penalty | None = None
    frequency_penalty: Penalty | None = None
    max_output_tokens: Annotated[int, Field(ge=16, le=INT64)] | None = None
    top_logprobs: Annotated[int, Field(ge=0, le=20)] | None = None
    stop: Stop | None = None
    seed: Annotated[int, Field(ge=0, le=INT64)] | None = None
    top_k: Annotated[int, Field(ge=0, le=1_000_000)] | None = None  # 0: all of them
    min_p: Share | None = None
    repetition_penalty: Annotated[float, Field(gt=0, le=2)] | None = None
    min_tokens: Annotated[int, Field(ge=0, le=INT64)] | None = None
    n: Annotated[Annotated[int, Field(ge=1)] | None, _only(1)] = None


class ResponseCreate(Sampling):
    """One response to make."""

    model: Annotated[str, Field(min_length=1, max_length=256)] | None = None
    input: Input | None = None
    instructions: str | None = None
    previous_response_id: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    store: bool | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    text: TextOptions | None = None
    include: Annotated[list[IncludeValue], Field(max_length=16, fail_fast=True)] | None = None
    metadata: Annotated[dict[MetadataKey, MetadataValue] | None, BeforeValidator(_few_pairs)] = None
    tools: Tools | None = None
    tool_choice: ToolChoice | None = None
    parallel_tool_calls: bool | None = None
    max_tool_calls: Annotated[int, Field(ge=1, le=INT64)] | None = None
    reasoning: ReasoningOptions | None = None
    truncation: Literal["auto", "disabled"] | None = None
    background: bool | None = None
    service_tier: Literal["auto", "default", "flex", "priority"] | None = None
    safety_identifier: Annotated[str, Field(max_length=64)] | None = None
    prompt_cache_key: Annotated[str, Field(max_length=64)] | None = None
    user: Annotated[str, Field(max_length=256)] | None = None
    idempotency_key: IdempotencyKey | None = None
    generate: Annotated[bool | None, _only(True)] = None
    conversation: Conversation = None
    prompt: Unsupported = None
    prompt_cache_options: Unsupported = None
    prompt_cache_retention: Unsupported = None
    context_management: Unsupported = None
    moderation: Unsupported = None
    image: Unsupported = None
    access_programs: Unsupported = None
    background_options: Unsupported = None

    @model_validator(mode="after")
    def _makes_sense(self) -> "ResponseCreate":
        check_input(self.input)
        check_place(self)
        if self.min_tokens and self.max_output_tokens and self.min_tokens > self.max_output_tokens:
            raise flaw(Code.INVALID_VALUE, "is more than `max_output_tokens`", "min_tokens")
        if self.background and self.store is False:
            raise flaw(Code.INVALID_VALUE, "needs `store`: nobody could read the response later", "background")
        check_tools(self.tools, self.tool_choice)
        return self


def check_input(value: Any) -> None:
    """There must be something to answer: at least one character, or a function's output."""
    if value is None:
        raise flaw(Code.MISSING_REQUIRED_PARAMETER, "is required", "input")
    if not value:
        raise flaw(Code.EMPTY_INPUT, "is empty; send the text to answer", "input")
    if isinstance(value, list) and not any(_says_something(item) for item in value):
        raise flaw(Code.EMPTY_INPUT, "holds no text to answer", "input")


def _says_something(item: Any) -> bool:
    if item.type != "message":
        return True
    if isinstance(item.content, str):
        return bool(item.content)
    return any(_part_says_something(part) for part in item.content)


def _part_says_something(part: Any) -> bool:
    if part.type == "input_image":
        return True
    return bool(part.refusal if part.type == "refusal" else part.text)


def parse_create(body: Any) -> ResponseCreate:
    """Validate a decoded body (of a WebSocket event: without what belongs to the event). Raises BadRequest."""
    if not isinstance(body, dict):
        raise BadRequest(Code.INVALID_TYPE, f"The body should be a JSON object; it is {shown(body)}.")
    try:
        return ResponseCreate.model_validate(body)
    except ValidationError as error:
        raise bad_request(error) from None


def parse_turn(body: Any) -> ResponseCreate:
    """The same of a socket's event, where nothing is made in the background (spec: WebSocketResponseCreateEvent)."""
    create = parse_create(body)
    if create.background:
        message = "`background` is for POST. On a socket leave it out: a stored response goes on without its socket."
        raise BadRequest(Code.UNSUPPORTED_PARAMETER, message, "background")
    return create

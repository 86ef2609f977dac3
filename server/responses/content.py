"""What an item's content may be: texts, images, and what is refused of the kinds that the protocol knows."""
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag

from server.common.errors import Code
from server.common.validation import Strict, flaw, tag_of

MAX_TEXT_CHARACTERS = 10_485_760  # Open Responses, `maxLength` of texts
Text = Annotated[str, Field(max_length=MAX_TEXT_CHARACTERS)]

INPUT_PARTS = ("input_text", "input_image")
OUTPUT_PARTS = ("output_text", "refusal")
OTHER_MEDIA = {"input_file", "input_audio", "input_video"}
IMAGE = re.compile(r"data:image/(png|jpeg|webp|gif);base64,[A-Za-z0-9+/]+={0,2}", re.ASCII)


def refuse_part(value: Any) -> Any:
    kind = tag_of(value)
    if isinstance(kind, str) and kind in OTHER_MEDIA:
        raise flaw(Code.UNSUPPORTED_PARAMETER, f"{kind!r} is not supported; send text, or images", "type")
    raise flaw(Code.INVALID_VALUE, "is not a known kind of content", "type")


def _refuse_input_part(value: Any) -> Any:
    if isinstance(value, dict) and value.get("type") in OUTPUT_PARTS:
        raise flaw(Code.INVALID_VALUE, "is for the assistant's messages; here it is 'input_text'", "type")
    return refuse_part(value)


def _refuse_output_part(value: Any) -> Any:
    if isinstance(value, dict) and value.get("type") in INPUT_PARTS:
        raise flaw(Code.INVALID_VALUE, "is not for the assistant's messages; here it is 'output_text'", "type")
    return refuse_part(value)


def _refuse_text(value: Any) -> Any:
    raise flaw(Code.INVALID_TYPE, "should be a string or an array")


def _no_file(value: Any) -> None:
    if value is not None:
        raise flaw(Code.UNSUPPORTED_PARAMETER, "is not supported; send the image itself as `image_url`, a data URL")


def _image(value: str) -> str:
    if value[:6].lower().startswith(("http:", "https:")):
        raise flaw(
            Code.UNSUPPORTED_PARAMETER,
            "can only be a data URL, as nothing is fetched from elsewhere: 'data:image/png;base64,…'")
    if IMAGE.fullmatch(value) is None:
        raise flaw(Code.INVALID_VALUE, "should be a PNG, JPEG, WebP or GIF as 'data:image/png;base64,…'")
    return value


RefusedText = Annotated[Any, BeforeValidator(_refuse_text), Tag("<other>")]


def text_kind(value: Any) -> str:
    """Text is a string or a list of parts."""
    return "<text>" if isinstance(value, str) else "<parts>" if isinstance(value, list) else "<other>"


def _part_kind(value: Any, known: tuple[str, ...]) -> str:
    kind = value.get("type") if isinstance(value, dict) else None
    return f"<{kind}>" if kind in known else "<other>"


class InputText(Strict):
    type: Literal["input_text"]
    text: Text


class InputImage(Strict):
    """An image for a model that sees, which scales it as it was trained to whatever `detail` says."""

    type: Literal["input_image"]
    image_url: Annotated[Text, AfterValidator(_image)]
    detail: Literal["low", "high", "auto"] | None = None
    file_id: Annotated[None, BeforeValidator(_no_file)] = None


class OutputText(Strict):
    """What the model said earlier; what else came with it is accepted, and left out of the context."""

    type: Literal["output_text"]
    text: Text
    annotations: list[Any] | None = None
    logprobs: list[Any] | None = None


class Refusal(Strict):
    type: Literal["refusal"]
    refusal: Text


InputPart = Annotated[
    Annotated[InputText, Tag("<input_text>")]
    | Annotated[InputImage, Tag("<input_image>")]
    | Annotated[Any, BeforeValidator(_refuse_input_part), Tag("<other>")],
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

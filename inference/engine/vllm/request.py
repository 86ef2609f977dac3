"""From a generation to what vLLM wants: a rendered prompt and sampling parameters. vLLM's errors become the port's."""
from dataclasses import dataclass
from typing import Any

from vllm.exceptions import VLLMClientError, VLLMValidationError
from vllm.renderers.params import ChatParams, TokenizeParams
from vllm.sampling_params import RequestOutputKind, SamplingParams, StructuredOutputsParams

from inference.engine.port import EngineRequestError, Generation


@dataclass(slots=True, frozen=True)
class Prepared:
    """What vLLM takes: the prompt as its renderer made it, and SamplingParams; `known` and `said` as in Generation."""

    prompt: Any
    parameters: Any
    known: list[int]
    said: int

    @property
    def input_tokens(self) -> int:
        return len(self.prompt["prompt_token_ids"])


_PASSED_ON = (
    "temperature",
    "top_p",
    "top_k",
    "min_p",
    "presence_penalty",
    "frequency_penalty",
    "repetition_penalty",
)
_INSTEAD_OF_MINUS_ONE = 2**62 + 1  # vLLM takes -1 for no seed at all
_TOO_LONG = frozenset({"input_text", "input_tokens"})  # how vLLM's renderer names what exceeds the context


async def render(renderer: Any, generation: Generation, context_tokens: int, *, thinks_unasked: bool = False) -> Any:
    """The chat template's tokens, made in the renderer's threads. Raises EngineRequestError.

    `thinks_unasked`: this model must be told where it is not to think.
    """
    if not generation.messages:
        raise EngineRequestError("invalid_prompt", "The prompt has no messages.", "input")
    template = _template_arguments(generation, thinks_unasked=thinks_unasked)
    lengths = TokenizeParams(max_total_tokens=context_tokens, add_special_tokens=False)
    try:
        _, (prompt,) = await renderer.render_chat_async(
            [generation.messages], ChatParams(chat_template_kwargs=template), lengths
        )
    except VLLMValidationError as error:
        if error.parameter in _TOO_LONG:
            raise too_long(context_tokens) from error
        raise EngineRequestError("invalid_prompt", _reason(error), "input") from error
    except Exception as error:  # templates and message parsers raise whatever they like: the request is to blame
        message = f"The chat template refuses the messages: {error}"
        raise EngineRequestError("invalid_prompt", message, "input") from error
    input_tokens = len(prompt["prompt_token_ids"])
    if input_tokens >= context_tokens:
        raise too_long(context_tokens, input_tokens)
    return prompt


def _template_arguments(generation: Generation, *, thinks_unasked: bool) -> dict[str, Any]:
    """Which thoughts are wanted is told to templates by names that many of them know; the others pass them over."""
    arguments: dict[str, Any] = {"add_generation_prompt": True}
    if generation.tools:
        arguments["tools"] = [_tool(tool) for tool in generation.tools]
    if thinks_unasked and not generation.thinks:
        arguments["enable_thinking"] = False
    if generation.thinks and generation.effort not in (None, "none"):
        arguments |= {"enable_thinking": True, "reasoning_effort": generation.effort}
    return arguments


def too_long(context_tokens: int, input_tokens: int | None = None) -> EngineRequestError:
    return EngineRequestError(
        "context_length_exceeded",
        f"The input is too long: this model's context holds {context_tokens} tokens, input and output together. "
        "Shorten the input.",
        "input",
        input_tokens=input_tokens,
    )


def sampling_parameters(
        generation: Generation, defaults: dict[str, Any], room: int, *, special_marks: bool = False) -> Any:
    """SamplingParams for a prompt that leaves `room` tokens. `defaults` are the model's (generation_config.json).

    `special_marks`: a parser must see special tokens, too.
    """
    sampling = generation.sampling
    chosen = {name: value for name in _PASSED_ON if (value := getattr(sampling, name)) is not None}
    asked = sampling.max_output_tokens or defaults.get("max_tokens") or room
    try:
        return SamplingParams(
            **{**defaults, **chosen, "max_tokens": min(asked, room)},
            seed=_INSTEAD_OF_MINUS_ONE if sampling.seed == -1 else sampling.seed,
            stop=list(sampling.stop),
            min_tokens=min(sampling.min_tokens, room),
            logprobs=sampling.top_logprobs if sampling.logprobs else None,
            structured_outputs=_structure(generation.text_format),
            output_kind=RequestOutputKind.DELTA,
            skip_special_tokens=not special_marks,
            skip_clone=True,  # made for this request alone
        )
    except (VLLMClientError, ValueError) as error:
        raise refused(error) from error


def refused(error: Exception, param: str | None = None) -> EngineRequestError:
    """What vLLM says against a request. `param` is the field that is to blame if the error names none."""
    return EngineRequestError("unsupported_parameter", _reason(error), getattr(error, "parameter", None) or param)


def _structure(text_format: dict[str, Any] | None) -> Any:
    kind = (text_format or {}).get("type", "text")
    if kind == "text":
        return None
    if kind == "json_object":
        return StructuredOutputsParams(json_object=True)
    if text_format and kind == "json_schema" and isinstance(text_format.get("schema"), dict):
        return StructuredOutputsParams(json=text_format["schema"])
    message = f"The format {kind!r} is not known, or lacks a schema."
    raise EngineRequestError("unsupported_parameter", message, "text.format")


def _tool(tool: dict[str, Any]) -> dict[str, Any]:
    """Templates know tools as Chat Completions shapes them."""
    if "function" in tool:
        return tool
    return {"type": "function", "function": {name: value for name, value in tool.items() if name != "type"}}


def _reason(error: Exception) -> str:
    return str(error.args[0]) if error.args else str(error)



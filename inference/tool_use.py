"""What a request's tools mean: which the model is shown, what a grammar forces, how the answer is taken apart. Pure."""
from dataclasses import dataclass, field
from typing import Any

from inference.engine.port import EngineRequestError
from inference.engine.traits import Traits
from inference.grammar import calls_or_answer, calls_schema, parameters_of
from inference.parsing.choice import tool_parser, with_thoughts
from inference.parsing.forced import CallArray, CallsOrText, OneCall
from inference.parsing.pieces import Parser
from relay.job import Request

Tool = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ToolUse:
    """`text_format` is what the engine is given: the request's own, or the calls' that are forced.

    `parser`: None where the whole answer is plain text. `most_calls` end the response.
    """

    tools: list[Tool] = field(default_factory=list)
    text_format: dict[str, Any] | None = None
    parser: Parser | None = None
    most_calls: int | None = None
    thinks: bool = False


PLAIN = ToolUse()


def tool_use(request: Request, traits: Traits) -> ToolUse:
    """Raises EngineRequestError (`unsupported_parameter`), which names the field."""
    thinks = _thinks(request.reasoning_effort, traits)
    if not request.tools and not thinks:
        return ToolUse(text_format=request.text_format)
    structured = _is_structured(request.text_format)
    tools, choice = _chosen(request)
    if not tools:
        return ToolUse(text_format=request.text_format, parser=_parser(None, traits, thinks and not structured),
                       thinks=thinks and not structured)
    most = 1 if not request.parallel_tool_calls else request.max_tool_calls
    if isinstance(choice, dict):
        return _named(request, tools, str(choice["name"]), traits)
    if choice == "required":
        _check_grammar(traits, "tool_choice")
        return ToolUse(tools, _format(calls_schema(tools, most)), CallArray(), most)
    if structured:
        _check_grammar(traits, "text.format")
        either = calls_or_answer(tools, most, request.text_format or {})
        return ToolUse(tools, _format(either), CallsOrText(), most)
    if not traits.tool_parser:
        raise EngineRequestError(
            "unsupported_parameter", "This model calls functions only where `tool_choice` is 'required' or names one; "
            "set it, or leave `tools` out.", "tools")
    parser = tool_parser(traits.tool_parser, {tool["name"] for tool in tools})
    return ToolUse(tools, None, _parser(parser, traits, thinks), most, thinks)


def _thinks(effort: str | None, traits: Traits) -> bool:
    """Whether thoughts may come: who cannot be told to leave them out has them anyway."""
    if not traits.reasoning_parser:
        return False
    if effort is None:
        return traits.thinks_unasked
    return effort != "none" or (traits.thinks_unasked and not traits.thoughts_can_be_left_out)


def _parser(rest: Parser | None, traits: Traits, thinks: bool) -> Parser | None:
    return with_thoughts(traits.reasoning_parser, rest, opened=traits.thought_opened) if thinks else rest


def _named(request: Request, tools: list[Tool], name: str, traits: Traits) -> ToolUse:
    _check_grammar(traits, "tool_choice")
    schema = next((parameters_of(tool) for tool in tools if tool.get("name") == name), None)
    if schema is None:
        raise EngineRequestError(
            "unsupported_parameter", f"`tool_choice` names {name!r}, which is not among the tools.", "tool_choice")
    return ToolUse(tools, _format(schema), OneCall(name), 1)


def _chosen(request: Request) -> tuple[list[Tool], Any]:
    """The tools that may be called, and how: auto, required, or a function's choice."""
    choice = request.tool_choice
    if choice in (None, "auto", "required"):
        return request.tools, choice or "auto"
    if choice == "none":
        return [], "auto"
    kind = choice.get("type") if isinstance(choice, dict) else None
    if kind == "function":
        return request.tools, choice
    if kind == "allowed_tools":
        names = {tool.get("name") for tool in choice.get("tools", [])}
        return [tool for tool in request.tools if tool.get("name") in names], choice.get("mode", "auto")
    raise EngineRequestError("unsupported_parameter", "There is no such `tool_choice`.", "tool_choice")


def _is_structured(text_format: dict[str, Any] | None) -> bool:
    return text_format is not None and text_format.get("type", "text") != "text"


def _format(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "json_schema", "name": "calls", "schema": schema}


def _check_grammar(traits: Traits, param: str) -> None:
    if not traits.structured_output:
        message = "This model's engine cannot force an answer's form; leave that to the model."
        raise EngineRequestError("unsupported_parameter", message, param)

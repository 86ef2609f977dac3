"""What a model can do beyond text, and how it writes it."""
from collections.abc import Container
from dataclasses import dataclass

from inference.engine.settings import AUTO, NONE, EngineSettings
from inference.parsing.choice import REASONING_PARSERS


@dataclass(frozen=True, slots=True)
class Traits:
    """`tool_parser` and `reasoning_parser` are names out of `parsing.choice`; empty where it has no such thing.

    `thinks_unasked`: else thoughts come only where a request asks for an effort. `thoughts_can_be_left_out`: by the
    chat template, where it is told so; what a grammar forces is never thought about before. `thought_opened`: the chat
    template writes the tag that opens the thoughts. `tools_in_words`: it knows no tools, so they are told in words.
    """

    tool_parser: str = ""
    reasoning_parser: str = ""
    thinks_unasked: bool = True
    thoughts_can_be_left_out: bool = False
    thought_opened: bool = False
    tools_in_words: bool = False
    images: bool = False
    structured_output: bool = True
    logprobs: bool = True

    def capabilities(self) -> list[str]:
        """As in WorkerInfo."""
        has = {
            "tools": bool(self.tool_parser),
            "images": self.images,
            "reasoning": bool(self.reasoning_parser),
            "structured_output": self.structured_output,
            "logprobs": self.logprobs,
        }
        return [name for name, there in has.items() if there]


TEXT_ONLY = Traits(structured_output=False, logprobs=False)


def traits_of(
        settings: EngineSettings, template: str, *, prompt_end: str, special: Container[str], images: bool) -> Traits:
    """Of a model, by its chat template, how a prompt ends that this has made, and the tokenizer's words."""
    reasoning = _set(settings.reasoning_parser, _reasoning(template, special))
    return Traits(
        tools_in_words=not _knows_tools(template, special),
        tool_parser=_set(settings.tool_parser, _tools(template, special)),
        reasoning_parser=reasoning,
        thoughts_can_be_left_out="enable_thinking" in template,
        thought_opened=bool(reasoning) and prompt_end.rstrip().endswith(REASONING_PARSERS[reasoning][0]),
        images=images,
    )


def _set(setting: str, found: str) -> str:
    return found if setting == AUTO else "" if setting == NONE else setting


def _knows_tools(template: str, special: Container[str]) -> bool:
    return "tools" in template or "[TOOL_CALLS]" in special


def _tools(template: str, special: Container[str]) -> str:
    if not _knows_tools(template, special):
        return "hermes"
    if "[TOOL_CALLS]" in template or "[TOOL_CALLS]" in special:
        return "mistral"
    if "<tool_call>" in template:
        return "" if "<function=" in template else "hermes"  # XML instead of JSON: no parser knows it yet
    return "llama3" if "<|python_tag|>" in special else ""


def _reasoning(template: str, special: Container[str]) -> str:
    if "[THINK]" in special:
        return "mistral"
    return "think" if "</think>" in template else ""

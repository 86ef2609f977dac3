"""Parsers by name, and which one an answer needs."""
from collections.abc import Callable, Container

from inference.parsing.hermes import Hermes
from inference.parsing.llama3 import Llama3
from inference.parsing.mistral import Mistral
from inference.parsing.pieces import Parser
from inference.parsing.plain import Plain
from inference.parsing.thoughts import Thoughts

TOOL_PARSERS: dict[str, Callable[[Container[str]], Parser]] = {
    "hermes": lambda names: Hermes(),
    "llama3": Llama3,
    "mistral": lambda names: Mistral(),
}
REASONING_PARSERS: dict[str, tuple[str, str]] = {"think": ("<think>", "</think>"), "mistral": ("[THINK]", "[/THINK]")}
SPECIAL_MARKS = frozenset({"llama3", "mistral"})  # whose marks are special tokens, which engines leave out of the text


def tool_parser(name: str, tools: Container[str]) -> Parser:
    """`tools` are the names of those that may be called."""
    return TOOL_PARSERS[name](tools)


def with_thoughts(name: str, rest: Parser | None, *, opened: bool) -> Parser:
    """A parser of the thoughts before what `rest` reads; of plain text if there is none."""
    return Thoughts(rest or Plain(), REASONING_PARSERS[name], opened=opened)

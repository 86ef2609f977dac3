"""Parsers by name, and which one an answer needs."""
from collections.abc import Callable

from inference.parsing.hermes import Hermes
from inference.parsing.pieces import Parser
from inference.parsing.plain import Plain
from inference.parsing.thoughts import Thoughts

TOOL_PARSERS: dict[str, Callable[[], Parser]] = {"hermes": Hermes}
REASONING_PARSERS: dict[str, tuple[str, str]] = {"think": ("<think>", "</think>")}


def tool_parser(name: str) -> Parser:
    return TOOL_PARSERS[name]()


def with_thoughts(name: str, rest: Parser | None, *, opened: bool) -> Parser:
    """A parser of the thoughts before what `rest` reads; of plain text if there is none."""
    return Thoughts(rest or Plain(), REASONING_PARSERS[name], opened=opened)

"""What the synthetic engine says to one generation: prose, or what tools, images, a format and an effort ask for.

A pure function of the generation and a token's index, as its language is. Where tools are shown and the last message is
the user's, it calls the first of them, or those that `[[call=look]]` names, unless `[[say]]` asks for words; images it
describes; a format it fills in; an effort has it think first.
"""
import json
import re
from typing import Any, Protocol

from inference.engine.port import Generation
from inference.engine.synthetic_json import example
from inference.engine.synthetic_text import PIECES, Script, text_of, tokens_of
from inference.images import check_image

THOUGHTS = {"minimal": 1, "low": 2, "medium": 4, "high": 8, "xhigh": 16}  # phrases
SPACE = tokens_of(" ")[0]
_NAMED = re.compile(r"\[\[call=([\w.-]{1,64})\]\]")


class Lines(Protocol):
    """`token(index)` for any index, and the `length` after which it ends by itself."""

    length: int

    def token(self, index: int) -> int: ...


class Written:
    """Tokens that are known beforehand; white space follows, where a request asks for more."""

    def __init__(self, tokens: list[int]) -> None:
        self._tokens = tokens
        self.length = len(tokens)

    def token(self, index: int) -> int:
        return self._tokens[index] if index < self.length else SPACE


class Thought:
    """Some phrases of a script between tags, and then what is said."""

    def __init__(self, phrases: int, script: Script, rest: Lines) -> None:
        thought = (script.token(index) for index in range(phrases * PIECES))
        self._before = [*tokens_of("<think>\n"), *thought, *tokens_of("\n</think>\n\n")]
        self._rest = rest
        self.length = len(self._before) + rest.length

    def token(self, index: int) -> int:
        before = len(self._before)
        return self._before[index] if index < before else self._rest.token(index - before)


def script_of(generation: Generation) -> Lines:
    lines = _answer(generation)
    if generation.thinks and generation.effort in THOUGHTS:
        return Thought(THOUGHTS[generation.effort], Script(generation.messages), lines)
    return lines


def _answer(generation: Generation) -> Lines:
    messages, last = generation.messages, generation.messages[-1]
    asks = last["role"] == "user"
    text_format = generation.text_format or {}
    if text_format.get("type", "text") != "text":
        return Written(tokens_of(_json(example(text_format.get("schema") or {"type": "object"}, first=asks))))
    if generation.tools and asks and "[[say]]" not in text_of(last):
        return Written(tokens_of(_calls(generation.tools, _NAMED.findall(text_of(last)))))
    if urls := _images(last):
        return Written(tokens_of(" ".join(map(_description, urls))))
    return Script(messages)


def _calls(tools: list[dict[str, Any]], names: list[str]) -> str:
    by_name = {tool["name"]: tool for tool in tools}
    called = [by_name[name] for name in names if name in by_name] or tools[:1]
    return "\n".join(f"<tool_call>\n{_json(_call(tool))}\n</tool_call>" for tool in called)


def _call(tool: dict[str, Any]) -> dict[str, Any]:
    return {"name": tool["name"], "arguments": example(tool.get("parameters") or {"type": "object"})}


def _images(message: dict[str, Any]) -> list[str]:
    content = message.get("content")
    parts = content if isinstance(content, list) else []
    return [part["image_url"]["url"] for part in parts if part["type"] == "image_url"]


def _description(url: str) -> str:
    image = check_image(url, "input")
    return f"I see a {image.type} image of {image.width} × {image.height} pixels, {image.size_bytes} bytes."


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)

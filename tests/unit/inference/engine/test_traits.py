from dataclasses import replace
from typing import Any

import pytest

from inference.engine.settings import EngineSettings
from inference.engine.traits import Traits, traits_of

QWEN3 = "{% if tools %}<tool_call>{% endif %}</think>{% if enable_thinking is false %}<think>\n\n</think>{% endif %}"
HERMES = "{% if tools %}<tool_call>{% endif %}"


def of(
        template: str, *, prompt_end: str = "<|im_start|>assistant\n", special: tuple[str, ...] = (), **more: Any,
) -> Traits:
    settings = replace(EngineSettings(), **more)
    return traits_of(settings, template, prompt_end=prompt_end, special=frozenset(special), images=False)


@pytest.mark.parametrize(("template", "special", "tools", "reasoning"), [
    ("{{ messages }}", (), "hermes", ""),
    ("{% if tools %}{% endif %}", (), "", ""),
    (HERMES, (), "hermes", ""),
    (QWEN3, (), "hermes", "think"),
    ("{% if tools %}<tool_call><function=x>{% endif %}", (), "", ""),
    ("{% if tools %}{% endif %}", ("<|python_tag|>",), "llama3", ""),
    ("{{ messages }}", ("<|python_tag|>",), "hermes", ""),
    ("", ("[TOOL_CALLS]",), "mistral", ""),
    ("", ("[TOOL_CALLS]", "[THINK]"), "mistral", "mistral"),
])
def test_a_template_tells_how_a_model_writes(
        template: str, special: tuple[str, ...], tools: str, reasoning: str) -> None:
    traits = of(template, special=special)
    assert (traits.tool_parser, traits.reasoning_parser) == (tools, reasoning)


def test_settings_overrule_it() -> None:
    traits = of(QWEN3, tool_parser="llama3", reasoning_parser="none")
    assert (traits.tool_parser, traits.reasoning_parser) == ("llama3", "")
    assert of("", tool_parser="none", special=("[TOOL_CALLS]",)).tool_parser == ""
    assert of("", reasoning_parser="think").reasoning_parser == "think"


def test_a_template_may_open_the_thoughts_and_may_leave_them_out() -> None:
    assert of("</think>", prompt_end="assistant\n<think>\n").thought_opened
    assert not of("</think>").thought_opened
    assert not of("", prompt_end="<think>\n").thought_opened
    assert of(QWEN3).thoughts_can_be_left_out
    assert not of("</think>").thoughts_can_be_left_out


def test_a_template_that_knows_no_tools_has_them_told_in_words() -> None:
    assert of("{{ messages }}").tools_in_words
    assert not of(HERMES).tools_in_words
    assert not of("", special=("[TOOL_CALLS]",)).tools_in_words


def test_what_a_model_can_do() -> None:
    assert Traits().capabilities() == ["structured_output", "logprobs"]
    able = Traits(tool_parser="hermes", reasoning_parser="think", images=True, structured_output=False)
    assert able.capabilities() == ["tools", "images", "reasoning", "logprobs"]

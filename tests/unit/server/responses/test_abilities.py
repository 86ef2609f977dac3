"""What a model cannot do is refused with the field that asks for it."""
from typing import Any

import pytest

from relay.job import Request, Sampling
from server.common.errors import BadRequest, Code
from server.responses.abilities import check_abilities
from tests.unit.server.responses.story import a_request

TOOLS = [{"type": "function", "name": "f"}]
IMAGE = {"type": "input_image", "image_url": "data:image/png;base64,AAAA", "detail": "auto"}
SEEN: dict[str, Any] = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "?"}, IMAGE]}
SHOWN: dict[str, Any] = {"type": "function_call_output", "call_id": "c", "output": [IMAGE]}
TEXT: dict[str, Any] = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hi"}]}


ALL = frozenset({"tools", "reasoning", "structured_output", "logprobs", "images"})


@pytest.mark.parametrize(("ability", "request_", "code", "param"), [
    ("tools", a_request(tools=TOOLS), Code.UNSUPPORTED_PARAMETER, "tools"),
    ("tools", a_request(tools=TOOLS, tool_choice={"type": "allowed_tools", "mode": "auto", "tools": TOOLS}),
     Code.UNSUPPORTED_PARAMETER, "tools"),
    ("structured_output", a_request(tools=TOOLS, tool_choice="required"), Code.UNSUPPORTED_PARAMETER, "tool_choice"),
    ("structured_output", a_request(tools=TOOLS, tool_choice={"type": "function", "name": "f"}),
     Code.UNSUPPORTED_PARAMETER, "tool_choice"),
    ("reasoning", a_request(reasoning_effort="low"), Code.UNSUPPORTED_PARAMETER, "reasoning.effort"),
    ("structured_output", a_request(text_format={"type": "json_object"}), Code.UNSUPPORTED_PARAMETER, "text.format"),
    ("logprobs", a_request(sampling=Sampling(logprobs=True)), Code.UNSUPPORTED_PARAMETER, "include"),
    ("logprobs", a_request(sampling=Sampling(logprobs=True, top_logprobs=2)), Code.UNSUPPORTED_PARAMETER,
     "top_logprobs"),
    ("images", a_request(input=[TEXT, SEEN], own_input=2), Code.UNSUPPORTED_IMAGE, "input[1].content[1]"),
    ("images", a_request(input=[TEXT, SHOWN], own_input=1), Code.UNSUPPORTED_IMAGE, "input[0].output[0]"),
    ("images", a_request(input=[SEEN, TEXT], own_input=1), Code.UNSUPPORTED_IMAGE, "previous_response_id"),
])
def test_what_is_asked_for_and_cannot_be_done(ability: str, request_: Request, code: Code, param: str) -> None:
    check_abilities(request_, frozenset({ability}))
    check_abilities(request_, None)
    with pytest.raises(BadRequest) as caught:
        check_abilities(request_, ALL - {ability})
    assert (caught.value.code, caught.value.param) == (code, param)
    assert "`tiny`" in caught.value.message


@pytest.mark.parametrize("request_", [
    a_request(), a_request(tools=TOOLS, tool_choice="none"), a_request(tool_choice="auto"),
    a_request(tools=TOOLS, tool_choice={"type": "allowed_tools", "mode": "none", "tools": TOOLS}),
    a_request(reasoning_effort="none"),
    a_request(input=[{"type": "function_call_output", "call_id": "c", "output": "1"}]),
])
def test_text_needs_no_ability(request_: Request) -> None:
    check_abilities(request_, frozenset())

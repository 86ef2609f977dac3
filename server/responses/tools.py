"""Tools that a model may call, and how it chooses among them: what a request may say of both."""
from collections import Counter
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from server.common.errors import Code
from server.common.validation import Strict, flaw, shown, tag_of
from server.responses.json_schema import JsonSchema

MAX_TOOLS = 128
HOSTED_TOOLS = {
    "apply_patch", "code_interpreter", "computer", "computer_use_preview", "custom", "file_search", "image_generation",
    "local_shell", "mcp", "namespace", "programmatic_tool_calling", "shell", "tool_search", "web_search",
    "web_search_2025_08_26", "web_search_preview", "web_search_preview_2025_03_11",
}
MODES = ("auto", "none", "required")
FunctionName = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-zA-Z0-9_-]+$")]


class FunctionTool(Strict):
    """A function of the client's own that the model may call. `strict`: its arguments are held to the schema."""

    type: Literal["function"]
    name: FunctionName
    description: Annotated[str, Field(max_length=16_384)] | None = None
    parameters: JsonSchema | None = None
    strict: bool | None = None


class FunctionChoice(Strict):
    """This one must be called."""

    type: Literal["function"]
    name: FunctionName


class AllowedTools(Strict):
    """Of all tools, only these may be called."""

    type: Literal["allowed_tools"]
    tools: Annotated[list[FunctionChoice], Field(min_length=1, max_length=MAX_TOOLS, fail_fast=True)]
    mode: Literal["auto", "none", "required"] = "auto"


def _refuse_tool(value: Any) -> Any:
    kind = tag_of(value)
    if isinstance(kind, str) and kind in HOSTED_TOOLS:
        raise flaw(Code.UNSUPPORTED_PARAMETER, f"{kind!r} is not supported; only functions of your own are", "type")
    raise flaw(Code.INVALID_VALUE, f"should be 'function'; it is {shown(kind)}", "type")


def _refuse_choice(value: Any) -> Any:
    if isinstance(value, str):
        raise flaw(Code.INVALID_VALUE, f"should be 'auto', 'none', 'required' or an object; it is {shown(value)}")
    if not isinstance(value, dict):
        raise flaw(Code.INVALID_TYPE, f"should be a string or an object; it is {shown(value)}")
    kind = tag_of(value)
    if isinstance(kind, str) and kind in HOSTED_TOOLS:
        raise flaw(Code.UNSUPPORTED_PARAMETER, f"{kind!r} is not supported; only functions of your own are", "type")
    raise flaw(Code.INVALID_VALUE, f"should be 'function' or 'allowed_tools'; it is {shown(kind)}", "type")


def _choice_kind(value: Any) -> str:
    if isinstance(value, str):
        return "<mode>" if value in MODES else "<other>"
    kind = value.get("type") if isinstance(value, dict) else None
    return f"<{kind}>" if kind in ("function", "allowed_tools") else "<other>"


Tool = Annotated[
    Annotated[FunctionTool, Tag("<function>")] | Annotated[Any, BeforeValidator(_refuse_tool), Tag("<other>")],
    Discriminator(lambda value: "<function>" if isinstance(value, dict) and value.get("type") == "function"
                  else "<other>"),
]
Tools = Annotated[list[Tool], Field(max_length=MAX_TOOLS, fail_fast=True)]
ToolChoice = Annotated[
    Annotated[Literal["auto", "none", "required"], Tag("<mode>")]
    | Annotated[FunctionChoice, Tag("<function>")]
    | Annotated[AllowedTools, Tag("<allowed_tools>")]
    | Annotated[Any, BeforeValidator(_refuse_choice), Tag("<other>")],
    Discriminator(_choice_kind),
]


def check_tools(tools: list[FunctionTool] | None, choice: Any) -> None:
    """Every tool has a name of its own, and what is chosen is among them. Raises a flaw."""
    names = Counter(tool.name for tool in tools or [])
    if twice := next((name for name, count in names.items() if count > 1), None):
        raise flaw(Code.INVALID_VALUE, f"has two functions named {shown(twice)}; each needs a name of its own", "tools")
    if choice == "required" and not names:
        raise flaw(Code.INVALID_VALUE, "is 'required', but there are no `tools` to call", "tool_choice")
    if isinstance(choice, FunctionChoice) and choice.name not in names:
        raise flaw(Code.INVALID_VALUE, f"{shown(choice.name)} is not among the `tools`", "tool_choice.name")
    for index, tool in enumerate(choice.tools if isinstance(choice, AllowedTools) else []):
        if tool.name not in names:
            raise flaw(
                Code.INVALID_VALUE, f"{shown(tool.name)} is not among the `tools`", f"tool_choice.tools[{index}].name")

"""Tools for a model whose chat template knows none: they are told in words, and calls as `hermes` reads them."""
import json
from typing import Any

from inference.parsing.hermes import CLOSE, OPEN

Message = dict[str, Any]
RESULT, RESULT_END = "<tool_response>", "</tool_response>"
TOLD = f"""You can call functions. Each line here describes one, in JSON:
{{tools}}

To call one, write its name and its arguments as JSON between tags, and nothing else:
{OPEN}
{{{{"name": "the name", "arguments": {{{{}}}}}}}}
{CLOSE}
What it gives comes back between {RESULT} and {RESULT_END}. Where no function is of use, answer in words."""


def in_words(messages: list[Message], tools: list[dict[str, Any]]) -> list[Message]:
    """The same messages with neither tools' fields nor their role."""
    told: list[Message] = []
    for message in messages:
        _tell(told, message)
    if tools:
        text = TOLD.format(tools="\n".join(_json(_described(tool)) for tool in tools))
        if told and told[0]["role"] == "system" and isinstance(told[0]["content"], str):
            told[0] = {**told[0], "content": f"{told[0]['content']}\n\n{text}"}
        else:
            told.insert(0, {"role": "system", "content": text})
    return told


def _tell(told: list[Message], message: Message) -> None:
    if message["role"] == "tool":
        _tell_result(told, message["content"])
    elif calls := message.get("tool_calls"):
        written = [f"{OPEN}\n{_written(call['function'])}\n{CLOSE}" for call in calls]
        told.append({"role": message["role"], "content": "\n".join([message["content"], *written]).lstrip("\n")})
    else:
        told.append(message)


def _tell_result(told: list[Message], content: Any) -> None:
    """Several results are one message of the user's, since many templates want the roles in turn."""
    if not isinstance(content, str):  # a model that sees has a template that knows tools, most likely
        content = "".join(part.get("text", "") for part in content)
    result = f"{RESULT}\n{content}\n{RESULT_END}"
    if told and told[-1]["role"] == "user" and str(told[-1]["content"]).endswith(RESULT_END):
        told[-1] = {"role": "user", "content": f"{told[-1]['content']}\n{result}"}
    else:
        told.append({"role": "user", "content": result})


def _written(function: dict[str, str]) -> str:
    """Arguments stand as the model wrote them, whatever they are."""
    return f'{{"name": {_json(function["name"])}, "arguments": {function["arguments"]}}}'


def _described(tool: dict[str, Any]) -> dict[str, Any]:
    return {name: tool[name] for name in ("name", "description", "parameters") if tool.get(name) is not None}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)

"""A branch of a conversation as Markdown, for people to read."""
from collections.abc import Iterable

from server.conversations.mappers import text_of
from server.conversations.schemas import Conversation, Item, Turn

SPEAKERS = {"user": "You", "assistant": "Assistant", "system": "System", "developer": "Developer"}


def markdown(conversation: Conversation, branch: Iterable[Turn]) -> str:
    """What was said stands as it was said: it mostly is Markdown already."""
    title = " ".join(conversation.title.split()) or "Conversation"
    sections = [f"# {title}"]
    for turn in branch:
        sections += [section for item in turn.items if (section := _section(item, turn.model))]
    return "\n\n".join(sections) + "\n"


def _section(item: Item, model: str) -> str:
    kind = item["type"]
    if kind == "message":
        speaker = SPEAKERS.get(item["role"], item["role"])
        by = f" ({model})" if item["role"] == "assistant" and model else ""
        return f"## {speaker}{by}\n\n{text_of(item).strip()}"
    if kind == "function_call":
        return f"### Call of `{item['name']}`\n\n{_fenced(item['arguments'])}"
    if kind == "function_call_output" and isinstance(item["output"], str):
        return f"### What it gave\n\n{_fenced(item['output'])}"
    return ""


def _fenced(text: str) -> str:
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}\n{text}\n{fence}"

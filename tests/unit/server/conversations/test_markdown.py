"""A conversation as Markdown."""
from server.conversations.markdown import markdown
from server.conversations.schemas import Conversation, Item, Turn

TALK = Conversation("conv_1", "ada", 1.0, 1.0, "Of\nships")


def branch(*items: Item) -> list[Turn]:
    return [Turn("resp_1", "conv_1", None, "completed", 1.0, "tiny", list(items))]


def test_messages_calls_and_what_they_gave() -> None:
    told = markdown(TALK, branch(
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Weather?"}]},
        {"type": "reasoning", "summary": [], "content": []},
        {"type": "function_call", "name": "weather", "arguments": '{"at": "sea"}'},
        {"type": "function_call_output", "output": "```wet```"},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "*Wet*.\n"}]}))
    assert told == (
        "# Of ships\n\n## You\n\nWeather?\n\n### Call of `weather`\n\n```\n{\"at\": \"sea\"}\n```\n\n"
        "### What it gave\n\n````\n```wet```\n````\n\n## Assistant (tiny)\n\n*Wet*.\n")


def test_an_empty_one_has_a_heading() -> None:
    assert markdown(Conversation("conv_1", "ada", 1.0, 1.0), []) == "# Conversation\n"

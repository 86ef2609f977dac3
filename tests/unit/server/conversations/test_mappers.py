"""Titles out of questions, and texts that every database keeps."""
import pytest

from server.conversations.mappers import first_title, kept_item, plain, searched_text, text_of, with_ids
from server.conversations.schemas import Item


def asked(*texts: str, role: str = "user") -> Item:
    return {"type": "message", "role": role, "content": [{"type": "input_text", "text": text} for text in texts]}


@pytest.mark.parametrize(("question", "title"), [
    ("How tall is it?", "How tall is it?"),
    ("  two \n lines  ", "two lines"),
    ("", ""),
    ("word " * 20, "word word word word word word word word word word word word…"),
    ("x" * 100, "x" * 60 + "…"),
    ("\x00half \ud83e", "half"),
])
def test_the_first_question_is_a_title(question: str, title: str) -> None:
    assert first_title([asked("You are kind.", role="system"), asked(question)]) == title


def test_without_a_question_there_is_no_title() -> None:
    assert first_title([asked("You are kind.", role="system")]) == ""
    assert first_title([asked(""), asked("then")]) == "then"


def test_what_people_read_of_an_item() -> None:
    assert text_of(asked("one", "two")) == "one\ntwo"
    assert text_of({"type": "message", "role": "user", "content": "short form"}) == "short form"
    assert text_of({"type": "message", "role": "assistant", "content": [{"type": "refusal", "refusal": "no"}]}) == "no"
    assert text_of({"type": "message", "role": "user", "content": [{"type": "input_image", "image_url": "x"}]}) == ""
    assert text_of({"type": "function_call", "name": "f", "arguments": "{}"}) == ""


def test_what_is_searched_is_bounded_and_clean() -> None:
    assert len(searched_text(asked("x" * 200_000))) == 100_000
    assert plain("a\x00b\x02c\ud83ed\te\n") == "a b c d\te\n"


def test_ids_are_the_conversations_own() -> None:
    call = {"type": "function_call", "id": "mine", "call_id": "c", "name": "f", "arguments": "{}"}
    assert [item["id"] for item in with_ids("resp_0ab", [asked("x"), call])] == ["msg_0abi0", "fc_0abi1"]
    assert call["id"] == "mine"


def test_log_probabilities_are_the_responses_own() -> None:
    part = {"type": "output_text", "text": "x", "logprobs": [{"token": "x"}]}
    kept = kept_item({"type": "message", "role": "assistant", "content": [part]})
    assert kept["content"] == [{"type": "output_text", "text": "x", "logprobs": []}]
    assert kept_item({"type": "reasoning", "content": [part]})["content"] == [part]

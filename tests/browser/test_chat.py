"""Asking and reading, against a whole installation with the synthetic engine."""
import json
from typing import Any

from playwright.sync_api import Page, WebSocket, expect

from tests.browser.talk import (
    CONVERSATION,
    ask,
    asked,
    goes_on,
    open_chat,
    said,
    shows,
    turns,
    wait_for_end,
    wait_for_text,
)
from tests.parley import Parley


def test_an_answer_grows_and_ends(chat: Page) -> None:
    expect(chat.get_by_role("heading", name="What would you like to know?")).to_be_visible()
    expect(chat.get_by_role("button", name="Send")).to_be_disabled()
    answer = ask(chat, "Why is the sky blue? [[tokens=60]]")
    expect(chat.locator(".question")).to_contain_text("Why is the sky blue?")
    expect(chat.get_by_role("heading", name="What would you like to know?")).to_be_hidden()
    first = wait_for_text(answer, 1)
    assert answer.get_attribute("data-phase") == "writing"
    assert answer.get_attribute("aria-busy") == "true"
    later = wait_for_text(answer, len(first) + 40)
    whole = wait_for_end(answer)
    assert answer.get_attribute("aria-busy") == "false"
    assert goes_on(whole, later)
    expect(chat).to_have_url(CONVERSATION)
    (turn,) = turns(chat)
    shows(answer, said(turn))


def test_a_second_question_goes_on_from_the_first(page: Page, parley: Parley) -> None:
    sent: list[dict[str, Any]] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: sent.append(json.loads(frame)))

    page.on("websocket", listen)
    open_chat(page, parley)
    wait_for_end(ask(page, "One [[tokens=3]]"))
    wait_for_end(ask(page, "Two [[tokens=3]]"))
    first, second = turns(page)
    assert (asked(first), asked(second)) == ("One [[tokens=3]]", "Two [[tokens=3]]")
    assert second["parent_id"] == first["id"]
    creates = [event for event in sent if event["type"] == "response.create"]
    assert len(creates) == 2
    assert creates[0]["idempotency_key"] != creates[1]["idempotency_key"]


def test_stop_says_what_it_achieved(chat: Page) -> None:
    answer = ask(chat, "Tell me everything [[tokens=500]]")
    wait_for_text(answer, 20)
    chat.get_by_role("button", name="Stop").click()
    wait_for_end(answer, "stopped")
    expect(answer.locator(".standing")).to_have_text("Stopped after " + f"{_tokens(chat)} tokens.")
    expect(chat.get_by_role("button", name="Stop")).to_be_hidden()
    shows(answer, said(turns(chat)[0]))


def test_shift_enter_begins_a_new_line_and_nothing_is_markup(chat: Page) -> None:
    field = chat.get_by_label("Message")
    field.press_sequentially("<b>one</b>")
    chat.keyboard.press("Shift+Enter")
    field.press_sequentially("two")
    assert field.input_value() == "<b>one</b>\ntwo"
    chat.keyboard.press("Enter")
    expect(chat.locator(".question-text")).to_have_text("<b>one</b>\ntwo", use_inner_text=True)
    expect(field).to_have_value("")


def test_a_suggestion_is_asked(chat: Page) -> None:
    chat.get_by_role("button", name="Write a short poem about the sea.").click()
    expect(chat.locator(".question-text")).to_have_text("Write a short poem about the sea.")
    wait_for_text(chat.locator(".answer"), 1)


def test_an_answer_goes_on_after_a_reload(chat: Page) -> None:
    before = wait_for_text(ask(chat, "Will this survive? [[tokens=150]]"), 40)
    chat.reload()
    expect(chat.locator(".question-text")).to_contain_text("Will this survive?")
    answer = chat.locator(".answer")
    assert goes_on(wait_for_text(answer, len(before) + 20), before)
    wait_for_end(answer)
    shows(answer, said(turns(chat)[0]))


def _tokens(page: Page) -> int:
    """How many the server counted of the last answer."""
    (turn,) = turns(page)
    script = "async (id) => (await (await fetch(`/v1/responses/${id}`)).json()).usage.output_tokens"
    return int(page.evaluate(script, turn["response_id"]))

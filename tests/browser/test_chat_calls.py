"""Calls of tools, what tools gave, and thoughts: as cards and folds, while they come and after a reload."""
import json
import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, WebSocketRoute, expect

from tests.browser.axe import check_accessibility
from tests.browser.conversations import become_guest, export
from tests.browser.talk import SOCKETS, ask, choose_for_talking, open_chat, turns, wait_for_end
from tests.parley import Parley

SCHEMES: list[Any] = ["light", "dark"]
PLACE = {"type": "object", "properties": {"place": {"enum": ["Paris"]}, "days": {"type": "integer", "minimum": 3}},
         "required": ["place", "days"]}
TOOLS = [{"type": "function", "name": "weather", "parameters": PLACE}, {"type": "function", "name": "clock"}]
ARGUMENTS = '{\n  "place": "Paris",\n  "days": 3\n}'
UP_TO_THE_PROGRAM = "What comes of it is up to the program that offered this tool."


def offer_tools(page: Page) -> None:
    """With each question that the page asks, as a program does that builds on Parley."""

    def listen(route: WebSocketRoute) -> None:
        server = route.connect_to_server()

        def told(message: str | bytes) -> None:
            event = json.loads(message)
            server.send(json.dumps({**event, "tools": TOOLS}) if event["type"] == "response.create" else message)

        route.on_message(told)

    page.route_web_socket(SOCKETS, listen)


def respond(page: Page, parley: Parley, conversation: str, given: Any, **fields: Any) -> dict[str, Any]:
    """Over HTTP, as the user of this page."""
    body = {"input": given, "conversation": conversation, "tools": TOOLS, **fields}
    told = page.context.request.post(f"{parley.url}/v1/responses", data=body)
    assert told.ok, told.text()
    response: dict[str, Any] = told.json()
    return response


def called_and_answered(page: Page, parley: Parley) -> str:
    """A conversation in which a program has answered the call that a model made; its id."""
    become_guest(page, parley)
    made = page.context.request.post(f"{parley.url}/v1/conversations", data={})
    name: str = made.json()["id"]
    call = respond(page, parley, name, "How is the weather?")["output"][-1]
    gave = {"type": "function_call_output", "call_id": call["call_id"], "output": '{"sky": "clear"}'}
    respond(page, parley, name, [gave], reasoning={"effort": "low"})
    return name


def told_before(page: Page, parley: Parley) -> str:
    """The same, with words that are known; its id."""
    asked = '{"place": "Paris", "days": 3}'
    call = {"type": "function_call", "call_id": "call_1", "name": "weather", "arguments": asked}
    gave = {"type": "function_call_output", "call_id": "call_1", "output": '{"sky": "clear", "high": [21, 22, 24]}'}
    thoughts = [{"type": "reasoning_text", "text": "It is clear on **all** days, so there is no need of an umbrella."}]
    question = {"type": "message", "role": "user", "content": "Do I need an umbrella in Paris?"}
    answer = {"type": "message", "role": "assistant", "content": "No: the sky stays clear for the next *three* days."}
    turns_before = [
        {"id": "a", "status": "completed", "created_at": 1, "items": [question, call]},
        {"id": "b", "parent_id": "a", "status": "completed", "created_at": 2,
         "items": [gave, {"type": "reasoning", "summary": [], "content": thoughts}, answer]}]
    become_guest(page, parley)
    body = export("Umbrellas") | {"turns": turns_before, "active_turn_id": "b"}
    told = page.context.request.post(f"{parley.url}/v1/conversations/import", data=body)
    assert told.ok, told.text()
    name: str = told.json()["id"]
    return name


def card(page: Page, text: str) -> Locator:
    return page.locator(".call", has_text=text)


def check_called(page: Page) -> None:
    called = card(page, "Called weather")
    expect(called.get_by_role("group", name="Arguments")).to_have_text(ARGUMENTS)


def test_a_call_is_a_card_while_it_comes_and_after_a_reload(page: Page, parley: Parley) -> None:
    offer_tools(page)
    open_chat(page, parley)
    answer = ask(page, "How is the weather? [[call=weather]] [[call=clock]]")
    expect(answer.get_by_text("Is calling weather")).to_be_visible()
    expect(card(page, "Is calling weather").get_by_role("group", name="Arguments")).to_have_count(0)
    expect(answer).to_have_attribute("data-phase", "done")
    expect(answer.locator(".call")).to_have_count(2)
    check_called(page)
    expect(card(page, "Called clock").get_by_role("group", name="Arguments")).to_have_text("{}")
    expect(card(page, "Called clock")).to_contain_text(UP_TO_THE_PROGRAM)
    assert [item["type"] for item in turns(page)[0]["items"]] == ["message", "function_call", "function_call"]
    page.reload()
    expect(page.locator(".call")).to_have_count(2)
    check_called(page)


def test_what_a_tool_gave_is_shown_and_the_thoughts_about_it(page: Page, parley: Parley) -> None:
    open_chat(page, parley, f"/c/{called_and_answered(page, parley)}")
    expect(page.locator(".turn")).to_have_count(2)
    check_called(page)
    expect(card(page, "Called weather")).not_to_contain_text(UP_TO_THE_PROGRAM)
    gave = page.locator(".turn").nth(1).locator(".call")
    expect(gave).to_contain_text("Result of weather")
    expect(gave.get_by_role("group", name="Result")).to_have_text('{\n  "sky": "clear"\n}')
    thoughts = page.locator(".turn").nth(1).locator("details")
    expect(thoughts.locator("summary")).to_have_text("Thoughts")
    expect(thoughts.locator(".answer-text")).to_be_hidden()
    thoughts.locator("summary").click()
    expect(thoughts.locator(".answer-text")).to_be_visible()
    wait_for_end(ask(page, "Thanks [[tokens=3]]"))
    assert len(turns(page, 3)) == 3


def test_thoughts_are_folded_away_while_they_come(page: Page, parley: Parley) -> None:
    choose_for_talking(page, reasoning_effort="high")
    open_chat(page, parley)
    answer = ask(page, "Think [[tokens=5]]")
    summary = answer.locator("details summary")
    expect(summary).to_have_text("Thinking …")
    expect(answer.locator("details .answer-text")).to_be_hidden()
    summary.focus()
    page.keyboard.press("Enter")
    expect(answer.locator("details .answer-text")).to_contain_text(" ")
    expect(answer.locator("details .answer-text")).to_be_visible()
    wait_for_end(answer)
    expect(summary).to_have_text(re.compile(r"^Thought for \d seconds$"))
    expect(answer.locator("details .answer-text")).to_be_visible()
    page.reload()
    expect(page.locator(".answer details summary")).to_have_text("Thoughts")
    expect(page.locator(".answer details .answer-text")).to_be_hidden()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing(page: Page, parley: Parley, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    open_chat(page, parley, f"/c/{told_before(page, parley)}")
    expect(page.locator(".call")).to_have_count(2)
    check_accessibility(page)
    page.locator(".answer details summary").click()
    expect(page.locator(".answer details .answer-text")).to_be_visible()
    check_accessibility(page)
    offer_tools(page)
    page.reload()
    expect(page.locator(".call")).to_have_count(2)
    expect(ask(page, "And tomorrow? [[call=weather]]").locator("pre")).to_be_visible()
    check_accessibility(page)

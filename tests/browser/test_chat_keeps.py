"""Nothing is lost: over reloads, lost connections, in a second tab, before the server has heard of it."""
import json
import re

from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.talk import (
    CONVERSATION,
    SOCKETS,
    ask,
    asked,
    goes_on,
    open_chat,
    said,
    shows,
    text_of,
    turns,
    wait_for_end,
    wait_for_text,
)
from tests.parley import Parley

# The tab goes on believing that what it has asked is not confirmed.
KEEP_UNSENT = """() => {
    const remove = Storage.prototype.removeItem;
    Storage.prototype.removeItem = function (name) { if (!name.endsWith("unsent")) remove.call(this, name); };
}"""


def test_a_draft_of_each_conversation_survives_a_reload(chat: Page, parley: Parley) -> None:
    field = chat.get_by_label("Message")
    wait_for_end(ask(chat, "One [[tokens=3]]"))
    expect(chat).to_have_url(CONVERSATION)
    first = chat.url
    field.fill("a draft of the first")
    chat.get_by_role("link", name="New chat").click()
    expect(field).to_have_value("")
    field.fill("a draft of none")
    chat.reload()
    expect(field).to_have_value("a draft of none")
    chat.goto(first)
    expect(field).to_have_value("a draft of the first")
    field.press("Enter")
    expect(field).to_have_value("")
    chat.reload()
    expect(chat.locator(".turn")).to_have_count(2)
    expect(field).to_have_value("")


def test_a_question_whose_confirmation_was_not_noticed_is_asked_once(chat: Page) -> None:
    """The page is loaded anew between the server's word and its own note of it: it asks again, and finds it running."""
    chat.evaluate(KEEP_UNSENT)
    wait_for_text(ask(chat, "Slowly [[tokens=90]]"), 10)
    chat.reload()
    answer = chat.locator(".answer")
    wait_for_end(answer)
    expect(chat.locator(".turn")).to_have_count(1)
    expect(chat.get_by_label("Message")).to_have_value("")
    [turn] = turns(chat)
    shows(answer, said(turn))


def test_an_answer_that_runs_goes_on_in_a_conversation_one_has_left(chat: Page) -> None:
    before = wait_for_text(ask(chat, "Meanwhile [[tokens=90]]"), 10)
    chat.get_by_role("link", name="New chat").click()
    expect(chat.get_by_role("heading", name="What would you like to know?")).to_be_visible()
    chat.go_back()
    answer = chat.locator(".answer")
    assert goes_on(wait_for_text(answer, len(before) + 10), before)
    wait_for_end(answer)
    shows(answer, said(turns(chat)[0]))


def test_a_second_tab_follows_live(chat: Page, parley: Parley) -> None:
    other = chat.context.new_page()
    wait_for_end(ask(chat, "First [[tokens=3]]"))
    open_chat(other, parley, chat.url.removeprefix(parley.url))
    expect(other.locator(".turn")).to_have_count(1)
    answer = ask(chat, "Second [[tokens=120]]")
    shown = other.locator(".answer").nth(1)
    wait_for_text(shown, 20)
    expect(shown).to_have_attribute("data-phase", "writing")
    other.get_by_role("button", name="Stop").click()
    wait_for_end(shown, "stopped")
    wait_for_end(answer, "stopped")
    stopped = said(turns(chat, 2)[1])
    shows(shown, stopped)
    shows(answer, stopped)
    expect(answer.locator(".standing")).to_have_text(re.compile(r"^Stopped after \d+ tokens\.$"))
    other.close()


def test_a_broken_connection_is_taken_up_where_it_broke(page: Page, parley: Parley) -> None:
    routes: list[WebSocketRoute] = []
    told: list[str | bytes] = []

    def through(route: WebSocketRoute) -> None:
        server = route.connect_to_server()
        routes.append(route)

        def heard(message: str | bytes) -> None:
            told.append(message)
            server.send(message)

        route.on_message(heard)

    page.route_web_socket(SOCKETS, through)
    open_chat(page, parley)
    answer = ask(page, "Will this survive? [[tokens=120]]")
    before = wait_for_text(answer, 40)
    routes[0].close(code=1012)
    assert goes_on(wait_for_text(answer, len(before) + 20), before)
    wait_for_end(answer)
    shows(answer, said(turns(page)[0]))
    assert len(routes) == 2
    assert sum('"response.create"' in str(message) for message in told) == 1


def test_offline_and_back(chat: Page) -> None:
    """The device loses its network in the middle of an answer: what is there stays, and it goes on."""
    answer = ask(chat, "Will this survive? [[tokens=200]]")
    before = wait_for_text(answer, 40)
    chat.context.set_offline(True)
    expect(answer.locator(".standing")).to_contain_text("offline")
    assert text_of(answer).startswith(before[:20])
    chat.context.set_offline(False)
    expect(answer.locator(".standing")).not_to_contain_text("offline")
    wait_for_end(answer)
    shows(answer, said(turns(chat)[0]))


def test_a_question_asked_offline_is_asked_when_the_network_is_back(chat: Page) -> None:
    chat.context.set_offline(True)
    answer = ask(chat, "Is anybody there? [[tokens=5]]")
    expect(answer.locator(".standing")).to_contain_text("offline")
    chat.context.set_offline(False)
    wait_for_end(answer)
    (kept,) = turns(chat)
    assert asked(kept) == "Is anybody there? [[tokens=5]]"


def test_a_question_taken_back_before_it_was_asked_is_there_to_be_changed(chat: Page) -> None:
    chat.context.set_offline(True)
    ask(chat, "Too early?")
    chat.get_by_role("button", name="Stop").click()
    expect(chat.get_by_label("Message")).to_have_value("Too early?")
    expect(chat.locator(".turn")).to_have_count(0)
    chat.context.set_offline(False)


def test_a_question_that_was_not_confirmed_survives_a_reload_and_is_asked_once(page: Page, parley: Parley) -> None:
    """The server has it, but the page was loaded anew before it heard so: asked again, it is the same question."""
    keys: list[str] = []
    deaf = True

    def listen(route: WebSocketRoute) -> None:
        server = route.connect_to_server()
        if deaf:
            server.on_message(lambda message: None)

        def heard(message: str | bytes) -> None:
            event = json.loads(message)
            if event["type"] == "response.create":
                keys.append(event["idempotency_key"])
            server.send(message)

        route.on_message(heard)

    page.route_web_socket(SOCKETS, listen)
    open_chat(page, parley)
    ask(page, "Does it arrive? [[tokens=5]]")
    expect(page).to_have_url(CONVERSATION)
    (kept,) = turns(page)
    deaf = False
    page.reload()
    wait_for_end(page.locator(".answer"))
    shows(page.locator(".answer"), said(kept))
    expect(page.locator(".question-text")).to_have_text(["Does it arrive? [[tokens=5]]"])
    assert len(keys) == 2
    assert keys[0] == keys[1]
    assert [turn["id"] for turn in turns(page)] == [kept["id"]]

"""The page in a real browser, against a whole installation with the synthetic engine."""
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, WebSocket, WebSocketRoute, expect

from tests.parley import Parley

SOCKETS = re.compile(r"/v1/responses(\?|$)")


@pytest.fixture
def chat(page: Page, parley: Parley) -> Page:
    """The page, ready to be asked."""
    open_page(page, parley)
    return page


def open_page(page: Page, parley: Parley) -> None:
    page.goto(parley.url)
    expect(page.locator("#model")).to_have_attribute("data-state", "ready")


def answer_instead(page: Page, answer: Callable[[dict[str, Any]], dict[str, Any] | None]) -> None:
    """Each message of the page's socket is shown to `answer`; what that returns is the server's answer to it."""

    def listen(route: WebSocketRoute) -> None:
        server = route.connect_to_server()

        def said(message: str | bytes) -> None:
            event = answer(json.loads(message))
            if event is None:
                server.send(message)
            else:
                route.send(json.dumps(event))

        route.on_message(said)

    page.route_web_socket(SOCKETS, listen)


def ask(page: Page, question: str) -> Locator:
    """Ask by keyboard; the answer's element."""
    answers = page.locator(".answer")
    before = answers.count()
    page.get_by_label("Message").fill(question)
    expect(page.get_by_role("button", name="Send")).to_be_enabled()
    page.keyboard.press("Enter")
    return answers.nth(before)


def user(text: str) -> dict[str, str]:
    return {"type": "message", "role": "user", "content": text}


def text_of(answer: Locator) -> str:
    return answer.locator(":scope > .text").text_content() or ""


def wait_for_text(answer: Locator, length: int) -> str:
    """Wait until so many characters are there; all that are."""
    expect(answer.locator(":scope > .text")).to_have_text(re.compile(rf"^[\s\S]{{{length}}}"))
    return text_of(answer)


def saved(page: Page) -> str:
    """What the server says that the last answer's text is. Waits until it has one."""
    script = """async () => {
        const id = JSON.parse(sessionStorage.getItem("parley.conversation")).at(-1).answer.id;
        const response = await (await fetch(`/v1/responses/${id}`)).json();
        return response.output.flatMap((item) => item.content ?? []).map((part) => part.text ?? "").join("");
    }"""
    return str(page.evaluate(script))


def test_an_answer_grows_and_ends(chat: Page) -> None:
    expect(chat.get_by_role("heading", name="What would you like to know?")).to_be_visible()
    expect(chat.get_by_role("button", name="Send")).to_be_disabled()
    answer = ask(chat, "Why is the sky blue?")
    expect(chat.locator(".question")).to_have_text("YouWhy is the sky blue?")
    expect(chat.get_by_role("heading", name="What would you like to know?")).to_be_hidden()
    first = wait_for_text(answer, 1)
    assert answer.get_attribute("data-phase") == "writing"
    assert answer.get_attribute("aria-busy") == "true"
    later = wait_for_text(answer, len(first) + 40)
    assert later.startswith(first)
    expect(answer).to_have_attribute("data-phase", "done", timeout=60_000)
    assert answer.get_attribute("aria-busy") == "false"
    assert text_of(answer).startswith(later)
    assert text_of(answer) == saved(chat)
    expect(answer.locator(".phase")).to_have_text(re.compile(r"^\d+ tokens$"))
    expect(chat.get_by_role("button", name="Send")).to_be_visible()


def test_a_second_question_continues_the_first(page: Page, parley: Parley) -> None:
    sent: list[dict[str, Any]] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: sent.append(json.loads(frame)))

    page.on("websocket", listen)
    open_page(page, parley)
    first = ask(page, "One")
    wait_for_text(first, 1)
    page.keyboard.press("Escape")
    expect(first).to_have_attribute("data-phase", "stopped")
    wait_for_text(ask(page, "Two"), 1)
    creates = [event for event in sent if event["type"] == "response.create"]
    assert [event["input"] for event in creates] == [[user("One")], [user("Two")]]
    assert creates[1]["previous_response_id"].startswith("resp_")
    assert creates[0]["idempotency_key"] != creates[1]["idempotency_key"]


def test_what_the_server_has_forgotten_is_sent_along(page: Page, parley: Parley) -> None:
    forgotten = {"type": "error", "status": 400, "error": {
        "type": "invalid_request_error", "code": "previous_response_not_found", "message": "No.", "param": None}}
    creates: list[dict[str, Any]] = []

    def forget(event: dict[str, Any]) -> dict[str, Any] | None:
        if event["type"] == "response.create":
            creates.append(event)
        return forgotten if "previous_response_id" in event else None

    answer_instead(page, forget)
    open_page(page, parley)
    first = ask(page, "One")
    wait_for_text(first, 1)
    page.keyboard.press("Escape")
    expect(first).to_have_attribute("data-phase", "stopped")
    wait_for_text(ask(page, "Two"), 1)
    assert len(creates) == 3
    answered = {"type": "message", "role": "assistant", "content": text_of(first)}
    assert creates[2]["input"] == [user("One"), answered, user("Two")]
    assert len({event["idempotency_key"] for event in creates}) == 3


def test_stop_stops(chat: Page) -> None:
    answer = ask(chat, "Tell me everything")
    wait_for_text(answer, 20)
    expect(chat.get_by_role("button", name="Send")).to_be_hidden()
    chat.get_by_role("button", name="Stop").click()
    expect(answer).to_have_attribute("data-phase", "stopped")
    expect(answer.locator(".phase")).to_have_text(re.compile(r"^Stopped after \d+ tokens?\.$"))
    expect(chat.get_by_role("button", name="Stop")).to_be_hidden()
    expect(chat.get_by_label("Message")).to_be_focused()
    assert text_of(answer) == saved(chat)


def test_shift_enter_begins_a_new_line_and_nothing_is_markup(chat: Page) -> None:
    field = chat.get_by_label("Message")
    field.press_sequentially("<b>one</b>")
    chat.keyboard.press("Shift+Enter")
    field.press_sequentially("two")
    assert field.input_value() == "<b>one</b>\ntwo"
    chat.keyboard.press("Enter")
    expect(chat.locator(".question .text")).to_have_text("<b>one</b>\ntwo", use_inner_text=True)
    expect(field).to_have_value("")


def test_a_suggestion_is_asked(chat: Page) -> None:
    chat.get_by_role("button", name="Write a short poem about the sea.").click()
    expect(chat.locator(".question .text")).to_have_text("Write a short poem about the sea.")
    wait_for_text(chat.locator(".answer"), 1)


def test_a_reload_shows_the_conversation_and_the_answer_goes_on(chat: Page) -> None:
    before = wait_for_text(ask(chat, "Will this survive?"), 40)
    chat.reload()
    expect(chat.locator(".question .text")).to_have_text("Will this survive?")
    answer = chat.locator(".answer")
    assert wait_for_text(answer, len(before) + 20).startswith(before)
    chat.get_by_role("button", name="Stop").click()
    expect(answer).to_have_attribute("data-phase", "stopped")
    assert text_of(answer) == saved(chat)
    chat.get_by_role("button", name="New chat").click()
    expect(chat.locator(".turn")).to_have_count(0)
    chat.reload()
    expect(chat.get_by_role("heading", name="What would you like to know?")).to_be_visible()
    expect(chat.locator(".turn")).to_have_count(0)


def test_a_broken_connection_is_taken_up_where_it_broke(page: Page, parley: Parley) -> None:
    routes: list[WebSocketRoute] = []

    def through(route: WebSocketRoute) -> None:
        routes.append(route)
        route.connect_to_server()

    page.route_web_socket(SOCKETS, through)
    open_page(page, parley)
    answer = ask(page, "Will this survive?")
    before = wait_for_text(answer, 40)
    routes[0].close(code=1012)
    assert wait_for_text(answer, len(before) + 40).startswith(before)
    page.get_by_role("button", name="Stop").click()
    expect(answer).to_have_attribute("data-phase", "stopped")
    assert text_of(answer) == saved(page)
    assert len(routes) == 2
    assert re.search(r"\?resume=resp_\w+&starting_after=[1-9]\d*$", routes[1].url)


def test_an_error_is_said_in_words_and_the_question_can_be_asked_again(chat: Page) -> None:
    answer = ask(chat, "too long " * 130_000)
    expect(answer).to_have_attribute("data-phase", "failed")
    expect(answer.locator(".problem")).to_have_text(
        "This is more text than the server takes. Shorten it, or begin a new chat.")
    expect(answer.get_by_role("button", name="Try again")).to_be_visible()
    second = ask(chat, "Is anybody there?")
    wait_for_text(second, 1)
    expect(chat.get_by_role("button", name="Try again")).to_be_hidden()


def test_an_answer_that_failed_is_tried_again(page: Page, parley: Parley) -> None:
    """The first connection's server never has room; the second try goes through."""
    full = {"type": "error", "status": 429, "error": {
        "type": "rate_limit_error", "code": "queue_full", "message": "The queue is full.", "param": None}}
    answers = iter([full])
    answer_instead(page, lambda event: next(answers, None))
    open_page(page, parley)
    answer = ask(page, "Is there room?")
    expect(answer.locator(".problem")).to_have_text(
        "Too many people are asking just now. Try again in a moment.")
    answer.get_by_role("button", name="Try again").click()
    wait_for_text(answer, 1)
    expect(answer.locator(".problem")).to_be_hidden()
    expect(page.locator(".turn")).to_have_count(1)


def test_while_parts_load_their_progress_is_shown(page: Page, parley: Parley) -> None:
    status: dict[str, Any] = {
        "ready": False, "model": "some-model", "missing": [],
        "workers": [{"state": "loading", "message": "loading weights", "progress": None}],
        "startup": [
            {"step": "gateway packages", "message": "installed", "progress": 1.0, "done": True},
            {"step": "worker packages", "message": "1 of 2 GB", "progress": 0.5, "done": False},
        ],
    }
    page.route("**/v1/parley/status", lambda route: route.fulfill(json=status))
    page.goto(parley.url)
    expect(page.get_by_role("heading", name="Getting ready")).to_be_visible()
    expect(page.locator("#model-name")).to_have_text("some-model")
    expect(page.locator(".step")).to_have_text([
        "gateway packagesinstalleddone", "worker packages1 of 2 GB", "Modelloading weights"])
    expect(page.get_by_role("progressbar", name="worker packages")).to_have_js_property("value", 0.5)
    expect(page.get_by_role("progressbar", name="Model")).to_have_js_property("position", -1)
    page.get_by_label("Message").fill("May I?")
    expect(page.get_by_role("button", name="Send")).to_be_disabled()
    page.unroute("**/v1/parley/status")
    expect(page.get_by_role("heading", name="Getting ready")).to_be_hidden()
    expect(page.get_by_role("button", name="Send")).to_be_enabled()


def test_a_server_that_is_away_is_said_and_come_back_to(page: Page, parley: Parley) -> None:
    routes: list[WebSocketRoute] = []
    down = True

    def through(route: WebSocketRoute) -> None:
        routes.append(route)
        if down:
            route.close(code=1013)
        else:
            route.connect_to_server()

    page.route_web_socket(SOCKETS, through)
    page.goto(parley.url)
    expect(page.locator("#model-state")).to_have_text("connection lost, trying again …")
    down = False
    expect(page.locator("#model")).to_have_attribute("data-state", "ready")
    wait_for_text(ask(page, "Are you back?"), 1)


def test_a_page_that_is_refused_says_so_and_does_not_come_back(page: Page, parley: Parley) -> None:
    routes: list[WebSocketRoute] = []

    def refuse(route: WebSocketRoute) -> None:
        routes.append(route)
        route.close(code=1008)

    page.route_web_socket(SOCKETS, refuse)
    page.goto(parley.url)
    expect(page.locator("#notice")).to_have_text("The server will not have this page.")
    expect(page.locator("#model-state")).to_have_text("not connected")
    page.evaluate("dispatchEvent(new Event('online'))")
    assert len(routes) == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1920])
def test_nothing_is_wider_than_the_screen(chat: Page, scheme: Any, width: int) -> None:
    chat.emulate_media(color_scheme=scheme)
    chat.set_viewport_size({"width": width, "height": 700})
    wait_for_text(ask(chat, "long" * 200), 20)
    assert chat.evaluate("document.documentElement.scrollWidth <= innerWidth")
    ground = chat.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(22, 25, 27)") is (scheme == "dark")

"""The room for everybody: small and large screens, light and dark, by keyboard alone, for who cannot see it."""
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import check_accessibility
from tests.browser.talk import (
    answer_instead,
    ask,
    choose_for_talking,
    open_chat,
    refusal,
    turns,
    wait_for_end,
    wait_for_text,
)
from tests.browser.test_chat_truth import LOADING
from tests.parley import Parley

SCHEMES: list[Any] = ["light", "dark"]
BRING_IN = """async (turns) => {
    const post = async (path, body) => (await fetch(path, {
        method: "POST", headers: {"content-type": "application/json"}, body: JSON.stringify(body)})).json();
    const empty = await post("/v1/conversations", {});
    const exported = await (await fetch(`/v1/conversations/${empty.id}/export`)).json();
    return post("/v1/conversations/import", {...exported, turns, active_turn_id: turns.at(-1).id});
}"""
AT_END = """async (room) => {
    const limit = performance.now() + 2000; // it is there in the browser's next frame
    while (room.scrollHeight - room.scrollTop - room.clientHeight > 1) {
        if (performance.now() > limit) return false;
        await new Promise(requestAnimationFrame);
    }
    return true;
}"""
LISTEN = """() => {
    window.announced = [];
    const region = document.querySelector("main [role=status]");
    const heard = () => announced.push(region.textContent.trim());
    new MutationObserver(heard).observe(region, {subtree: true, childList: true, characterData: true});
}"""


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [360, 1920])
def test_nothing_is_wider_than_the_screen(page: Page, parley: Parley, scheme: Any, width: int) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 700})
    open_chat(page, parley)
    wait_for_text(ask(page, "long" * 200 + " [[tokens=60]]"), 20)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator(".transcript-room").evaluate("(element) => element.scrollWidth <= element.clientWidth")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(22, 25, 27)") is (scheme == "dark")


def test_everything_by_keyboard(page: Page, parley: Parley) -> None:
    """Ask, stop, ask again, see the version before, change the question: without a mouse, and never lost."""
    open_chat(page, parley)
    field = page.get_by_label("Message")
    page.keyboard.press("/")
    expect(field).to_be_focused()
    page.keyboard.type("By keyboard [[tokens=300]]")
    page.keyboard.press("Enter")
    wait_for_text(page.locator(".answer"), 10)
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    wait_for_end(page.locator(".answer"), "stopped")
    expect(field).to_be_focused()
    tab_back_to(page, "Ask again")
    page.keyboard.press("Enter")
    expect(field).to_be_focused()
    wait_for_text(page.locator(".answer"), 10)
    page.keyboard.press("Escape")
    wait_for_end(page.locator(".answer"), "stopped")
    tab_back_to(page, "The version before")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Version 1 of 2")).to_be_visible()
    tab_back_to(page, "Change the question")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Changed question")).to_be_focused()
    page.keyboard.type(" changed")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Version 3 of 3")).to_be_visible()
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    wait_for_end(page.locator(".answer"), "stopped")


def tab_back_to(page: Page, name: str) -> None:
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.getAttribute('aria-label')") == name:
            return
    raise AssertionError(f"Nothing that is called {name!r} is reached by keyboard.")


def test_on_touch_all_buttons_are_visible(browser: Browser, parley: Parley) -> None:
    context = browser.new_context(has_touch=True, is_mobile=True, viewport={"width": 390, "height": 844})
    page = context.new_page()
    open_chat(page, parley)
    wait_for_end(ask(page, "One [[tokens=3]]"))
    wait_for_end(ask(page, "Two [[tokens=3]]"))
    page.get_by_label("Message").blur()
    for actions in page.locator(".actions").all():
        expect(actions).to_have_css("opacity", "1")
    context.close()


def test_it_follows_the_end_until_one_scrolls_up(page: Page, parley: Parley) -> None:
    page.set_viewport_size({"width": 800, "height": 400})
    open_chat(page, parley)
    answer = ask(page, "Long [[tokens=600]]")
    room = page.locator(".transcript-room")
    before = wait_for_text(answer, 500)
    assert room.evaluate("(room) => room.scrollTop") > 0
    assert room.evaluate(AT_END)
    room.hover()
    page.mouse.wheel(0, -150)
    expect(page.get_by_role("button", name="To the end")).to_be_visible()
    at = room.evaluate("(room) => room.scrollTop")
    wait_for_text(answer, len(before) + 150)
    assert room.evaluate("(room) => room.scrollTop") == at
    page.get_by_role("button", name="To the end").click()
    expect(page.get_by_role("button", name="To the end")).to_be_hidden()
    wait_for_text(answer, len(before) + 300)
    assert room.evaluate(AT_END)


def test_a_conversation_opens_at_its_end_and_brings_what_was_before(page: Page, parley: Parley) -> None:
    open_chat(page, parley)
    made = page.evaluate(BRING_IN, [
        {"id": f"turn_{i}", "parent_id": f"turn_{i - 1}" if i else None, "status": "completed", "created_at": 1 + i,
         "items": [{"type": "message", "role": "user", "content": f"question {i}"},
                   {"type": "message", "role": "assistant", "content": f"answer {i}"}]} for i in range(50)])
    open_chat(page, parley, f"/c/{made['id']}")
    expect(page.get_by_text("question 49")).to_be_in_viewport()
    expect(page.locator(".turn")).to_have_count(20)
    seen = page.get_by_text("question 31")
    seen.scroll_into_view_if_needed()
    page.locator(".transcript-room").hover()
    page.mouse.wheel(0, -50)
    expect(page.locator(".turn")).to_have_count(40)
    expect(seen).to_be_in_viewport()


def test_a_finished_answer_is_announced_once_and_not_token_by_token(page: Page, parley: Parley) -> None:
    open_chat(page, parley)
    page.evaluate(LISTEN)
    answer = ask(page, "Say it [[tokens=30]]")
    shown = wait_for_end(answer)
    expect(page.get_by_role("main").get_by_role("status")).to_contain_text("Answer: ")
    announced = page.evaluate("announced.filter((text) => text.startsWith('Answer: '))")
    assert len(announced) == 1
    assert shown[:20].strip() in announced[0]
    expect(page.get_by_role("log")).to_have_attribute("aria-live", "off")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing(page: Page, parley: Parley, scheme: Any) -> None:
    choose_for_talking(page, reasoning_effort="low")
    page.emulate_media(color_scheme=scheme)
    open_chat(page, parley)
    expect(page.get_by_role("button", name="Add a picture")).to_be_visible()
    check_accessibility(page)
    answer = ask(page, "Look at all of it [[tokens=120]]")
    wait_for_text(answer, 20)
    check_accessibility(page)
    answer.locator("summary").click()
    wait_for_end(answer)
    answer.hover()
    check_accessibility(page)
    page.get_by_role("button", name="Ask again").click()
    wait_for_end(page.locator(".answer"))
    page.locator(".question").hover()
    check_accessibility(page)
    page.get_by_role("button", name="Change the question").click()
    check_accessibility(page)
    assert len(turns(page)) == 1


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_where_things_go_wrong(page: Page, parley: Parley, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    answer_instead(page, lambda event: refusal("invalid_prompt") if event["type"] == "response.create" else None)
    open_chat(page, parley)
    expect(ask(page, "No good").locator(".problem")).to_be_visible()
    check_accessibility(page)
    page.context.set_offline(True)
    expect(page.locator(".dock-notice")).to_be_visible()
    check_accessibility(page)
    page.context.set_offline(False)
    page.route("**/v1/parley/status", lambda route: route.fulfill(json=LOADING))
    open_chat(page, parley)
    expect(page.get_by_role("heading", name="Getting ready")).to_be_visible()
    check_accessibility(page)

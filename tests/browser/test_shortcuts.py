"""What the keys do, and how one comes to know it."""
import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.axe import check_accessibility
from tests.browser.conversations import become_guest, side, talk, toast
from tests.browser.talk import ask, open_chat, wait_for_end, wait_for_text
from tests.parley import Parley

CODE = "First:\n\n```python\na = 1\n```\n\nthen:\n\n```\nb\nc\n```\n"


def composer(page: Page) -> Locator:
    return page.get_by_label("Message")


def shortcuts(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Keyboard shortcuts")


def clipboard(page: Page) -> str:
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_they_are_listed_wherever_one_is(chat: Page, scheme: str) -> None:
    chat.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    composer(chat).press("Control+/")
    expect(shortcuts(chat).get_by_role("term").filter(has_text="New chat")).to_be_visible()
    expect(shortcuts(chat).get_by_role("definition").first).to_have_text("Ctrl Shift O")
    check_accessibility(chat)
    chat.keyboard.press("Escape")
    expect(shortcuts(chat)).to_have_count(0)
    expect(composer(chat)).to_be_focused()
    chat.get_by_role("button", name=re.compile("^Account")).click()
    chat.get_by_role("menuitem", name="Shortcuts").click()
    expect(shortcuts(chat)).to_be_visible()
    chat.keyboard.press("Escape")
    expect(chat.get_by_role("button", name=re.compile("^Account"))).to_be_focused()


def test_a_single_character_is_none_where_one_writes_and_can_be_turned_off(chat: Page, parley: Parley) -> None:
    composer(chat).press("Shift+?")
    composer(chat).press("/")
    expect(composer(chat)).to_have_value("?/")
    composer(chat).blur()
    chat.keyboard.press("Shift+?")
    expect(shortcuts(chat)).to_be_visible()
    chat.keyboard.press("Escape")
    chat.goto(f"{parley.url}/settings/appearance")
    chat.get_by_role("checkbox", name="? and / are shortcuts").uncheck()
    chat.get_by_role("button", name="Show all shortcuts").click()
    expect(shortcuts(chat)).to_contain_text("turned off")
    expect(shortcuts(chat).get_by_text("?", exact=True)).to_have_count(0)
    open_chat(chat, parley)
    chat.keyboard.press("Shift+?")
    chat.keyboard.press("/")
    expect(composer(chat)).not_to_be_focused()
    expect(shortcuts(chat)).to_have_count(0)
    chat.keyboard.press("Control+/")
    expect(shortcuts(chat)).to_be_visible()


def test_from_room_to_room(guest: Page, parley: Parley) -> None:
    name = talk(guest, parley, "Old talk")
    open_chat(guest, parley, f"/c/{name}")
    guest.keyboard.press("Control+,")
    expect(guest).to_have_url(f"{parley.url}/settings")
    guest.keyboard.press("Control+Shift+O")
    expect(guest).to_have_url(f"{parley.url}/")
    expect(composer(guest)).to_be_focused()
    guest.keyboard.press("Control+Shift+S")
    expect(side(guest)).to_be_hidden()
    expect(composer(guest)).to_be_focused()
    guest.keyboard.press("Control+k")
    expect(guest.get_by_role("searchbox", name="Search conversations")).to_be_focused()
    guest.keyboard.press("Shift+Escape")
    expect(composer(guest)).to_be_focused()


def test_who_hides_the_conversations_keeps_the_focus(chat: Page) -> None:
    side(chat).get_by_role("button", name="Hide conversations").press("Enter")
    expect(chat.get_by_role("button", name="Show conversations")).to_be_focused()
    chat.keyboard.press("Enter")
    expect(side(chat).get_by_role("button", name="Hide conversations")).to_be_focused()


def test_the_last_answer_and_its_last_code_are_copied(guest: Page, parley: Parley) -> None:
    guest.context.grant_permissions(["clipboard-read", "clipboard-write"])
    name = talk(guest, parley, "With code", answer=CODE)
    open_chat(guest, parley, f"/c/{name}")
    expect(guest.locator(".md-code")).to_have_count(2)
    guest.keyboard.press("Control+Shift+F")
    expect(toast(guest, "code is copied")).to_be_visible()
    assert clipboard(guest) == "b\nc"
    guest.keyboard.press("Control+Shift+C")
    expect(toast(guest, "answer is copied")).to_be_visible()
    assert clipboard(guest).strip() == CODE.strip()


def test_an_answer_is_stopped_and_the_last_question_changed(chat: Page) -> None:
    answer = ask(chat, "Tell me [[tokens=300]]")
    wait_for_text(answer, 5)
    chat.keyboard.press("ArrowUp")
    expect(chat.get_by_label("Changed question")).to_have_count(0)
    chat.keyboard.press("Escape")
    wait_for_end(answer, "stopped")
    composer(chat).press_sequentially("x")
    composer(chat).press("ArrowUp")
    expect(chat.get_by_label("Changed question")).to_have_count(0)
    composer(chat).press("Delete")  # the arrow has gone before it
    chat.keyboard.press("ArrowUp")
    expect(chat.get_by_label("Changed question")).to_be_focused()
    chat.keyboard.press("Escape")
    expect(chat.get_by_role("button", name="Change the question")).to_be_focused()


def test_a_mac_and_a_french_keyboard_are_spoken_of_as_their_keys_are(browser: Browser, parley: Parley) -> None:
    for platform, locale, shown in (("MacIntel", "en-GB", "⌘ ⇧ O"), ("Linux x86_64", "fr-FR", "Ctrl Maj O")):
        context = browser.new_context(locale=locale)
        page = context.new_page()
        page.add_init_script(f"Object.defineProperty(navigator, 'platform', {{get: () => '{platform}'}})")
        become_guest(page, parley)
        open_chat(page, parley)
        page.get_by_label("Message").press("Meta+/" if platform == "MacIntel" else "Control+/")
        expect(page.get_by_role("dialog").get_by_role("definition").first).to_have_text(shown)
        context.close()

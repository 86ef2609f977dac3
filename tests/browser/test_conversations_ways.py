"""The list at the side by keyboard alone, on a phone, and in French."""
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import check_accessibility
from tests.browser.conversations import become_guest, link, open_side, side, talk, titles, toast
from tests.parley import Parley


@pytest.fixture
def phone(browser: Browser, parley: Parley) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True, locale="en-GB")
    page = context.new_page()
    become_guest(page, parley)
    yield page
    context.close()


def test_by_keyboard_alone(guest: Page, parley: Parley) -> None:
    for number in (3, 2, 1):
        talk(guest, parley, f"Talk {number}", ago_s=number * 60)
    open_side(guest, parley)
    expect(titles(guest, "Today")).to_have_text(["Talk 1", "Talk 2", "Talk 3"])
    keys = guest.keyboard
    keys.press("Control+k")
    keys.press("ArrowDown")
    expect(link(guest, "Talk 1")).to_be_focused()
    keys.press("End")
    expect(link(guest, "Talk 3")).to_be_focused()
    keys.press("ArrowUp")
    expect(link(guest, "Talk 2")).to_be_focused()
    keys.press("F2")
    keys.type("Renamed")
    keys.press("Enter")
    expect(link(guest, "Renamed")).to_be_focused()
    keys.press("Shift+F10")
    expect(guest.get_by_role("menuitem", name="Pin")).to_be_focused()
    keys.press("ArrowUp")
    expect(guest.get_by_role("menuitem", name="Delete")).to_be_focused()
    keys.press("Home")
    keys.press("Enter")
    expect(titles(guest, "Pinned")).to_have_text(["Renamed"])
    expect(link(guest, "Renamed")).to_be_focused()
    keys.press("Delete")
    expect(toast(guest, "“Renamed” is deleted.")).to_be_visible()
    expect(link(guest, "Talk 1")).to_be_focused()
    keys.press("Control+z")
    expect(titles(guest, "Pinned")).to_have_text(["Renamed"])
    keys.press("Tab")
    expect(side(guest).get_by_role("button", name="What to do with “Talk 1”")).to_be_focused()
    keys.press("Enter")
    keys.press("Escape")
    expect(guest.get_by_role("menu")).to_have_count(0)
    expect(side(guest).get_by_role("button", name="What to do with “Talk 1”")).to_be_focused()
    keys.press("Shift+Tab")
    keys.press("Enter")
    expect(guest).to_have_url(re.compile("/c/conv_"))
    expect(link(guest, "Talk 1")).to_have_attribute("aria-current", "page")


def test_a_search_from_anywhere_opens_the_side(guest: Page, parley: Parley) -> None:
    open_side(guest, parley)
    guest.get_by_role("button", name="Hide conversations").first.click()
    expect(side(guest)).to_be_hidden()
    guest.get_by_label("Message").press("Control+k")
    expect(guest.get_by_role("searchbox", name="Search conversations")).to_be_focused()


def test_on_a_phone_it_lies_over_the_room(phone: Page, parley: Parley) -> None:
    talk(phone, parley, "Talk")
    phone.goto(parley.url)
    expect(side(phone)).to_be_hidden()
    phone.get_by_role("button", name="Show conversations").tap()
    expect(link(phone, "Talk")).to_be_visible()
    check_accessibility(phone)
    side(phone).get_by_role("button", name="What to do with “Talk”").tap()
    phone.get_by_role("menuitem", name="Pin").tap()
    expect(titles(phone, "Pinned")).to_have_text(["Talk"])
    menu = side(phone).get_by_role("button", name="What to do with “Talk”")
    menu.tap()
    box = phone.get_by_role("menu", name="What to do with “Talk”").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    menu.tap()
    link(phone, "Talk").tap()
    expect(phone).to_have_url(re.compile("/c/conv_"))
    expect(side(phone)).to_be_hidden()


def test_it_speaks_french(guest: Page, parley: Parley) -> None:
    guest.context.add_cookies([{"name": "parley_language", "value": "fr", "url": parley.url}])
    talk(guest, parley, "Géographie")
    guest.goto(parley.url)
    expect(titles(guest, "Aujourd’hui")).to_have_text(["Géographie"])
    expect(guest.get_by_role("searchbox", name="Chercher dans les conversations")).to_be_visible()

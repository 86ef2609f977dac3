"""Searching in conversations, as one types."""
import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.axe import check_accessibility
from tests.browser.conversations import link, open_side, side, talk
from tests.parley import Parley

SEARCHES = re.compile(r"/v1/conversations/search\?")


def field(page: Page) -> Locator:
    return page.get_by_role("searchbox", name="Search conversations")


def results(page: Page) -> Locator:
    return side(page).get_by_role("list", name="What was found").get_by_role("link")


def test_what_was_said_is_found_and_marked(guest: Page, parley: Parley) -> None:
    name = talk(guest, parley, "<b>Geography</b>", question="Tell me of <i>Kathmandu</i>, please.")
    talk(guest, parley, "Cooking", question="How long do eggs boil?")
    open_side(guest, parley)
    guest.keyboard.press("Control+k")
    expect(field(guest)).to_be_focused()
    guest.keyboard.type("kathm")
    expect(results(guest)).to_have_count(1)
    expect(side(guest).get_by_role("status")).to_have_text("1 conversation found")
    expect(results(guest)).to_contain_text("<b>Geography</b>")
    expect(results(guest)).to_contain_text("Tell me of <i>Kathmandu</i>, please.")
    expect(results(guest).locator("mark")).to_have_text("Kathmandu")
    results(guest).click()
    expect(guest).to_have_url(re.compile(f"/c/{name}\\?turn=turn_"))


def test_arrows_lead_through_what_was_found_and_escape_out_of_it(guest: Page, parley: Parley) -> None:
    for title in ("Whales one", "Whales two"):
        talk(guest, parley, title)
    open_side(guest, parley)
    guest.keyboard.press("Control+k")
    guest.keyboard.type("whales")
    expect(results(guest)).to_have_count(2)
    guest.keyboard.press("ArrowDown")
    expect(results(guest).nth(0)).to_be_focused()
    guest.keyboard.press("ArrowDown")
    expect(results(guest).nth(1)).to_be_focused()
    guest.keyboard.press("ArrowUp")
    guest.keyboard.press("ArrowUp")
    expect(field(guest)).to_be_focused()
    guest.keyboard.press("ArrowDown")
    guest.keyboard.press("Enter")
    expect(guest).to_have_url(re.compile("/c/conv_"))
    guest.keyboard.press("Control+k")
    guest.keyboard.press("Escape")
    expect(field(guest)).to_have_value("")
    expect(link(guest, "Whales two")).to_be_visible()
    expect(results(guest)).to_have_count(0)


def test_each_letter_asks_once_and_the_last_counts(guest: Page, parley: Parley) -> None:
    """The answer for the first letters comes after that for the last."""
    talk(guest, parley, "Alphabet")
    talk(guest, parley, "Alpine flowers")
    open_side(guest, parley)
    held: list[Route] = []
    guest.route(re.compile(r"search\?query=alp&"), lambda route: held.append(route))
    asked: list[str] = []
    guest.on("request", lambda request: asked.append(request.url) if SEARCHES.search(request.url) else None)
    with guest.expect_request(SEARCHES):
        field(guest).press_sequentially("alp")
    with guest.expect_event("requestfailed") as failed:
        field(guest).press_sequentially("ha")
    assert "query=alp&" in failed.value.url
    expect(results(guest)).to_have_count(1)
    expect(results(guest)).to_contain_text("Alphabet")
    assert len(asked) <= 3


def test_nothing_found_and_a_server_that_fails_are_said(guest: Page, parley: Parley) -> None:
    talk(guest, parley, "Alphabet")
    open_side(guest, parley)
    field(guest).fill("zebra")
    expect(side(guest).get_by_role("status")).to_contain_text("Nothing was found.")
    guest.route(SEARCHES, lambda route: route.abort())
    field(guest).fill("alphabet")
    expect(side(guest).get_by_role("alert")).to_contain_text("The server does not answer.")
    guest.unroute(SEARCHES)
    side(guest).get_by_role("button", name="Try again").click()
    expect(results(guest)).to_have_count(1)
    side(guest).get_by_role("button", name="End the search").click()
    expect(field(guest)).to_be_focused()
    expect(link(guest, "Alphabet")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible(guest: Page, parley: Parley, scheme: str) -> None:
    guest.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    talk(guest, parley, "Alphabet")
    open_side(guest, parley)
    field(guest).fill("alphabet")
    expect(results(guest)).to_have_count(1)
    check_accessibility(guest)
    field(guest).fill("zebra")
    expect(side(guest).get_by_role("status")).to_contain_text("Nothing was found.")
    check_accessibility(guest)

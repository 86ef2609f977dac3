"""What is seen before the page's scripts run stays where it is when they have."""
import pytest
from playwright.sync_api import Browser, FloatRect, Page, Route, ViewportSize, expect

from tests.parley import Parley

APP = "**/static/app.js"
SIDEBAR = 272
STYLED = "[...document.querySelectorAll('link[rel=stylesheet]')].every((link) => link.sheet)"  # else nothing is painted

DESK, TELEPHONE = ViewportSize(width=1280, height=800), ViewportSize(width=360, height=740)


def open_held(page: Page, url: str) -> list[Route]:
    """Open the page without its scripts. Each that waits can be continued."""
    held: list[Route] = []
    page.route(APP, lambda route: held.append(route))
    with page.expect_request(APP):
        page.goto(url, wait_until="commit")
    return held


def place(page: Page, parley: Parley, text: str) -> FloatRect | None:
    parley.wait_until(lambda: bool(page.evaluate(STYLED)), "the styles")
    heading = page.get_by_role("heading", name=text)
    expect(heading).to_be_visible()
    return heading.bounding_box()


@pytest.mark.parametrize(
    ("locale", "greeting"), [("en-GB", "What would you like to know?"), ("fr-FR", "Que voulez-vous savoir ?")],
    ids=["en", "fr"])
@pytest.mark.parametrize(
    ("size", "sidebar"), [(DESK, "open"), (DESK, "closed"), (TELEPHONE, "open")], ids=["desk", "closed", "telephone"])
def test_the_greeting_is_there_at_once_and_does_not_move(
        browser: Browser, parley: Parley, locale: str, greeting: str, size: ViewportSize, sidebar: str) -> None:
    with browser.new_context(locale=locale, viewport=size) as context:
        page = context.new_page()
        if sidebar == "closed":
            page.goto(parley.url)
            page.locator(".toggles-sidebar").click()
        held = open_held(page, parley.url)
        first = place(page, parley, greeting)
        expect(page.get_by_label("Message")).to_have_count(0)
        [route] = held
        route.continue_()
        expect(page.get_by_label("Message")).to_be_visible()
        assert place(page, parley, greeting) == first
        assert first
        room = size["width"] if sidebar == "closed" or size is TELEPHONE else size["width"] - SIDEBAR
        assert first["x"] + first["width"] / 2 == pytest.approx(size["width"] - room / 2)


def test_who_must_sign_in_is_not_greeted(browser: Browser) -> None:
    with Parley(settings={"guests": "false"}) as closed, browser.new_context(locale="en-GB") as context:
        page = context.new_page()
        held = open_held(page, closed.url)
        expect(page.locator(".first-view")).to_be_attached()
        expect(page.get_by_text("What would you like to know?")).to_have_count(0)
        [route] = held
        route.continue_()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()

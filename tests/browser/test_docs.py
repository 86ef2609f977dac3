"""The page that shows the doors, under the same strict policy as the chat page."""
from playwright.sync_api import Page, expect

from tests.parley import Parley


def test_it_shows_routes_bodies_codes_and_messages(page: Page, parley: Parley) -> None:
    page.goto(f"{parley.url}/docs")
    route = page.locator("details.door", has=page.locator("summary code", has_text="/v1/chat/completions")).first
    route.locator("summary").first.click()
    expect(route).to_contain_text("What is the capital of France?")
    expect(route).to_contain_text("idempotency_mismatch")
    message = page.locator("details.door", has=page.locator("summary code", has_text="parley:resume")).first
    message.locator("summary").first.click()
    expect(message).to_contain_text("starting_after")


def test_it_says_when_the_documents_cannot_be_read(page: Page, parley: Parley) -> None:
    page.route("**/asyncapi.json", lambda route: route.abort())
    page.goto(f"{parley.url}/docs")
    expect(page.locator("#doors")).to_contain_text("could not be read")

"""A browser for the whole run, and for each test a page that nobody has used."""
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Locator, Page, expect, sync_playwright

from tests.browser.chromium import FLAGS, MISSING, find_chromium
from tests.browser.conversations import become_guest
from tests.browser.looks import keep_look
from tests.browser.markdown_page import open_markdown
from tests.browser.talk import open_chat
from tests.parley import Parley

PATIENCE_MS = 15_000


@pytest.fixture(scope="session")
def parley() -> Iterator[Parley]:
    """Slow enough for somebody to press stop; a test must not break it. Many sign in, and all from one address."""
    with Parley(settings={"synthetic_tokens_per_s": "30", "attempts_per_address": "10000"}) as installation:
        yield installation


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        except Error as error:
            if "Executable doesn't exist" not in str(error):
                raise
            pytest.skip(MISSING)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Fails the test if the page logs an error, a breach of its content security policy included."""
    wrong: list[str] = []

    def logged(message: ConsoleMessage) -> None:
        refused = message.text.startswith("Failed to load resource") and "/v1/" in message.location["url"]
        broken = "net::ERR_" in message.text or message.text.startswith("WebSocket connection to")
        if message.type == "error" and not refused and not broken:  # what some tests make happen
            wrong.append(message.text)

    expect.set_options(timeout=PATIENCE_MS)
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.on("console", logged)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    keep_look(page, request.node.nodeid)
    context.close()
    assert not wrong


@pytest.fixture
def chat(page: Page, parley: Parley) -> Page:
    """The page as somebody sees it who was never there."""
    open_chat(page, parley)
    return page


@pytest.fixture
def guest(page: Page, parley: Parley) -> Page:
    """A page that nobody has opened, of somebody who can have conversations."""
    become_guest(page, parley)
    return page


@pytest.fixture
def root(page: Page, parley: Parley) -> Locator:
    """Where answers are shown, on a page with nothing else."""
    return open_markdown(page, parley)

"""People of an installation whose administrator is the first who came, as the tests of that room make them."""
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import APIRequestContext, Browser, Page

from tests.parley import Parley

ADMINISTRATOR = "ada@example.org"
PASSWORD = "correct horse battery"
# Each test signs in anew, and on a fast machine that is often.
OFTEN = {"attempts_per_account": "1000", "attempts_per_address": "1000"}


def register(request: APIRequestContext, parley: Parley, email: str, name: str) -> None:
    made = request.post(f"{parley.url}/v1/auth/register", data={
        "email": email, "password": PASSWORD, "display_name": name})
    assert made.status == 202, made.text()


@contextmanager
def administered(browser: Browser, **settings: str) -> Iterator[Parley]:
    """An installation with an administrator, and no other account."""
    with Parley(settings=settings | OFTEN) as parley:
        context = browser.new_context()
        register(context.request, parley, ADMINISTRATOR, "Ada")
        context.close()
        yield parley


def sign_in(page: Page, parley: Parley, email: str) -> None:
    """The page's browser holds the session from now on."""
    made = page.context.request.post(f"{parley.url}/v1/auth/login", data={"email": email, "password": PASSWORD})
    assert made.status == 204, made.text()


@contextmanager
def another(browser: Browser, parley: Parley, email: str, name: str) -> Iterator[Page]:
    """Somebody else's browser, signed in to an account of theirs, with nothing open."""
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    try:
        register(context.request, parley, email, name)
        sign_in(page, parley, email)
        yield page
    finally:
        context.close()


@contextmanager
def ask_at_length(page: Page, parley: Parley) -> Iterator[None]:
    """An answer that runs all the while, read as it comes; it is stopped in the end."""
    page.goto(f"{parley.url}/static/docs.html")  # of the own origin, and opens no socket
    response_id = page.evaluate("""async () => {
        const body = JSON.stringify({input: "Tell me all [[tokens=5000]]", stream: true});
        const headers = {"content-type": "application/json"};
        window.answer = await fetch("/v1/responses", {method: "POST", headers, body});
        const reader = window.answer.body.getReader();
        let text = "";
        while (!text.includes('"id":"resp_')) text += new TextDecoder().decode((await reader.read()).value);
        (async () => { while (!(await reader.read()).done); })();
        return text.match(/"id":"(resp_[^"]+)"/)[1];
    }""")
    try:
        yield
    finally:
        page.context.request.post(f"{parley.url}/v1/responses/{response_id}/cancel")


def told(page: Page, path: str) -> dict[str, Any]:
    """What the server says to this page's browser."""
    answer = page.context.request.get(f"{page.url.split('/admin')[0]}{path}")
    assert answer.status == 200, answer.text()
    found: dict[str, Any] = answer.json()
    return found

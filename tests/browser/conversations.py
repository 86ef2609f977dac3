"""Conversations for the tests of the list at the side, and how a person finds them there."""
import time
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.parley import Parley

DAY_S = 86_400
QUESTION, ANSWER = "What is the capital of France?", "Paris is the **capital** of France."


def export(title: str, *, ago_s: float = 0, **fields: Any) -> dict[str, Any]:
    """A conversation as an export has it."""
    at = fields.pop("at", time.time() - ago_s)
    items = [
        {"type": "message", "role": "user", "content": fields.pop("question", QUESTION)},
        {"type": "message", "role": "assistant", "content": fields.pop("answer", ANSWER)},
    ]
    turn = {"id": "a", "status": "completed", "created_at": at, "items": items}
    head = {"object": "parley:conversation.export", "version": 1, "created_at": at, "updated_at": at}
    return {**head, "title": title, "turns": [turn], **fields}


def talk(page: Page, parley: Parley, title: str, **fields: Any) -> str:
    """Have the user of this page have a conversation; its id."""
    told = page.context.request.post(f"{parley.url}/v1/conversations/import", data=export(title, **fields))
    assert told.ok, told.text()
    name: str = told.json()["id"]
    return name


def become_guest(page: Page, parley: Parley) -> None:
    """As a visit of the page does it: from now on there is somebody who can have conversations."""
    page.context.request.get(parley.url)


def side(page: Page) -> Locator:
    return page.get_by_role("navigation", name="Conversations")


def link(page: Page, title: str) -> Locator:
    return side(page).get_by_role("link", name=title, exact=True)


def titles(page: Page, group: str) -> Locator:
    return side(page).get_by_role("list", name=group, exact=True).get_by_role("link")


def choose(page: Page, title: str, entry: str) -> None:
    """In the menu of this conversation."""
    link(page, title).hover()
    side(page).get_by_role("button", name=f"What to do with “{title}”").click()
    page.get_by_role("menuitem", name=entry).click()


def toast(page: Page, text: str) -> Locator:
    return page.locator(".toast", has_text=text)


def told(page: Page, parley: Parley, name: str) -> dict[str, Any]:
    """The conversation as the server has it; empty where it has none."""
    answer = page.context.request.get(f"{parley.url}/v1/conversations/{name}")
    known: dict[str, Any] = answer.json() if answer.ok else {}
    return known


def open_side(page: Page, parley: Parley, path: str = "/") -> None:
    page.goto(f"{parley.url}{path}")
    expect(page.get_by_role("searchbox", name="Search conversations")).to_be_visible()


def another_tab(page: Page, parley: Parley, path: str = "/") -> Page:
    tab = page.context.new_page()
    open_side(tab, parley, path)
    return tab

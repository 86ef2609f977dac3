"""Links to conversations, and conversations as files."""
import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.axe import check_accessibility
from tests.browser.conversations import ANSWER, choose, export, link, open_side, side, talk, toast
from tests.parley import Parley


@pytest.fixture
def guest(guest: Page, parley: Parley) -> Page:
    guest.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=parley.url)
    return guest


def sharing(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Share a conversation")


def test_a_link_is_made_copied_and_taken_back(guest: Page, parley: Parley) -> None:
    name = talk(guest, parley, "Geography")
    open_side(guest, parley)
    choose(guest, "Geography", "Share")
    expect(sharing(guest)).to_contain_text("There is no link yet")
    sharing(guest).get_by_role("button", name="Make a link").click()
    expect(sharing(guest).get_by_role("status")).to_have_text("The link is made and copied.")
    copied = guest.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(rf"{parley.url}/shared/[\w-]+", copied)
    expect(sharing(guest).get_by_role("textbox")).to_have_value(copied)
    guest.evaluate("navigator.clipboard.writeText('')")
    sharing(guest).get_by_role("button", name="Copied").click()
    parley.wait_until(lambda: guest.evaluate("navigator.clipboard.readText()") == copied, "the link to be copied again")
    guest.keyboard.press("Escape")
    expect(sharing(guest)).to_be_hidden()
    reader = guest.context.new_page()
    reader.goto(copied)
    expect(reader.get_by_role("heading", name="Geography")).to_be_visible()
    choose(guest, "Geography", "Share")
    sharing(guest).get_by_role("button", name="Take back").click()
    expect(sharing(guest)).to_contain_text("There is no link yet")
    shares = guest.context.request.get(f"{parley.url}/v1/conversations/{name}/shares").json()
    assert shares["data"] == []
    reader.reload()
    expect(reader.get_by_role("heading", name="There is nothing here any more")).to_be_visible()


def test_a_link_that_cannot_be_made_is_told_in_words(guest: Page, parley: Parley) -> None:
    question = {"type": "message", "role": "user", "content": "Is anybody there?"}
    made = {"items": [question], "parley:title": "Unanswered"}
    guest.context.request.post(f"{parley.url}/v1/conversations", data=made)
    open_side(guest, parley)
    guest.route("**/shares", lambda route: route.abort() if route.request.method == "POST" else route.fallback())
    choose(guest, "Unanswered", "Share")
    sharing(guest).get_by_role("button", name="Make a link").click()
    expect(sharing(guest).get_by_role("alert")).to_contain_text("The server does not answer.")
    expect(sharing(guest).get_by_role("button", name="Make a link")).to_be_enabled()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_sharing_is_accessible(guest: Page, parley: Parley, scheme: str) -> None:
    guest.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    talk(guest, parley, "Geography")
    open_side(guest, parley)
    choose(guest, "Geography", "Share")
    expect(sharing(guest)).to_contain_text("There is no link yet")
    check_accessibility(guest)
    sharing(guest).get_by_role("button", name="Make a link").click()
    expect(sharing(guest).get_by_role("status")).to_contain_text("copied")
    check_accessibility(guest)


def test_saved_as_markdown_and_as_json_under_its_title(guest: Page, parley: Parley) -> None:
    talk(guest, parley, "Geography: Paris/France?")
    open_side(guest, parley)
    with guest.expect_download() as saved:
        choose(guest, "Geography: Paris/France?", "Save as Markdown")
    assert saved.value.suggested_filename == "Geography Paris France.md"
    text = Path(saved.value.path()).read_text()
    assert text.startswith("# Geography: Paris/France?\n")
    assert ANSWER in text
    with guest.expect_download() as saved:
        choose(guest, "Geography: Paris/France?", "Save as JSON")
    assert saved.value.suggested_filename == "Geography Paris France.json"
    whole = json.loads(Path(saved.value.path()).read_text())
    assert whole["object"] == "parley:conversation.export"
    assert len(whole["turns"]) == 1


def test_an_export_that_fails_is_told_in_words(guest: Page, parley: Parley) -> None:
    talk(guest, parley, "Geography")
    open_side(guest, parley)
    guest.route("**/export?*", lambda route: route.abort())
    choose(guest, "Geography", "Save as JSON")
    expect(toast(guest, "could not be saved as a file. The server does not answer.")).to_be_visible()


def bring_in(page: Page, *files: tuple[str, Any]) -> None:
    """Files of these names and contents."""
    side(page).get_by_role("button", name="More for all conversations").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("menuitem", name="Bring in conversations").click()
    payloads: list[FilePayload] = [
        {"name": name, "mimeType": "application/json", "buffer": json.dumps(content).encode()}
        for name, content in files]
    chooser.value.set_files(payloads)


def test_what_was_saved_is_brought_in_again(guest: Page, parley: Parley) -> None:
    open_side(guest, parley)
    bring_in(guest, ("one.json", export("From a file")), ("two.json", export("From another", ago_s=60)))
    expect(link(guest, "From a file")).to_be_visible()
    expect(link(guest, "From another")).to_have_attribute("aria-current", "page")
    expect(guest).to_have_url(re.compile("/c/conv_"))
    guest.reload()
    expect(link(guest, "From a file")).to_be_visible()


def test_files_that_hold_no_conversation_are_told_in_words(guest: Page, parley: Parley) -> None:
    open_side(guest, parley)
    bring_in(guest, ("list.json", [1, 2]))
    expect(toast(guest, "list.json was not brought in. It holds no conversation")).to_be_visible()
    bring_in(guest, ("ring.json", {**export("Ring"), "active_turn_id": "nowhere"}))
    expect(toast(guest, "ring.json was not brought in. `active_turn_id` names no turn")).to_be_visible()
    expect(side(guest)).to_contain_text("Nothing has been asked yet.")
    assert guest.url == f"{parley.url}/"

"""The list at the side: what is in it, in which order, and what one does with a conversation."""
import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.axe import check_accessibility
from tests.browser.conversations import (
    DAY_S,
    choose,
    link,
    open_side,
    side,
    talk,
    titles,
    toast,
    told,
)
from tests.parley import Parley


def test_it_is_grouped_by_when_something_happened(guest: Page, parley: Parley) -> None:
    guest.clock.set_fixed_time("2031-05-20T12:00:00")  # the days are the browser's; noon is far from every midnight
    now = guest.evaluate("Date.now() / 1000")
    for title, days, fields in [
        ("Pinned long ago", 200, {"pinned": True}), ("Today", 0.1, {}), ("Yesterday", 1, {}), ("Days ago", 4, {}),
        ("Weeks ago", 15, {}), ("In March", 70, {}), ("In February", 90, {}), ("Put away", 2, {"archived": True}),
    ]:
        talk(guest, parley, title, at=now - days * DAY_S, **fields)
    open_side(guest, parley)
    for group, title in [
        ("Pinned", "Pinned long ago"), ("Today", "Today"), ("Yesterday", "Yesterday"), ("Last 7 days", "Days ago"),
        ("Last 30 days", "Weeks ago"), ("March 2031", "In March"), ("February 2031", "In February"),
    ]:
        expect(titles(guest, group)).to_have_text([title])
    expect(link(guest, "Put away")).to_be_hidden()
    side(guest).get_by_text("Archived").click()
    expect(titles(guest, "Archived")).to_have_text(["Put away"])


def test_the_open_one_is_marked(guest: Page, parley: Parley) -> None:
    name = talk(guest, parley, "Open")
    talk(guest, parley, "Closed")
    open_side(guest, parley)
    link(guest, "Open").click()
    expect(guest).to_have_url(re.compile(f"/c/{name}$"))
    expect(link(guest, "Open")).to_have_attribute("aria-current", "page")
    assert link(guest, "Closed").get_attribute("aria-current") is None


def test_who_has_asked_nothing_is_told_so(guest: Page, parley: Parley) -> None:
    open_side(guest, parley)
    expect(side(guest)).to_contain_text("Nothing has been asked yet.")
    expect(side(guest).get_by_text("Archived")).to_have_count(0)


def test_who_has_put_all_away_finds_it(guest: Page, parley: Parley) -> None:
    talk(guest, parley, "Put away", archived=True)
    open_side(guest, parley)
    side(guest).get_by_text("Archived").click()
    expect(titles(guest, "Archived")).to_have_text(["Put away"])


def test_pinned_and_unpinned(guest: Page, parley: Parley) -> None:
    name = talk(guest, parley, "To keep")
    talk(guest, parley, "Another")
    open_side(guest, parley)
    choose(guest, "To keep", "Pin")
    expect(titles(guest, "Pinned")).to_have_text(["To keep"])
    expect(titles(guest, "Today")).to_have_text(["Another"])
    guest.reload()
    expect(titles(guest, "Pinned")).to_have_text(["To keep"])
    assert told(guest, parley, name)["parley:pinned"] is True
    choose(guest, "To keep", "Unpin")
    expect(side(guest).get_by_role("heading", name="Pinned")).to_be_hidden()


def test_archived_with_undo_and_taken_out_again(guest: Page, parley: Parley) -> None:
    talk(guest, parley, "Done with")
    open_side(guest, parley)
    choose(guest, "Done with", "Archive")
    expect(link(guest, "Done with")).to_be_hidden()
    toast(guest, "“Done with” is archived.").get_by_role("button", name="Undo").click()
    expect(link(guest, "Done with")).to_be_visible()
    choose(guest, "Done with", "Archive")
    guest.reload()
    side(guest).get_by_text("Archived").click()
    expect(titles(guest, "Archived")).to_have_text(["Done with"])
    choose(guest, "Done with", "Take out of the archive")
    expect(titles(guest, "Today")).to_have_text(["Done with"])


def test_what_the_server_refuses_is_as_before(guest: Page, parley: Parley) -> None:
    name = talk(guest, parley, "Unmoved")
    open_side(guest, parley)
    error = {"error": {"code": "internal_error", "message": "The database is away.", "type": "server_error"}}

    def refuse(route: Route) -> None:
        if route.request.method == "GET":
            route.fallback()
        else:
            route.fulfill(status=503, json=error)

    guest.route(f"**/v1/conversations/{name}", refuse)
    choose(guest, "Unmoved", "Pin")
    expect(toast(guest, "Nothing was pinned or unpinned. The database is away.")).to_be_visible()
    expect(titles(guest, "Today")).to_have_text(["Unmoved"])
    choose(guest, "Unmoved", "Archive")
    expect(toast(guest, "The conversation stays where it was. The database is away.")).to_be_visible()
    expect(link(guest, "Unmoved")).to_be_visible()
    choose(guest, "Unmoved", "Delete")
    expect(link(guest, "Unmoved")).to_be_hidden()
    toast(guest, "“Unmoved” is deleted.").get_by_role("button", name="Close").click()
    expect(toast(guest, "could not be deleted. The database is away.")).to_be_visible()
    expect(link(guest, "Unmoved")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible(guest: Page, parley: Parley, scheme: str) -> None:
    guest.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    open_side(guest, parley)
    expect(side(guest)).to_contain_text("Nothing has been asked yet.")
    check_accessibility(guest)
    for title, fields in [("Pinned", {"pinned": True}), ("Open", {}), ("سؤال", {}), ("Put away", {"archived": True})]:
        name = talk(guest, parley, title, **fields)
    open_side(guest, parley, f"/c/{name}")
    side(guest).get_by_text("Archived").click()
    expect(titles(guest, "Archived")).to_have_text(["Put away"])
    check_accessibility(guest)
    link(guest, "Open").hover()
    side(guest).get_by_role("button", name="What to do with “Open”").click()
    expect(guest.get_by_role("menuitem", name="Rename")).to_be_visible()
    check_accessibility(guest)
    guest.get_by_role("menuitem", name="Rename").click()
    expect(side(guest).get_by_label("New title")).to_be_focused()
    check_accessibility(guest)

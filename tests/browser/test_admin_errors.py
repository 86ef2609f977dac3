"""What clients were told of late, as their administrator looks through it."""
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.administration import ADMINISTRATOR, administered, another, sign_in, told
from tests.browser.axe import check_accessibility
from tests.parley import Parley


@pytest.fixture(scope="module")
def installation(browser: Browser) -> Iterator[Parley]:
    with administered(browser) as parley:
        yield parley


@pytest.fixture
def room(page: Page, installation: Parley) -> Page:
    sign_in(page, installation, ADMINISTRATOR)
    page.goto(f"{installation.url}/admin/errors")
    expect(page.get_by_role("heading", name="Errors")).to_be_visible()
    return page


def items(page: Page) -> Locator:
    return page.get_by_role("list", name="Errors").get_by_role("listitem")


def test_at_first_there_are_none(room: Page) -> None:
    expect(room.get_by_text("No errors. Nobody was told one within the last day.")).to_be_visible()
    check_accessibility(room)


def test_errors_come_by_themselves_and_are_looked_through(room: Page, browser: Browser, installation: Parley) -> None:
    with another(browser, installation, "errs@example.org", "Erring") as other:
        request = other.context.request
        for temperature in ("hot", "cold"):
            request.post(f"{installation.url}/v1/responses", data={"input": "x", "temperature": temperature})
        request.get(f"{installation.url}/v1/responses/resp_unknown")
    expect(items(room)).to_have_count(3)
    found = told(room, "/v1/admin/errors")["data"]
    assert [error["code"] for error in found] == room.locator(".admin-error-head code").all_text_contents()
    expect(items(room).first).to_contain_text("Erring")
    expect(items(room).last).to_contain_text("about temperature")
    refused = found[-1]["code"]
    codes = room.get_by_label("Code", exact=True)
    codes.select_option(label=f"{refused} (2)")
    expect(items(room)).to_have_count(2)
    expect(items(room).filter(has_text=refused)).to_have_count(2)
    room.get_by_label("Kind of error").select_option(label="Failures of our own")
    expect(room.get_by_text("No errors of this kind.")).to_be_visible()
    expect(codes).to_have_value("")
    room.get_by_label("Kind of error").select_option(label="Refused requests")
    expect(items(room)).to_have_count(3)
    room.get_by_label("Kind of error").select_option(label="All errors")
    expect(items(room)).to_have_count(3)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1600])
def test_nothing_stands_in_anybodys_way(room: Page, installation: Parley, scheme: Any, width: int) -> None:
    room.context.request.get(f"{installation.url}/v1/responses/resp_unknown")
    room.emulate_media(color_scheme=scheme)
    room.set_viewport_size({"width": width, "height": 800})
    room.reload()
    expect(items(room).first).to_be_visible()
    check_accessibility(room)
    assert room.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert room.evaluate("(room => room.scrollWidth <= room.clientWidth)(document.querySelector('.room'))")

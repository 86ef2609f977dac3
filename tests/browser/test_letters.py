"""What the links in letters lead to."""
from playwright.sync_api import Page, expect

from tests.browser.axe import check_accessibility
from tests.browser.people import link_in
from tests.parley import Parley

READER = "reader@example.org"


def test_an_address_is_confirmed_and_a_password_chosen_anew(page: Page, parley: Parley) -> None:
    request = page.context.request
    known = {"email": READER, "password": "a long enough one"}
    assert request.post(f"{parley.url}/v1/auth/register", data=known).status == 202
    page.goto(link_in(parley, "verify"))
    expect(page.get_by_role("status").filter(has_text="is confirmed")).to_be_visible()
    assert "#" not in page.url
    check_accessibility(page)
    page.goto("about:blank")
    assert request.post(f"{parley.url}/v1/auth/forgot-password", data={"email": READER}).status == 202
    page.goto(link_in(parley, "reset"))
    page.get_by_label("New password").fill("quite another one")
    check_accessibility(page)
    page.get_by_role("button", name="Choose a new password").click()
    expect(page.get_by_role("status").filter(has_text="is chosen")).to_be_visible()
    assert request.post(f"{parley.url}/v1/auth/login", data={**known, "password": "quite another one"}).status == 204


def test_a_link_that_was_used_is_told_so(page: Page, parley: Parley) -> None:
    known = {"email": "used@example.org", "password": "a long enough one"}
    assert page.context.request.post(f"{parley.url}/v1/auth/register", data=known).status == 202
    link = link_in(parley, "verify")
    page.goto(link)
    expect(page.get_by_role("status").filter(has_text="is confirmed")).to_be_visible()
    page.goto("about:blank")
    page.goto(link)
    expect(page.get_by_role("heading", name="This link is no good")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="used already")).to_be_visible()


def test_an_address_without_its_token(page: Page, parley: Parley) -> None:
    page.goto(f"{parley.url}/letter")
    expect(page.get_by_role("status").filter(has_text="no token")).to_be_visible()

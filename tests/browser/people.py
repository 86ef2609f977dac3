"""What people do with their accounts on the page: used by its tests."""
import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.parley import Parley

PASSWORD = "correct horse battery"


def fill_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)


def sign_up(page: Page, parley: Parley, email: str, path: str = "/sign-up") -> None:
    """By the page's own form."""
    page.goto(f"{parley.url}{path}")
    fill_in(page, email)
    page.get_by_role("button", name="Make an account").click()
    expect(page.get_by_text("Your account is made")).to_be_visible()


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    fill_in(page, email, password)
    page.get_by_role("button", name="Sign in").click()


def enter(page: Page, parley: Parley, email: str, path: str = "/") -> None:
    """Have an account, be signed in, and open the page there."""
    known = {"email": email, "password": PASSWORD}
    for door, status in (("register", 202), ("login", 204)):
        assert page.context.request.post(f"{parley.url}/v1/auth/{door}", data=known).status == status
    page.goto(f"{parley.url}{path}")


def account(page: Page, parley: Parley) -> dict[str, Any]:
    """Who the server says that one is."""
    told: dict[str, Any] = page.context.request.get(f"{parley.url}/v1/account").json()
    return told


def link_in(parley: Parley, kind: str) -> str:
    """The newest of this kind, at the gateway that this installation really listens at."""
    found: list[str] = []

    def written() -> bool:
        found[:] = re.findall(rf"/letter#{kind}=\S+", parley.log("gateway-1"))
        return bool(found)

    parley.wait_until(written, f"a letter with a link to {kind}")
    return f"{parley.url}{found[-1]}"

"""Every view by keyboard alone: all of it is reached, and where one is can be seen. And axe, on every view."""
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.administration import ADMINISTRATOR, administered, register, sign_in
from tests.browser.axe import check_accessibility
from tests.browser.conversations import become_guest, choose, link, side, talk
from tests.browser.tabbing import sweep
from tests.browser.talk import wait_for_end, wait_for_text
from tests.browser.test_chat_truth import LOADING
from tests.parley import Parley

SCHEMES: list[Any] = ["light", "dark"]
RICH = """See [the docs](https://docs.example.org/) and ![a map](https://pictures.example.org/map.png).

```python
print("hello")
```

| city | country |
|---|---|
| Paris | France |
"""
View = Callable[[Page, Parley], None]


def turn(name: str, after: str | None, question: str, answer: str) -> dict[str, Any]:
    items = [{"type": "message", "role": "user", "content": question},
             {"type": "message", "role": "assistant", "content": answer}]
    at = 1_700_000_000 + ord(name)
    return {"id": name, "parent_id": after, "status": "completed", "created_at": at, "items": items}


TURNS = [
    turn("a", None, "Where?", "In Paris."), turn("b", "a", "And then?", "To Rome."), turn("c", "a", "What else?", RICH)]


@pytest.fixture(scope="module")
def house(browser: Browser) -> Iterator[Parley]:
    """An installation with an administrator, and many who are not."""
    with administered(browser) as parley:
        context = browser.new_context()
        for number in range(21):
            register(context.request, parley, f"user{number}@example.org", f"User {number}")
        context.close()
        yield parley


def at(path: str, heading: str) -> View:
    def opened(page: Page, house: Parley) -> None:
        page.goto(f"{house.url}{path}")
        expect(page.get_by_role("heading", name=heading, exact=True).first).to_be_visible()
    return opened


def as_administrator(path: str, heading: str, ready: str = "") -> View:
    def opened(page: Page, house: Parley) -> None:
        sign_in(page, house, ADMINISTRATOR)
        at(path, heading)(page, house)
        if ready:
            expect(page.locator(ready).first).to_be_visible()
    return opened


def as_guest(path: str, heading: str) -> View:
    def opened(page: Page, house: Parley) -> None:
        become_guest(page, house)
        at(path, heading)(page, house)
    return opened


def conversation(page: Page, house: Parley) -> None:
    become_guest(page, house)
    talk(page, house, "Another talk")
    name = talk(page, house, "A long talk", turns=TURNS, active_turn_id="c")
    page.goto(f"{house.url}/c/{name}")
    expect(page.locator(".md-table")).to_be_visible()
    expect(page.get_by_label("Version 2 of 2")).to_be_visible()
    expect(page.locator(".talk-link", has_text="Another talk")).to_have_count(1)


def changed_question(page: Page, house: Parley) -> None:
    conversation(page, house)
    page.get_by_label("Message").press("ArrowUp")
    expect(page.get_by_label("Changed question")).to_be_visible()


def found(page: Page, house: Parley) -> None:
    conversation(page, house)
    page.get_by_role("searchbox", name="Search conversations").fill("talk")
    expect(page.get_by_role("list", name="What was found").get_by_role("link")).to_have_count(2)


def shares(page: Page, house: Parley) -> None:
    conversation(page, house)
    choose(page, "A long talk", "Share …")
    page.get_by_role("button", name="Make a link").click()
    expect(page.get_by_role("button", name="Take back")).to_be_visible()


def deletion(page: Page, house: Parley) -> None:
    conversation(page, house)
    choose(page, "Another talk", "Delete")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()


def shared(page: Page, house: Parley) -> None:
    become_guest(page, house)
    name = talk(page, house, "A long talk", turns=TURNS, active_turn_id="c")
    made = page.context.request.post(f"{house.url}/v1/conversations/{name}/shares", data={})
    page.goto(f"{house.url}/shared/{made.json()['id']}")
    expect(page.locator(".md-table")).to_be_visible()


def narrow(page: Page, house: Parley) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    conversation(page, house)


def narrow_with_its_sidebar(page: Page, house: Parley) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    become_guest(page, house)
    talk(page, house, "Another talk")
    page.goto(house.url)
    page.get_by_role("button", name="Show conversations").click()
    expect(page.get_by_role("link", name="Another talk")).to_be_visible()


def loading(page: Page, house: Parley) -> None:
    page.route("**/v1/parley/status", lambda route: route.fulfill(json=LOADING))
    at("/", "Getting ready")(page, house)


def new_key(page: Page, house: Parley) -> None:
    as_administrator("/settings/keys", "API keys")(page, house)
    page.get_by_role("button", name="Make a key").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def leaving(page: Page, house: Parley) -> None:
    as_administrator("/settings/data", "Data")(page, house)
    page.get_by_role("button", name="Delete the account").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def profile(page: Page, house: Parley) -> None:
    as_administrator("/settings/profile", "Profile")(page, house)
    for summary in page.locator(".settings-section summary").all():
        summary.click()


def experts(page: Page, house: Parley) -> None:
    as_administrator("/settings/talking", "Talking")(page, house)
    page.get_by_text("For experts").click()


def docs(page: Page, house: Parley) -> None:
    page.goto(f"{house.url}/docs")
    expect(page.locator("details.door").first).to_be_visible()


VIEWS: dict[str, tuple[View, int]] = {
    "greeting": (at("/", "What would you like to know?"), 12),
    "loading": (loading, 6),
    "conversation": (conversation, 20),
    "changed question": (changed_question, 20),
    "search": (found, 15),
    "shares": (shares, 6),
    "deletion": (deletion, 12),
    "narrow": (narrow, 12),
    "narrow, with its sidebar": (narrow_with_its_sidebar, 9),
    "shared": (shared, 6),
    "talking": (experts, 20),
    "appearance": (at("/settings/appearance", "Appearance"), 16),
    "profile": (profile, 20),
    "keys": (as_administrator("/settings/keys", "API keys", "text=You have no keys"), 14),
    "a new key": (new_key, 9),
    "sessions": (as_administrator("/settings/sessions", "Sessions", ".entries"), 14),
    "data": (as_administrator("/settings/data", "Data"), 15),
    "leaving": (leaving, 3),
    "settings of a guest": (as_guest("/settings/keys", "API keys"), 14),
    "sign in": (as_guest("/sign-in", "Sign in"), 7),
    "sign in after a refusal": (as_guest("/sign-in?problem=sso_denied", "Sign in"), 7),
    "sign up": (as_guest("/sign-up", "Make an account"), 6),
    "forgotten password": (as_guest("/sign-in?forgotten", "A new password"), 4),
    "letter": (as_guest("/letter#reset=no-good-token", "Choose a new password"), 3),
    "letter without its token": (as_guest("/letter", "Your letter"), 2),
    "overview": (as_administrator("/admin", "Overview", ".admin-tile"), 12),
    "performance": (as_administrator("/admin/performance", "Performance", ".admin-plot"), 20),
    "users": (as_administrator("/admin/users", "Users", ".admin-pages"), 30),
    "errors": (as_administrator("/admin/errors", "Errors"), 12),
    "docs": (docs, 60),
}


@pytest.mark.parametrize("name", VIEWS)
def test_all_of_a_view_is_reached_by_keyboard_and_said_to_everybody(page: Page, house: Parley, name: str) -> None:
    view, least = VIEWS[name]
    view(page, house)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        check_accessibility(page)
    sweep(page, least)


def test_the_first_stop_leads_past_the_conversations(guest: Page, parley: Parley) -> None:
    talk(guest, parley, "A talk")
    at("/", "What would you like to know?")(guest, parley)
    guest.keyboard.press("Tab")
    skip = guest.get_by_role("link", name="Skip the conversations")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    guest.keyboard.press("Enter")
    expect(guest.get_by_role("main")).to_be_focused()
    guest.keyboard.press("Tab")
    expect(guest.get_by_label("Message")).to_be_focused()
    expect(skip).to_have_css("pointer-events", "none")


def test_the_focus_comes_along_from_view_to_view(guest: Page, parley: Parley) -> None:
    name = talk(guest, parley, "A talk")
    at("/", "What would you like to know?")(guest, parley)
    guest.get_by_role("button", name=re.compile("^Account")).press("Enter")
    guest.keyboard.press("Enter")
    expect(guest).to_have_url(f"{parley.url}/settings")
    expect(guest.get_by_role("main")).to_be_focused()
    expect(guest.get_by_role("link", name="Talking")).to_be_visible()
    guest.keyboard.press("Tab")
    expect(guest.get_by_role("link", name="Talking")).to_be_focused()
    guest.get_by_role("link", name="A talk").press("Enter")
    expect(guest).to_have_url(f"{parley.url}/c/{name}")
    expect(guest.get_by_label("Message")).to_be_focused()
    guest.get_by_role("link", name="New chat").press("Enter")
    expect(guest.get_by_label("Message")).to_be_focused()
    guest.get_by_role("link", name="A talk").press("Enter")
    expect(guest.get_by_role("link", name="A talk")).to_be_focused()
    guest.set_viewport_size({"width": 390, "height": 800})
    guest.goto(parley.url)
    guest.get_by_role("button", name="Show conversations").press("Enter")
    guest.get_by_role("link", name="A talk").press("Enter")
    expect(guest.get_by_label("Message")).to_be_focused()


def test_what_goes_away_hands_the_focus_on(page: Page, house: Parley) -> None:
    """A link that is taken back, a deletion that is undone, a key that is revoked, a dialog that is left."""
    shares(page, house)
    page.get_by_role("button", name="Take back").press("Enter")
    expect(page.get_by_role("dialog").get_by_role("button", name="Make a link")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="What to do with “A long talk”")).to_be_focused()
    link(page, "Another talk").press("Delete")
    page.get_by_role("button", name="Undo").press("Enter")
    expect(link(page, "Another talk")).to_be_focused()
    new_key(page, house)
    page.get_by_label("Name", exact=True).fill("backup")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Done").press("Enter")
    expect(page.get_by_role("button", name="Make a key")).to_be_focused()
    page.get_by_role("button", name="Revoke “backup”?").press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Revoke").press("Enter")
    expect(page.get_by_text("You have no keys")).to_be_visible()
    expect(page.get_by_role("heading", name="API keys")).to_be_focused()


def test_a_whole_visit_by_keyboard_alone(chat: Page, parley: Parley) -> None:
    """Ask, stop, ask otherwise, look at the first version, name it, search for it, make it dark, and come back."""
    keys = chat.keyboard
    to(chat, chat.get_by_label("Message"))
    keys.type("Tell me a story [[tokens=300]]")
    keys.press("Enter")
    wait_for_text(chat.locator(".answer"), 10)
    keys.press("Escape")
    wait_for_end(chat.locator(".answer"), "stopped")
    keys.press("ArrowUp")
    expect(chat.get_by_label("Changed question")).to_be_focused()
    keys.press("Control+a")
    keys.type("Tell me a shorter one [[tokens=5]]")
    keys.press("Enter")
    wait_for_end(chat.locator(".answer"))
    to(chat, chat.get_by_role("button", name="The version before"), "Shift+Tab")
    keys.press("Enter")
    expect(chat.get_by_label("Version 1 of 2")).to_be_visible()
    expect(chat.get_by_role("button", name="The version before")).to_be_focused()
    keys.press("Tab")
    keys.press("Enter")
    expect(chat.get_by_label("Version 2 of 2")).to_be_visible()
    expect(chat.get_by_role("button", name="The next version")).to_be_focused()
    to(chat, side(chat).get_by_role("link", name=re.compile("^Tell me")), "Shift+Tab")
    keys.press("F2")
    keys.type("My stories")
    keys.press("Enter")
    expect(link(chat, "My stories")).to_be_focused()
    keys.press("Control+k")
    keys.type("shorter")
    found = side(chat).get_by_role("list", name="What was found").get_by_role("link")
    expect(found).to_have_count(1)
    keys.press("Escape")
    expect(chat.get_by_role("searchbox", name="Search conversations")).to_be_focused()
    to(chat, chat.get_by_role("button", name=re.compile("^Account")))
    keys.press("Enter")
    expect(chat.get_by_role("menuitem", name="Settings")).to_be_focused()
    keys.press("Enter")
    expect(chat.get_by_role("main")).to_be_focused()
    expect(chat.get_by_role("link", name="Appearance")).to_be_visible()
    to(chat, chat.get_by_role("link", name="Appearance"))
    keys.press("Enter")
    to(chat, chat.get_by_role("radio", name="As the system"))
    keys.press("ArrowLeft")  # beyond the first comes the last
    expect(chat.get_by_role("radio", name="Dark")).to_be_focused()
    expect(chat.locator("html")).to_have_attribute("data-theme", "dark")
    to(chat, link(chat, "My stories"), "Shift+Tab")
    keys.press("Enter")
    expect(chat.get_by_label("Version 2 of 2")).to_be_visible()
    expect(chat.get_by_label("Message")).to_be_focused()


def to(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """With this key alone, however often it takes."""
    for _ in range(60):
        page.keyboard.press(key)
        if wanted.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError(f"{key} does not lead to {wanted}")

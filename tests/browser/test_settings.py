"""What one chooses for oneself: how one talks, and how the page looks."""
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, Page, WebSocket, expect

from tests.browser.axe import check_accessibility
from tests.browser.people import enter
from tests.browser.talk import ask, open_chat, wait_for_text
from tests.parley import Parley

SECTIONS = ("talking", "appearance", "profile", "keys", "sessions", "data")


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 740}, color_scheme="dark", locale="en-GB")
    yield context.new_page()
    context.close()


def open_settings(page: Page, parley: Parley, section: str) -> None:
    page.goto(f"{parley.url}/settings/{section}")
    expect(page.get_by_role("navigation", name="Settings").locator("[aria-current=page]")).to_be_visible()


def test_what_was_chosen_is_sent_with_the_next_question_and_kept(page: Page, parley: Parley) -> None:
    sent: list[dict[str, Any]] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: sent.append(json.loads(frame)))

    page.on("websocket", listen)
    open_settings(page, parley, "talking")
    page.get_by_role("radio", name="synthetic reads").check()
    page.get_by_label("Instructions").fill("Answer as a pirate.")
    page.get_by_label("Temperature", exact=True).fill("0.4")
    page.get_by_label("Longest answer").fill("64")
    page.get_by_label("Thinking").select_option("low")
    page.get_by_text("For experts").click()
    page.get_by_label("Stop at").fill("END\n\nSTOP")
    page.get_by_label("Seed").fill("7")
    page.get_by_label("Seed").blur()
    page.reload()
    expect(page.get_by_label("Instructions")).to_have_value("Answer as a pirate.")
    open_chat(page, parley)
    wait_for_text(ask(page, "Who are you?"), 1)
    create = next(event for event in sent if event["type"] == "response.create")
    wanted = {
        "model": "synthetic", "instructions": "Answer as a pirate.", "temperature": 0.4, "max_output_tokens": 64,
        "reasoning": {"effort": "low"}, "stop": ["END", "STOP"], "seed": 7}
    assert {name: create.get(name) for name in wanted} == wanted
    assert "top_p" not in create
    open_settings(page, parley, "talking")
    page.get_by_role("button", name="All as it was at first").click()
    expect(page.get_by_label("Instructions")).to_have_value("")
    expect(page.get_by_role("button", name="All as it was at first")).to_be_disabled()


def test_what_the_server_would_refuse_is_not_taken(page: Page, parley: Parley) -> None:
    open_settings(page, parley, "talking")
    longest = page.get_by_label("Longest answer")
    longest.fill("64")
    longest.blur()
    longest.fill("3")
    longest.blur()
    expect(page.get_by_text("A whole number from 16 on")).to_be_visible()
    expect(longest).to_have_attribute("aria-invalid", "true")
    assert json.loads(page.evaluate("localStorage.getItem('parley.of.choices')"))["max_output_tokens"] == 64
    longest.fill("")
    longest.blur()
    expect(longest).not_to_have_attribute("aria-invalid", "true")
    page.get_by_label("Top P", exact=True).fill("0.5")
    page.get_by_role("button", name="Top P: back to the model’s own").click()
    expect(page.get_by_role("button", name="All as it was at first")).to_be_disabled()


def test_the_theme_is_kept(page: Page, parley: Parley) -> None:
    open_settings(page, parley, "appearance")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("radio", name="Dark").check()
    dark = page.evaluate(ground)
    assert dark != light
    page.reload()
    expect(page.get_by_role("radio", name="Dark")).to_be_checked()
    assert page.evaluate(ground) == dark
    check_accessibility(page)
    page.get_by_role("radio", name="As the system").check()
    assert page.evaluate(ground) == light


def test_the_language_is_kept(page: Page, parley: Parley) -> None:
    open_settings(page, parley, "appearance")
    page.get_by_label("Language").select_option("Français")
    expect(page.get_by_role("heading", name="Apparence")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "fr"
    page.goto(f"{parley.url}/sign-in")
    expect(page.get_by_role("heading", name="Se connecter")).to_be_visible()
    page.get_by_label("Adresse e-mail").fill("personne@example.org")
    page.get_by_label("Mot de passe", exact=True).fill("pas le bon mot")
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("alert")).to_contain_text("ne vont pas ensemble")
    page.goto(f"{parley.url}/settings/appearance")
    page.get_by_label("Langue").select_option("English")
    expect(page.get_by_role("heading", name="Appearance")).to_be_visible()


def test_enter_can_begin_a_line_instead(page: Page, parley: Parley) -> None:
    open_settings(page, parley, "appearance")
    page.get_by_label("Enter sends the message").uncheck()
    open_chat(page, parley)
    field = page.get_by_label("Message")
    field.fill("one")
    field.press("Enter")
    field.press_sequentially("two")
    expect(field).to_have_value("one\ntwo")
    field.press("Control+Enter")
    expect(page.locator(".question")).to_have_count(1)


def test_a_guest_is_told_what_needs_an_account(page: Page, parley: Parley) -> None:
    for section in ("profile", "keys", "sessions"):
        open_settings(page, parley, section)
        made = page.locator(".settings-section").get_by_role("link", name="Make an account")
        expect(made).to_have_attribute("href", f"/sign-up?next=%2Fsettings%2F{section}")
        check_accessibility(page)


def test_a_conversation_is_brought_in(page: Page, parley: Parley) -> None:
    open_chat(page, parley)
    request = page.context.request
    made = request.post(f"{parley.url}/v1/conversations", data={
        "parley:title": "Brought along", "items": [{"type": "message", "role": "user", "content": "Hello"}]}).json()
    exported = request.get(f"{parley.url}/v1/conversations/{made['id']}/export").body()
    open_settings(page, parley, "data")
    files: list[FilePayload] = [
        {"name": name, "mimeType": "application/json", "buffer": content}
        for name, content in (("good.json", exported), ("bad.json", b"no json"))]
    page.get_by_label("Choose files").set_input_files(files)
    expect(page.get_by_role("alert")).to_contain_text("bad.json: This file holds no JSON")
    page.get_by_role("button", name="Open").click()
    expect(page).to_have_url(re.compile(r"/c/conv_\w+$"))
    assert made["id"] not in page.url


def test_all_that_one_has_is_taken_out(page: Page, parley: Parley) -> None:
    open_chat(page, parley)
    page.context.request.post(f"{parley.url}/v1/conversations", data={"parley:title": "To take along"})
    open_settings(page, parley, "data")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export everything").click()
    assert "To take along" in download.value.path().read_text()


def test_every_section_is_accessible(page: Page, phone: Page, parley: Parley) -> None:
    for one, email in ((page, "wide@example.org"), (phone, "narrow@example.org")):
        enter(one, parley, email)
        for section in SECTIONS:
            open_settings(one, parley, section)
            for fold in one.locator(".settings-section summary").all():
                fold.click()
            check_accessibility(one)
            assert one.evaluate("document.documentElement.scrollWidth <= innerWidth"), section


def test_sections_are_reached_by_keyboard(page: Page, parley: Parley) -> None:
    open_settings(page, parley, "talking")
    page.get_by_role("navigation", name="Settings").get_by_role("link", name="Appearance").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{parley.url}/settings/appearance")
    expect(page).to_have_title("Appearance · Settings · Parley")
    page.get_by_role("radio", name="As the system").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Light")).to_be_checked()

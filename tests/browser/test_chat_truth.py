"""What goes on is said: while the server gets ready, when it refuses, which model talks, what an answer took."""
import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.talk import answer_instead, ask, asked, open_chat, refusal, turns, wait_for_end
from tests.parley import Parley

LOADING: dict[str, Any] = {
    "ready": False, "model": "some-model", "missing": [],
    "workers": [{"state": "loading", "message": "loading weights", "progress": None}],
    "startup": [
        {"step": "gateway packages", "message": "installed", "progress": 1.0, "done": True},
        {"step": "worker packages", "message": "1 of 2 GB", "progress": 0.5, "done": False},
    ],
}


def test_while_parts_load_their_progress_is_shown_and_questions_are_kept(page: Page, parley: Parley) -> None:
    page.route("**/v1/parley/status", lambda route: route.fulfill(json=LOADING))
    open_chat(page, parley)
    expect(page.get_by_role("heading", name="Getting ready")).to_be_visible()
    expect(page.locator(".step")).to_have_text([
        re.compile(r"gateway packages\s*installed\s*Done"), re.compile(r"worker packages\s*1 of 2 GB"),
        re.compile(r"Model\s*loading weights")])
    expect(page.get_by_role("progressbar", name="worker packages")).to_have_js_property("value", 0.5)
    expect(page.get_by_role("progressbar", name="Model")).to_have_js_property("position", -1)
    answer = ask(page, "May I? [[tokens=5]]")
    expect(answer.locator(".standing")).to_have_text(
        "The model is not ready yet. Your question is kept, and asked as soon as it is.")
    page.reload()
    expect(answer.locator(".standing")).to_contain_text("Your question is kept")
    page.unroute("**/v1/parley/status")
    expect(page.get_by_role("heading", name="Getting ready")).to_be_hidden()
    wait_for_end(answer)
    (kept,) = turns(page)
    assert asked(kept) == "May I? [[tokens=5]]"


def test_an_error_is_said_in_words(page: Page, parley: Parley) -> None:
    open_chat(page, parley)
    answer = ask(page, "too long " * 130_000)
    expect(answer.locator(".problem")).to_contain_text(
        "This is more than the server takes, with its pictures and all that was said before. "
        "Shorten it, or begin a new chat.")
    expect(answer.get_by_role("button", name="Try again")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("status")).to_contain_text("This is more than the server takes")


def test_a_page_that_is_refused_says_so(page: Page, parley: Parley) -> None:
    sockets = 0

    def refuse(event: dict[str, Any]) -> dict[str, Any] | None:
        nonlocal sockets
        sockets += 1
        return refusal("forbidden_origin", 403)

    answer_instead(page, refuse)
    open_chat(page, parley)
    answer = ask(page, "May I?")
    expect(answer.locator(".problem")).to_contain_text("The server says forbidden_origin.")
    assert sockets == 1


def test_a_conversation_that_there_is_not(page: Page, parley: Parley) -> None:
    open_chat(page, parley, "/c/conv_there_is_none")
    expect(page.get_by_text("There is no such conversation here, or it is not yours.")).to_be_visible()


def test_what_an_answer_took_is_told_to_who_asks(page: Page, parley: Parley) -> None:
    open_chat(page, parley)
    answer = ask(page, "Count [[tokens=45]]")
    wait_for_end(answer)
    answer.hover()
    expect(answer.locator(".figures")).to_have_text(re.compile(r"^45 tokens · [\d.]+ tokens/s · [\d.]+ s$"))
    page.reload()
    answer.hover()
    expect(answer.locator(".figures")).to_have_text(re.compile(r"^45 tokens"))


def test_a_small_model_is_said_to_be_small_and_how_to_run_a_bigger_one(page: Page, parley: Parley) -> None:
    def small(route: Any) -> None:
        model = {"id": "SmolLM2-135M-Instruct", "object": "model", "parley:capabilities": [], "parley:state": "ready"}
        route.fulfill(json={"object": "list", "data": [model]})

    ready = {"ready": True, "model": "SmolLM2-135M-Instruct", "missing": [], "workers": [], "startup": []}
    page.route("**/v1/parley/status", lambda route: route.fulfill(json=ready))
    page.route("**/v1/models", small)
    open_chat(page, parley)
    expect(page.locator(".hint")).to_contain_text("SmolLM2-135M-Instruct is a small model (135 million parameters)")
    page.get_by_role("button", name="Run a bigger one").click()
    expect(page.get_by_role("dialog")).to_contain_text("PARLEY_MODEL=Qwen/Qwen3-8B make run")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Run a bigger one")).to_be_focused()


def test_one_of_several_models_is_chosen(page: Page, parley: Parley) -> None:
    def two(route: Any) -> None:
        told = route.fetch().json()
        route.fulfill(json={**told, "data": [*told["data"], {**told["data"][0], "id": "acme/other-7b"}]})

    asked_for: list[str] = []

    def note(event: dict[str, Any]) -> dict[str, Any] | None:
        if event["type"] == "response.create":
            asked_for.append(event["model"])
            return refusal("model_not_found", 404)
        return None

    page.route("**/v1/models", two)
    answer_instead(page, note)
    open_chat(page, parley)
    page.get_by_role("button", name="Model: synthetic").click()
    page.get_by_role("menuitemradio", name="other-7b").click()
    expect(page.get_by_role("button", name="Model: other-7b")).to_be_focused()
    answer = ask(page, "Who are you?")
    expect(answer.locator(".problem")).to_contain_text("No worker runs this model just now.")
    assert asked_for == ["acme/other-7b"]

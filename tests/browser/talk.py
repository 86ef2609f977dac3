"""What people do in the room where one asks: used by all its tests."""
import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.parley import Parley

CONVERSATION = re.compile(r"/c/(conv_\w+)$")


def open_chat(page: Page, parley: Parley, path: str = "/") -> None:
    page.goto(f"{parley.url}{path}")
    expect(page.get_by_label("Message")).to_be_visible()


def ask(page: Page, question: str) -> Locator:
    """Ask by keyboard; the answer's element."""
    answers = page.locator(".answer")
    before = answers.count()
    page.get_by_label("Message").fill(question)
    page.get_by_label("Message").press("Enter")
    return answers.nth(before)


def text_of(answer: Locator) -> str:
    return answer.locator(":scope > .answer-text").text_content() or ""


def wait_for_text(answer: Locator, length: int) -> str:
    """Wait until so many characters are there; all that are."""
    expect(answer.locator(":scope > .answer-text")).to_have_text(re.compile(rf"^[\s\S]{{{length}}}"))
    return text_of(answer)


def wait_for_end(answer: Locator, phase: str = "done") -> str:
    expect(answer).to_have_attribute("data-phase", phase, timeout=60_000)
    return text_of(answer)


def turns(page: Page) -> list[dict[str, Any]]:
    """The conversation's active branch as the server has it, oldest first. Waits until the answers are kept."""
    script = """async () => {
        const id = location.pathname.split("/").pop();
        for (;;) {
            const told = await (await fetch(`/v1/conversations/${id}/turns`)).json();
            if (told.data.every((turn) => turn.status !== "in_progress")) return told.data.reverse();
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
    }"""
    kept: list[dict[str, Any]] = page.evaluate(script)
    return kept


def said(turn: dict[str, Any]) -> str:
    """What the server has kept of a turn's answer."""
    return "".join(
        part["text"] for item in turn["items"] if item.get("role") == "assistant" for part in item["content"])


def asked(turn: dict[str, Any]) -> str:
    return "".join(part["text"] for item in turn["items"] if item.get("role") == "user" for part in item["content"])

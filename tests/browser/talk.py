"""What people do in the room where one asks: used by all its tests."""
import json
import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, WebSocketRoute, expect

from tests.parley import Parley

SOCKETS = re.compile(r"/v1/responses(\?|$)")
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


# Formulas are set when somebody has time for them: what they show by then is left out.
_PLAIN = """(element) => {
    const copy = element.cloneNode(true);
    for (const formula of copy.querySelectorAll(".md-formula")) formula.remove();
    return copy.textContent;
}"""
_RENDERED = """async (text) => {
    const {renderMarkdown} = await import("/static/markdown/markdown.js");
    const root = document.createElement("div");
    await renderMarkdown(root, text, {words: {copy: "Copy", copied: "Copied", code: "Code", showImage: String}});
    return root;
}"""
_WAIT_FOR_TEXT = f"""async (element, [text, patience]) => {{
    const plain = {_PLAIN};
    const limit = performance.now() + patience;
    while (plain(element) !== text && performance.now() < limit) {{
        await new Promise((resolve) => setTimeout(resolve, 20));
    }}
    return plain(element);
}}"""


def text_of(answer: Locator) -> str:
    """What somebody reads of it now."""
    shown: str = answer.locator(":scope > .answer-text").evaluate(_PLAIN)
    return shown


def rendered(page: Page, text: str) -> str:
    """What somebody reads of a text that came whole."""
    shown: str = page.evaluate(f"async (text) => ({_PLAIN})(await ({_RENDERED})(text))", text)
    return shown


def wait_for_exactly(answer: Locator, text: str) -> None:
    """The last words of an answer that has ended are drawn in the browser's next frame."""
    shown = answer.locator(":scope > .answer-text").evaluate(_WAIT_FOR_TEXT, [text, 10_000])
    assert shown == text


def goes_on(now: str, before: str) -> bool:
    """Whether what is shown now is what was shown before and more; the last words may have become something else."""
    return len(now) > len(before) and now.startswith(before[:-24])


def shows(answer: Locator, text: str) -> None:
    """Waits until it shows this text, which is Markdown, and nothing else."""
    wait_for_exactly(answer, rendered(answer.page, text))


def wait_for_text(answer: Locator, length: int) -> str:
    """Wait until so many characters are there; all that are."""
    expect(answer.locator(":scope > .answer-text")).to_have_text(re.compile(rf"^[\s\S]{{{length}}}"))
    return text_of(answer)


def wait_for_end(answer: Locator, phase: str = "done") -> str:
    expect(answer).to_have_attribute("data-phase", phase, timeout=20_000)
    return text_of(answer)


def turns(page: Page, least: int = 1) -> list[dict[str, Any]]:
    """The conversation's active branch as the server has it, oldest first. Waits until all of so many are kept."""
    script = """async (least) => {
        const id = location.pathname.split("/").pop();
        for (;;) {
            const told = await (await fetch(`/v1/conversations/${id}/turns`)).json();
            const made = told.data.filter((turn) => turn.status !== "in_progress");
            if (made.length === told.data.length && made.length >= least) return told.data.reverse();
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
    }"""
    kept: list[dict[str, Any]] = page.evaluate(script, least)
    return kept


def said(turn: dict[str, Any]) -> str:
    """What the server has kept of a turn's answer."""
    return "".join(
        part["text"] for item in turn["items"] if item.get("role") == "assistant" for part in item["content"])


def asked(turn: dict[str, Any]) -> str:
    return "".join(part["text"] for item in turn["items"] if item.get("role") == "user" for part in item["content"])


def choose_for_talking(page: Page, **choices: Any) -> None:
    """As if it had been chosen in the settings before."""
    page.add_init_script(f"localStorage.setItem('parley.of.choices', {json.dumps(json.dumps(choices))})")


def answer_instead(page: Page, answer: Callable[[dict[str, Any]], dict[str, Any] | None]) -> None:
    """Each message of the page's socket is shown to `answer`; what that returns is the server's answer to it."""

    def listen(route: WebSocketRoute) -> None:
        server = route.connect_to_server()

        def told(message: str | bytes) -> None:
            event = json.loads(message)
            reply = answer(event)
            if reply is None:
                server.send(message)
            else:
                route.send(json.dumps({**reply, "stream_id": event.get("stream_id")}))

        route.on_message(told)

    page.route_web_socket(SOCKETS, listen)


def refusal(code: str, status: int = 400) -> dict[str, Any]:
    return {"type": "error", "status": status, "error": {
        "type": "invalid_request_error", "code": code, "message": f"The server says {code}.", "param": None}}

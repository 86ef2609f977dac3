"""An empty page of an installation, under the chat page's own policy, with the room that shows Markdown in it."""
from playwright.sync_api import Locator, Page, Route

from server.common.middleware import CONTENT_SECURITY_POLICY
from tests.parley import Parley

DOCUMENT = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Markdown</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/styles/base.css">
<link rel="stylesheet" href="/static/markdown/markdown.css">
<main><h1 class="unseen">Markdown</h1><h2 class="unseen">Answers</h2><div id="root"></div></main>
</html>"""
LOAD = """async () => {
    Object.assign(window, await import("/static/markdown/markdown.js"));
    const showImage = (host) => `Show the image from ${host}`;
    window.options = {words: {copy: "Copy", copied: "Copied", code: "Code", showImage}};
    window.root = document.querySelector("#root");
    window.seen = (root) => {
        const copy = root.cloneNode(true);
        for (const element of copy.querySelectorAll("[style]")) element.removeAttribute("style");
        for (const element of copy.querySelectorAll(".md-settled")) element.classList.remove("md-settled");
        for (const element of copy.querySelectorAll("[class='']")) element.removeAttribute("class");
        return copy.innerHTML;
    };
    window.piecewise = (pieces) => {
        const root = document.createElement("div");
        const stream = new MarkdownStream(root, options);
        for (const piece of pieces) {
            stream.write(piece);
            stream.flush();
        }
        stream.end();
        return seen(root);
    };
    window.begin = (text) => {
        window.stream = new MarkdownStream(root, options);
        stream.write(text);
        stream.flush();
    };
}"""


def open_markdown(page: Page, parley: Parley) -> Locator:
    """The element that answers are shown in."""
    policy = {"content-security-policy": CONTENT_SECURITY_POLICY}

    def answer(route: Route) -> None:
        route.fulfill(body=DOCUMENT, content_type="text/html", headers=policy)

    page.route("**/markdown-test", answer)
    page.goto(f"{parley.url}/markdown-test")
    page.evaluate(LOAD)
    return page.locator("#root")


def show(page: Page, text: str) -> str:
    """Show a whole answer in place of the last one; its markup, to which workers may add colours and formulas."""
    return str(page.evaluate("""async (text) => {
        root.replaceChildren();
        await renderMarkdown(root, text, options);
        return seen(root);
    }""", text))

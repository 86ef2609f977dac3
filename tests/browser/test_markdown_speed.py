"""A very long answer that comes very fast: the page stays smooth, and keeps nothing that it does not show.

The one place where time is asserted: the processor's, and in tasks of a known size.
"""
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.task_trace import LONG, count_of_nodes, traced
from tests.parley import Parley

TOKENS = 30_000
CHARACTERS_IN_TOKEN = 4
TOKENS_PER_S = 3_000  # three times as fast as is promised, so that it takes 10 s
PATIENCE_S = 120


def part(number: int) -> str:
    """About 7,000 characters of everything that an answer may hold."""
    link, formula = f"[link](https://example.org/{number})", f"$x_{{{number}}}^2 + y$"
    prose = (f"This is a **paragraph** of part {number}, with *emphasis*, `code`, a {link} and {formula} in its text, "
             "which goes on for some lines and not just for one.\n\n")
    rows = "".join(f"| row {row} | {row * number} | **note** {row} with `code` |\n" for row in range(25))
    items = "".join(f"{item}. item {item} with **bold** words\n      - nested {item}\n" for item in range(1, 13))
    code = "".join(f'def function_{line}(first: int, second: str = "{number}") -> list[int]:  # comment\n'
                   for line in range(60))
    block = f"$$\n\\sum_{{i=1}}^{{{number}}} i^2 = \\frac{{n(n+1)(2n+1)}}{{6}}\n$$\n\n"
    return f"## Part {number}\n\n{prose * 3}| name | value | note |\n|---|--:|---|\n{rows}\n{items}\n{block}" \
           f"```python\n{code}```\n\n"


ANSWER = "".join(part(number) for number in range(1, 40))[:TOKENS * CHARACTERS_IN_TOKEN]
STREAM = """async ([text, perMs]) => {
    const scroller = document.createElement("div");
    scroller.style.cssText = "height: 90vh; overflow: auto";
    root.replaceWith(scroller);
    scroller.append(root);
    const stream = new MarkdownStream(root, options);
    const follow = () => {
        scroller.scrollTop = scroller.scrollHeight;
        if (stream.text.length < text.length) requestAnimationFrame(follow);
    };
    requestAnimationFrame(follow);
    const began = performance.now();
    while (stream.text.length < text.length) {
        const due = Math.floor((performance.now() - began) * perMs);
        stream.write(text.slice(stream.text.length, due));
        await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await stream.end();
}"""


@pytest.mark.timeout(PATIENCE_S)
def test_a_very_long_answer_keeps_the_page_smooth(page: Page, root: Locator) -> None:
    with traced(page) as trace:
        page.evaluate(STREAM, [ANSWER, TOKENS_PER_S * CHARACTERS_IN_TOKEN / 1000])
        expect(root.locator(".md-code").last.locator(".md-token-keyword").first).to_be_attached()
    assert len(ANSWER) == TOKENS * CHARACTERS_IN_TOKEN
    assert len(trace.tasks_ms) > 1000
    assert trace.longest < LONG


@pytest.mark.timeout(PATIENCE_S)
def test_a_very_long_answer_from_before_keeps_the_page_smooth(page: Page, root: Locator) -> None:
    """In slices, and out of sight without layout."""
    with traced(page) as trace:
        page.evaluate("text => renderMarkdown(root, text, options)", ANSWER)
        expect(root.locator(".md-code").last.locator(".md-token-keyword").first).to_be_attached()
    assert len(trace.tasks_ms) > 20
    assert trace.longest < LONG


def test_nothing_is_kept_of_answers_that_are_gone(page: Page, root: Locator, parley: Parley) -> None:
    """An answer's nodes are as many as it shows, and none once it is gone and workers are done with it."""
    page.evaluate("text => renderMarkdown(root, text, options)", ANSWER[:8000])
    expect(root.locator(".md-token-keyword").first).to_be_attached()
    page.evaluate("root.replaceChildren()")
    before = count_of_nodes(page)
    for _ in range(3):
        page.evaluate("""async (text) => {
            const stream = new MarkdownStream(root, options);
            for (let at = 0; at < text.length; at += 20) {
                stream.write(text.slice(at, at + 20));
                stream.flush();
            }
            await stream.end();
        }""", ANSWER[:16_000])
        expect(root.locator(".md-code").last.locator(".md-token-keyword").first).to_be_attached()
        page.evaluate("root.replaceChildren()")
    parley.wait_until(lambda: count_of_nodes(page) < before + 1500, "the nodes of three answers to be thrown away")

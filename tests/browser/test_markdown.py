"""What Markdown becomes in the page: every element, formulas, code, pictures."""
import re
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect

from tests.browser.markdown_elements import ELEMENTS, FORMULAS
from tests.browser.markdown_page import show
from tests.parley import ROOT

AXE = ROOT / "tests/node/node_modules/axe-core/axe.min.js"
SAMPLE = (Path(__file__).parent / "markdown_sample.md").read_text()
PIXEL = bytes.fromhex("47494638396101000100800000ffffff00000021f90401000000002c00000000010001000002024401003b")


@pytest.mark.parametrize("name", ELEMENTS)
def test_elements(page: Page, root: Locator, name: str) -> None:
    text, markup = ELEMENTS[name]
    assert show(page, text) == markup


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_are_set(page: Page, root: Locator, text: str) -> None:
    show(page, text)
    expect(root.locator(".md-formula .katex")).to_have_count(FORMULAS[text])
    expect(root.locator(".md-formula > code")).to_have_count(0)
    root.evaluate("root => root.querySelectorAll('.katex').forEach((formula) => formula.remove())")
    assert not re.search(r"[$\\]", root.text_content() or "")


def test_a_formula_is_laid_out_under_the_policy(page: Page, root: Locator) -> None:
    """Its styles reach it: the bar of a fraction stands between its parts, and an arrow is as wide as its letter."""
    show(page, "$$\\frac{a}{b} + \\vec{F}$$")
    parts = root.locator(".katex-html .mfrac .vlist-r:first-child > .vlist > span")
    expect(parts).to_have_count(3)
    assert len(set(parts.evaluate_all("all => all.map((part) => part.style.top)"))) == 3
    assert root.locator(".katex-html svg").first.evaluate("svg => svg.style.width") != ""
    assert root.locator(".katex-html").first.evaluate("formula => formula.getBoundingClientRect().height") > 30


@pytest.mark.parametrize("text", [
    "$\\frac{a}{$", "$\\nosuch{x}$", "\\[ a & b \\]", "$\\def\\x{\\x\\x}\\x$"])
def test_a_formula_that_cannot_be_set_shows_its_source(page: Page, root: Locator, text: str) -> None:
    show(page, text)
    expect(root.locator(".md-formula")).to_have_attribute("title", re.compile("KaTeX"))
    expect(root.locator(".md-formula > code")).to_have_text(text)


def test_a_picture_is_loaded_when_it_is_asked_for(page: Page, root: Locator) -> None:
    asked: list[Request] = []

    def picture(route: Route) -> None:
        asked.append(route.request)
        route.fulfill(body=PIXEL, content_type="image/gif")

    page.route("https://pictures.example/**", picture)
    text = "![A *fine* cat](https://pictures.example/cat.gif?said=secret)"
    page.evaluate("text => piecewise([...text])", text)
    show(page, text)
    button = root.get_by_role("button", name="Show the image from pictures.example")
    expect(button).to_be_enabled()
    expect(root).to_contain_text("A fine cat")
    assert root.locator("img").count() == 0
    assert asked == []
    button.click()
    expect(root.get_by_role("img", name="A fine cat")).to_be_visible()
    expect(button).to_have_count(0)
    assert [request.url for request in asked] == ["https://pictures.example/cat.gif?said=secret"]
    assert "referer" not in asked[0].headers


def test_a_picture_that_is_not_there_can_be_asked_for_again(page: Page, root: Locator) -> None:
    page.route("https://pictures.example/**", lambda route: route.abort())
    show(page, "![A cat](https://pictures.example/cat.gif)")
    with page.expect_event("requestfailed"):
        root.get_by_role("button").click()
    expect(root.get_by_role("button")).to_be_enabled()
    assert root.locator("img").count() == 0


def test_code_is_coloured_named_and_copied(page: Page, root: Locator) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    code = 'def hello(name: str) -> str:\n    return f"Hello, {name} <b>"  # a comment\n\nprint("&amp;")'
    show(page, f"```python\n{code}\n```\n\n```\nplain = True\n```\n\n```nosuch\nx = 1\n```")
    expect(root.locator(".md-token-keyword")).to_have_text(["def", "return"])
    expect(root.locator(".md-token-comment")).to_have_text(["# a comment"])
    blocks = root.locator(".md-code")
    expect(blocks.locator(".md-code-language")).to_have_text(["python", "", "nosuch"])
    assert blocks.first.locator("code").text_content() == f"{code}\n"
    button = blocks.first.get_by_role("button")
    button.click()
    expect(button).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == code
    expect(button).to_have_text("Copy")


def test_code_is_copied_where_the_browser_lends_no_clipboard(page: Page, root: Locator) -> None:
    """As over plain HTTP from another machine."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("void (navigator.clipboard.writeText = () => Promise.reject(new Error('not here')))")
    show(page, "```\none\n\n  two\n```")
    root.get_by_role("button").click()
    expect(root.get_by_role("button")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "one\n\n  two"


def test_colours_come_line_by_line_and_move_nothing(page: Page, root: Locator) -> None:
    lines = [f"const value{number} = call({number}); // {number}" for number in range(70)]
    page.evaluate("text => begin(text)", "```js\n" + "\n".join(lines[:40]))
    size = root.locator("pre").bounding_box()
    expect(root.locator(".md-token-comment")).to_have_count(39)  # the last line may go on
    assert root.locator("pre").bounding_box() == size
    page.evaluate("text => { stream.write(text); return stream.end(); }", "\n" + "\n".join(lines[40:]))
    expect(root.locator(".md-token-comment")).to_have_count(70)
    assert root.locator("code").text_content() == "\n".join(lines) + "\n"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_it(page: Page, root: Locator, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    show(page, SAMPLE)
    expect(root.locator(".md-token-keyword").first).to_be_visible()
    expect(root.locator(".md-formula > code")).to_have_text(["$\\frac{a}{$", "$\\badcommand{x}$"])
    page.evaluate(AXE.read_text())
    found = page.evaluate("""async () => (await axe.run()).violations
        .map(({id, nodes}) => [id, nodes.map((node) => node.html)])""")
    assert found == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

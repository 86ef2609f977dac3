"""Markdown that comes in pieces: the same in the end whatever they are, calm on the way, and as cheap late as early."""
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.markdown_corpus import CALM, CORPUS, LONG


@pytest.mark.parametrize("text", CORPUS)
def test_pieces_make_no_difference(page: Page, root: Locator, text: str) -> None:
    """A text in one piece, character by character, and in two pieces that part anywhere."""
    found = page.evaluate("""text => {
        const whole = piecewise([text]);
        const parted = [text.split(""), ...Array.from(text, (_, at) => [text.slice(0, at), text.slice(at)])];
        return parted.filter((pieces) => piecewise(pieces) !== whole)
            .map((pieces) => [pieces, piecewise(pieces), whole]);
    }""", text)
    assert found == []


def test_pieces_of_something_long_make_no_difference(page: Page, root: Locator) -> None:
    found = page.evaluate("""text => {
        const whole = piecewise([text]);
        const parts = (size) => Array.from(text.slice(0, Math.ceil(text.length / size)),
            (_, at) => text.slice(at * size, (at + 1) * size));
        return [3, 61, 997, 2048].filter((size) => piecewise(parts(size)) !== whole);
    }""", LONG)
    assert found == []


def test_what_is_visible_stays(page: Page, root: Locator) -> None:
    """No marks that turn into something else while the text comes character by character."""
    taken = page.evaluate("""text => {
        begin("");
        const visible = () => root.textContent.replace(/\\s/g, "");
        const lost = [];
        for (const letter of text) {
            const before = visible();
            stream.write(letter);
            stream.flush();
            const after = visible();
            if (!after.startsWith(before)) lost.push([stream.text.slice(-20), before.slice(-20), after.slice(-20)]);
        }
        return lost;
    }""", CALM)
    assert taken == []


def test_a_link_that_is_still_growing_leads_nowhere(page: Page, root: Locator) -> None:
    page.evaluate("begin('[text](https://example.org/a')")
    expect(root.locator("a")).to_have_text("text")
    assert root.locator("a").get_attribute("href") is None
    page.evaluate("stream.write('b)'), stream.end()")
    expect(root.locator("a")).to_have_attribute("href", "https://example.org/ab")


def test_text_is_what_was_written(page: Page, root: Locator) -> None:
    page.evaluate("begin('One\\r\\n*two')")
    page.evaluate("stream.write('* \\ud83d')")
    page.evaluate("stream.write('\\ude00'), stream.end()")
    assert page.evaluate("stream.text") == "One\r\n*two* 😀"
    assert root.inner_text() == "One\ntwo 😀"


def test_what_is_written_is_seen_in_the_next_picture(page: Page, root: Locator) -> None:
    seen = page.evaluate("""async () => {
        begin("");
        stream.write("one");
        const before = root.textContent;
        await new Promise(requestAnimationFrame);
        await new Promise(requestAnimationFrame);
        return [before, root.textContent];
    }""")
    assert seen == ["", "one"]


@pytest.mark.parametrize(("opening", "line", "kind"), [
    ("", "- item # with *emphasis*\\n", "li"),
    ("", "#. item with `code`\\n      - inner\\n", "ol > li"),
    ("| a | b |\\n|---|---|\\n", "| # | **b** |\\n", "tbody tr"),
    ("```js\\n", "call(#);\\n", ".md-lines > span"),
    ("", "Paragraph # with **weight**.\\n\\n", "p"),
])
def test_what_is_there_is_not_read_again(page: Page, root: Locator, opening: str, line: str, kind: str) -> None:
    """What a line costs does not grow with what is before it: characters that are read, elements that change."""
    found = page.evaluate("""async ([opening, line, kind]) => {
        const { grammar } = await import("/static/markdown/grammar.js");
        const parse = grammar.parse.bind(grammar);
        let read = 0;
        grammar.parse = (text) => {
            read = Math.max(read, text.length);
            return parse(text);
        };
        begin(opening);
        const changes = new MutationObserver(() => undefined);
        changes.observe(root, {childList: true, subtree: true, characterData: true, attributes: true});
        let changed = 0;
        for (let number = 1; number <= 1000; number += 1) {
            stream.write(line.replace("#", number));
            stream.flush();
            changed = Math.max(changed, changes.takeRecords().length);
        }
        await stream.end();
        return [root.querySelectorAll(kind).length, read, changed];
    }""", [opening.replace("\\n", "\n"), line.replace("\\n", "\n"), kind])
    assert found[0] == 1000
    assert 0 < found[1] < 1000
    assert 0 < found[2] < 20

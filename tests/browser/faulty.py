"""What the tests of faults share: an answer whose text is known, and what has to be true of it afterwards."""
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page, expect

from inference.engine.synthetic_text import Script, Speller
from tests.browser.conftest import PATIENCE_MS
from tests.browser.front import Front
from tests.browser.talk import ask, said, turns, wait_for_end, wait_for_text
from tests.parley import Parley

TOKENS = 160
QUESTION = f"Will this survive? [[tokens={TOKENS}]]"
NEXT = "And now? [[tokens=5]]"
BEGUN = 40  # characters: enough to be in the middle
_REMEMBER = """
window.told = [];
new MutationObserver(() => {
    for (const line of document.querySelectorAll(".standing, .notice, .problem")) {
        const words = line.textContent.trim();
        if (words && !window.told.includes(words)) window.told.push(words);
    }
}).observe(document, {subtree: true, childList: true, characterData: true});
"""
# Not Playwright's own waiting for a function, which the page's content security policy forbids.
_WAIT_FOR_WORDS = """async ([words, patience]) => {
    const limit = performance.now() + patience;
    while (!window.told.some((line) => line.includes(words)) && performance.now() < limit) {
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return window.told;
}"""
_READ_BOTH = """async (element, [text, patience]) => {
    const whole = document.createElement("div");
    const {renderMarkdown} = await import("/static/markdown/markdown.js");
    document.body.append(whole);
    renderMarkdown(whole, text, {words: {copy: "Copy", copied: "Copied", code: "Code", showImage: () => ""}});
    const read = (root) => {
        const copy = root.cloneNode(true);
        for (const button of copy.querySelectorAll("button")) button.remove();
        return copy.textContent;
    };
    const limit = performance.now() + patience;
    while (read(element) !== read(whole) && performance.now() < limit) {
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const both = [read(element), read(whole)];
    whole.remove();
    return both;
}"""


class Faulty:
    """A page, and the installation behind it that is broken in the middle of an answer."""

    def __init__(self, page: Page, parley: Parley, front: Front) -> None:
        self.page, self.parley, self.front = page, parley, front

    def open(self) -> None:
        """What the page says on its way is remembered, however soon it goes away."""
        self.page.add_init_script(_REMEMBER)
        self.page.goto(self.front.url)
        expect(self.page.get_by_label("Message")).to_be_visible()

    def begin(self) -> Locator:
        """Ask, and wait until the answer is in its middle."""
        answer = ask(self.page, QUESTION)
        wait_for_text(answer, BEGUN)
        return answer

    @property
    def conversation(self) -> str:
        return self.page.url.rsplit("/", 1)[1]

    def wait_for_words(self, words: str) -> None:
        """Until the page has said so, be it for a moment only. Fails with all that it has said."""
        told: list[str] = self.page.evaluate(_WAIT_FOR_WORDS, [words, PATIENCE_MS])
        assert any(words in line for line in told), told

    def check_whole(self, answer: Locator) -> None:
        """It ends, nothing is missing or twice, and one can go on."""
        expect(answer).to_have_attribute("data-phase", "done", timeout=30_000)
        self.front.heal()  # what has fallen silent is known to be gone by now
        [turn] = turns(self.page)
        assert said(turn) == expected(QUESTION)
        check_reads_as(answer, expected(QUESTION))
        wait_for_end(ask(self.page, NEXT))
        first, second = turns(self.page)
        assert said(first) == expected(QUESTION)
        assert said(second) == expected(QUESTION, expected(QUESTION), NEXT)

    def wait_for_answer_to_be_kept(self) -> None:
        """Ended and in the database, whoever looks on."""
        def kept() -> bool:
            told = self.page.context.request.get(f"{self.parley.url}/v1/conversations/{self.conversation}/turns").json()
            return [turn["status"] for turn in told["data"]] == ["completed"]

        self.parley.wait_until(kept, "the answer to be kept")

    def holder(self) -> str:
        """The worker that writes the answer; empty while it goes from one to another."""
        with self.parley.redis.client() as redis:
            return next((name for name in self.parley.processes if redis.scard(f"parley:{{0}}:held:{name}")), "")

    def mend(self) -> None:
        """All is as it was, for the next test."""
        self.front.heal()
        if self.parley.redis.process is None:
            self.parley.redis.start()
        for number in (1, 2):
            if f"gateway-{number}" not in self.parley.processes:
                self.parley.start_gateway(number)
            if f"worker-{number}" not in self.parley.processes:
                self.parley.start_worker(number)
        self.parley.wait_ready()


@contextmanager
def asleep(parley: Parley, name: str) -> Iterator[None]:
    """A process stands still meanwhile."""
    process = parley.processes[name]
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


def expected(*messages: str) -> str:
    """What the engine says to them where nobody disturbs it: the user's and its own in turn, as the page sends them."""
    roles = ("user", "assistant")
    script = Script([{"role": roles[n % 2], "content": message} for n, message in enumerate(messages)])
    speller = Speller()
    return "".join(speller.spell(script.token(index)) for index in range(script.length))


def check_reads_as(answer: Locator, text: str) -> None:
    """What somebody reads is what they would read of this text, had it come whole.

    The last words of an answer that has ended are drawn in the browser's next frame, and formulas a little later.
    """
    shown, wanted = answer.locator(":scope > .answer-text").evaluate(_READ_BOTH, [text, PATIENCE_MS])
    assert shown == wanted

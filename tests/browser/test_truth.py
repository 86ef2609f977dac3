"""What the page says of an answer that waits, and of one whose worker is lost."""
import re
import signal
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.faulty import check_reads_as
from tests.browser.talk import ask, open_chat, said, turns, wait_for_end, wait_for_text
from tests.parley import Parley

HOLD = """async () => {
    const body = JSON.stringify({ input: "On and on [[tokens=100000]]", background: true });
    const headers = { "Content-Type": "application/json" };
    return (await (await fetch("/v1/responses", { method: "POST", headers, body })).json()).id;
}"""
STOP = "async (id) => { await fetch(`/v1/responses/${id}/cancel`, { method: 'POST' }); }"


@pytest.fixture
def small(start_parley: Callable[..., Parley]) -> Parley:
    """A worker that runs one answer, and holds another one ready."""
    return start_parley(settings={"synthetic_tokens_per_s": "40", "capacity": "1"})


def test_who_waits_is_told_where_in_the_queue(page: Page, small: Parley) -> None:
    open_chat(page, small)
    held = [page.evaluate(HOLD) for _ in range(3)]
    answer = ask(page, "And I? [[tokens=20]]")
    standing = answer.locator(".standing")
    expect(standing).to_have_text(re.compile(r"^2nd in the queue"))
    page.evaluate(STOP, held[2])
    expect(standing).to_have_text(re.compile(r"^1st in the queue"))
    for name in held[:2]:
        page.evaluate(STOP, name)
    wait_for_end(answer)
    check_reads_as(answer, said(turns(page)[0]))


def test_whose_worker_is_lost_is_told_so_and_then_that_another_goes_on(page: Page, small: Parley) -> None:
    open_chat(page, small)
    answer = ask(page, "Go on [[tokens=300]]")
    before = wait_for_text(answer, 20)
    small.end("worker-1", signal.SIGKILL)
    standing = answer.locator(".standing")
    expect(standing).to_contain_text("was lost")
    small.start_worker(2)
    expect(standing).to_contain_text("the answer goes on where it was")
    whole = wait_for_end(answer)
    assert whole.startswith(before)
    check_reads_as(answer, said(turns(page)[0]))

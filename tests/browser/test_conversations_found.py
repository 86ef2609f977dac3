"""What was found leads to the message itself, wherever it is, and stays there."""
import re
import time
from typing import Any
from urllib.parse import quote_plus

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import check_accessibility
from tests.browser.conversations import open_side, side, talk, toast, told
from tests.browser.talk import ask, open_chat, wait_for_end, wait_for_text
from tests.parley import Parley

MARKED = "[...(CSS.highlights.get('found') ?? [])].map((range) => range.toString())"
LONG = "\n\n".join(["A paragraph that says nothing of note. " * 12] * 6)


def turn(number: int, question: str, answer: str, parent: int | None) -> dict[str, Any]:
    return {"id": f"turn_{number}", "parent_id": None if parent is None else f"turn_{parent}", "status": "completed",
            "created_at": time.time() - 1000 + number, "items": [
                {"type": "message", "role": "user", "content": question},
                {"type": "message", "role": "assistant", "content": answer}]}


def long_talk(page: Page, parley: Parley, length: int = 130) -> str:
    """The fourth answer, far up, speaks of zebras, below many words."""
    answers = {3: f"{LONG}\n\n- A **zebra** has stripes.\n\n{LONG}"}
    return talk(page, parley, "A long talk", turns=[
        turn(i, f"question {i}", answers.get(i, f"answer {i}"), i - 1 if i else None) for i in range(length)])


def forked_talk(page: Page, parley: Parley) -> str:
    """The active branch goes on behind the second first turn; the zebra is behind the first one, older ones between."""
    turns = [turn(0, "root one", "one", None), turn(1, "of a zébra", "it has stripes", 0), turn(2, "more", "yes", 1),
             turn(3, "root two", "two", None)]
    return talk(page, parley, "A forked talk", turns=turns, active_turn_id="turn_3")


def search(page: Page, query: str) -> Locator:
    """The one thing that is found."""
    page.get_by_role("searchbox", name="Search conversations").fill(query)
    hit = side(page).get_by_role("list", name="What was found").get_by_role("link")
    expect(hit).to_have_count(1)
    expect(hit).to_have_attribute("href", re.compile("find=" + re.escape(quote_plus(query)) + "$"))
    return hit


def is_still(page: Page, place: Locator) -> None:
    """It stays where it is for some pictures, whatever gets its size meanwhile."""
    before = place.bounding_box()
    page.evaluate("""() => new Promise((resolve) => {
        const next = (left) => (left ? requestAnimationFrame(() => next(left - 1)) : resolve());
        next(20);
    })""")
    assert place.bounding_box() == before


def test_a_message_far_up_is_brought_into_view_and_marked_for_a_moment(guest: Page, parley: Parley) -> None:
    name = long_talk(guest, parley)
    open_side(guest, parley)
    search(guest, "zebra stri").click()
    expect(guest).to_have_url(re.compile(rf"/c/{name}\?turn=turn_\w+&item=msg_\w+&find=zebra\+stri$"))
    place = guest.locator("strong", has_text="zebra")
    expect(place).to_be_in_viewport()
    answer = guest.locator(".answer", has=place)
    expect(answer).to_have_attribute("data-sought", "")
    expect(answer).to_be_focused()
    assert guest.evaluate(MARKED) == ["zebra", "stri"]
    is_still(guest, place)
    expect(answer).not_to_have_attribute("data-sought", "")
    expect(place).to_be_in_viewport()
    expect(guest.get_by_role("button", name="To the end")).to_be_visible()
    guest.evaluate("dispatchEvent(new Event('focus'))")  # as when one comes back to the tab: the end is read anew
    is_still(guest, place)

    guest.reload()
    expect(place).to_be_in_viewport()
    guest.get_by_role("button", name="To the end").click()
    expect(guest.get_by_text("question 129")).to_be_in_viewport()
    expect(guest).to_have_url(re.compile(rf"/c/{name}$"))
    assert guest.evaluate(MARKED) == []


def test_it_stays_in_view_while_an_answer_grows_until_one_scrolls(guest: Page, parley: Parley) -> None:
    guest.set_viewport_size({"width": 1000, "height": 500})
    long_talk(guest, parley, length=12)
    open_side(guest, parley)
    search(guest, "zebra")
    guest.get_by_role("searchbox", name="Search conversations").press("ArrowDown")
    guest.keyboard.press("Enter")
    place = guest.locator("strong", has_text="zebra")
    expect(place).to_be_in_viewport()
    growing = ask(guest, "Long [[tokens=600]]")
    before = wait_for_text(growing, 200)
    expect(place).not_to_be_in_viewport()
    search(guest, "zebra").click()
    expect(place).to_be_in_viewport()
    at = place.bounding_box()
    wait_for_text(growing, len(before) + 300)
    assert place.bounding_box() == at
    guest.locator(".transcript-room").hover()
    guest.mouse.wheel(0, -200)
    guest.get_by_role("button", name="Stop").click()
    wait_for_end(growing, "stopped")


def test_a_message_on_another_branch_brings_that_branch(guest: Page, parley: Parley) -> None:
    name = forked_talk(guest, parley)
    open_side(guest, parley, f"/c/{name}")
    expect(guest.locator(".question-text")).to_have_text(["root two"])
    before = told(guest, parley, name)["parley:active_turn_id"]
    search(guest, "zebra").click()
    expect(guest.locator(".question-text")).to_have_text(["root one", "of a zébra", "more"])
    question = guest.locator(".question", has_text="zébra")
    expect(question).to_be_focused()
    assert guest.evaluate(MARKED) == ["zébra"]
    expect(guest.get_by_label("Version 1 of 2")).to_be_visible()
    assert told(guest, parley, name)["parley:active_turn_id"] != before
    guest.get_by_role("button", name="The next version").click()
    expect(guest.locator(".question-text")).to_have_text(["root two"])
    expect(guest).to_have_url(re.compile(rf"/c/{name}$"))
    guest.reload()
    expect(guest.locator(".question-text")).to_have_text(["root two"])


def test_a_branch_on_which_it_is_stays(guest: Page, parley: Parley) -> None:
    """The newest branch through the first turn is another one."""
    turns = [turn(0, "of a zebra", "one", None), turn(1, "older", "yes", 0), turn(2, "newer", "no", 0)]
    name = talk(guest, parley, "Two ways", turns=turns, active_turn_id="turn_1")
    open_side(guest, parley)
    search(guest, "zebra").click()
    expect(guest.locator(".question-text")).to_have_text(["of a zebra", "older"])
    expect(guest.locator(".question").first).to_be_focused()
    expect(guest).to_have_url(re.compile(rf"/c/{name}\?"))


def test_in_a_conversation_that_is_open_one_is_led_again_and_again(guest: Page, parley: Parley) -> None:
    name = long_talk(guest, parley, length=60)
    open_side(guest, parley, f"/c/{name}")
    expect(guest.get_by_text("question 59")).to_be_in_viewport()
    place = guest.locator("strong", has_text="zebra")
    search(guest, "zebra").click()
    expect(place).to_be_in_viewport()
    guest.locator(".transcript-room").hover()
    guest.mouse.wheel(0, 2000)
    expect(place).not_to_be_in_viewport()
    search(guest, "zebra").click()
    expect(place).to_be_in_viewport()
    search(guest, "of a zebra").click()  # short words stand everywhere
    expect(guest).to_have_url(re.compile(r"find=of\+a\+zebra$"))
    expect(place).to_be_in_viewport()
    guest.get_by_role("button", name="End the search").click()
    side(guest).get_by_role("link", name="A long talk", exact=True).click()
    expect(guest).to_have_url(re.compile(rf"/c/{name}$"))
    expect(place).to_be_in_viewport()
    assert guest.evaluate(MARKED) == []


def test_what_was_asked_and_answered_just_now_is_found_on_the_page(chat: Page) -> None:
    wait_for_end(ask(chat, "Of giraffes [[tokens=5]]"))
    wait_for_end(ask(chat, "Of nothing [[tokens=5]]"))
    search(chat, "giraffes").click()
    expect(chat.locator(".question").first).to_be_focused()
    expect(chat.locator(".toast")).to_have_count(0)
    expect(chat.locator(".turn")).to_have_count(2)


def test_a_message_that_is_gone_is_said_to_be_gone(guest: Page, parley: Parley) -> None:
    name = long_talk(guest, parley, length=30)
    open_side(guest, parley)
    hit = search(guest, "zebra")
    address = hit.get_attribute("href") or ""
    item = address.partition("item=")[2].partition("&")[0]
    answer = guest.context.request.delete(f"{parley.url}/v1/conversations/{name}/items/{item}")
    assert answer.ok
    hit.click()
    expect(toast(guest, "This message is no longer there.")).to_be_visible()
    expect(guest.get_by_text("question 3", exact=True)).to_be_in_viewport()

    open_side(guest, parley, f"/c/{name}?turn=turn_nowhere&item=msg_nowhere&find=zebra")
    expect(toast(guest, "This message is no longer there.")).to_be_visible()
    expect(guest.get_by_text("question 29")).to_be_in_viewport()
    open_side(guest, parley, "/c/conv_nowhere?turn=turn_nowhere")
    expect(guest.get_by_text("There is no such conversation")).to_be_visible()


def test_a_server_that_is_away_leads_there_when_it_is_back(guest: Page, parley: Parley) -> None:
    long_talk(guest, parley)
    open_side(guest, parley)
    turns = re.compile(r"/v1/conversations/conv_\w+/turns")
    guest.route(turns, lambda route: route.abort())
    search(guest, "zebra").click()
    expect(guest.get_by_role("main").get_by_text("The server does not answer.")).to_be_visible()
    guest.unroute(turns)
    guest.get_by_role("main").get_by_role("button", name="Try again").click()
    expect(guest.locator("strong", has_text="zebra")).to_be_in_viewport()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_mark_is_accessible_and_does_not_move_where_nothing_shall(guest: Page, parley: Parley, scheme: Any) -> None:
    guest.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    long_talk(guest, parley, length=5)
    open_side(guest, parley)
    search(guest, "zebra").click()
    answer = guest.locator(".answer[data-sought]")
    expect(answer).to_have_css("outline-style", "solid")
    expect(answer).to_have_css("animation-duration", "0.001s")
    check_accessibility(guest)
    expect(answer).to_have_count(0)


def test_another_conversation_opens_at_its_end_wherever_one_was_in_the_last(guest: Page, parley: Parley) -> None:
    one, other = long_talk(guest, parley, length=30), talk(guest, parley, "Other", turns=[
        turn(i, f"other {i}", "x\n\n" * 5, i - 1 if i else None) for i in range(15)])
    open_chat(guest, parley, f"/c/{one}")
    expect(guest.get_by_text("question 29")).to_be_in_viewport()
    guest.locator(".transcript-room").hover()
    guest.mouse.wheel(0, -300)
    expect(guest.get_by_role("button", name="To the end")).to_be_visible()
    side(guest).get_by_role("link", name="Other", exact=True).click()
    expect(guest).to_have_url(re.compile(rf"/c/{other}$"))
    expect(guest.get_by_text("other 14")).to_be_in_viewport()

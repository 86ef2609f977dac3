"""What one can do with questions and answers: ask otherwise, ask again, go on, copy, quote."""
import pytest
from playwright.sync_api import Page, expect

from tests.browser.talk import (
    answer_instead,
    ask,
    asked,
    choose_for_talking,
    open_chat,
    refusal,
    said,
    turns,
    wait_for_end,
    wait_for_text,
)
from tests.parley import Parley


@pytest.fixture
def chat(chat: Page, parley: Parley) -> Page:
    chat.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=parley.url)
    return chat


def test_a_question_is_changed_and_both_branches_stay(chat: Page) -> None:
    wait_for_end(ask(chat, "First [[tokens=5]]"))
    wait_for_end(ask(chat, "Second [[tokens=5]]"))
    first = chat.locator(".turn").first
    first.locator(".question").hover()
    first.get_by_role("button", name="Change the question").click()
    field = chat.get_by_label("Changed question")
    expect(field).to_be_focused()
    expect(field).to_have_value("First [[tokens=5]]")
    field.fill("Other [[tokens=5]]")
    field.press("Enter")
    expect(chat.locator(".question-text")).to_have_text(["Other [[tokens=5]]"])
    expect(chat.get_by_label("Message")).to_be_focused()
    wait_for_end(chat.locator(".answer"))
    expect(chat.get_by_label("Version 2 of 2")).to_be_visible()
    (kept,) = turns(chat)
    assert (asked(kept), kept["parent_id"], len(kept["siblings"])) == ("Other [[tokens=5]]", None, 2)

    chat.get_by_role("button", name="The version before").click()
    expect(chat.locator(".question-text")).to_have_text(["First [[tokens=5]]", "Second [[tokens=5]]"])
    expect(chat.get_by_label("Version 1 of 2")).to_be_visible()
    expect(chat.get_by_role("button", name="The version before")).to_be_disabled()
    chat.reload()
    expect(chat.locator(".question-text")).to_have_text(["First [[tokens=5]]", "Second [[tokens=5]]"])
    chat.get_by_role("button", name="The next version").click()
    expect(chat.locator(".question-text")).to_have_text(["Other [[tokens=5]]"])


def test_escape_leaves_a_question_as_it_was(chat: Page) -> None:
    wait_for_end(ask(chat, "As it was [[tokens=3]]"))
    edit = chat.get_by_role("button", name="Change the question")
    edit.focus()
    chat.keyboard.press("Enter")
    chat.keyboard.type(" and more")
    chat.keyboard.press("Escape")
    expect(chat.locator(".question-text")).to_have_text("As it was [[tokens=3]]")
    expect(edit).to_be_focused()
    assert len(turns(chat)) == 1


def test_the_same_is_asked_again(chat: Page) -> None:
    wait_for_end(ask(chat, "Again? [[tokens=4]]"))
    chat.get_by_role("button", name="Ask again").click()
    expect(chat.get_by_label("Version 2 of 2")).to_be_visible()
    wait_for_end(chat.locator(".answer"))
    expect(chat.locator(".turn")).to_have_count(1)
    (kept,) = turns(chat)
    assert asked(kept) == "Again? [[tokens=4]]"
    assert len(kept["siblings"]) == 2


def test_an_answer_that_was_cut_off_is_continued(page: Page, parley: Parley) -> None:
    choose_for_talking(page, max_output_tokens=16)
    open_chat(page, parley)
    answer = ask(page, "Long [[tokens=60]]")
    wait_for_end(answer, "cut")
    expect(answer.locator(".standing")).to_have_text("The limit on its length was reached after 16 tokens.")
    answer.get_by_role("button", name="Continue").click()
    wait_for_text(page.locator(".answer").nth(1), 1)
    expect(answer.get_by_role("button", name="Continue")).to_be_hidden()
    first, second = turns(page)
    assert second["parent_id"] == first["id"]


def test_an_answer_is_copied_as_it_was_written(chat: Page) -> None:
    answer = ask(chat, "Write something [[tokens=100]]")
    wait_for_end(answer)
    answer.get_by_role("button", name="Copy the answer").click()
    expect(answer.get_by_role("button", name="Copied")).to_be_visible()
    assert chat.evaluate("navigator.clipboard.readText()") == said(turns(chat)[0])
    expect(answer.get_by_role("button", name="Copy the answer")).to_be_visible()


def test_what_is_selected_is_quoted(chat: Page) -> None:
    wait_for_end(ask(chat, "Say something [[tokens=40]]"))
    chat.get_by_label("Message").fill("Before")
    chat.locator(".answer-text").evaluate("""(element) => {
        const walk = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
        const node = walk.nextNode();
        getSelection().setBaseAndExtent(node, 0, node, Math.min(9, node.length));
    }""")
    selected = chat.evaluate("getSelection().toString().trim()")
    assert selected
    chat.locator(".quote-here").click()
    field = chat.get_by_label("Message")
    expect(field).to_have_value(f"Before\n\n> {selected}\n\n")
    expect(field).to_be_focused()
    expect(chat.locator(".quote-here")).to_have_count(0)


def test_an_answer_that_failed_is_tried_again(page: Page, parley: Parley) -> None:
    """The server refuses the first question for good; the second try goes through."""
    answers = iter([refusal("input_too_large")])
    answer_instead(page, lambda event: next(answers, None) if event["type"] == "response.create" else None)
    open_chat(page, parley)
    answer = ask(page, "Is there room? [[tokens=5]]")
    expect(answer.locator(".problem")).to_have_text(
        "This is more than the server takes, with its pictures and all that was said before. "
        "Shorten it, or begin a new chat. Try again")
    answer.get_by_role("button", name="Try again").click()
    wait_for_end(page.locator(".answer"))
    expect(page.locator(".problem")).to_have_count(0)
    expect(page.locator(".turn")).to_have_count(1)
    assert len(turns(page)) == 1


def test_a_question_after_one_that_failed_takes_its_place(page: Page, parley: Parley) -> None:
    answers = iter([refusal("invalid_prompt")])
    answer_instead(page, lambda event: next(answers, None) if event["type"] == "response.create" else None)
    open_chat(page, parley)
    answer = ask(page, "No good")
    expect(answer.locator(".problem")).to_contain_text("The server says invalid_prompt.")
    page.get_by_label("Message").fill("Better [[tokens=5]]")
    page.keyboard.press("Enter")
    expect(page.locator(".question-text")).to_have_text(["Better [[tokens=5]]"])
    wait_for_end(page.locator(".answer"))


def test_thoughts_are_folded_away(page: Page, parley: Parley) -> None:
    choose_for_talking(page, reasoning_effort="low")
    open_chat(page, parley)
    answer = ask(page, "Think [[tokens=10]]")
    expect(answer.get_by_text("Thinking …").first).to_be_visible()
    wait_for_end(answer)
    thoughts = answer.locator("details")
    expect(thoughts.locator("summary")).to_have_text("Thought for 1 second")
    expect(thoughts.locator(".answer-text")).to_be_hidden()
    thoughts.locator("summary").click()
    expect(thoughts.locator(".answer-text")).to_be_visible()
    page.reload()
    expect(page.locator(".answer summary")).to_have_text("Thoughts")

"""Pictures in questions: by button, by paste and by drop; seen, removed again, kept; or refused with a reason."""
import base64
import io
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, Route, expect

from tests.browser.axe import check_accessibility
from tests.browser.conversations import toast
from tests.browser.talk import open_chat, shows, turns, wait_for_end
from tests.parley import Parley

SCHEMES: list[Any] = ["light", "dark"]
COLOURS = {"red.png": (200, 30, 30), "green.png": (30, 160, 60), "blue.png": (30, 60, 200)}
# What a browser does when somebody pastes files, or drops them.
BRING = """async (element, [kind, files, text]) => {
    const data = new DataTransfer();
    for (const {name, type, base64} of files) {
        const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
        data.items.add(new File([bytes], name, {type}));
    }
    if (text) data.setData("text/plain", text);
    const how = {bubbles: true, cancelable: true};
    if (kind === "paste") return element.dispatchEvent(new ClipboardEvent("paste", {...how, clipboardData: data}));
    return element.dispatchEvent(new DragEvent(kind, {...how, dataTransfer: data}));
}"""
WIDTH = "(element) => element.clientWidth"
WIDTHS = "(list) => Array.from(list.querySelectorAll('img'), (one) => one.naturalWidth)"


def picture(name: str, width: int = 40, height: int = 30) -> FilePayload:
    data = io.BytesIO()
    Image.new("RGB", (width, height), COLOURS.get(name, (90, 90, 90))).save(data, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": data.getvalue()}


def noise(name: str) -> FilePayload:
    """That no compression makes much smaller."""
    data = io.BytesIO()
    Image.effect_noise((900, 900), 100).save(data, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": data.getvalue()}


def choose(page: Page, *files: FilePayload) -> None:
    """By button, as the dialog of the browser's gives them."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Add a picture").click()
    chooser.value.set_files(list(files))


def bring(element: Locator, kind: str, *files: FilePayload, text: str = "") -> bool:
    """Paste or drop; whether the browser would go on to do what it does by itself."""
    told = [{"name": file["name"], "type": file["mimeType"], "base64": base64.b64encode(file["buffer"]).decode()}
            for file in files]
    goes_on: bool = element.evaluate(BRING, [kind, told, text])
    return goes_on


def waiting(page: Page) -> Locator:
    return page.get_by_role("list", name="Pictures to ask about")


def expect_waiting(page: Page, count: int) -> None:
    expect(waiting(page).get_by_role("img")).to_have_count(count)


def text_only(route: Route) -> None:
    told = route.fetch().json()
    for model in told["data"]:
        model["parley:capabilities"] = [one for one in model["parley:capabilities"] or [] if one != "images"]
    route.fulfill(json=told)


def test_pictures_by_button_are_seen_asked_about_and_kept(chat: Page) -> None:
    red, green = picture("red.png", 40, 30), picture("green.png", 64, 20)
    choose(chat, red, green)
    expect_waiting(chat, 2)
    assert waiting(chat).evaluate(WIDTHS) == [40, 64]
    chat.get_by_label("Message").fill("What are these?")
    chat.get_by_role("button", name="Send").click()
    expect(waiting(chat)).to_be_hidden()
    answer = chat.locator(".answer")
    wait_for_end(answer)
    question = chat.locator(".question")
    expect(question.get_by_role("img", name="A picture of the question")).to_have_count(2)
    shows(answer, f"I see a PNG image of 40 × 30 pixels, {len(red['buffer'])} bytes. "
                  f"I see a PNG image of 64 × 20 pixels, {len(green['buffer'])} bytes.")
    chat.reload()
    expect(question).to_contain_text("What are these?")
    expect(question.get_by_role("img")).to_have_count(2)
    assert question.evaluate(WIDTHS) == [40, 64]
    [turn] = turns(chat)
    assert [part["type"] for part in turn["items"][0]["content"]] == ["input_image", "input_image", "input_text"]


def test_a_picture_is_shown_larger(chat: Page) -> None:
    choose(chat, picture("wide.png", 1200, 300))
    chat.get_by_role("button", name="Send").click()
    wait_for_end(chat.locator(".answer"))
    small = chat.locator(".question").get_by_role("button", name="A picture of the question")
    small.click()
    dialog = chat.get_by_role("dialog", name="A picture of the question")
    large = dialog.get_by_role("img")
    expect(large).to_be_visible()
    assert large.evaluate(WIDTH) > 2 * small.evaluate(WIDTH)
    check_accessibility(chat)
    chat.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(small).to_be_focused()


def test_a_picture_alone_is_a_question(chat: Page) -> None:
    send = chat.get_by_role("button", name="Send")
    expect(send).to_be_disabled()
    choose(chat, picture("blue.png"))
    expect(send).to_be_enabled()
    send.click()
    wait_for_end(chat.locator(".answer"))
    expect(chat.locator(".question").get_by_role("img")).to_have_count(1)
    expect(chat.locator(".question-text")).to_have_count(0)


def test_pictures_are_pasted_but_words_with_a_picture_of_them_are_words(chat: Page) -> None:
    field = chat.get_by_label("Message")
    assert not bring(field, "paste", picture("red.png"))
    expect_waiting(chat, 1)
    assert bring(field, "paste", picture("green.png"), text="two cells")
    assert bring(field, "paste", text="words")
    assert not bring(field, "paste", picture("blue.png", 80))
    expect_waiting(chat, 2)
    assert waiting(chat).evaluate(WIDTHS) == [40, 80]


def test_pictures_are_dropped_anywhere(chat: Page) -> None:
    room = chat.get_by_role("main")
    where = chat.get_by_text("Drop pictures here")
    assert not bring(room, "dragover", picture("red.png"))
    expect(where).to_be_visible()
    bring(room, "dragleave", picture("red.png"))
    expect(where).to_be_hidden()
    assert bring(room, "dragover", text="a selection")
    expect(where).to_be_hidden()
    assert not bring(room, "dragover", picture("red.png"))
    assert not bring(room, "drop", picture("red.png"), picture("green.png", 50))
    expect(where).to_be_hidden()
    expect_waiting(chat, 2)
    assert waiting(chat).evaluate(WIDTHS) == [40, 50]


def test_one_is_removed_and_the_others_survive_a_reload(chat: Page) -> None:
    choose(chat, picture("red.png", 41), picture("green.png", 42), picture("blue.png", 43))
    expect_waiting(chat, 3)
    chat.get_by_role("button", name="Remove picture 2").click()
    expect_waiting(chat, 2)
    chat.reload()
    expect_waiting(chat, 2)
    assert waiting(chat).evaluate(WIDTHS) == [41, 43]
    chat.get_by_role("button", name="Send").click()
    wait_for_end(chat.locator(".answer"))
    chat.reload()
    expect(chat.locator(".question").get_by_role("img")).to_have_count(2)
    assert chat.locator(".question").evaluate(WIDTHS) == [41, 43]
    expect(waiting(chat)).to_be_hidden()


def test_what_is_no_picture_or_too_large_is_refused_with_a_reason(chat: Page) -> None:
    choose(chat, {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"words"}, picture("red.png"),
           {"name": "broken.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n and no more"},
           {"name": "huge.png", "mimeType": "image/png", "buffer": bytes(26 << 20)})
    for name in ("notes.txt", "broken.png"):
        told = toast(chat, f"{name} is no picture that this browser can read. PNG, JPEG, WebP and GIF are.")
        expect(told).to_be_visible()
    expect(toast(chat, "huge.png is too large: a picture may have 25 MB.")).to_be_visible()
    expect_waiting(chat, 1)
    document: FilePayload = {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"}
    assert not bring(chat.get_by_role("main"), "dragover", document)
    assert not bring(chat.get_by_role("main"), "drop", document)
    expect(toast(chat, "a.pdf is no picture")).to_be_visible()
    expect_waiting(chat, 1)


def test_large_pictures_are_made_smaller_and_what_has_no_room_is_said(chat: Page) -> None:
    choose(chat, picture("wide.png", 4000, 1000))
    expect_waiting(chat, 1)
    assert waiting(chat).evaluate(WIDTHS) == [1536]
    choose(chat, *(noise(f"noise-{number}.png") for number in range(12)))
    expect(toast(chat, "There is no room for noise-11.png beside the other pictures.")).to_be_visible()
    chat.get_by_label("Message").fill("All of them")
    chat.get_by_role("button", name="Send").click()
    wait_for_end(chat.locator(".answer"))


def test_a_model_that_reads_words_only_offers_none(page: Page, parley: Parley) -> None:
    page.route("**/v1/models", text_only)
    open_chat(page, parley)
    expect(page.locator(".model")).to_have_text("synthetic")
    expect(page.get_by_role("button", name="Add a picture")).to_have_count(0)
    assert not bring(page.get_by_role("main"), "dragover", picture("red.png"))
    assert not bring(page.get_by_role("main"), "drop", picture("red.png"))
    expect(toast(page, "synthetic reads words only, and sees no pictures. Nothing was added.")).to_be_visible()
    expect_waiting(page, 0)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing(page: Page, parley: Parley, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    open_chat(page, parley)
    choose(page, picture("red.png", 400, 300), picture("green.png", 300, 400))
    expect_waiting(page, 2)
    check_accessibility(page)
    bring(page.get_by_role("main"), "dragover", picture("blue.png"))
    check_accessibility(page)
    bring(page.get_by_role("main"), "dragleave", picture("blue.png"))
    page.get_by_label("Message").fill("What are these?")
    page.get_by_role("button", name="Send").click()
    wait_for_end(page.locator(".answer"))
    check_accessibility(page)

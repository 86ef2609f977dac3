"""The pictures by their names, and how each comes about."""
import re
import signal
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.pictures.brought_in import PINNED
from tests.browser.pictures.camera import Film, shoot
from tests.browser.pictures.stage import Stage
from tests.browser.talk import ask, wait_for_end, wait_for_text

CAPITAL = "What is the capital of France?"
STORY = "Write a story about a lighthouse keeper and a storm."
KILL_AT = 240  # characters: a reader has begun to read
AND_THEN = 350  # of them are enough to see that it goes on
FRAMES_PER_S = 8.0
FILM_S = 120.0

Scene = Callable[[Stage, Path], None]


def chat_light(stage: Stage, folder: Path) -> None:
    with stage.page() as page:
        show_capital(stage, page)
        shoot(page, folder / "chat-light.png")


def chat_dark(stage: Stage, folder: Path) -> None:
    with stage.page(scheme="dark") as page:
        show_capital(stage, page)
        shoot(page, folder / "chat-dark.png")


def phone(stage: Stage, folder: Path) -> None:
    with stage.page(width=390, height=844, phone=True) as page:
        show_capital(stage, page)
        shoot(page, folder / "phone.png")


def show_capital(stage: Stage, page: Page) -> None:
    """It is asked once."""
    if CAPITAL in stage.talks:
        page.goto(f"{stage.parley.url}/c/{stage.talks[CAPITAL]}")
        wait_for_end(page.locator(".answer"))
        return
    wait_for_end(ask(page, CAPITAL))
    stage.talks[CAPITAL] = page.url.rsplit("/", 1)[1]


def answer(stage: Stage, folder: Path) -> None:
    """A table, code and a formula."""
    with stage.page(f"/c/{stage.talks[PINNED.title]}", height=1080) as page:
        expect(page.locator(".answer")).to_contain_text("The formula is exact")
        expect(page.locator(".answer .katex")).to_have_count(3)  # formulas and colours come a little later
        expect(page.locator(".answer pre code span[class^='md-token']").first).to_be_visible()
        shoot(page, folder / "answer.png")


def search(stage: Stage, folder: Path) -> None:
    with stage.page() as page:
        expect(page.get_by_role("link", name=PINNED.title)).to_be_visible()
        page.keyboard.press("Control+k")
        page.keyboard.type("sea")
        expect(page.get_by_role("list", name="What was found").get_by_role("link").first).to_be_visible()
        shoot(page, folder / "search.png")


def settings(stage: Stage, folder: Path) -> None:
    with stage.page("/settings") as page:
        expect(page.get_by_role("heading").first).to_be_visible()
        shoot(page, folder / "settings.png")


def admin(stage: Stage, folder: Path) -> None:
    """While an answer is being written, so that there is something to see."""
    with stage.page() as busy, stage.page("/admin") as page:
        running = ask(busy, STORY if stage.real else f"{STORY} [[tokens=2000]]")
        wait_for_text(running, 1)
        expect(page.locator("main")).to_contain_text(re.compile(r"Running\s*[1-9]"))
        expect(page.locator("main")).to_contain_text(re.compile(r"Tokens/s\s*[1-9]"))
        shoot(page, folder / "admin.png")
        busy.get_by_role("button", name="Stop").click()
        wait_for_end(running, "stopped")


def survives(stage: Stage, folder: Path, *, tokens: int = 220) -> None:
    """An answer goes on while the worker that writes it is killed."""
    with stage.page(width=900, height=560, scale=1) as page:
        if page.get_by_role("button", name="Hide conversations").is_visible():
            page.get_by_role("button", name="Hide conversations").first.click()
        film = Film(page, FRAMES_PER_S)
        film.caption = "Two workers are running."
        told = ask(page, STORY if stage.real else f"{STORY} [[tokens={tokens}]]")
        film.run_until(lambda: len(told.text_content() or "") > KILL_AT, FILM_S)
        name = _holder(stage)
        pid = stage.parley.processes[name].pid
        stage.parley.end(name, signal.SIGKILL)
        film.caption = f"$ kill -9 {pid}      # the worker that writes this answer"
        film.run_until(lambda: "goes on where it was" in (told.text_content() or ""), FILM_S)
        enough = len(told.text_content() or "") + AND_THEN
        film.run_until(lambda: _has_ended(told) or len(told.text_content() or "") > enough, FILM_S)
        film.write(folder / "survives.webp")
    stage.parley.start_worker(int(name.rpartition("-")[2]))


def _has_ended(answer: Locator) -> bool:
    return answer.get_attribute("aria-busy") == "false"


def _holder(stage: Stage) -> str:
    with stage.parley.redis.client() as redis:
        [name] = [name for name in stage.parley.processes if redis.scard(f"parley:{{0}}:held:{name}")]
    return name


SCENES: dict[str, Scene] = {
    "chat-light": chat_light, "chat-dark": chat_dark, "phone": phone, "answer": answer, "search": search,
    "settings": settings, "admin": admin, "survives": survives}

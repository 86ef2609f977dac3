"""What the pictures are taken of: an installation, and an account in it that has had some conversations."""
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.administration import ADMINISTRATOR, register, sign_in
from tests.browser.chromium import FLAGS, find_chromium
from tests.browser.conversations import talk
from tests.browser.pictures.brought_in import PINNED, TALKS
from tests.browser.pictures.camera import somebody
from tests.parley import ROOT, Parley

WORKER_PYTHON = ROOT / ".envs" / "worker" / "bin" / "python"
SETTINGS = {"attempts_per_address": "1000", "titles": "false"}
SYNTHETIC = {"synthetic_tokens_per_s": "30"}
REAL = {"engine": "vllm", "eager": "true", "capacity": "4", "context_tokens": "2048"}  # two of them start sooner so
REAL_START_S = 600.0  # on two cores
PATIENCE_MS = 60_000


class Stage:
    """`real`: answers come from SmolLM2. `scale`: of the screens, in pixels for each of CSS."""

    def __init__(self, parley: Parley, browser: Browser, *, real: bool, scale: float) -> None:
        self.parley, self.browser, self.real, self.scale = parley, browser, real, scale
        self.talks: dict[str, str] = {}  # ids by title

    def furnish(self) -> None:
        """The first who registers is the administrator, and sees all rooms."""
        page = somebody(self.browser, width=800, height=600, scale=1)
        register(page.context.request, self.parley, ADMINISTRATOR, "Ada")
        sign_in(page, self.parley, ADMINISTRATOR)
        for title, question, answer, ago_s in TALKS:
            self.talks[title] = talk(page, self.parley, title, question=question, answer=answer, ago_s=ago_s,
                                     pinned=title == PINNED.title)
        page.context.close()

    @contextmanager
    def page(self, path: str = "/", *, width: int = 1280, height: int = 800, **how: Any) -> Iterator[Page]:
        """One of this account, with a room open."""
        expect.set_options(timeout=PATIENCE_MS)
        page = somebody(self.browser, width=width, height=height, **{"scale": self.scale, **how})
        page.set_default_timeout(PATIENCE_MS)
        try:
            sign_in(page, self.parley, ADMINISTRATOR)
            page.goto(f"{self.parley.url}{path}")
            yield page
        finally:
            page.context.close()


@contextmanager
def staged(*, real: bool, scale: float) -> Iterator[Stage]:
    """Two workers, because one of them is to die."""
    how: dict[str, Any] = {"settings": SETTINGS | SYNTHETIC}
    if real:
        how = {"settings": SETTINGS | REAL, "worker_python": str(WORKER_PYTHON), "ready_s": REAL_START_S}
    with Parley(workers=2, **how) as parley, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        stage = Stage(parley, browser, real=real, scale=scale)
        stage.furnish()
        yield stage
        browser.close()

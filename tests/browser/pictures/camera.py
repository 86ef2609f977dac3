"""Takes pictures of a page, still ones and moving ones, and writes them small."""
import io
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Browser, Page

COLOURS = 256
SETTLED = """() => Promise.all([
    document.fonts.ready,
    ...document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime < Infinity)
        .map((one) => one.finished.catch(() => null)),
])"""
CAPTION_PX = 44
INK, PAPER = (226, 232, 240), (15, 23, 42)


def shoot(page: Page, file: Path) -> None:
    """A still picture, once nothing fades in any more and nothing is marked as being written in."""
    page.evaluate(SETTLED)
    page.evaluate("document.activeElement?.blur?.()")
    with Image.open(io.BytesIO(page.screenshot(caret="hide"))) as picture:
        picture.convert("RGB").quantize(COLOURS).save(file, optimize=True)


class Film:
    """Pictures one after another, each with the time that it was taken at; under them a line of our own."""

    def __init__(self, page: Page, most_per_s: float) -> None:
        self.page, self.step_s = page, 1 / most_per_s
        self.caption = ""
        self._shots: list[tuple[float, bytes, str]] = []

    def run_until(self, over: Callable[[], bool], limit_s: float) -> None:
        """Raises TimeoutError."""
        began = time.monotonic()
        while not over():
            if time.monotonic() - began > limit_s:
                raise TimeoutError(f"not over within {limit_s:g} s")
            self._shots.append((time.monotonic(), self.page.screenshot(caret="hide"), self.caption))
            self.page.wait_for_timeout(max(0.0, self._shots[-1][0] + self.step_s - time.monotonic()) * 1000)

    def write(self, file: Path, last_s: float = 3.0) -> None:
        """As an animated WebP that goes round for ever, and stays at its end for a while."""
        times = [at for at, _, _ in self._shots]
        lengths = [later - at for at, later in zip(times, [*times[1:], times[-1] + last_s], strict=True)]
        frames = [_captioned(shot, caption) for _, shot, caption in self._shots]
        options: dict[str, Any] = {"quality": 70, "method": 4, "minimize_size": True}
        frames[0].save(file, save_all=True, append_images=frames[1:], loop=0,
                       duration=[round(length * 1000) for length in lengths], **options)


def _captioned(shot: bytes, caption: str) -> Image.Image:
    with Image.open(io.BytesIO(shot)) as picture:
        framed = Image.new("RGB", (picture.width, picture.height + CAPTION_PX), PAPER)
        framed.paste(picture, (0, 0))
    font = ImageFont.load_default(size=CAPTION_PX * 0.4)
    ImageDraw.Draw(framed).text((CAPTION_PX / 2, picture.height + CAPTION_PX / 2), caption, INK, font, anchor="lm")
    return framed


def somebody(
        browser: Browser, *, width: int, height: int, scale: float, scheme: Any = "light", phone: bool = False) -> Page:
    """A browser of its own, with nothing open in it."""
    context = browser.new_context(
        locale="en-GB", color_scheme=scheme, device_scale_factor=scale, has_touch=phone,
        viewport={"width": width, "height": height})
    return context.new_page()

"""How the page looked at the end of a test, for a person to look at: a file for each in `data/screenshots/`."""
import re
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Error, Page

from tests.parley import ROOT

FOLDER = ROOT / "data" / "screenshots"
PATIENCE_MS = 3000


def keep_look(page: Page, test: str, folder: Path = FOLDER) -> None:
    """`test`: its node id. A page that is gone, or stands still, leaves none."""
    name = re.sub(r"[^\w.-]+", "_", test.removeprefix("tests/browser/"))
    with suppress(Error):
        page.screenshot(path=folder / f"{name}.png", timeout=PATIENCE_MS)

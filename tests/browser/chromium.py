"""The browser that the page is tried in, and the only place for its flags."""
import os
import shutil

MISSING = "no Chromium: install one, or name it in PARLEY_TEST_CHROMIUM"
EXECUTABLE_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FLAGS = [
    "--no-sandbox",  # the tests may run as root in a container, where its sandbox does not work
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str | None:
    """`PARLEY_TEST_CHROMIUM`, else what is on PATH; None where playwright has to bring its own."""
    return os.environ.get("PARLEY_TEST_CHROMIUM") or next(filter(None, map(shutil.which, EXECUTABLE_NAMES)), None)

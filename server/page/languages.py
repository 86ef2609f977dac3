"""The languages that the page speaks, and which of them a browser's reader wants."""
import json
import re
from pathlib import Path

from starlette.requests import Request

COOKIE = "parley_language"  # what was chosen on the page; scripts write it
OTHERWISE = "en"
GREETING = re.compile(r'^ +greeting: (".*"),$', re.MULTILINE)


class Languages:
    """`folder` holds one file for each: `en.js`. Looked up each time, so that a language is added by adding a file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def codes(self) -> list[str]:
        return sorted(path.stem for path in self._folder.glob("*.js"))

    def of(self, request: Request) -> str:
        """The language chosen before, or else the first that the browser asks for and that there is."""
        codes = self.codes()
        wanted = [request.cookies.get(COOKIE, ""), *_accepted(request.headers.get("accept-language", ""))]
        return next((code for code in wanted if code in codes), OTHERWISE)

    def greeting(self, code: str) -> str:
        """What the empty chat says; nothing where that file does not say it on one line."""
        try:
            found = GREETING.search((self._folder / f"{code}.js").read_text(encoding="utf-8"))
            return str(json.loads(found[1])) if found else ""
        except (OSError, ValueError):
            return ""


def _accepted(header: str) -> list[str]:
    """The codes in an Accept-Language header without their regions, the most wanted first (RFC 9110, 12.5.4)."""
    weighed = []
    for part in header.split(","):
        code, _, weight = part.partition(";")
        try:
            weighed.append((float(weight.strip().removeprefix("q=") or 1), code.strip().partition("-")[0].lower()))
        except ValueError:
            continue
    return [code for weight, code in sorted(weighed, key=lambda each: -each[0]) if weight > 0]

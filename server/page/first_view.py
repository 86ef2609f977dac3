"""What the page shows until its scripts run: the frame and, where an empty chat comes, its greeting, in the reader's
language. So there is something to read as soon as the styles are there, at the place where it stays.
"""
from hashlib import sha256
from html import escape
from pathlib import Path
from string import Template

from starlette.requests import Request
from starlette.responses import HTMLResponse

from server.page.languages import Languages

SIDEBAR_COOKIE = "parley_sidebar"  # scripts write it


class FirstView:
    """Of `index.html`, in which `$language`, `$greeting` and `$sidebar` are filled in."""

    def __init__(self, index: Path, languages: Languages) -> None:
        self._index, self._languages = index, languages

    def answer(self, request: Request, *, frame: bool, greets: bool) -> HTMLResponse:
        """`frame`: the room that comes has the sidebar. Raises FileNotFoundError without a page."""
        language = self._languages.of(request)
        is_open = frame and request.cookies.get(SIDEBAR_COOKIE) != "closed"
        html = Template(self._index.read_text(encoding="utf-8")).safe_substitute(
            language=language, sidebar="open" if is_open else "closed",
            greeting=escape(self._languages.greeting(language)) if greets else "")
        tag = f'"{sha256(html.encode()).hexdigest()[:32]}"'
        return HTMLResponse(html, headers={"etag": tag, "vary": "Accept-Language, Cookie"})

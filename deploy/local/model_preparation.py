"""Reads what `python -m inference.models prepare` says: first which model and why, then what it is doing."""
import re
from collections.abc import Callable
from dataclasses import dataclass

SHARE = re.compile(r":? *(\d{1,3}) ?%$")


@dataclass
class ModelProgress:
    """Takes line after line; a percentage at the end of one is its progress."""

    tell: Callable[[str, float | None], None]
    choice: str = ""

    def __call__(self, line: str) -> None:
        text = line.strip()
        if text.startswith("/"):  # the folder, its last word, which is no news for a person
            return
        if not self.choice:
            self.choice = text
        share = SHARE.search(text)
        if text:
            self.tell(SHARE.sub("", text), int(share[1]) / 100 if share else None)

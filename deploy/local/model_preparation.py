"""Reads what `python -m inference.models prepare` says while it fetches and converts a model."""
import re
from collections.abc import Callable
from dataclasses import dataclass

SHARE = re.compile(r"\s*(\d{1,3}) ?%$")


@dataclass
class ModelProgress:
    """Takes each line as the present message, a percentage at its end as the progress; keeps the last line without."""

    tell: Callable[[str, float | None], None]
    chosen: str = ""

    def __call__(self, line: str) -> None:
        text = line.strip()
        if not text:
            return
        share = SHARE.search(text)
        if share is None:
            self.chosen = text
        self.tell(SHARE.sub("", text), int(share[1]) / 100 if share else None)

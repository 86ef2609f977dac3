"""Finds stop strings in text that comes in pieces, and holds back what may become one."""


class StopFinder:
    """Text in, text out that surely belongs to the answer. A stop string may lie across any number of pieces.

    Only what could still become a stop string is held back, so with most text nothing is.
    """

    def __init__(self, stops: list[str]) -> None:
        self._stops = stops
        self._longest = max(map(len, stops), default=0)
        self._held = ""

    def feed(self, text: str) -> tuple[str, bool]:
        """What may be shown now, and whether a stop string was met (it and what follows are dropped)."""
        text = self._held + text
        if (cut := self._earliest(text)) is not None:
            self._held = ""
            return text[:cut], True
        keep = self._ambiguous(text)
        self._held = text[len(text) - keep :]
        return text[: len(text) - keep], False

    def flush(self) -> str:
        """What was held back, when nothing more comes."""
        text, self._held = self._held, ""
        return text

    def _earliest(self, text: str) -> int | None:
        """Where the stop string begins that is complete first."""
        found = [(at + len(stop), at) for stop in self._stops if (at := text.find(stop)) >= 0]
        return min(found)[1] if found else None

    def _ambiguous(self, text: str) -> int:
        """Length of the longest end of `text` that begins a stop string."""
        for length in range(min(self._longest - 1, len(text)), 0, -1):
            end = text[-length:]
            if any(stop.startswith(end) for stop in self._stops):
                return length
        return 0

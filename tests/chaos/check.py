"""Judges what one reader of one response is told, event by event. Pure."""
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from relay.records import ATTEMPT_GAP
from tests.chaos.expected import Expected
from tests.integration.server.talk import output_text

Event = dict[str, Any]
TERMINAL = frozenset({"response.completed", "response.incomplete", "response.failed"})
DELTA = "response.output_text.delta"
CONTINUED = "parley:response.continued"


SIGNALS = ("parley:queue", "parley:interrupted")  # they say how things stand now, and have no place in the order


@dataclass(slots=True)
class Track:
    """How far one reader has come, and what was wrong on the way: (`lost`, `repeated`, `out of order` …, words)."""

    expected: Expected
    last: int = -1
    at: int = 0  # characters
    wrong: list[tuple[str, str]] = field(default_factory=list)
    end: Event | None = None
    kinds: Counter[str] = field(default_factory=Counter)
    _derailed: bool = False  # one wrong piece makes all behind it wrong; it is told once

    def take(self, event: Event) -> None:
        """One event, as it came."""
        kind, number = event["type"], event.get("sequence_number", -1)
        self.kinds[kind] += 1
        if self.end is not None:
            self._blame("terminal", f"{kind} {number} after the terminal event")
            return
        if kind in SIGNALS and "sequence_number" not in event:
            return
        if number <= self.last:
            self._blame("repeated" if number == self.last else "out of order", f"{kind} {number} after {self.last}")
            return
        if kind == DELTA:
            self._take_text(event["delta"], number)
        elif number - self.last != 1 and number - self.last < ATTEMPT_GAP:
            self._blame("lost", f"{kind} {number} after {self.last}: a gap that nothing explains")
        if kind == "response.output_text.done" and len(event["text"]) != self.at:
            self._blame("lost", f"done after {self.at} characters says {len(event['text'])}")
        self.last = number
        if kind in TERMINAL:
            self.end = event["response"]
            self._judge_end(event["response"])

    def restart(self) -> None:
        """The server said `response_diverged`: everything is read anew."""
        self.last, self.at, self._derailed = -1, 0, False

    def _take_text(self, text: str, number: int) -> None:
        whole, at = self.expected.unstopped, self.at  # who is stopped is told what was held back, too
        if self._derailed:
            pass
        elif not whole.startswith(text, at):
            self._derailed = True
            repeated = at >= len(text) and whole.startswith(text, at - len(text))
            self._blame("repeated" if repeated else "lost",
                        f"{text[:40]!r} at {at}, in place of {whole[at:at + 40]!r}, number {number} after {self.last}")
        elif number - self.last > self.expected.most_events(at, at + len(text)):
            self._blame("lost", f"numbers {self.last} to {number} for {text[:40]!r}: no merge explains it")
        self.at = at + len(text)

    def _judge_end(self, response: Event) -> None:
        expected, status, usage = self.expected, response["status"], response["usage"]
        said = output_text(response)
        if said != expected.unstopped[:self.at] or len(said) != self.at:
            self._blame("lost", f"the terminal event has {len(said)} characters, {self.at} were told")
        if is_cancelled(response) or status == "failed":
            return
        if status != expected.status:
            self._blame("terminal", f"{status} in place of {expected.status}")
        if said != expected.text:
            self._blame("lost" if len(said) < len(expected.text) else "repeated",
                        f"{len(said)} characters in place of {len(expected.text)}")
        counts = (usage["input_tokens"], usage["output_tokens"])
        if counts != (expected.input_tokens, expected.output_tokens):
            self._blame("usage", f"{counts} in place of {(expected.input_tokens, expected.output_tokens)}")

    def _blame(self, kind: str, words: str) -> None:
        self.wrong.append((kind, words))


def is_cancelled(response: Event) -> bool:
    return (response.get("incomplete_details") or {}).get("reason") == "cancelled"

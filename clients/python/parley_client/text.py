"""The text of a response, out of its events."""
from parley_client.errors import DivergedError, Event

RESTARTED = "parley:restarted"  # made by the client: what follows is the whole response from its beginning
DELTA = "response.output_text.delta"
TERMINAL = frozenset({"response.completed", "response.incomplete", "response.failed"})


class Text:
    """`text` is what the events taken so far say, from the last restart on."""

    def __init__(self) -> None:
        self.text = ""
        self._said = ""  # before the last restart

    def take(self, event: Event) -> str:
        """What is new. Raises DivergedError if it is not what was said before a restart: that cannot be unsaid."""
        kind = event.get("type")
        if kind == RESTARTED:
            self._said, self.text = max(self._said, self.text, key=len), ""
        elif kind == DELTA:
            return self._add(event["delta"])
        elif kind in TERMINAL and len(self.text) < len(self._said):
            raise self._diverged()
        return ""

    def _add(self, delta: str) -> str:
        start = len(self.text)
        self.text += delta
        again = self._said[start:start + len(delta)]
        if not delta.startswith(again):
            raise self._diverged()
        return delta[len(again):]

    def _diverged(self) -> DivergedError:
        return DivergedError("response_diverged", "Read again, the response's text is not what it was.")

"""Turns what an engine makes of one response into compact events, in the order of the Open Responses specification.

Pure: no clock, no I/O. The worker takes `events` away and gives them numbers.
"""
from inference.engine.port import FinishReason, Output
from inference.standing import Standing
from relay.events import (
    AnyEvent,
    Continued,
    Delta,
    Done,
    Ended,
    EndStatus,
    InProgress,
    ItemAdded,
    ItemDone,
    ItemStatus,
    Logprob,
    PartAdded,
    PartDone,
    Usage,
)

MOST_TEXT = 160 * 1024  # characters of one delta: escaped they fit a frame of 1 MiB, whatever they are
HANDOVER = "handover"  # why a later attempt goes on
ENDS: dict[FinishReason, tuple[EndStatus, str]] = {
    "stop": ("completed", ""),
    "length": ("incomplete", "max_output_tokens"),
    "cancelled": ("incomplete", "cancelled"),
}


class Composer:
    """One response, one attempt. Every time `at` is Unix time in seconds.

    `events` are those not taken yet. Token ids that gave no text ride on the next event, so the log never holds text
    without the tokens that led to it. `said`: something of the answer was among this attempt's events. `ended` is the
    status once the terminal event is.
    """

    __slots__ = (
        "_begun", "_cached", "_carried", "_input", "_item_id", "_item_open", "_items", "_logprobs", "_output",
        "_part_open", "_text_open", "ended", "events", "said",
    )

    def __init__(self, response_id: str, standing: Standing) -> None:
        self.events: list[AnyEvent] = []
        self.ended = standing.ended
        self.said = False
        self._item_id = f"msg_{response_id.removeprefix('resp_')}"
        self._begun, self._items = standing.begun, standing.items
        self._item_open, self._part_open, self._text_open = standing.item_open, standing.part_open, standing.text_open
        self._carried: list[int] = []
        self._logprobs: list[Logprob] = []
        self._input = self._cached = 0  # tokens, as the engine counts them
        self._output = len(standing.tokens)

    def begin(self, at: float) -> None:
        """This attempt starts: the first one in the log as in_progress, a later one as continued."""
        self.events.append(Continued(at, HANDOVER) if self._begun else InProgress(at))
        self._begun = True

    def take(self, output: Output, at: float) -> None:
        """One output of the engine. After the end nothing more is said."""
        if self.ended:
            return
        self._input, self._cached, self._output = output.input_tokens, output.cached_tokens, output.output_tokens
        self._say(output.text, output.tokens, output.logprobs)
        if output.finish == "error":
            self.fail("engine_error", output.message or "The engine could not go on with this response.", at)
        elif output.finish:
            self._finish(output.finish, at)

    def cancel(self, at: float) -> None:
        """End it as stopped, without a last word of the engine (which may never have had it)."""
        self._end("incomplete", at, reason="cancelled")

    def fail(self, code: str, message: str, at: float) -> None:
        """End it as failed. `message` is shown to the client."""
        self._end("failed", at, code=code, message=message)

    def _say(self, text: str, tokens: list[int], logprobs: list[Logprob]) -> None:
        """Output text. Parsers for reasoning and tool calls go here: they split text among items of other kinds."""
        if text:
            if not self._text_open:
                self._close("completed")
                self._open()
            if self._carried or self._logprobs:
                tokens, logprobs = self._carried + tokens, self._logprobs + logprobs
                self._carried, self._logprobs = [], []
            self.said = True
            self.events.append(Delta(text[:MOST_TEXT], tokens, logprobs))
            if len(text) > MOST_TEXT:
                for start in range(MOST_TEXT, len(text), MOST_TEXT):
                    self.events.append(Delta(text[start:start + MOST_TEXT]))
        elif tokens or logprobs:
            self._carried += tokens
            self._logprobs += logprobs

    def _finish(self, finish: FinishReason, at: float) -> None:
        status, reason = ENDS[finish]
        if finish != "cancelled" and not self._items:
            self._open()  # a whole answer has a message, if an empty one
        if finish == "length" and self._logprobs and self._text_open:  # after "stop" they are those of the stop itself
            self.events.append(Delta("", self._carried, self._logprobs))
            self._carried = []
        self._end(status, at, reason=reason)

    def _end(self, status: EndStatus, at: float, *, reason: str = "", code: str = "", message: str = "") -> None:
        if self.ended:
            return
        self._close("completed" if status == "completed" else "incomplete")
        self.events.append(Ended(status, at, self._usage(), reason, code, message))
        self.ended = status

    def _usage(self) -> Usage:
        return Usage(self._input, self._cached, self._output)

    def _open(self) -> None:
        self.events += (ItemAdded(f"{self._item_id}_{self._items}", "message"), PartAdded("output_text"))
        self._items += 1
        self._item_open = self._part_open = self._text_open = True

    def _close(self, status: ItemStatus) -> None:
        if self._text_open:
            self.events.append(Done(self._carried))
            self._carried, self._text_open = [], False
        if self._part_open:
            self.events.append(PartDone())
            self._part_open = False
        if self._item_open:
            self.events.append(ItemDone(status))
            self._item_open = False

"""Turns what an engine makes of one response into compact events, in the order of the Open Responses specification.

Pure: no clock, no I/O. The worker takes `events` away and gives them numbers.
"""
from typing import Final

from inference.engine.port import FinishReason, Output
from inference.parsing.pieces import Arguments, CallBegun, CallEnded, Parser, Piece, Reasoning, Text
from inference.reading_anew import Otherwise, ReadingAnew
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
    ItemKind,
    ItemStatus,
    Logprob,
    PartAdded,
    PartDone,
    PartKind,
    Usage,
)

MOST_TEXT: Final = 160 * 1024  # characters of one delta: escaped they fit a frame of 1 MiB, whatever they are
HANDOVER = "handover"  # why a later attempt goes on
PREFIXES: dict[ItemKind, str] = {"message": "msg", "reasoning": "rs", "function_call": "fc"}
PARTS: dict[ItemKind, PartKind] = {"message": "output_text", "reasoning": "reasoning_text"}
ENDS: dict[FinishReason, tuple[EndStatus, str]] = {
    "stop": ("completed", ""),
    "length": ("incomplete", "max_output_tokens"),
    "cancelled": ("incomplete", "cancelled"),
}


class Composer:
    """One response, one attempt. Every time `at` is Unix time in seconds.

    `events` are those not taken yet. Token ids that gave no text ride on the next event, so the log never holds text
    without the tokens that led to it. `said`: something of the answer was among this attempt's events. `ended` is the
    status once the terminal event is; `satisfied`, that it came without the engine's own end, which is to be stopped.

    With a `parser` the text is split among items; the engine must then give it from its very beginning, also to a later
    attempt. `most_calls` calls end the response.
    """

    __slots__ = (
        "_anew", "_begun", "_cached", "_calls", "_carried", "_input", "_item_open", "_items", "_kind", "_logprobs",
        "_most_calls", "_output", "_parser", "_part_open", "_reasoned", "_stem", "_text_open", "ended", "events",
        "said", "satisfied",
    )

    def __init__(
            self, response_id: str, standing: Standing, parser: Parser | None = None,
            most_calls: int | None = None) -> None:
        self.events: list[AnyEvent] = []
        self.ended = standing.ended
        self.said = self.satisfied = False
        self._stem = response_id.removeprefix("resp_")
        self._begun, self._items, self._kind = standing.begun, standing.items, standing.kind
        self._item_open, self._part_open, self._text_open = standing.item_open, standing.part_open, standing.text_open
        self._carried: list[int] = []
        self._logprobs: list[Logprob] = []
        self._input = self._cached = 0  # tokens, as the engine counts them
        self._output, self._reasoned = len(standing.tokens), standing.reasoning_tokens
        self._calls, self._most_calls = standing.calls, most_calls
        self._parser = parser
        self._anew = ReadingAnew(standing) if parser else None

    def begin(self, at: float) -> None:
        """This attempt starts: the first one in the log as in_progress, a later one as continued."""
        self.events.append(Continued(at, HANDOVER) if self._begun else InProgress(at))
        self._begun = True

    def take(self, output: Output, at: float) -> None:
        """One output of the engine. After the end nothing more is said."""
        if self.ended:
            return
        self._input, self._cached, self._output = output.input_tokens, output.cached_tokens, output.output_tokens
        if self._parser is None:
            self._say(output.text, output.tokens, output.logprobs)
        else:
            self._split(self._parser, output, at)
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
        """Output text that needs no parser."""
        if text:
            if not self._text_open:
                self._close("completed")
                self._open("message")
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

    def _split(self, parser: Parser, output: Output, at: float) -> None:
        """Output text that a parser splits among items."""
        pieces = parser.feed(output.text)
        if output.finish:
            pieces += parser.finish()
        try:
            pieces = self._anew.news(pieces) if self._anew else pieces
        except Otherwise:
            self.fail("engine_error", "What was said so far was read by another parser; send the request again.", at)
            return
        if pieces and self._text_open and self._is_of_another(pieces[0]):
            self._close("completed")  # what is open does not count the tokens of what follows
        self._carried += output.tokens
        self._logprobs += output.logprobs
        for piece in pieces:
            self._take_piece(piece, at)
        if not pieces and self._item_open and self._kind != "message":
            self._logprobs = []  # they are no message's
        if pieces and self._carried and self._text_open:  # a call has begun, and these tokens have led to it
            self._delta("")

    def _is_of_another(self, piece: Piece) -> bool:
        """Does an item other than the open one begin with it?"""
        if isinstance(piece, Text | Reasoning):
            return self._kind != ("message" if isinstance(piece, Text) else "reasoning")
        return isinstance(piece, CallBegun)

    def _take_piece(self, piece: Piece, at: float) -> None:
        if self.ended:
            return
        match piece:
            case Text(text=text):
                self._write("message", text)
            case Reasoning(text=text):
                self._write("reasoning", text)
            case CallBegun(name=name):
                self._close("completed")
                self._open("function_call", name)
            case Arguments(text=text):
                self._write("function_call", text)
            case CallEnded():
                self._close("completed")
                self._calls += 1
                if self._calls == self._most_calls:
                    self.satisfied = True
                    self._end("completed", at)

    def _write(self, kind: ItemKind, text: str) -> None:
        if not self._text_open or self._kind != kind:
            self._close("completed")
            self._open(kind)
        for start in range(0, len(text), MOST_TEXT):
            self._delta(text[start:start + MOST_TEXT])

    def _delta(self, text: str) -> None:
        """Only a message's text has log probabilities."""
        logprobs, self._logprobs = self._logprobs if self._kind == "message" else [], []
        self.events.append(Delta(text, self._uncarried(), logprobs))

    def _uncarried(self) -> list[int]:
        """The tokens that ride on the next event of the open item."""
        tokens, self._carried = self._carried, []
        if self._kind == "reasoning":
            self._reasoned += len(tokens)
        return tokens

    def _finish(self, finish: FinishReason, at: float) -> None:
        status, reason = ENDS[finish]
        if finish != "cancelled" and not self._items:
            self._open("message")  # a whole answer has a message, if an empty one
        if finish == "length" and self._logprobs and self._text_open:  # after "stop" they are those of the stop itself
            self._delta("")
        self._end(status, at, reason=reason)

    def _end(self, status: EndStatus, at: float, *, reason: str = "", code: str = "", message: str = "") -> None:
        if self.ended:
            return
        self._close("completed" if status == "completed" else "incomplete")
        self.events.append(Ended(status, at, self._usage(), reason, code, message))
        self.ended = status

    def _usage(self) -> Usage:
        return Usage(self._input, self._cached, self._output, self._reasoned)

    def _open(self, kind: ItemKind, name: str = "") -> None:
        item_id = f"{PREFIXES[kind]}_{self._stem}_{self._items}"
        if kind == "function_call":
            self.events.append(ItemAdded(item_id, kind, name, f"call_{self._stem}_{self._items}"))
        else:
            self.events += (ItemAdded(item_id, kind), PartAdded(PARTS[kind]))
            self._part_open = True
        self._items += 1
        self._kind = kind
        self._item_open = self._text_open = self.said = True

    def _close(self, status: ItemStatus) -> None:
        if self._text_open:
            self.events.append(Done(self._uncarried()))
            self._text_open = False
        if self._part_open:
            self.events.append(PartDone())
            self._part_open = False
        if self._item_open:
            self.events.append(ItemDone(status))
            self._item_open = False

"""A viewer's place in a transcript. Turns what lies behind it into frames, deltas of one part merged into one."""
from bisect import bisect_right
from typing import Final

from relay.cursor import Diverged
from relay.events import Logprob
from server.responses.renderer import delta_frames, mark_frame
from server.responses.transcript import Mark, Run, Transcript

MERGE_WEIGHT = 65_536  # a merged delta is cut at the end of the first run beyond this many characters of JSON
NO_LOGPROBS: Final[list[Logprob]] = []
TAKE_BYTES = 1 << 20  # about what one `take` renders; the next one goes on


class Position:
    """`number` is the last event that was told (-1: none); `step` and `index` are where the next one is or will be."""

    __slots__ = ("index", "number", "step")

    def __init__(self, step: int = 0, index: int = 0, number: int = -1) -> None:
        self.step = step
        self.index = index  # of a run: how many of its deltas were told
        self.number = number

    def copy(self) -> "Position":
        return Position(self.step, self.index, self.number)

    def move_to(self, other: "Position") -> None:
        self.step, self.index, self.number = other.step, other.index, other.number

    def take(self, transcript: Transcript) -> tuple[list[bytes], int]:
        """Frames of what has not been told, and move on behind it. About TAKE_BYTES; empty at the end.

        Also returns how many events went out in another's frame.
        """
        steps = transcript.steps
        if self.step + 1 == len(steps) and type(run := steps[-1]) is Run:
            return self._take_live(run)
        frames: list[bytes] = []
        size = merged = 0
        while size < TAKE_BYTES and not self.at_end(transcript):
            step = steps[self.step]
            if isinstance(step, Mark):
                new = [mark_frame(transcript, step)]
                self.step += 1
                self.number = step.last
            else:
                new, events = self._take_deltas(steps, step)
                merged += max(0, events - 1)
            size += sum(map(len, new))
            frames += new
        return frames, merged

    def at_end(self, transcript: Transcript) -> bool:
        """Whether everything up to now has been told."""
        steps = transcript.steps
        return not steps or self.number == steps[-1].last

    def _take_live(self, run: Run) -> tuple[list[bytes], int]:
        """What the growing run has got since: nearly all that a viewer ever takes, one token at a time."""
        last = run.last
        index, self.index = self.index, last - run.first + 1
        new = self.index - index
        self.number = last
        if new == 1 and not run.has_logprobs:
            return delta_frames(run.part, last, run.newest, NO_LOGPROBS), 0
        return (delta_frames(run.part, last, run.text(index), run.logprobs(index)), new - 1) if new else ([], 0)

    def _take_deltas(self, steps: list[Mark | Run], run: Run) -> tuple[list[bytes], int]:
        """One delta of this run and those of the same part behind it, and how many events are in it.

        Stops behind the last step's deltas, which may grow.
        """
        part = run.part  # the same in all: between two parts there is a mark
        texts: list[str] = []
        logprobs: list[Logprob] = []
        weight = events = 0
        while True:
            count = run.last - run.first + 1
            if self.index < count:
                texts.append(run.text(self.index))
                logprobs += run.logprobs(self.index)
                weight += run.weight
                events += count - self.index
                self.index = count
                self.number = run.last
            if self.step + 1 == len(steps):
                break
            self.step += 1
            self.index = 0
            following = steps[self.step]
            if isinstance(following, Mark) or weight >= MERGE_WEIGHT:
                break
            run = following
        return (delta_frames(part, self.number, "".join(texts), logprobs) if events else []), events


def position_after(transcript: Transcript, number: int) -> Position:
    """The place behind event `number`, which must not be beyond the transcript's last.

    Raises Diverged if no event has this number: it was one of events since lost, or never one.
    """
    if number == -1:
        return Position()
    steps = transcript.steps
    at = bisect_right(steps, number, key=lambda step: step.first) - 1
    if at < 0 or number > steps[at].last:
        raise Diverged
    step = steps[at]
    if isinstance(step, Mark):
        return Position(at + 1, 0, number)
    return Position(at, number - step.first + 1, number)

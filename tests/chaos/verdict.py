"""Weighs a whole run: every reader, every stream, every fault, and what the database holds."""
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.check import is_cancelled
from tests.chaos.faults import Happening
from tests.chaos.plan import ALONE
from tests.chaos.run import Outcome
from tests.chaos.stream import Reader, Stream, asked_of
from tests.integration.server.talk import output_text
from tests.load.histogram import percentile

GONE = "response_not_found"
MOST_PAUSE_S = 5.0  # at p95, where only a worker dies
LONG_AFTER_S = 15.0  # a gateway may still hold a lost history so long after


@dataclass
class Verdict:
    """`faults` are the sentences for which the run fails; empty: all was as promised."""

    faults: list[str] = field(default_factory=list)
    wrong: list[tuple[str, str]] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    diverged: int = 0
    bad_divergence: int = 0
    saved: int = 0
    to_save: int = 0
    made_twice: int = 0
    longest_s: float = 0.0
    pauses_after_death: list[float] = field(default_factory=list)

    gone: set[Stream] = field(default_factory=set)  # everybody who knew of them died with what Redis lost

    def reason_of(self, reader: Reader) -> str:
        """Why it ended without all of its text, as the server said; empty if it has all."""
        end = reader.track.end
        if end and end["status"] == "failed":
            return str(end["error"]["code"])
        return reader.failure if reader.stream in self.gone else ""

    def pause_in(self, it: Happening) -> float:
        """The longest that a reader it hit had to wait."""
        return max((till - since for reader in it.readers for since, till in reader.pauses
                    if since <= it.ended + 1 and till >= it.began), default=0.0)


def weigh(outcome: Outcome, rows: dict[str, dict[str, Any]]) -> Verdict:
    """`rows` are the responses in the database, by id."""
    verdict = Verdict(gone={stream for stream in outcome.streams if is_gone(outcome, stream)})
    for stream in outcome.streams:
        for reader in stream.readers:
            _weigh_reader(outcome, verdict, stream, reader)
        _weigh_ends(outcome, verdict, stream)
        _weigh_row(outcome, verdict, stream, rows)
    known = {stream.response_id for stream in outcome.streams}
    verdict.made_twice = len(rows.keys() - known)
    for it in outcome.happenings:
        if not it.proof:
            verdict.faults.append(f"{it.plan.kind} at {it.began - outcome.began:.0f} s did not really happen")
    _weigh_pauses(outcome, verdict)
    return verdict


def _weigh_reader(outcome: Outcome, verdict: Verdict, stream: Stream, reader: Reader) -> None:
    who = f"stream {stream.plan.number} ({stream.response_id}), {reader.plan.door} at {_at(outcome, stream)}"
    verdict.wrong += reader.track.wrong
    verdict.faults += [f"{who}: {kind}: {words}" for kind, words in reader.track.wrong]
    verdict.refusals.update(reader.refusals)
    verdict.longest_s = max([verdict.longest_s, *(till - since for since, till in reader.pauses)])
    if reader.track.end is None and not stream.plan.abandoned and stream not in verdict.gone:
        verdict.wrong.append(("lost", who))
        verdict.faults.append(f"{who}: never came to an end after number {reader.track.last}: {reader.failure}, "
                              f"{asked_of(stream)}")
    if reason := verdict.reason_of(reader):
        verdict.reasons[reason] += 1
    for at, told_at in reader.diverged:
        verdict.diverged += 1
        if not _may_diverge(outcome, stream, at, told_at):
            verdict.bad_divergence += 1
            verdict.faults.append(f"{who}: diverged at {at - outcome.began:.1f} s, where it had been told its last at "
                                  f"{told_at - outcome.began:.1f} s, and nothing explains it")


def _may_diverge(outcome: Outcome, stream: Stream, at: float, told_at: float) -> bool:
    """Whether what it had been told last, or what its gateway had, may be of a lost history.

    A client that comes back late, for it found gateways away several times, learns of it late.
    """
    return any(stream.began < it.ended and it.lost_since is not None and (
        it.lost_since - 1 <= told_at <= it.ended or it.began <= at <= it.ended + LONG_AFTER_S)
        for it in lefts(outcome))


def _weigh_ends(outcome: Outcome, verdict: Verdict, stream: Stream) -> None:
    """All readers are told the same end; one that was stopped has as much text as tokens."""
    ends = [reader.track.end for reader in stream.readers if reader.track.end]
    for end in ends[:1]:
        reason = (end.get("incomplete_details") or {}).get("reason")
        verdict.ends[f"{end['status']}{f' ({reason})' if reason else ''}"] += 1
    told = [(end["status"], output_text(end), end["usage"]) for end in ends]
    if any(one != told[0] for one in told) and not _end_is_left(outcome, verdict, stream):
        verdict.wrong.append(("lost", str(stream.response_id)))
        verdict.faults.append(f"stream {stream.plan.number} ({stream.response_id}): its readers were told different "
                              f"ends: {[(end['status'], len(output_text(end)), end['usage']) for end in ends]}")
    for end in ends[:1]:
        if is_cancelled(end):
            _weigh_cancelled(verdict, stream, end)


def _weigh_cancelled(verdict: Verdict, stream: Stream, end: dict[str, Any]) -> None:
    made = end["usage"]["output_tokens"]
    whole = stream.expected.raw(made)
    if output_text(end) != whole and stream.expected.by_token:
        verdict.wrong.append(("lost", str(stream.response_id)))
        verdict.faults.append(f"stream {stream.plan.number} ({stream.response_id}) was stopped after {made} tokens, "
                              f"which are {len(whole)} characters; it has {len(output_text(end))}")
    if all(reader.plan.cancels_after is None for reader in stream.readers):
        verdict.faults.append(f"stream {stream.plan.number} ({stream.response_id}) was stopped by nobody")


def _end_is_left(outcome: Outcome, verdict: Verdict, stream: Stream) -> bool:
    """Whether somebody was told an end that all who knew of it took with them. It is a divergence that none is told."""
    left = any(it.lost_since is not None and it.lost_since - 1 <= reader.ended_at < it.ended
               for it in lefts(outcome) for reader in stream.readers)
    verdict.diverged += left
    return left


def _weigh_row(outcome: Outcome, verdict: Verdict, stream: Stream, rows: dict[str, dict[str, Any]]) -> None:
    if not stream.plan.store or stream.response_id is None or stream in verdict.gone:
        return
    verdict.to_save += 1
    row = rows.get(stream.response_id)
    if row is None:
        verdict.wrong.append(("lost", stream.response_id))
        verdict.faults.append(f"stream {stream.plan.number} ({stream.response_id}) is not in the database")
        return
    verdict.saved += 1
    text, status = output_text(row), row["status"]
    told = next((reader.track.end for reader in stream.readers if reader.track.end), None)
    fits = (status, text) == (told["status"], output_text(told)) if told else (
        (status, text) == (stream.expected.status, stream.expected.text) or status == "failed")
    if not fits and not _end_is_left(outcome, verdict, stream):
        verdict.wrong.append(("lost", stream.response_id))
        verdict.faults.append(f"stream {stream.plan.number} ({stream.response_id}) is in the database as {status} with "
                              f"{len(text)} characters; told: {told and (told['status'], len(output_text(told)))}, "
                              f"undisturbed: {stream.expected.status}, {len(stream.expected.text)}")


def lefts(outcome: Outcome) -> list[Happening]:
    """The faults that may cost something, what DESIGN section 4 calls left: Redis loses writes, and a gateway and a
    worker, who may have been all that knew of some, die before they have put them back.
    """
    return [it for it in outcome.happenings if {"gateway", "worker"} <= _dead_before_it_was_back(outcome, it)]


def _dead_before_it_was_back(outcome: Outcome, it: Happening) -> set[str]:
    """Of which kinds processes died between what Redis lost first and when it was put back."""
    return {name.partition("-")[0] for other in outcome.happenings for name, at in other.deaths.items()
            if it.lost_since is not None and it.lost_since <= at <= it.ended}


def is_gone(outcome: Outcome, stream: Stream) -> bool:
    """It was asked for when nobody was left to remember it, and so the server said; or nobody is there to be told."""
    told = stream.plan.abandoned or any(reader.failure == GONE for reader in stream.readers)
    knew = {"gateway"} if stream.only_queued else {"gateway", "worker"}
    return told and any(
        it.began - 1 <= stream.accepted_at < it.ended and knew <= _dead_before_it_was_back(outcome, it)
        for it in outcome.happenings)


def _weigh_pauses(outcome: Outcome, verdict: Verdict) -> None:
    """Of those whose worker died while nothing else was broken."""
    alone = [it for it in outcome.happenings if it.plan.kind == ALONE]
    pauses = sorted(pause for it in alone for reader in it.readers for pause in reader.pause_of_attempt(it.began))
    verdict.pauses_after_death = pauses
    if alone and not pauses:
        verdict.faults.append("nobody was seen to wait for another worker")
    if (p95_s := percentile(pauses, 95) or 0.0) > MOST_PAUSE_S:
        verdict.faults.append(f"a pause of {p95_s:.1f} s at p95 after a worker's death, more than {MOST_PAUSE_S:g} s")


def _at(outcome: Outcome, stream: Stream) -> str:
    return f"{stream.began - outcome.began:.0f}–{(stream.ended or stream.began) - outcome.began:.0f} s"

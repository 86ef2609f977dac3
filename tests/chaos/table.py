"""What a run has shown, as lines of text: a table by fault, and what came of all streams."""
from collections import Counter
from collections.abc import Iterable

from tests.chaos.faults import FAULTS, Happening
from tests.chaos.run import Outcome
from tests.chaos.verdict import Verdict, lefts
from tests.load.histogram import percentile

WRONG = ("lost", "repeated", "out of order")


def lines(outcome: Outcome, verdict: Verdict) -> list[str]:
    """The whole report, in Markdown."""
    head = ["fault", "count", "streams hit", "writes of Redis lost", "longest pause", *WRONG, "ended with a reason"]
    rows = [_row(kind, [it for it in outcome.happenings if it.plan.kind == kind], verdict) for kind in FAULTS]
    total = Counter(kind for kind, _ in verdict.wrong)
    sums = ["all", len(outcome.happenings), len(outcome.streams), sum(it.lost_writes for it in outcome.happenings),
            f"{verdict.longest_s:.1f} s", *(total[kind] for kind in WRONG), sum(verdict.reasons.values())]
    table = [_line(head), _line(["---"] * len(head)), *(_line(row) for row in rows if row), _line(sums)]
    return [*table, "", *_story(outcome, verdict)]


def _row(kind: str, its: list[Happening], verdict: Verdict) -> list[object]:
    if not its:
        return []
    readers = {reader for it in its for reader in it.readers}
    wrong = Counter(what for reader in readers for what, _ in reader.track.wrong)
    reasons = sum(bool(verdict.reason_of(reader)) for reader in readers)
    longest = max((verdict.pause_in(it) for it in its), default=0.0)
    return [kind, len(its), sum(len({reader.stream for reader in it.readers}) for it in its),
            sum(it.lost_writes for it in its) or "–", f"{longest:.1f} s", *(wrong[what] for what in WRONG), reasons]


def _story(outcome: Outcome, verdict: Verdict) -> list[str]:
    readers = [reader for stream in outcome.streams for reader in stream.readers]
    pauses = verdict.pauses_after_death
    story = [
        f"{len(outcome.streams)} streams in {outcome.took_s:.0f} s, seed {outcome.plan.seed}; {len(readers)} readers, "
        f"{sum(r.returns for r in readers)} connections, {sum(r.events for r in readers)} events",
        f"ends: {_counts(verdict.ends)}; with a stated reason: {_counts(verdict.reasons) or 'none'}",
        f"refused for the moment: {_counts(verdict.refusals) or 'none'}",
        f"diverged: {verdict.diverged} (all where it may)" if not verdict.bad_divergence else
        f"diverged: {verdict.diverged}, of these where nothing explains it: {verdict.bad_divergence}",
        f"times when all who knew may have died as Redis lost it: {len(lefts(outcome))}",
        f"saved: {verdict.saved} of {verdict.to_save} to be stored; made twice: {verdict.made_twice}",
    ]
    if pauses:
        story.append(f"pause after a worker's death, nothing else broken: {len(pauses)} readers, "
                     f"p50 {percentile(pauses, 50):.1f} s, p95 {percentile(pauses, 95):.1f} s, "
                     f"longest {pauses[-1]:.1f} s")
    return [*story, "", *(["0 lost, 0 repeated, 0 out of order"] if not verdict.faults else
                           ["NOT AS PROMISED:", *(f"- {words}" for words in verdict.faults[:60])])]


def _counts(counted: "Counter[str]") -> str:
    return ", ".join(f"{count} {what}" for what, count in counted.most_common())


def _line(cells: Iterable[object]) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"

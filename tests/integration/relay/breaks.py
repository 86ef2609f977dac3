"""The relay's rules, each broken on purpose: text of a script that is replaced, or what an actor leaves undone."""
from dataclasses import dataclass

from relay import scripts


@dataclass(frozen=True)
class Break:
    """`verb` is the script whose text (includes in place) has `old` replaced by `new`, wherever it stands; `all_verbs`:
    in every script that has it.
    """

    says: str
    verb: str = ""
    old: str = ""
    new: str = ""
    actor: str = ""  # the machine's attribute that is made false, instead of a script's text or with it
    checked_before: bool = False

    def texts(self) -> dict[str, str]:
        """The scripts that differ."""
        verbs = scripts.VERBS if self.verb == "*" else [self.verb] if self.verb else []
        found = {verb: text for verb in verbs if self.old in (text := scripts.source(verb))}
        if len(found) < len(verbs[:1]):
            raise ValueError(f"{self.verb} has no longer the text {self.old!r}")
        return {verb: text.replace(self.old, self.new) for verb, text in found.items()}


REFUSES = "if not entry then return fenced() end"
OBEYS = "if not entry then entry = entry_of(KEY.workers, worker) or {token, 0, 0, 'tiny', 'ready', 1, '{}'} end"

# The names are those of the model (tests/model/actors.py), as far as it has them.
BREAKS = {
    "no-fence": Break(
        "an append does not look at the worker's token", "append", REFUSES, OBEYS),
    "split-write": Break(
        "an append looks at the token in a command before", "append", REFUSES, OBEYS, checked_before=True),
    "no-fold": Break(
        "taking back does not put into the log what batches hold beyond it", "take_back",
        "in pairs(gateways) do fold_inbox", "in pairs({}) do fold_inbox"),
    "forget-destination": Break(
        "a destination is removed without bringing the log up to date", "unfollow",
        "redis.call('SREM', KEY.follows(gateway), id)",
        "redis.call('SREM', KEY.follows(gateway), id)\n"
        "if job then redis.call('HSET', KEY.job(id), 'destinations', table.concat(followers_of(id), '\\n')) end"),
    "same-token": Break(
        "rejoining does not change the token", "rejoin", "local token = fresh_token(now)",
        "local mine = entry_of(KEY.workers, worker)\n"
        "local token = mine and mine[TOKEN] ~= VOID and mine[TOKEN] or fresh_token(now)"),
    "keep-lower": Break(
        "rejoining keeps a job that another has with a higher attempt", "rejoin", "and job.attempt <= attempt", ""),
    "no-backfill": Break("gateways do not put back what they have shown", actor="returns"),
    "no-grace": Break(
        "jobs change hands and grow before everybody has put back what is missing", "*",
        "if now >= till then return nil end\n  if verb", "if true then return nil end\n  if verb"),
    "append-in-grace": Break(
        "who has rejoined goes on before the others have", "append", "refuse_in_grace(now, 'append')", "nil"),
    "workers-first": Break(
        "workers rejoin before gateways have put back what they have shown", "rejoin",
        "till = (from + till) / 2\n", "till = from\n"),
    "two-owners": Break(
        "a worker that loses a job to a higher attempt keeps its token", "rejoin", "entry[TOKEN] = VOID", ""),
    "same-attempt": Break(
        "an attempt's number may be given again after a restart", "lease",
        "last and tonumber(last[1]:match('^%d+')) + 1 or 1, now))", "0))"),
    "forget": Break("gateways forget at once what nobody follows any more, or what is recorded", actor="remembers"),
    # What the model has as given.
    "blind-append": Break(
        "who has rejoined goes on before it has looked who follows, and stated the destinations", actor="states"),
    "no-tail": Break(
        "releasing does not bring the log up to date", "release", "add_entries(job.id, p.new)", ""),
    "no-log-check": Break(
        "rejoining does not look at what the log holds beyond where the attempt began", "rejoin",
        "and at_last == after", ""),
    "half-backfill": Break(
        "putting back adds nothing to a log that is there", "backfill", "add_entries(id, new)", ""),
    "not-released": Break(
        "what a worker that rejoins has never heard of stays with it", "rejoin",
        "drop(rest, false, now, keep_ms)", ""),
    "still-held": Break(
        "a job that a worker loses by another's rejoining stays in the queue too", "rejoin",
        "redis.call('LREM', KEY.handover(job.model), 0, job.id)", ""),
    "lost-end": Break(
        "an end that is put back does not end the job", "backfill", "if status then", "if false then"),
    "lost-job": Break(
        "a job that a gateway knows and Redis has lost is not made again", "backfill",
        "local job = job_of(id)", "local job = job_of(id)\nif not job then return redis.status_reply('OK') end"),
}

# Nothing wrong is shown without these: other rules make it good, or only a place or a holder is not what it should be.
SEEN_BY_RULES_ONLY = {"append-in-grace", "still-held", "lost-end"}

"""Who calls the verbs, and what may befall them: workers, readers, connections, Redis itself.

A state's successors are all that may happen next, in one step. Rules can be broken one at a time, by name.
"""
from collections.abc import Iterator
from typing import NamedTuple

from tests.model import verbs
from tests.model.verbs import NOBODY, VOID, Redis, Text, Value

A, B, RECORDER = 0, 1, 2  # A is home, and may lose its viewer; B may begin to follow; the recorder reads the end

RULES = {
    "no-fence": "an append does not look at the worker's token",
    "split-write": "an append looks at the token in a command before",
    "no-fold": "taking back does not put into the log what batches hold beyond it",
    "forget-destination": "a destination is removed without bringing the log up to date",
    "same-token": "rejoining does not change the token",
    "keep-lower": "rejoining keeps a job that another has with a higher attempt",
    "no-backfill": "gateways do not put back what they have shown",
    "no-grace": "jobs change hands and grow before everybody has put back what is missing",
    "append-in-grace": "who has rejoined goes on before the others have",
    "workers-first": "workers rejoin before gateways have put back what they have shown",
    "two-owners": "a worker that loses a job to a higher attempt keeps its token",
    "same-attempt": "an attempt's number may be given again after a restart",
    "forget": "gateways forget at once what nobody follows any more, or what is recorded",
}


class Size(NamedTuple):
    """How much may happen. `lost`: the last writes that a restart may lose; `breaks`: broken connections."""

    length: int = 2  # tokens of the response
    workers: int = 2
    attempts: int = 2
    restarts: int = 0
    lost: int = 0
    breaks: int = 0
    broken: str = ""  # the rule that is broken


class Worker(NamedTuple):
    doing: str = "idle"  # idle, runs, dead
    token: int = 1
    run: int = 0  # of Redis, to which it is connected
    attempt: int = 0
    began: int = 0
    known: Text = ()
    logged: int = 0
    silent: bool = False  # for so long that it may be taken back
    allowed: bool = False  # split-write only: it has looked at its token
    flying: tuple[int, int, Text] | None = None  # a write on an earlier connection: token, first number, values


class Reader(NamedTuple):
    follows: bool = False
    remembers: bool = False  # what it has shown, though it follows no more
    read: int = 0  # batches of its inbox
    shown: Text = ()
    run: int = 0


class State(NamedTuple):
    redis: Redis
    workers: tuple[Worker, ...]
    readers: tuple[Reader, ...] = (Reader(follows=True), Reader(), Reader())
    earlier: tuple[Redis, ...] = ()  # what a restart may bring back
    run: int = 0
    leases: int = 0
    breaks: int = 0
    truth: Text = ()  # what was shown first, by number


class Diverged(Exception):
    """Two were shown different things for one number."""


def start(size: Size) -> State:
    return State(Redis(tokens=(1,) * size.workers), (Worker(),) * size.workers)


class Actors:
    """The successors of states of one size."""

    def __init__(self, size: Size) -> None:
        self.size, self.broken = size, size.broken

    def steps(self, s: State) -> Iterator[State]:
        for index in range(self.size.workers):
            yield from self._worker(s, index)
        for index in (A, B):
            yield from self._gateway(s, index)
        yield from self._recorder(s)
        if s.run < self.size.restarts:
            for redis in (s.redis, *s.earlier):
                yield s._replace(redis=redis, earlier=(), run=s.run + 1)

    def _write(self, s: State, redis: Redis) -> State:
        """One script was executed."""
        if s.run == self.size.restarts:
            return s._replace(redis=redis)
        return s._replace(redis=redis, earlier=(s.redis, *s.earlier)[:self.size.lost])

    def _now(self, s: State, index: int, worker: Worker) -> State:
        return s._replace(workers=(*s.workers[:index], worker, *s.workers[index + 1:]))

    # Redis's grace, without a clock: it lasts until everybody who is alive has come back.

    def _gateways_back(self, s: State) -> bool:
        if self.broken == "no-grace":
            return True
        forgets = self.broken == "forget"
        return all(v.run == s.run or not (v.follows or (v.remembers and not forgets)) for v in s.readers)

    def _grace_over(self, s: State) -> bool:
        return self.broken == "no-grace" or (
            self._gateways_back(s) and all(w.run == s.run or w.doing != "runs" for w in s.workers))

    # Workers

    def _worker(self, s: State, index: int) -> Iterator[State]:
        w, redis = s.workers[index], s.redis
        if w.flying:
            landed = self._now(s, index, w._replace(flying=None))
            yield landed
            if redis.tokens[index] == w.flying[0]:
                yield self._write(landed, verbs.append(redis, *w.flying[1:]))
        late = w.doing == "dead" or (w.silent and w.run == s.run)
        if late and redis.tokens[index] in (w.token, *range(1, w.token)) and self._grace_over(s):
            folds = self.broken != "no-fold"
            yield self._write(s, verbs.take_back(redis, index, length=self.size.length, folds=folds))
        if w.doing == "dead":
            return
        if w.doing == "runs":
            yield self._now(s, index, w._replace(doing="dead"))
            if not w.silent:
                yield self._now(s, index, w._replace(silent=True))
        if w.run != s.run:
            if self._gateways_back(s) or self.broken == "workers-first":
                yield self._rejoin(s, index, w)
        elif w.doing == "idle":
            yield from self._lease(s, index, w)
        else:
            yield from self._go_on(s, index, w)

    def _lease(self, s: State, index: int, w: Worker) -> Iterator[State]:
        redis = s.redis
        if redis.tokens[index] != w.token:
            if redis.tokens[index] == VOID and self._grace_over(s):
                yield self._register(s, index, w)
            return
        if redis.holder != NOBODY or redis.ended or s.leases == self.size.attempts or not self._grace_over(s):
            return
        attempt = redis.attempt + 1 if self.broken == "same-attempt" else s.leases + 1
        began = len(redis.log)
        t = self._write(s, verbs.lease(redis, index, attempt))._replace(leases=s.leases + 1)
        yield self._now(t, index, w._replace(
            doing="runs", attempt=attempt, began=began, known=redis.log, logged=began))

    def _go_on(self, s: State, index: int, w: Worker) -> Iterator[State]:
        current = s.redis.tokens[index] == w.token
        if s.breaks < self.size.breaks and self._gateways_back(s):
            yield from self._break_connection(s, index, w, current)
        if not self._grace_over(s) and self.broken != "append-in-grace":
            return
        if not (current or w.allowed or self.broken == "no-fence"):
            yield self._register(s, index, w)  # it was refused, and drops what it held
        elif self.broken == "split-write" and not w.allowed:
            yield self._now(s, index, w._replace(allowed=True))
        else:
            yield from self._append(s, index, w._replace(allowed=False, silent=False))

    def _append(self, s: State, index: int, w: Worker) -> Iterator[State]:
        redis = s.redis
        if len(w.known) < self.size.length:
            value = (w.attempt, index)
            t = self._write(s, verbs.append(redis, len(w.known), (value,)))
            yield self._now(t, index, w._replace(known=(*w.known, value)))
        else:
            t = self._write(s, verbs.end(redis, w.known))
            yield self._now(t, index, Worker(run=s.run, token=w.token, flying=w.flying))
        if w.logged < len(w.known) or redis.follows != redis.destinations:
            t = self._write(s, verbs.bring_up_to_date(redis, w.known))
            yield self._now(t, index, w._replace(logged=len(w.known)))

    def _break_connection(self, s: State, index: int, w: Worker, current: bool) -> Iterator[State]:
        """It does not know whether its last write was executed, nor whether it was taken back; so it rejoins."""
        t = s._replace(breaks=s.breaks + 1)
        yield self._rejoin(t, index, w)
        if not current or len(w.known) == self.size.length or not self._grace_over(s):
            return
        first, value = len(w.known), (w.attempt, index)
        # With the same token it might have dropped what it had made, and have made something else since.
        flying: Value = (w.attempt, 9) if self.broken == "same-token" else value
        rejoined = self._rejoin(t, index, w._replace(known=(*w.known, value)))
        worker = rejoined.workers[index]
        yield self._now(rejoined, index, worker._replace(flying=(w.token, first, (flying,))))

    def _rejoin(self, s: State, index: int, w: Worker) -> State:
        redis = s.redis
        seen = redis
        if self.broken == "keep-lower":
            seen = redis._replace(attempt=min(redis.attempt, w.attempt))
        elif self.broken == "same-attempt" and redis.attempt <= w.attempt and not redis.ended:
            seen = redis._replace(log=())
        if w.doing != "runs" or not verbs.keeps(seen, w.attempt, w.began):
            return self._register(s, index, w)
        token = w.token if self.broken == "same-token" else w.token + 1
        loser = redis.holder
        redis = verbs.rejoin(redis, index, attempt=w.attempt, known=w.known, token=token)
        if self.broken == "two-owners" and loser not in (NOBODY, index):
            redis = redis._replace(tokens=verbs.put(redis.tokens, loser, s.redis.tokens[loser]))
        t = self._write(s, redis)
        return self._now(t, index, w._replace(run=s.run, token=token, logged=len(redis.log), silent=False))

    def _register(self, s: State, index: int, w: Worker) -> State:
        token = w.token + 1
        t = self._write(s, verbs.register(s.redis, index, token, length=self.size.length))
        return self._now(t, index, Worker(run=s.run, token=token, flying=w.flying))

    # Readers

    def _gateway(self, s: State, index: int) -> Iterator[State]:
        v, redis = s.readers[index], s.redis
        if v.run != s.run:
            if v.follows or (v.remembers and self.broken != "forget"):
                yield self._come_back(s, index, v)
            return
        if not v.follows:
            if not v.remembers:
                t = self._write(s, verbs.follow(redis, index, True))
                v = v._replace(follows=True, read=len(redis.inboxes[index]))
                yield self._show(t, index, v, 0, redis.log)
            return
        if len(redis.log) > len(v.shown):
            yield self._show(s, index, v, 0, redis.log)
        if v.read < len(redis.inboxes[index]):
            first, values = redis.inboxes[index][v.read]
            yield self._show(s, index, v._replace(read=v.read + 1), first, values)
        if index == A:
            left = verbs.follow(redis, A, False)
            if self.broken == "forget-destination":
                left = left._replace(destinations=(False, *left.destinations[1:]))
            yield self._reader(self._write(s, left), A, v._replace(follows=False, remembers=True))

    def _recorder(self, s: State) -> Iterator[State]:
        v = s.readers[RECORDER]
        if v.run != s.run:
            if v.remembers and self.broken != "forget":
                yield self._come_back(s, RECORDER, v)
            elif not v.remembers:
                yield self._reader(s, RECORDER, v._replace(run=s.run))
        elif s.redis.ended and not v.remembers:
            yield self._show(s, RECORDER, v._replace(remembers=True), 0, s.redis.log)

    def _come_back(self, s: State, index: int, v: Reader) -> State:
        """After a restart: put back what was shown, and read the inbox from its beginning."""
        if self.broken != "no-backfill":
            s = self._write(s, verbs.backfill(
                s.redis, v.shown, index, follows=v.follows and index != RECORDER, length=self.size.length))
        elif v.follows and index != RECORDER:
            s = self._write(s, verbs.follow(s.redis, index, True))
        return self._reader(s, index, v._replace(run=s.run, read=0))

    def _reader(self, s: State, index: int, v: Reader) -> State:
        return s._replace(readers=(*s.readers[:index], v, *s.readers[index + 1:]))

    def _show(self, s: State, index: int, v: Reader, first: int, values: Text) -> State:
        """By the rule of all readers: drop what is known, repair a gap from the log as far as it goes."""
        shown = v.shown
        if first > len(shown):
            shown = shown + s.redis.log[len(shown):first]
        if first <= len(shown):
            shown = shown + values[len(shown) - first:]
        truth = s.truth + shown[len(s.truth):]
        if truth[:len(shown)] != shown:
            raise Diverged(f"reader {'ABR'[index]} is shown {shown}, and {truth} was shown before")
        return self._reader(s._replace(truth=truth), index, v._replace(shown=shown))

"""What the relay's verbs do to Redis, reduced to one response: the specification that the scripts follow.

Each function is one atomic script. Time is not here: when something may happen is the actors' business.
"""
from typing import NamedTuple

Value = tuple[int, int]  # a token: the attempt and the worker that made it, so that no two agree by luck
Text = tuple[Value, ...]  # by number
VOID = 0
NOBODY = -1


class Redis(NamedTuple):
    """Everything that Redis knows of the response and of who may write it."""

    tokens: tuple[int, ...]  # by worker
    holder: int = NOBODY
    attempt: int = 0
    log: Text = ()
    inboxes: tuple[tuple[tuple[int, Text], ...], ...] = ((), ())  # by gateway: batches, as first number and values
    follows: tuple[bool, ...] = (True, False)  # by gateway: the job's followers
    destinations: tuple[bool, ...] = (True, False)
    ended: bool = False


def lengthened(log: Text, text: Text) -> Text:
    """The log with what it lacks."""
    return log + text[len(log):]


def fold(redis: Redis) -> Text:
    """The log, and what the destinations' inboxes hold beyond it: all that anybody can have been shown."""
    log = redis.log
    for inbox in (inbox for inbox, is_one in zip(redis.inboxes, redis.destinations, strict=True) if is_one):
        for first, values in inbox:
            if first <= len(log):
                log = log + values[len(log) - first:]
    return log


def put(values: tuple[int, ...], index: int, value: int) -> tuple[int, ...]:
    return (*values[:index], value, *values[index + 1:])


def complete(redis: Redis, length: int) -> Redis:
    """A complete log ends the job, whoever completed it."""
    return redis._replace(ended=True, holder=NOBODY) if len(redis.log) == length else redis


def lease(redis: Redis, worker: int, attempt: int) -> Redis:
    return redis._replace(holder=worker, attempt=attempt, destinations=redis.follows)


def append(redis: Redis, first: int, values: Text) -> Redis:
    """A batch to every destination's inbox."""
    inboxes = tuple(
        (*inbox, (first, values)) if is_one else inbox
        for inbox, is_one in zip(redis.inboxes, redis.destinations, strict=True))
    return redis._replace(inboxes=inboxes)


def bring_up_to_date(redis: Redis, known: Text) -> Redis:
    """The worker's log entry, and with it the change of destinations."""
    return redis._replace(log=lengthened(redis.log, known), destinations=redis.follows)


def end(redis: Redis, known: Text) -> Redis:
    return redis._replace(log=lengthened(redis.log, known), ended=True, holder=NOBODY)


def drop(redis: Redis, worker: int, *, length: int, folds: bool = True) -> Redis:
    """What the worker holds goes to the next one."""
    if redis.holder != worker or redis.ended:
        return redis
    return complete(redis._replace(holder=NOBODY, log=fold(redis) if folds else redis.log), length)


def take_back(redis: Redis, worker: int, *, length: int, folds: bool = True) -> Redis:
    dropped = drop(redis, worker, length=length, folds=folds)
    return dropped._replace(tokens=put(dropped.tokens, worker, VOID))


def register(redis: Redis, worker: int, token: int, *, length: int) -> Redis:
    dropped = drop(redis, worker, length=length)
    return dropped._replace(tokens=put(dropped.tokens, worker, token))


def keeps(redis: Redis, attempt: int, began: int) -> bool:
    """Nobody has the job with a higher attempt; the log holds this attempt, or nothing beyond where it began."""
    if redis.ended or redis.attempt > attempt:
        return False
    last = redis.log[-1][0] if redis.log else 0
    return last == attempt or (last < attempt and len(redis.log) <= began)


def rejoin(redis: Redis, worker: int, *, attempt: int, known: Text, token: int) -> Redis:
    """For a worker that `keeps`. Who loses the job to it loses its token."""
    tokens = put(redis.tokens, worker, token)
    if redis.holder not in (NOBODY, worker):
        tokens = put(tokens, redis.holder, VOID)
    return redis._replace(
        holder=worker, attempt=attempt, log=lengthened(redis.log, known), tokens=tokens, destinations=redis.follows)


def backfill(redis: Redis, shown: Text, gateway: int, *, follows: bool, length: int) -> Redis:
    """`gateway` is one that has shown this, or NOBODY for a recorder."""
    filled = redis._replace(log=lengthened(redis.log, shown))
    if follows:
        filled = follow(filled, gateway, True)
    return complete(filled, length)


def follow(redis: Redis, gateway: int, wanted: bool) -> Redis:
    return redis._replace(follows=(*redis.follows[:gateway], wanted, *redis.follows[gateway + 1:]))

"""Who is blamed when a worker dies: a small model of crashes, suspects and the leasing of both, walked exhaustively.

A job that ended an attempt without a word is a suspect; one that says something is none any more. An *early* poison
ends its worker before it says anything, a *late* one after it has said something (and before that at its next attempt).
Any worker may lease any job that the rules let it have, at any time; the real lease does it in one order.
"""
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

MAX_CRASHES = 3

BLAME_RULES = {
    "crowd-suspects": "a suspect is leased beside others that have said nothing yet",
    "crowd-others": "others are leased beside a suspect that has said nothing yet",
    "no-pardon": "what a job says does not make it a suspect no longer",
    "blame-all": "a crash counts for jobs that have said something too",
}


class Job(NamedTuple):
    kind: str  # innocent, early, late
    worker: int = -1  # -1: nobody's
    crashes: int = 0
    said: bool = False  # in this attempt
    attempts: int = 0
    unlucky: bool = False  # its last attempt ended by chance before it said anything; that happens once in a row
    over: str = ""  # completed, failed


class World(NamedTuple):
    jobs: tuple[Job, ...]
    kills: int  # workers that may still die for no reason


class Size(NamedTuple):
    """`kinds` of jobs, and how many workers die by chance."""

    kinds: tuple[str, ...]
    workers: int = 2
    kills: int = 0
    broken: str = ""


class Unjust(Exception):
    """An innocent job was given up, or a job waits for ever."""


BLAME_SIZES = {
    "two-early": Size(("early", "early", "innocent", "innocent"), kills=1),
    "early-late": Size(("early", "late", "innocent", "innocent")),
    "long": Size(("early", "innocent"), kills=4),
}


def may_lease(job: Job, held: list[Job], broken: str) -> bool:
    """The rule: nothing is leased beside a suspect that has said nothing, nor a suspect beside anything such."""
    silent = [other for other in held if not other.said]
    if broken != "crowd-others" and any(other.crashes for other in silent):
        return False
    return broken == "crowd-suspects" or not (job.crashes and silent)


def steps(world: World, size: Size) -> Iterator[World]:
    for index, job in enumerate(world.jobs):
        if job.over:
            continue
        if job.worker < 0:
            yield from _leases(world, index, size)
        elif not job.said and _speaks(job):
            yield _with(world, index, job._replace(said=True, unlucky=False))
        elif job.said and job.kind == "innocent":
            yield _with(world, index, job._replace(over="completed", worker=-1))
    for worker in range(size.workers):
        held = [job for job in world.jobs if job.worker == worker]
        if any(_kills(job) for job in held):
            yield _death(world, worker, size.broken)
        if held and world.kills and not any(job.unlucky and not job.said for job in held):
            yield _death(world, worker, size.broken, by_chance=True)._replace(kills=world.kills - 1)


def _leases(world: World, index: int, size: Size) -> Iterator[World]:
    job = world.jobs[index]
    if job.crashes >= MAX_CRASHES:
        yield _with(world, index, job._replace(over="failed"))
        return
    for worker in range(size.workers):
        if may_lease(job, [other for other in world.jobs if other.worker == worker], size.broken):
            yield _with(world, index, job._replace(worker=worker, said=False, attempts=min(2, job.attempts + 1)))


def _speaks(job: Job) -> bool:
    return job.kind == "innocent" or (job.kind == "late" and job.attempts == 1)


def _kills(job: Job) -> bool:
    return job.kind != "innocent" and (job.said or not _speaks(job))


def _death(world: World, worker: int, broken: str, *, by_chance: bool = False) -> World:
    def after(job: Job) -> Job:
        if job.worker != worker:
            return job
        guilty = not job.said or broken == "blame-all"
        crashes = job.crashes + 1 if guilty else job.crashes if broken == "no-pardon" else 0
        return job._replace(
            worker=-1, crashes=crashes, said=False, unlucky=job.unlucky or (by_chance and not job.said))
    return world._replace(jobs=tuple(map(after, world.jobs)))


def _with(world: World, index: int, job: Job) -> World:
    return world._replace(jobs=(*world.jobs[:index], job, *world.jobs[index + 1:]))


def walk_blame(size: Size) -> int:
    """How many worlds there are. Raises Unjust."""
    first = World(tuple(Job(kind) for kind in size.kinds), size.kills)
    seen, queue = {first}, deque([first])
    while queue:
        world = queue.popleft()
        after = list(steps(world, size))
        if any(job.kind == "innocent" and job.over == "failed" for job in world.jobs):
            raise Unjust(f"an innocent job was given up: {world}")
        if not after and not all(job.over for job in world.jobs):
            raise Unjust(f"a job waits for ever: {world}")
        for step in after:
            if step not in seen:
                seen.add(step)
                queue.append(step)
    return len(seen)

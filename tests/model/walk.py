"""Walk through every state that can be reached, breadth first, and check each."""
import itertools
from collections import deque

from tests.model.actors import Actors, Diverged, Size, State, start


class Violated(Exception):
    """A rule does not hold; the message says which, and the shortest way there."""


def walk(size: Size, *, limit: int = 0) -> int:
    """How many states there are. Raises Violated; TimeoutError beyond `limit` states (0: none)."""
    actors = Actors(size)
    first = start(size)
    came_from: dict[State, State | None] = {first: None}
    queue = deque([first])
    while queue:
        state = queue.popleft()
        try:
            steps = list(actors.steps(state))
            check(state, steps, size)
        except (Diverged, AssertionError) as broken:
            raise Violated(f"{broken}\n{story(state, came_from)}") from None
        for step in steps:
            if step not in came_from:
                came_from[step] = state
                queue.append(step)
        if limit and len(came_from) > limit:
            raise TimeoutError(f"more than {limit} states")
    return len(came_from)


def check(state: State, steps: list[State], size: Size) -> None:
    """The log agrees with all that was shown; an end means a complete log; at rest everybody has everything."""
    log, truth = state.redis.log, state.truth
    known = min(len(log), len(truth))
    assert log[:known] == truth[:known], f"the log holds {log}, and {truth} was shown"
    assert not state.redis.ended or len(log) == size.length, f"ended with {log}"
    moves = any(step.run == state.run and step != state for step in steps)
    if moves or state.leases == size.attempts or all(w.doing == "dead" for w in state.workers):
        return
    assert state.redis.ended, "nothing more can happen, and the response has not ended"
    assert all(v.shown == log for v in state.readers[:2] if v.follows), "at rest, a reader lacks something"


def story(state: State, came_from: dict[State, State | None]) -> str:
    """What changed at each step on the way to a state."""
    path = [state]
    while (before := came_from[path[-1]]) is not None:
        path.append(before)
    path.reverse()
    lines = []
    for old, new in itertools.pairwise(path):
        changes = [f"run {new.run}"] if new.run != old.run else []
        pairs = [("redis", old.redis, new.redis)]
        pairs += [(f"worker {i}", *p) for i, p in enumerate(zip(old.workers, new.workers, strict=True))]  # type: ignore[misc]
        pairs += [(f"reader {'ABR'[i]}", *p) for i, p in enumerate(zip(old.readers, new.readers, strict=True))]  # type: ignore[misc]
        for name, was, now in pairs:
            changed = {f: v for f, v in now._asdict().items() if v != getattr(was, f)}
            if changed:
                changes.append(f"{name}: {changed}")
        lines.append("  " + "; ".join(changes))
    return "\n".join(lines)

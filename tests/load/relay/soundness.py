"""Whether a measurement is of what its row says: on a machine with too much else to do it may not be."""
from collections.abc import Callable

from tests.load.figures import BUSY
from tests.load.relay.rows import Row

PACE = 0.9  # share of the due tokens that must have come; what is left out, or merged, would make the rest look cheap
UNMERGED = 0.95  # frames a token, where none may be merged
MOST_PER_FRAME = 50.0  # tokens; more are not what a viewer would call live: at 100 a second, two frames
MOST_PER_EVENT = 1.2  # tokens; more mean that the worker, not the gateway, has merged


def cost(row: Row) -> str:
    return (_least("pace", row["pace"], PACE) or _least("pace of the many", row["many_pace"], PACE)
            or _least("share that the gateway took in", row["heard"], PACE)
            or _least("share that the gateway took in of the many", row["many_heard"], PACE))


def events(row: Row) -> str:
    return _least("frames a token", row["frames_per_token"], UNMERGED)


def merged(row: Row) -> str:
    return (_least("share of the tokens that it took", row["taken"], PACE)
            or _most("tokens a frame", row["tokens_per_frame"], MOST_PER_FRAME))


def merged_by_gateway(row: Row) -> str:
    return merged(row) or _most("tokens an event", row["tokens_per_event"], MOST_PER_EVENT)


def delay(row: Row) -> str:
    return _least("pace", row["pace"], PACE) or _most("cores of the listener", row["listener_cores"], BUSY)


def always(row: Row) -> str:
    return ""


Sound = Callable[[Row], str]  # why it is not, or nothing


def _least(what: str, value: float, bound: float) -> str:
    return "" if value >= bound else f"{what}: {value:.2f}, should be {bound:g} at least"


def _most(what: str, value: float, bound: float) -> str:
    return "" if value <= bound else f"{what}: {value:.2f}, should be {bound:g} at most"

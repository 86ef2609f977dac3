"""What viewers are told of a response beside its events: where it stands while it waits for a worker.

Signals have no `sequence_number`: they are no part of the response, are told once, of what is so now, and only to who
has asked for them. Who resumes is told how it stands then.
"""
import orjson

from server.admission.standing import Standing

QUEUE, INTERRUPTED = "parley:queue", "parley:interrupted"


def queue_frame(response_id: str, standing: Standing) -> bytes:
    return orjson.dumps({
        "type": QUEUE, "response_id": response_id, "position": standing.position, "waiting": standing.waiting,
        "estimated_s": standing.estimated_s})


def interrupted_frame(response_id: str) -> bytes:
    """Its worker was lost, or has given it back; another is to go on with it."""
    return orjson.dumps({"type": INTERRUPTED, "response_id": response_id})


class Signals:
    """What is to be told of one response now: `news` to who knows what was told before, `all` to who has just come."""

    __slots__ = ("_response_id", "_standing", "all", "news")

    def __init__(self, response_id: str) -> None:
        self._response_id = response_id
        self._standing: Standing | None = None
        self.all: list[bytes] = []
        self.news: list[bytes] = []

    def stand(self, standing: Standing, *, begun: bool) -> bool:
        """It waits; `begun`, for another worker than the one that has begun it. False if nobody need be told."""
        if not standing.differs(self._standing):
            return False
        interrupted = [interrupted_frame(self._response_id)] if begun else []
        queue = [queue_frame(self._response_id, standing)]
        self.all = [*interrupted, *queue]
        self.news = queue if self._standing is not None else self.all
        self._standing = standing
        return True

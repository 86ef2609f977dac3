"""What has come on the live path lately, as it came: Redis may lose it together with the inbox it was read from."""
from collections import defaultdict, deque

from relay.records import Record, decode_batch


class LastBatches:
    """The batches of the last `keep_s` seconds before the newest one, as bytes: decoded they take ten times as much.

    A batch is kept once for all its responses, so that a token costs nothing here; who wants to put records back looks
    for them. Time is the newest batch's, not the clock's: while Redis is away nothing comes, and nothing may be
    forgotten.
    """

    __slots__ = ("_keep_s", "_kept")

    def __init__(self, keep_s: float) -> None:
        self._keep_s = keep_s
        self._kept: deque[tuple[float, bytes]] = deque()  # when it came, and what

    def add(self, data: bytes, now: float) -> None:
        """The next one, as it lay in the inbox."""
        kept = self._kept
        kept.append((now, data))
        while kept[0][0] < now - self._keep_s:
            kept.popleft()

    def records(self) -> dict[str, list[Record]]:
        """By response, in the order in which they came."""
        found: dict[str, list[Record]] = defaultdict(list)
        for _, data in self._kept:
            for record in decode_batch(data).records:
                found[record.response_id].append(record)
        return found

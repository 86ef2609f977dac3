"""How many sockets one gateway holds, and whether it takes more; uvicorn's own limit does not count WebSockets."""
from collections.abc import Iterator
from contextlib import contextmanager

from server.common.errors import Code, LimitReached, Unavailable
from server.common.notice import Notice


class Sockets:
    """Counts the open ones. Once `draining` is set no more are taken, and those there are leave when they can."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.open = 0
        self.draining = Notice()

    @property
    def is_draining(self) -> bool:
        return self.draining.is_set()

    @contextmanager
    def admit(self) -> Iterator[None]:
        """Hold a place while inside. Raises LimitReached (`too_many_sockets`), Unavailable (`service_restart`)."""
        self.refuse_when_draining()
        if self.open >= self.limit:
            raise LimitReached(
                Code.TOO_MANY_SOCKETS, f"This gateway holds {self.limit} sockets, as many as it may; try again later.")
        self.open += 1
        try:
            yield
        finally:
            self.open -= 1

    def refuse_when_draining(self) -> None:
        """Raises Unavailable (`service_restart`)."""
        if self.draining.is_set():
            raise Unavailable(Code.SERVICE_RESTART, "This gateway is stopping; connect again to reach another.")

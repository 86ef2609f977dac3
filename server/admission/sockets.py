"""How many sockets one gateway holds, whose, and whether it takes more; uvicorn's limit does not count WebSockets."""
from server.admission.presence import Presence
from server.common.errors import Code, LimitReached, Unavailable
from server.common.notice import Notice


class Sockets:
    """Counts the open ones. Once `draining` is set no more are taken, and those there are leave when they can."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.open = 0
        self.presence = Presence()
        self.draining = Notice()

    @property
    def is_draining(self) -> bool:
        return self.draining.is_set()

    def admit(self, user: str = "") -> "Place":
        """A place for the user (empty: whose it is will turn out), to hold with `with`.

        Raises LimitReached (`too_many_sockets`), Unavailable (`service_restart`).
        """
        self.refuse_when_draining()
        if self.open >= self.limit:
            raise LimitReached(
                Code.TOO_MANY_SOCKETS, f"This gateway holds {self.limit} sockets, as many as it may; try again later.")
        self.open += 1
        place = Place(self)
        if user:
            place.turns_out(user)
        return place

    def refuse_when_draining(self) -> None:
        """Raises Unavailable (`service_restart`)."""
        if self.draining.is_set():
            raise Unavailable(Code.SERVICE_RESTART, "This gateway is stopping; connect again to reach another.")


class Place:
    """One socket's; leaving it gives it back. No generator: that costs ten times as much memory."""

    __slots__ = ("_sockets", "_user")

    def __init__(self, sockets: Sockets) -> None:
        self._sockets = sockets
        self._user = ""

    def turns_out(self, user: str) -> None:
        """It is this user's. For once."""
        self._user = user
        self._sockets.presence.socket_opened(user)

    def __enter__(self) -> "Place":
        return self

    def __exit__(self, *_: object) -> None:
        self._sockets.open -= 1
        if self._user:
            self._sockets.presence.socket_closed(self._user)

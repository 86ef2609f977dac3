"""Who holds sockets and streams at this gateway: counted as they open and close, and at no other time."""
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class Holding:
    """What one user holds open. `since` is when the first of it was opened, without a pause to this day."""

    since: float
    sockets: int = 0
    streams: int = 0


class Presence:
    """`users` are all who hold anything; `take_changes` says of whom that is not what it was. `on_left` is told of who
    holds nothing any more.
    """

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self.on_left: Callable[[str], None] | None = None
        self.users: dict[str, Holding] = {}
        self.streams = 0
        self._now = now
        self._changed: dict[str, None] = {}  # no more than are here, or were when it was last told

    def socket_opened(self, user: str) -> None:
        self._holding(user).sockets += 1

    def socket_closed(self, user: str) -> None:
        self._holding(user).sockets -= 1
        self._let_go(user)

    def streaming(self, user: str) -> "Streaming":
        """For `with`: while a stream is open. Empty: nobody knows whose it is."""
        return Streaming(self, user)

    def stream_opened(self, user: str) -> None:
        self.streams += 1
        if user:
            self._holding(user).streams += 1

    def stream_closed(self, user: str) -> None:
        self.streams -= 1
        if user:
            self._holding(user).streams -= 1
            self._let_go(user)

    def take_changes(self, most: int) -> dict[str, tuple[float, int, int] | None]:
        """Of some users what they hold now, and None of who holds nothing; they count as told from then on."""
        changes: dict[str, tuple[float, int, int] | None] = {}
        while self._changed and len(changes) < most:
            user, _ = self._changed.popitem()
            held = self.users.get(user)
            changes[user] = None if held is None else (held.since, held.sockets, held.streams)
        return changes

    def begin_anew(self) -> None:
        """Nothing counts as told."""
        self._changed = dict.fromkeys(self.users)

    def _holding(self, user: str) -> Holding:
        self._changed[user] = None
        held = self.users.get(user)
        if held is None:
            held = self.users[user] = Holding(self._now())
        return held

    def _let_go(self, user: str) -> None:
        held = self.users[user]
        if not held.sockets and not held.streams:
            del self.users[user]
            if self.on_left is not None:
                self.on_left(user)


class Streaming:
    """One stream's."""

    __slots__ = ("_presence", "_user")

    def __init__(self, presence: Presence, user: str) -> None:
        self._presence, self._user = presence, user

    def __enter__(self) -> None:
        self._presence.stream_opened(self._user)

    def __exit__(self, *_: object) -> None:
        self._presence.stream_closed(self._user)

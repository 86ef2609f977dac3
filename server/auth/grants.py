"""The grants of this gateway that somebody still holds: a request, a socket, or the cache of look-ups."""
from weakref import WeakValueDictionary

from server.auth.schemas import Grant, User
from server.common.errors import Code

USER, TOKENS = "user:", "tokens:"  # subjects of revocations beside a grant's own id: all that a user has, all tokens
TOKEN_GRANT = "token:"  # noqa: S105 - how the ids of tokens' grants begin


class Grants:
    """One object for one id, as long as anybody holds it, so that ending it reaches all who do."""

    def __init__(self) -> None:
        self._live: WeakValueDictionary[str, Grant] = WeakValueDictionary()

    def __len__(self) -> int:
        return len(self._live)

    def take(self, id: str, user: User, expires_at: float | None = None) -> Grant:
        """The grant of this id, with what is known of its user now."""
        grant = self._live.get(id)
        if grant is None or grant.ended is not None:
            grant = self._live[id] = Grant(id, user, expires_at)
        elif grant.user != user:
            grant.user = user
        return grant

    def end(self, subject: str, code: Code) -> None:
        """End one by its id, or all that a user has, or a user's tokens."""
        if not subject.startswith((USER, TOKENS)):
            grant = self._live.get(subject)
            if grant is not None:
                grant.end(code)
            return
        kind, _, user_id = subject.partition(":")
        for grant in list(self._live.values()):
            if grant.user.id == user_id and (f"{kind}:" == USER or grant.id.startswith(TOKEN_GRANT)):
                grant.end(code)

    def end_expired(self, now: float) -> None:
        """`now` is Unix time."""
        for grant in list(self._live.values()):
            if grant.expires_at is not None and grant.expires_at <= now:
                grant.end(Code.SESSION_ENDED)

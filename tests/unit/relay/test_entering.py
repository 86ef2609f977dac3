"""A gateway that was taken back follows again what it followed, without being late for its next renewal."""
from typing import Any

from relay.errors import Fenced
from relay.gateway import FOLLOWS_A_RENEWAL, GatewayRelay
from relay.settings import RelaySettings

MANY = 5 * FOLLOWS_A_RENEWAL + 1


class Link:
    """Notes what is asked of it; the first renewals that are asked for find the token void."""

    def __init__(self, void: int, followed: list[str]) -> None:
        self._void, self._followed = void, followed
        self.verbs: list[str] = []

    async def command(self, *args: Any) -> list[bytes]:
        return [response_id.encode() for response_id in self._followed]

    async def call(self, verb: str, *args: Any) -> Any:
        self.verbs.append(verb)
        if verb == "renew" and self.verbs.count("renew") <= self._void:
            raise Fenced
        return b"token" if verb == "register" else 1


def following(count: int) -> GatewayRelay:
    relay = GatewayRelay("g", RelaySettings("unix:///nowhere"), None)
    relay._follows = {f"resp_{number}" for number in range(count)}
    return relay


async def test_it_renews_while_it_follows_thousands_again() -> None:
    link = Link(1, [])
    await following(MANY)._enter(link)  # type: ignore[arg-type]
    assert link.verbs[:2] == ["renew", "register"]
    assert link.verbs.count("follow") == MANY
    runs = "".join("f" if verb == "follow" else " " for verb in link.verbs).split()
    assert max(map(len, runs)) == FOLLOWS_A_RENEWAL


async def test_taken_back_once_more_meanwhile_it_goes_on_until_the_next_beat() -> None:
    link = Link(3, [])
    await following(MANY)._enter(link)  # type: ignore[arg-type]
    assert link.verbs.count("register") == 1
    assert link.verbs.count("follow") == MANY


async def test_what_redis_still_knows_is_not_asked_for_again() -> None:
    link = Link(0, ["resp_0", "resp_gone"])
    await following(2)._enter(link)  # type: ignore[arg-type]
    assert link.verbs == ["renew", "unfollow", "follow"]

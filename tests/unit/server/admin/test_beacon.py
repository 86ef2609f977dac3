"""Telling who is connected: what has changed, and all anew where that may not have been heard."""
from collections.abc import Mapping

import pytest

from relay.errors import RelayAway
from relay.overview import Holding
from server.admin import beacon as module
from server.admin.beacon import Beacon
from server.admission.presence import Presence
from tests.unit.server.clock import FakeClock


class FakeRelay:
    """Keeps what it is told, as Redis does."""

    def __init__(self) -> None:
        self.word = ""
        self.here: dict[str, Holding] = {}
        self.calls: list[int] = []
        self.up = True

    async def attend(self, before: str, after: str, changed: Mapping[str, Holding | None]) -> bool:
        if not self.up:
            raise RelayAway
        if before and before != self.word:
            return False
        if not before:
            self.here = {}
        for user, holding in changed.items():
            self.here.pop(user, None)
            if holding is not None:
                self.here[user] = holding
        self.word = after
        self.calls.append(len(changed))
        return True


class World:
    def __init__(self) -> None:
        self.relay, self.presence = FakeRelay(), Presence(lambda: 1)
        self.beacon = Beacon(self.relay, self.presence, FakeClock())


async def test_tells_what_has_changed() -> None:
    w = World()
    w.presence.socket_opened("ann")
    w.presence.socket_opened("bob")
    await w.beacon.tell()
    w.presence.socket_closed("bob")
    await w.beacon.tell()
    await w.beacon.tell()
    assert w.relay.here == {"ann": (1, 1, 0)}
    assert w.relay.calls == [2, 1, 0]


async def test_with_nothing_new_the_last_word_is_the_same() -> None:
    w = World()
    await w.beacon.tell()
    word = w.relay.word
    await w.beacon.tell()
    assert word
    assert w.relay.word == word


async def test_what_redis_has_lost_is_told_anew() -> None:
    w = World()
    w.presence.socket_opened("ann")
    await w.beacon.tell()
    w.relay.word, w.relay.here = "", {}
    w.presence.socket_opened("bob")
    await w.beacon.tell()
    assert set(w.relay.here) == {"ann", "bob"}


async def test_many_go_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_AT_ONCE", 4)
    w = World()
    for number in range(10):
        w.presence.socket_opened(f"user_{number}")
    await w.beacon.tell()
    assert len(w.relay.here) == 10
    assert w.relay.calls == [4, 4, 2]


async def test_after_a_failure_all_is_told_anew() -> None:
    w = World()
    w.presence.socket_opened("ann")
    await w.beacon.tell()
    w.relay.up = False
    w.presence.socket_opened("bob")
    w.presence.socket_closed("ann")

    class Stop(Exception):
        pass

    async def rounds(seconds: float) -> None:
        """Two rounds: Redis is away in the first."""
        sleeps.append(seconds)
        if len(sleeps) == 2:
            w.relay.up = True
        if len(sleeps) == 3:
            raise Stop

    sleeps: list[float] = []
    w.beacon.clock.sleep = rounds  # type: ignore[method-assign]
    with pytest.raises(Stop):
        await w.beacon.run()
    assert sleeps == [module.EVERY_S] * 3
    assert w.relay.here == {"bob": (1, 1, 0)}

"""Who is here: users by what they hold open, and what has changed since it was told."""
from server.admission.presence import Presence
from server.admission.sockets import Sockets
from tests.unit.server.clock import FakeClock


def test_a_user_is_here_from_the_first_to_the_last_of_what_they_hold() -> None:
    clock = FakeClock(100)
    presence = Presence(clock.now)
    presence.socket_opened("ann")
    clock.at += 5
    presence.socket_opened("ann")
    with presence.streaming("ann"):
        assert presence.streams == 1
        assert presence.take_changes(10) == {"ann": (100, 2, 1)}
        presence.socket_closed("ann")
        presence.socket_closed("ann")
        assert presence.take_changes(10) == {"ann": (100, 0, 1)}
    assert presence.users == {}
    assert presence.take_changes(10) == {"ann": None}
    assert presence.take_changes(10) == {}
    presence.socket_opened("ann")
    assert presence.take_changes(10) == {"ann": (105, 1, 0)}, "back after a pause"


def test_who_holds_nothing_any_more_has_left() -> None:
    presence, left = Presence(), list[str]()
    presence.on_left = left.append
    presence.socket_opened("ann")
    with presence.streaming("ann"):
        presence.socket_closed("ann")
        assert left == []
    assert left == ["ann"]


def test_nobody_knows_whose_a_stream_is() -> None:
    presence = Presence()
    with presence.streaming(""):
        assert (presence.streams, presence.users) == (1, {})
    assert presence.streams == 0


def test_changes_are_told_in_portions_and_anew_when_asked() -> None:
    presence = Presence(lambda: 1)
    for name in ("a", "b", "c"):
        presence.socket_opened(name)
    first, second = presence.take_changes(2), presence.take_changes(2)
    assert len(first) == 2
    assert first | second == dict.fromkeys("abc", (1, 1, 0))
    presence.socket_closed("b")
    presence.begin_anew()
    assert presence.take_changes(9) == dict.fromkeys("ac", (1, 1, 0)), "of who has left nothing has to be told"


def test_a_place_is_its_users() -> None:
    sockets = Sockets(limit=9)
    with sockets.admit("ann"), sockets.admit() as place:
        assert list(sockets.presence.users) == ["ann"]
        place.turns_out("bob")
        assert list(sockets.presence.users) == ["ann", "bob"]
    assert sockets.presence.users == {}
    assert sockets.open == 0

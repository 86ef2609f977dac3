"""What a viewer is told of where its response stands, and that it is told nothing that is true no more."""
from typing import Any

import orjson
import pytest

from relay.events import Continued, Delta, InProgress
from server.admission.standing import Standing
from server.responses.feed import Feed
from server.responses.viewer import Viewer
from tests.unit.server.responses.story import a_feed, message, numbered, told

QUEUED = told("a")[0]
BEGUN = numbered([InProgress(1.0), *message("a")[:3]], [Continued(2.0, "handover"), Delta("b")])


def events(viewer: Viewer) -> list[dict[str, Any]]:
    return [orjson.loads(frame) for frame in viewer.take()]


def kinds(viewer: Viewer) -> list[str]:
    return [event["type"].removeprefix("response.") for event in events(viewer)]


@pytest.fixture
def feed() -> Feed:
    """Of a response that waits."""
    feed = a_feed()
    feed.apply(QUEUED, 0.0)
    return feed


@pytest.fixture
def broken() -> Feed:
    """Of one whose worker was lost when it had said something."""
    feed = a_feed()
    for record in BEGUN[:5]:
        feed.apply(record, 0.0)
    return feed


def test_a_place_is_told_behind_what_there_is_to_tell(feed: Feed) -> None:
    viewer = feed.follow(signals=True)
    feed.stand(Standing(3, 12, 4))
    *_, queued, place = events(viewer)
    assert queued["type"] == "response.queued"
    assert place == {
        "type": "parley:queue", "response_id": "resp_0123", "position": 3, "waiting": 12, "estimated_s": 4}
    assert viewer.number == 1, "it has no number of its own"


def test_only_what_has_changed_is_told_and_only_the_last_of_it(feed: Feed) -> None:
    viewer = feed.follow(signals=True)
    viewer.take()
    for standing in (Standing(3, 12, 4), Standing(3, 11, 4), Standing(2, 11, 4)):
        feed.stand(standing)
    assert [event["position"] for event in events(viewer)] == [2]
    feed.stand(Standing(2, 10, 4))
    assert events(viewer) == [], "who stands behind is nothing to be told of"
    feed.stand(Standing(2, 10, 3))
    assert [event["estimated_s"] for event in events(viewer)] == [3]


def test_who_comes_later_is_told_at_once(feed: Feed) -> None:
    first = feed.follow(signals=True)
    feed.stand(Standing(3, 3))
    assert kinds(feed.follow(signals=True)) == ["created", "queued", "parley:queue"]
    first.close()


def test_who_does_not_ask_is_told_nothing(feed: Feed) -> None:
    viewer = feed.follow()
    feed.stand(Standing(3, 3))
    assert kinds(viewer) == ["created", "queued"]
    assert kinds(feed.follow()) == ["created", "queued"]


def test_a_place_is_not_told_once_a_worker_has_begun(feed: Feed) -> None:
    viewer = feed.follow(signals=True)
    viewer.take()
    feed.stand(Standing(1, 1))
    feed.apply(BEGUN[1], 0.0)
    assert kinds(viewer) == ["in_progress"]
    assert kinds(feed.follow(signals=True)) == ["created", "queued", "in_progress"]


def test_a_place_is_not_told_to_who_comes_when_nobody_has_asked_for_a_while(feed: Feed) -> None:
    viewer = feed.follow(signals=True)
    feed.stand(Standing(3, 3))
    viewer.close()
    assert kinds(feed.follow(signals=True)) == ["created", "queued"]


def test_who_has_lost_its_worker_is_told_so_once_and_then_where_it_stands(broken: Feed) -> None:
    viewer = broken.follow(signals=True)
    viewer.take()
    broken.stand(Standing(2, 2))
    assert kinds(viewer) == ["parley:interrupted", "parley:queue"]
    broken.stand(Standing(1, 1))
    assert kinds(viewer) == ["parley:queue"]
    assert kinds(broken.follow(1004, signals=True)) == ["parley:interrupted", "parley:queue"]


def test_who_has_not_taken_that_it_was_interrupted_is_still_told(broken: Feed) -> None:
    viewer = broken.follow(signals=True)
    viewer.take()
    broken.stand(Standing(2, 2))
    broken.stand(Standing(1, 1))
    assert [event.get("position") for event in events(viewer)] == [None, 1]


def test_another_worker_ends_it(broken: Feed) -> None:
    viewer = broken.follow(signals=True)
    viewer.take()
    broken.stand(Standing(1, 1))
    for record in BEGUN[5:]:
        broken.apply(record, 0.0)
    assert kinds(viewer) == ["parley:response.continued", "output_text.delta"]
    broken.stand(None)
    assert viewer.take() == []


class TestWhoAsks:
    """A feed's place is looked up only while somebody wants to know it and it may have one."""

    def test_while_no_worker_has_begun_it(self, feed: Feed) -> None:
        assert not feed.asks_place(0.0), "nobody wants to know"
        viewer = feed.follow(signals=True)
        feed.heard_at = 10.0
        assert feed.asks_place(5.0)
        viewer.close()
        assert not feed.asks_place(5.0)

    def test_while_one_that_had_begun_is_silent(self, broken: Feed) -> None:
        broken.follow(signals=True)
        broken.heard_at = 10.0
        assert not broken.asks_place(5.0)
        assert broken.asks_place(10.0)
        broken.looks = 1
        assert broken.asks_place(5.0), "it has looked for it in vain"

    def test_until_what_was_told_is_taken_back(self, broken: Feed) -> None:
        broken.follow(signals=True)
        broken.stand(Standing(1, 1))
        broken.heard_at = 10.0
        assert broken.asks_place(5.0)
        broken.stand(None)
        assert not broken.asks_place(5.0)

    def test_not_after_its_end(self) -> None:
        feed = a_feed()
        feed.follow(signals=True)
        for record in told("a"):
            feed.apply(record, 0.0)
        assert not feed.asks_place(9.0)

"""The Python client's session, driven by the vectors that drive the JavaScript client's too."""
import json
from typing import Any

import pytest
from parley_client.actions import Action, Connect, Drop, Finish, Send, Tell
from parley_client.errors import DivergedError, ParleyError
from parley_client.options import Options
from parley_client.session import Session
from parley_client.text import Text
from parley_client.turn import Turn

from tests.unit.clients.vectors import cases

Outcome = list[Any]


class Player:
    """Plays one case: a session, its turns by name, and the text of each."""

    def __init__(self, case: dict[str, Any]) -> None:
        urls = case.get("urls", ["ws://a/v1/responses"])
        self.session = Session(urls, Options(**case.get("options", {})), lambda: case.get("random", 0))
        self.turns: dict[str, Turn] = {}
        self.names: dict[Turn, str] = {}
        self.texts: dict[Turn, Text] = {}

    def play(self, step: dict[str, Any]) -> list[Outcome]:
        return [outcome for action in self._do(step, step["at"]) for outcome in self._outcomes(action)]

    def _do(self, step: dict[str, Any], now: float) -> list[Action]:
        session = self.session
        expected = ("at", "out", "wake_at", "state")
        [(kind, given)] = ((name, value) for name, value in step.items() if name not in expected)
        match kind:
            case "start":
                return session.start(self._turn(**given), now)
            case "stop" | "leave":
                action: list[Action] = getattr(session, kind)(self.turns[given], now)
                return action
            case "frame":
                return session.received(json.dumps(given), now)
            case "text":
                return session.received(given, now)
            case "refused" | "closed":
                actions: list[Action] = getattr(session, kind)(*given, now)
                return actions
            case "shutdown":
                return session.shutdown()
            case _:
                done: list[Action] = {"opened": session.opened, "wake": session.woke, "hurry": session.hurry}[kind](now)
                return done

    def state(self, now: float) -> Outcome:
        """What an application can show of the connection."""
        link = self.session.link
        return [link.state, link.retry_in_s(now), link.error and link.error.code]

    def _turn(self, turn: str, **about: Any) -> Turn:
        made = self.turns[turn] = Turn(**about)
        self.names[made], self.texts[made] = turn, Text()
        return made

    def _outcomes(self, action: Action) -> list[Outcome]:
        match action:
            case Connect(url):
                return [["connect", url]]
            case Send(text):
                return [["send", json.loads(text)]]
            case Drop():
                return [["drop"]]
            case Tell(turn, event):
                assert "stream_id" not in event
                told = ["tell", self.names[turn], event["type"], event.get("sequence_number")]
                return [told, *self._said(turn, event)]
            case Finish(turn, error):
                return [["end", self.names[turn]] if error is None else ["fail", self.names[turn], fields(error)]]

    def _said(self, turn: Turn, event: dict[str, Any]) -> list[Outcome]:
        try:
            text = self.texts[turn].take(event)
        except DivergedError:
            return [["differs", self.names[turn]]]
        return [["say", self.names[turn], text]] if text else []


def fields(error: ParleyError) -> dict[str, Any]:
    names = ("code", "message", "param", "retryable", "response_id")
    return {"kind": type(error).__name__, **{name: getattr(error, name) for name in names}}


def matches(expected: Outcome, found: Outcome) -> bool:
    """An error need only have the fields that are expected of it."""
    if expected[0] == "fail" == found[0]:
        return bool(expected[1] == found[1] and expected[2].items() <= found[2].items())
    return expected == found


@pytest.mark.parametrize("case", cases("session/*.json"))
def test_session(case: dict[str, Any]) -> None:
    player = Player(case)
    for number, step in enumerate(case["steps"]):
        found = player.play(step)
        shown = f"step {number}, {step}:\nexpected {step['out']}\nfound    {found}"
        assert len(found) == len(step["out"]), shown
        assert all(map(matches, step["out"], found)), shown
        if "state" in step:
            assert player.state(step["at"]) == step["state"], shown
        if "wake_at" in step:
            assert player.session.wake_at == pytest.approx(step["wake_at"]), shown

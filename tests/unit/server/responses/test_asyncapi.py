"""The AsyncAPI document: valid by the specification's own schema, up to date, and true of what is sent."""
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft7Validator, Draft202012Validator  # type: ignore[import-untyped]

from relay.records import Record
from server.common.errors import Code
from server.common.filters import TABLE, socket_frame
from server.responses import samples
from server.responses.asyncapi import document
from server.responses.frames import EVENTS
from tests.spec import check_event
from tests.unit.server.responses.story import stories, unhurried
from tests.unit.server.responses.test_renderer import events_of, folded

ROOT = Path(__file__).parents[4]
SPECIFICATION = json.loads((ROOT / "tests/spec/asyncapi-3.0.0.json").read_text())  # its descriptions left out
DOCUMENT = document()
MESSAGES: dict[str, Any] = {message["name"]: message for message in DOCUMENT["components"]["messages"].values()}


def check(event: dict[str, Any]) -> None:
    """It is a message of the document."""
    payload = MESSAGES[event["type"]]["payload"]
    Draft202012Validator({**payload, "components": DOCUMENT["components"]}).validate(event)


def test_it_is_asyncapi() -> None:
    Draft7Validator(SPECIFICATION).validate(DOCUMENT)


def test_a_flaw_would_be_seen() -> None:
    assert not Draft7Validator(SPECIFICATION).is_valid({**DOCUMENT, "operations": {"send": {"action": "shout"}}})


def test_the_committed_one_is_up_to_date() -> None:
    committed = json.loads((ROOT / "docs/asyncapi.json").read_text())
    assert committed == DOCUMENT, "write it anew: `python -m server.responses.asyncapi > docs/asyncapi.json`"


def test_every_message_has_an_example_that_is_one() -> None:
    for message in MESSAGES.values():
        for example in message["examples"]:
            check(example["payload"])


def test_all_that_a_client_may_send_is_there() -> None:
    assert set(EVENTS) <= set(MESSAGES)
    with pytest.raises(Exception, match="Additional properties"):
        check({"type": "response.create", "input": "x", "colour": "red"})


def test_the_samples_are_events_of_the_specification() -> None:
    for events in samples.events().values():
        for event in events:
            check_event(event)
            check(event)


@unhurried
@given(stories())
def test_whatever_is_told_is_in_it(records: list[Record]) -> None:
    for event in events_of(folded(records)):
        check(event)
        check({**event, "stream_id": "lane"})


@pytest.mark.parametrize("code", Code)
def test_every_error_is_in_it(code: Code) -> None:
    check(socket_frame(TABLE[code].kind(code, "message", "param"), "lane"))
    check(socket_frame(TABLE[code].kind(code, "message")))


def test_resources_of_every_kind() -> None:
    statuses = [one["status"] for one in samples.responses()]
    assert statuses == ["completed", "completed", "incomplete", "failed", "queued"]

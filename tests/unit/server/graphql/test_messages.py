"""A client's messages of graphql-transport-ws."""
from typing import Any

import pytest

from server.common.errors import ApiError
from server.graphql.messages import BadMessage, Complete, Init, Message, Ping, Pong, Subscribe, parse
from server.graphql.requests import Operation


@pytest.mark.parametrize(("text", "message"), [
    ('{"type": "connection_init"}', Init({})),
    ('{"type": "connection_init", "payload": null}', Init({})),
    ('{"type": "connection_init", "payload": {"a": 1}}', Init({"a": 1})),
    ('{"type": "ping"}', Ping()),
    ('{"type": "pong", "payload": {"a": 1}}', Pong()),
    ('{"type": "complete", "id": "1"}', Complete("1")),
    ('{"type": "subscribe", "id": "1", "payload": {"query": "{a}"}}', Subscribe("1", Operation("{a}", {}))),
    ('{"type": "subscribe", "id": "1", "payload": {"query": "{a}", "variables": {"b": 1}, "operationName": "c"}}',
     Subscribe("1", Operation("{a}", {"b": 1}, "c"))),
])
def test_message(text: str, message: Message) -> None:
    assert parse(text) == message


@pytest.mark.parametrize("text", [
    "", "{", "[]", "1", "null", '{"type": "start"}', '{"type": []}', "{}", "[" * 100_000,
    '{"type": "connection_init", "payload": []}', '{"type": "subscribe", "payload": {"query": "{a}"}}',
    '{"type": "complete", "id": 1}', '{"type": "complete", "id": ""}', f'{{"type": "complete", "id": "{"x" * 300}"}}',
])
def test_what_is_no_message(text: str) -> None:
    with pytest.raises(BadMessage):
        parse(text)


@pytest.mark.parametrize("payload", ["null", "[]", "{}", '{"query": 1}', '{"query": "{a}", "variables": 1}'])
def test_an_operation_that_is_wrong_is_an_error_of_its_own(payload: Any) -> None:
    message = parse(f'{{"type": "subscribe", "id": "1", "payload": {payload}}}')
    assert isinstance(message, Subscribe)
    assert isinstance(message.operation, ApiError)

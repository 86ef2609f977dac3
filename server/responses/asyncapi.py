"""The AsyncAPI 3 document of the WebSocket: `python -m server.responses.asyncapi` prints it for docs/asyncapi.json.

What a client sends is described by the models that read it; what it is sent, by events that the renderer has made.
"""
import json
from collections.abc import Iterable, Mapping
from typing import Any

from server.common.documented import REFERENCE
from server.common.errors import Code
from server.common.filters import TABLE
from server.common.json_schema import shape, tidy
from server.responses import samples
from server.responses.frames import EVENTS, MAX_ID_LENGTH, MAX_NUMBER, STREAM_ID
from server.responses.schemas import ResponseCreate
from server.responses.signals import INTERRUPTED, QUEUE

STREAM = {"type": "string", "pattern": f"^{STREAM_ID.pattern}$", "description": "the lane"}
RESPONSE_ID = {"type": "string", "minLength": 1, "maxLength": MAX_ID_LENGTH}
NUMBER = {"type": "integer", "minimum": -1, "maximum": MAX_NUMBER, "description": "-1, or none: from the beginning"}
ABOUT = {
    "response.create": "Begin a turn.",
    "response.cancel": "Stop a response. It ends with `response.incomplete`, reason `cancelled`.",
    "parley:resume": "Go on behind a number with a response that this or another connection began.",
    "parley:ping": "Ask for `parley:pong`: a browser can send no ping of the WebSocket protocol.",
}
TOLD = {
    QUEUE: "Where a response stands that waits for a worker, after `?signals=true`; it has no number.",
    INTERRUPTED: "Its worker was lost or has given it back, and it waits for another; after `?signals=true`.",
    "parley:response.continued": "Another worker goes on with the response where its text stands.",
}
Schema = dict[str, Any]


def document() -> Schema:
    """The whole document."""
    schemas: Schema = {}
    received = {kind: _message(kind, schema, example, ABOUT[kind])
                for kind, (schema, example) in _client_events(schemas).items()}
    sent = {kind: _message(kind, _event_schema(events), events[0], TOLD.get(kind, ""))
            for kind, events in _server_events().items()}
    told = sent["error"]["payload"]["properties"]["error"]["properties"]
    told |= {"code": {"enum": [code.value for code in TABLE]}, "param": {"type": ["string", "null"]}}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Parley",
            "version": "0.1.0",
            "description": "Open Responses over a WebSocket: turns, lanes, stop and resume. What the specification "
                           "does not name is prefixed `parley:`; a client that ignores it loses nothing.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {"local": {"host": "127.0.0.1:8000", "protocol": "ws", "security": _references("securitySchemes", [
            "bearer", "session"])}},
        "channels": {"responses": _channel([*received, *sent])},
        "operations": {
            "receive": _operation("receive", "What a client may send.", received),
            "send": _operation("send", "What a client is sent.", sent),
        },
        "components": {
            "messages": {_name(kind): message for kind, message in {**received, **sent}.items()},
            "schemas": schemas,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "session": {"type": "httpApiKey", "in": "cookie", "name": "parley_session"},
            },
        },
    }


def _channel(kinds: Iterable[str]) -> Schema:
    query = {"type": "object", "properties": {
        "resume": {**RESPONSE_ID, "description": "a response to go on with before anything else"},
        "starting_after": {**NUMBER, "description": "the last number that was read"},
        "signals": {"type": "boolean", "description": "tell where responses stand that wait for a worker, too"}}}
    return {
        "address": "/v1/responses",
        "messages": {_name(kind): {"$ref": f"#/components/messages/{_name(kind)}"} for kind in kinds},
        "bindings": {"ws": {"method": "GET", "query": query, "bindingVersion": "0.1.0"}},
    }


def _operation(action: str, summary: str, messages: Iterable[str]) -> Schema:
    return {
        "action": action,
        "channel": {"$ref": "#/channels/responses"},
        "summary": summary,
        "messages": _references("channels/responses/messages", map(_name, messages), root="#"),
    }


def _references(below: str, names: Iterable[str], root: str = "#/components") -> list[Schema]:
    return [{"$ref": f"{root}/{below}/{name}"} for name in names]


def _name(kind: str) -> str:
    """A key of AsyncAPI's (letters, digits, `_`, `.`, `-`)."""
    return kind.replace(":", "_")


def _message(kind: str, payload: Schema, example: Mapping[str, Any], summary: str = "") -> Schema:
    made: Schema = {"name": kind, "payload": payload, "examples": [{"payload": example}]}
    return made | ({"summary": summary} if summary else {})


def _client_events(schemas: Schema) -> dict[str, tuple[Schema, Schema]]:
    """Schema and example by type; what a schema refers to goes into `schemas`."""
    about: Schema = {"response_id": RESPONSE_ID}
    known: dict[str, tuple[Schema, Schema]] = {
        "response.create": (
            _created_by(schemas), {"input": "What is the capital of France?", "max_output_tokens": 64}),
        "response.cancel": (_fields(about, ["response_id"]), {"response_id": samples.ID}),
        "parley:resume": (
            _fields({**about, "starting_after": NUMBER}, ["response_id"]),
            {"response_id": samples.ID, "starting_after": 1005}),
        "parley:ping": (_fields({}, []), {}),
    }
    return {kind: _typed(kind, *known[kind]) for kind in EVENTS}


def _created_by(schemas: Schema) -> Schema:
    schema = tidy(ResponseCreate.model_json_schema(ref_template=REFERENCE))
    schemas.update(schema.pop("$defs", {}))
    return {name: value for name, value in schema.items() if name != "description"}


def _fields(properties: Schema, required: list[str]) -> Schema:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _typed(kind: str, schema: Schema, example: Schema) -> tuple[Schema, Schema]:
    properties = {"type": {"const": kind}, "stream_id": STREAM, **schema["properties"]}
    required = ["type", *schema.get("required", [])]
    return {**schema, "properties": properties, "required": required}, {"type": kind, **example}


def _server_events() -> dict[str, list[Schema]]:
    row, told = TABLE[Code.INVALID_VALUE], "`temperature` should be less than or equal to 2; it is 3."
    error = {"type": row.error_type, "code": Code.INVALID_VALUE.value, "message": told, "param": "temperature"}
    return {
        **samples.events(),
        **samples.signals(),
        "error": [{"type": "error", "status": row.status, "error": error}],
        "parley:pong": [{"type": "parley:pong"}],
    }


def _event_schema(events: list[Schema]) -> Schema:
    schema = shape(*events)
    schema["properties"]["type"] = {"const": events[0]["type"]}
    schema["properties"]["stream_id"] = STREAM
    omitted = {"type": "array", "items": {"enum": ["logprobs", "text", "request"]}}
    return schema | {"properties": {**schema["properties"], "parley:omitted": omitted}}


if __name__ == "__main__":
    print(json.dumps(document(), indent=1, ensure_ascii=False))  # noqa: T201 - this is what it is for

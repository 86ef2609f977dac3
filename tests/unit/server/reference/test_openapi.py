"""The OpenAPI document: valid, complete, and as true as the table of errors."""
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from starlette.testclient import TestClient

from server.app import create_app
from server.common.filters import TABLE
from server.settings import GatewaySettings

METHODS = {"get", "post", "put", "patch", "delete", "head"}


def described(folder: Path) -> dict[str, Any]:
    app = create_app(GatewaySettings.model_validate({"data_dir": folder, "bootstrap_api_key": "a-bootstrap-key"}))
    document = TestClient(app).get("/openapi.json").json()
    assert isinstance(document, dict)
    return document


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return described(tmp_path_factory.mktemp("data"))


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(f"{method} {path}", operation) for path, known in document["paths"].items()
            for method, operation in known.items() if method in METHODS]


def validator(document: dict[str, Any], schema: dict[str, Any]) -> Draft202012Validator:
    """One that knows what the schema refers to."""
    registry: Registry[Any] = Registry().with_resource("urn:openapi", DRAFT202012.create_resource(document))
    pointed = json.loads(json.dumps(schema).replace('"#/', '"urn:openapi#/'))
    return Draft202012Validator(pointed, registry=registry)


def test_all_schemas_are_valid_and_refer_to_what_is_there(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for name, schema in schemas.items():
        Draft202012Validator.check_schema(schema)
        assert "$defs" not in schema, name
    text = json.dumps(document)
    assert "x-documented" not in text
    for reference in {part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]}:
        assert reference in schemas, reference


def test_examples_are_valid(document: dict[str, Any]) -> None:
    checked = 0
    for _, operation in operations(document):
        for content in [operation.get("requestBody", {}), *operation["responses"].values()]:
            told = content.get("content", {}).get("application/json", {})
            examples = [one["value"] for one in told.get("examples", {}).values()]
            for example in [*examples, *([told["example"]] if "example" in told else [])]:
                validator(document, told["schema"]).validate(example)
                checked += 1
    assert checked > 100


def test_every_status_of_an_error_lists_its_codes(document: dict[str, Any]) -> None:
    statuses = {code.value: row.status for code, row in TABLE.items()}
    for name, operation in operations(document):
        for status, answer in operation["responses"].items():
            if int(status) >= 400 and (name, status) != ("get /health/ready", "503"):  # which says what is missing
                codes = answer["x-error-codes"]
                assert codes, name
                assert all(statuses[code] == int(status) for code in codes), name
                assert all(f"`{code}`" in answer["description"] for code in codes), name
        assert "internal_error" in operation["responses"]["500"]["x-error-codes"], name
        assert "422" not in operation["responses"], name


def test_every_route_says_what_it_does(document: dict[str, Any]) -> None:
    assert [name for name, operation in operations(document) if not operation.get("description")] == []


def test_who_may_ask(document: dict[str, Any]) -> None:
    asks = {name: "security" in operation for name, operation in operations(document)}
    assert asks["post /v1/responses"]
    assert not asks["get /health/live"]
    refused = document["paths"]["/v1/responses"]["post"]["responses"]
    assert {"invalid_api_key", "session_ended"} <= set(refused["401"]["x-error-codes"])
    assert "service_restart" in refused["503"]["x-error-codes"]
    assert "frame_too_large" in refused["413"]["x-error-codes"]


def test_the_page_is_served(tmp_path: Path) -> None:
    client = TestClient(create_app(GatewaySettings.model_validate({"data_dir": tmp_path})))
    page = client.get("/docs")
    assert page.status_code == 200
    assert "/static/docs.js" in page.text
    assert client.get("/asyncapi.json").json()["asyncapi"] == "3.0.0"

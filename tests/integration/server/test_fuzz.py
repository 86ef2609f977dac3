"""Requests that schemathesis makes up from the OpenAPI document: none is our fault, every answer is a documented one.

The same ones each time. `PARLEY_TEST_EXAMPLES=30 pytest tests/integration/server/test_fuzz.py` makes that many for
each route, and as many that do not fit the document (docs/development.md).
"""
import asyncio
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from unittest import SkipTest

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.core.transport import Response
from schemathesis.generation import GenerationMode

from tests.integration.server.accounts import Browser
from tests.parley import Parley

EXAMPLES = int(os.environ.get("PARLEY_TEST_EXAMPLES", "4"))
KEY = "a-bootstrap-key-of-this-test"
TIMEOUT_S = 30
OURS = {"internal_error"}  # what no request may come to; engine_error is a model's, which has refused to go on
AnyCase = schemathesis.Case[Any]
REAL = {  # not one's own key and session, which would be revoked
    "response_id": "resp", "previous_response_id": "resp", "conversation_id": "conv", "conversation": "conv",
    "item_id": "msg", "turn_id": "turn", "token": "token", "model": "model"}
NO_REQUEST = b"Invalid HTTP request received."  # uvicorn's word on what is no HTTP: the gateway has seen none of it
EVERYWHERE = {"method_not_allowed", "not_found"}


@pytest.fixture(scope="module")
def fuzzed() -> Iterator[Parley]:
    """Whoever asks may ask often, and is answered at once."""
    many = {"attempts_per_address": "1000000", "attempts_per_account": "1000000", "max_in_flight": "10000"}
    with Parley(settings={"synthetic_tokens_per_s": "0", "bootstrap_api_key": KEY, "guests": "true", **many}) as parley:
        yield parley


def check(case: AnyCase, answer: Response, seen: Counter[str]) -> None:
    """Raises AssertionError, or schemathesis' failures."""
    documented = case.operation.definition.raw["responses"]
    seen[f"{case.operation.label} {answer.status_code}"] += 1
    if answer.status_code < 400:
        case.validate_response(answer, checks=[
            schemathesis.checks.status_code_conformance,
        ])
        return
    if case.operation.label == "GET /health/ready" or answer.content == NO_REQUEST:
        return
    assert "json" in str(answer.headers.get("content-type")), f"{answer.status_code} {answer.content[:300]!r}"
    error = error_of(answer.json())
    told = documented.get(str(answer.status_code), {}).get("x-error-codes", [])
    assert error["code"] not in OURS, f"{error} for {case.as_curl_command()}"
    assert error["code"] in {*told, *EVERYWHERE}, f"{answer.status_code} {error} is not documented"


def error_of(body: dict[str, Any]) -> dict[str, Any]:
    """The error of an answer, in the one shape or in GraphQL's."""
    if "errors" in body:
        extensions: dict[str, Any] = body["errors"][0]["extensions"]
        return extensions
    error: dict[str, Any] = body["error"]
    assert set(error) == {"type", "code", "message", "param"}, error
    return error


@dataclass
class Asker:
    """Somebody who asks, and every other time about what there really is: ids out of earlier answers."""

    parley: Parley
    headers: dict[str, str]
    seen: Counter[str] = field(default_factory=Counter)
    known: dict[str, str] = field(default_factory=dict)  # an id's prefix: the newest id

    def ask(self, case: AnyCase) -> None:
        if self.seen.total() % 2:
            self.make_real(case.path_parameters)
            self.make_real(case.body)
        answer = case.call(base_url=self.parley.url, headers=self.headers, timeout=TIMEOUT_S)
        check(case, answer, self.seen)
        if answer.status_code == 200 and answer.headers.get("content-type") == ["application/json"]:
            self.learn(answer.json())

    def begin(self) -> None:
        """Have a response, a conversation with turns and a link to it, and know the model."""
        with httpx.Client(base_url=f"{self.parley.url}/v1", headers=self.headers, timeout=TIMEOUT_S) as client:
            self.known["model"] = client.get("/models").json()["data"][0]["id"]
            made = client.post("/conversations", json={"items": [{"role": "user", "content": "Hi"}]}).json()
            self.learn(made)
            self.learn(client.post("/responses", json={"input": "Hi", "conversation": made["id"]}).json())
            conversation = f"/conversations/{made['id']}"
            self.known["turn"] = client.get(f"{conversation}/turns").json()["data"][0]["id"]
            self.learn(client.get(f"{conversation}/items").json())
            self.known["token"] = client.post(f"{conversation}/shares", json={}).json()["id"]

    def make_real(self, fields: Any) -> None:
        if isinstance(fields, dict):
            for name, prefix in REAL.items():
                if name in fields and prefix in self.known:
                    fields[name] = self.known[prefix]

    def learn(self, told: Any) -> None:
        for one in told if isinstance(told, list) else told.values() if isinstance(told, dict) else ():
            if isinstance(one, str) and "_" in one and len(one) < 80:
                self.known[one.partition("_")[0]] = one
            self.learn(one)


def wrong_with(operation: Any, asker: Asker, mode: GenerationMode) -> str:
    """What the first case that failed came to, made as small as can be; empty if none did."""
    @settings(max_examples=EXAMPLES, derandomize=True, deadline=None, database=None,
              suppress_health_check=list(HealthCheck), phases=[Phase.generate, Phase.shrink])
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: AnyCase) -> None:
        asker.ask(case)

    try:
        run()
    except (SkipTest, Unsatisfiable):  # a route that takes nothing cannot be given what it does not take
        return ""
    except Exception as error:
        return f"{mode.value} {operation.label}: {type(error).__name__}: {str(error)[:1500]}"
    return ""


async def _account_key(parley: Parley) -> str:
    async with Browser(parley) as browser:
        await browser.enter("fuzz@example.org")
        made = await browser.key("responses", "conversations", "account")
    return str(made["key"])


@pytest.mark.timeout(0 if EXAMPLES > 10 else 240)
@pytest.mark.parametrize("who", ["administrator", "account", "guest"])
def test_no_request_is_our_fault(who: str, fuzzed: Parley) -> None:
    headers = {"administrator": {"Authorization": f"Bearer {KEY}"}, "guest": {}}.get(who)
    if headers is None:
        headers = {"Authorization": f"Bearer {asyncio.run(_account_key(fuzzed))}"}
    schema = schemathesis.openapi.from_url(f"{fuzzed.url}/openapi.json")
    asker = Asker(fuzzed, headers)
    asker.begin()
    wrong = [wrong_with(found.ok(), asker, mode)  # type: ignore[union-attr]
             for found in schema.get_all_operations() for mode in GenerationMode]
    seen = asker.seen
    fine = sum(count for label, count in seen.items() if label.split()[-1] < "4")
    print(f"{who}: {seen.total()} cases, {fine} of them granted")  # noqa: T201 - pytest -s shows how many there were
    assert not any(wrong), "\n\n".join(filter(None, wrong))
    assert seen.total() > 20 * EXAMPLES

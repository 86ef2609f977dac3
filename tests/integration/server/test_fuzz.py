"""Requests that schemathesis makes up from the OpenAPI document: none is our fault, every answer is a documented one.

The same ones each time. `PARLEY_TEST_EXAMPLES=60 pytest tests/integration/server/test_fuzz.py` makes that many for
each route (docs/development.md).
"""
import asyncio
import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.core.transport import Response

from tests.integration.server.accounts import Browser
from tests.parley import Parley

EXAMPLES = int(os.environ.get("PARLEY_TEST_EXAMPLES", "6"))
KEY = "a-bootstrap-key-of-this-test"
TIMEOUT_S = 30
OURS = {"internal_error"}  # what no request may come to; engine_error is a model's, which has refused to go on
EVERYWHERE = {"method_not_allowed", "not_found"}


@pytest.fixture(scope="module")
def fuzzed() -> Iterator[Parley]:
    """Whoever asks may ask often, and is answered at once."""
    many = {"attempts_per_address": "1000000", "attempts_per_account": "1000000", "max_in_flight": "10000"}
    with Parley(settings={"synthetic_tokens_per_s": "0", "bootstrap_api_key": KEY, "guests": "true", **many}) as parley:
        yield parley


def check(case: Case, answer: Response, seen: Counter[str]) -> None:
    """Raises AssertionError, or schemathesis' failures."""
    documented = case.operation.definition.raw["responses"]
    seen[f"{case.operation.label} {answer.status_code}"] += 1
    if answer.status_code < 400:
        case.validate_response(answer, checks=[
            schemathesis.checks.status_code_conformance,  # type: ignore[attr-defined]
        ])
        return
    if case.operation.label == "GET /health/ready":
        return
    error = answer.json()["error"]
    told = documented.get(str(answer.status_code), {}).get("x-error-codes", [])
    assert set(error) == {"type", "code", "message", "param"}, error
    assert error["code"] not in OURS, f"{error} for {case.as_curl_command()}"
    assert error["code"] in {*told, *EVERYWHERE}, f"{answer.status_code} {error} is not documented"


def ask(case: Case, parley: Parley, headers: dict[str, str], seen: Counter[str]) -> None:
    answer = case.call(base_url=parley.url, headers=headers, timeout=TIMEOUT_S)
    check(case, answer, seen)


def wrong_with(operation: Any, parley: Parley, headers: dict[str, str], seen: Counter[str]) -> str:
    """What the first case that failed came to, made as small as can be; empty if none did."""
    @settings(max_examples=EXAMPLES, derandomize=True, deadline=None, database=None,
              suppress_health_check=list(HealthCheck), phases=[Phase.generate, Phase.shrink])
    @given(case=operation.as_strategy())
    def run(case: Case) -> None:
        ask(case, parley, headers, seen)

    try:
        run()
    except Exception as error:
        return f"{operation.label}: {type(error).__name__}: {str(error)[:1500]}"
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
    seen: Counter[str] = Counter()
    wrong = [wrong_with(found.ok(), fuzzed, headers, seen) for found in schema.get_all_operations()]
    print(f"{who}: {seen.total()} cases")  # noqa: T201 - pytest -s shows how many there were
    assert not any(wrong), "\n\n".join(filter(None, wrong))
    assert seen.total() > 20 * EXAMPLES

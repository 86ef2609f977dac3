"""Runs the cases, one after another: a server may have one place only."""
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx

from tests.compliance import http_cases, socket_cases
from tests.compliance.cases import CASES
from tests.compliance.target import TIMEOUT_S, Target

__all__ = ["CASES", "http_cases", "open_target", "run", "socket_cases"]
SHOWN = 400  # characters of what is wrong


@asynccontextmanager
async def open_target(url: str, key: str = "", model: str = "") -> AsyncIterator[Target]:
    """The server at an address, and its first model unless another is named. Raises httpx.HTTPError, KeyError."""
    base = url.rstrip("/").removesuffix("/v1") + "/v1"
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with httpx.AsyncClient(headers=headers, timeout=TIMEOUT_S) as http:
        if not model:
            listed = await http.get(f"{base}/models")
            listed.raise_for_status()
            model = listed.json()["data"][0]["id"]
        yield Target(base, key, model, http)


async def run(target: Target, only: Sequence[str] = ()) -> AsyncIterator[tuple[str, str]]:
    """Each case's id and what is wrong: empty where nothing is. Raises KeyError for a case that is not known."""
    for case_id in only or CASES:
        case = CASES[case_id]
        try:
            await case(target)
        except Exception as error:  # a case's end, and what it has to say
            yield case_id, f"{type(error).__name__}: {' '.join(str(error).split())[:SHOWN]}"
        else:
            yield case_id, ""

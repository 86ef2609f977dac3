"""`python -m tests.compliance --url http://127.0.0.1:8000 --key KEY`: hold a server against Open Responses.

Exit code 1 if any case has something to say.
"""
import argparse
import asyncio
import sys
from collections.abc import Sequence

import httpx

from tests.compliance.run import open_target, run


async def look(url: str, key: str, model: str, only: Sequence[str]) -> int:
    failures = 0
    async with open_target(url, key, model) as target:
        _tell(f"{target.url}, {target.model}")
        async for case_id, wrong in run(target, only):
            failures += bool(wrong)
            _tell(f"{'FAILED' if wrong else 'passed':7} {case_id}{f': {wrong}' if wrong else ''}")
    return failures


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.compliance", description=__doc__)
    parser.add_argument("--url", required=True, help="with or without /v1")
    parser.add_argument("--key", default="", help="an API key")
    parser.add_argument("--model", default="", help="left out: the first that is served")
    parser.add_argument("--only", default="", help="only these cases, with commas between")
    arguments = parser.parse_args()
    only = [name.strip() for name in arguments.only.split(",") if name.strip()]
    try:
        failures = asyncio.run(look(arguments.url, arguments.key, arguments.model, only))
    except (httpx.HTTPError, KeyError) as error:
        parser.error(f"the server cannot be looked at: {error!r}")
    _tell("Nothing to say." if not failures else f"{failures} with something to say.")
    return 1 if failures else 0


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())

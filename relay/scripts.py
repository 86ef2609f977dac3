"""The scripts in `scripts/`, one per verb, with their includes put in place."""
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from relay import keys

FOLDER = Path(__file__).parent / "scripts"
INCLUDE = re.compile(r"^-- include (\w+)\n", re.MULTILINE)

VERBS = (
    "append", "attend", "backfill", "cancel", "follow", "hello", "lease", "leave", "look", "places", "queues",
    "recorded", "register", "rejoin", "release", "renew", "report", "submit", "take_back", "unfollow", "unwatched",
    "waiting")


@cache
def source(verb: str) -> str:
    """A verb's whole script: the keys, then each include once and before what includes it, then its own lines."""
    return "\n".join([keys.lua(), *_parts(FOLDER / f"{verb}.lua", set())])


def _parts(path: Path, seen: set[str]) -> Iterator[str]:
    text = path.read_text()
    for name in INCLUDE.findall(text):
        if name not in seen:
            seen.add(name)
            yield from _parts(FOLDER / "include" / f"{name}.lua", seen)
    yield INCLUDE.sub("", text)

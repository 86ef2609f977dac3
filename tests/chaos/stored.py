"""What the database holds after a run."""
import asyncio
import json
import sqlite3
import time
from pathlib import Path
from typing import Any

LIMIT_S = 60.0  # the recorder may have been one of those that died


async def stored(database: Path, awaited: set[str]) -> dict[str, dict[str, Any]]:
    """All responses by id, once those awaited are there, or have not come in time."""
    limit = time.monotonic() + LIMIT_S
    while True:
        rows = await asyncio.to_thread(_read, database)
        if awaited <= rows.keys() or time.monotonic() > limit:
            return rows
        await asyncio.sleep(0.25)


def _read(database: Path) -> dict[str, dict[str, Any]]:
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)
    try:
        rows = connection.execute("SELECT id, response FROM responses").fetchall()
    finally:
        connection.close()
    assert len({row[0] for row in rows}) == len(rows)
    return {row[0]: json.loads(row[1]) for row in rows}

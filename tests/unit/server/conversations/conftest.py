"""A real SQLite database, and one that is away."""
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.common.database import Database
from server.conversations.repository import ResponseRepository


@pytest.fixture
async def repository(tmp_path: Path) -> AsyncIterator[ResponseRepository]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'parley.db'}", tmp_path / "lock")
    await database.prepare()
    yield ResponseRepository(database)
    await database.close()


@pytest.fixture
async def away(tmp_path: Path) -> AsyncIterator[ResponseRepository]:
    """It has no schema until the test prepares it, so every query fails."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'away.db'}", tmp_path / "lock")
    yield ResponseRepository(database)
    await database.close()

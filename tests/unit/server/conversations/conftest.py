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
    """Its file cannot be made until the test makes the folder, and has no schema then."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'not' / 'there.db'}", tmp_path / "lock")
    yield ResponseRepository(database)
    await database.close()

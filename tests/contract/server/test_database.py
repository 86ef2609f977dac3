"""The schema: migrations build what the tables say, two gateways may start at once."""
import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from server.auth import models as auth  # noqa: F401 - a table is known once its module is imported
from server.common.database import Database, DatabaseUnfit, Table
from server.conversations import models as conversations  # noqa: F401


async def test_migrations_build_what_the_tables_say(database: Database) -> None:
    def is_declared(thing: object, name: str | None, *_: object) -> bool:
        """What each database searches by is its own affair: tables of SQLite's FTS5, indexes of PostgreSQL's."""
        return not (name or "").startswith("search_")

    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"include_object": is_declared})
        return list(compare_metadata(context, Table.metadata))

    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_two_gateways_start_at_once(empty_database: Database) -> None:
    other = Database(
        empty_database.engine.url.render_as_string(hide_password=False), empty_database.lock_path)
    await asyncio.gather(empty_database.prepare(), other.prepare())
    assert await empty_database.answers()
    assert await other.answers()
    await other.close()


async def test_answers_only_with_a_schema(empty_database: Database) -> None:
    assert not await empty_database.answers()
    await empty_database.run()
    assert await empty_database.answers()


async def test_a_newer_versions_schema_is_left_alone(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseUnfit, match="another version of Parley"):
        await database.prepare()
    database.migrated = False
    await database.run()
    assert not await database.answers()

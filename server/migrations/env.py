"""How Alembic reaches the database: on the gateway's own connection, or by URL when run by hand to make a revision."""
import asyncio

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from server.auth import models as auth  # noqa: F401 - a table is known once its module is imported
from server.common.database import Table
from server.conversations import models as conversations  # noqa: F401

target_metadata = Table.metadata


def migrate(connection: Connection) -> None:
    """SQLite can change a table only by copying it, which `render_as_batch` does."""
    context.configure(connection=connection, target_metadata=target_metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


async def migrate_by_url() -> None:
    engine = create_async_engine(context.config.get_main_option("sqlalchemy.url") or "sqlite+aiosqlite://")
    async with engine.begin() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


if (given := context.config.attributes.get("connection")) is not None:
    migrate(given)
else:
    asyncio.run(migrate_by_url())

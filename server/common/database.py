"""The database: one engine for a gateway, its sessions, and the migrations that run at its start.

A database that is away stops no chat: `prepare` is tried again until it succeeds, and `ready` says whether it did.
"""
import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

from loguru import logger
from sqlalchemy import Connection, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

MIGRATIONS_DIR = Path(__file__).parent.parent / "migrations"
BUSY_TIMEOUT_S = 10
RETRY_S = 2.0
UNREACHABLE = (SQLAlchemyError, OSError, TimeoutError)  # what a driver raises when its database is away


INSERTS: dict[str, Callable[..., sqlite.Insert | postgresql.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


class DatabaseUnfit(Exception):
    """The schema is none that this version of Parley can use; the message says what to do."""


class Table(DeclarativeBase):
    """Base of all tables."""


class Database:
    """`url` is SQLAlchemy's, with an asynchronous driver; `lock_path` keeps two migrations of one SQLite file apart."""

    def __init__(self, url: str, lock_path: Path) -> None:
        self.engine = _create_engine(url)
        self.lock_path = lock_path
        self.sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self.migrated = False

    @property
    def kind(self) -> Literal["sqlite", "postgresql"]:
        return "sqlite" if self.engine.dialect.name == "sqlite" else "postgresql"

    async def run(self) -> None:
        """Bring the schema up to date, as soon as the database answers. One that never can be used is left alone."""
        failing = False  # said once, not each time
        while not self.migrated:
            try:
                await self.prepare()
            except DatabaseUnfit as unfit:
                logger.error("{}", unfit)
                return
            except UNREACHABLE as error:
                if not failing:
                    logger.warning("The database cannot be used yet, trying again until it can: {}", brief(error))
                failing = True
                await asyncio.sleep(RETRY_S)

    async def prepare(self) -> None:
        """Create or migrate the schema, one gateway at a time. Raises DatabaseUnfit, and what the driver raises."""
        async with _file_lock(self.lock_path), self.engine.begin() as connection:
            await connection.run_sync(_upgrade)
        self.migrated = True

    async def answers(self) -> bool:
        """Whether the schema is there and a query comes back."""
        if not self.migrated:
            return False
        try:
            async with asyncio.timeout(2), self.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except UNREACHABLE:
            return False
        return True

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """A session in a transaction of its own, committed at the end."""
        async with self.sessions.begin() as session:
            yield session

    async def close(self) -> None:
        await self.engine.dispose()


def insert_into(session: AsyncSession, table: type[Table]) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that may say what to do where the row is there already."""
    return INSERTS[session.get_bind().dialect.name](table)


def brief(error: BaseException) -> str:
    """What a driver said, without the statement, its values and the address."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return f"{type(cause).__name__}: {str(cause).splitlines()[0] if str(cause) else 'no more is known'}"


def _create_engine(url: str) -> AsyncEngine:
    if not url.startswith("sqlite"):
        return create_async_engine(url, pool_pre_ping=True, pool_size=5, connect_args={"timeout": 5})
    engine = create_async_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S})
    event.listen(engine.sync_engine, "connect", _configure_sqlite)
    return engine


def _configure_sqlite(connection: Any, _record: Any) -> None:
    """With WAL the other gateways read while one writes; NORMAL then loses no more than a power cut's last writes."""
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _upgrade(connection: Connection) -> None:
    """Run Alembic on this connection; imported late, for it takes as long to import as everything else here."""
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(8274031)"))  # gateways on other machines migrate too
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS_DIR))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise DatabaseUnfit(
            "The database was made by another version of Parley, which this one does not know; "
            "run that version, or set PARLEY_DATABASE_URL or PARLEY_DATA_DIR to another place.") from error


@asynccontextmanager
async def _file_lock(path: Path) -> AsyncIterator[None]:
    """Hold the lock file; the system lets go of it when the process ends, however it ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        while not _try_lock(descriptor):  # noqa: ASYNC110 - another process holds it, and tells nobody
            await asyncio.sleep(0.05)
        yield
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

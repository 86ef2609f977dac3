"""Installations over each database, for what is kept there."""
from collections.abc import Iterator

import pytest

from tests.parley import Parley
from tests.postgres_server import PostgresServer


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def people(request: pytest.FixtureRequest) -> Iterator[Parley]:
    """Two gateways and a worker on one database, which let guests in and count attempts generously."""
    settings = {"synthetic_tokens_per_s": "200", "attempts_per_address": "10000"}
    if request.param == "sqlite":
        with Parley(gateways=2, settings=settings) as installation:
            yield installation
        return
    with PostgresServer() as postgres:
        url = postgres.url.replace("postgresql+asyncpg://", "postgresql://")
        with Parley(gateways=2, settings={**settings, "database_url": url}) as installation:
            yield installation

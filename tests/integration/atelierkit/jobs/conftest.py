from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from atelierkit import sql
from atelierkit.jobs import Rail
from atelierkit.jobs.track import Track, track
from atelierkit.testing.fixtures import MigratedUrl

SCHEMA = "generator"


@pytest.fixture
def url(migrated_url: MigratedUrl) -> str:
    """A database with a rail, which any service's migrations bring."""
    return migrated_url("services.generator")


@pytest.fixture
async def engine(url: str) -> AsyncIterator[AsyncEngine]:
    async with sql.engine(url, schema=SCHEMA) as made:
        yield made


@pytest.fixture
def rail(url: str) -> Rail:
    return Rail(url, schema=SCHEMA)


@pytest.fixture
async def jobs(url: str) -> AsyncIterator[Track]:
    """The rail's tables, as a worker sees them."""
    async with track(url, SCHEMA, connections=2) as made:
        yield made
